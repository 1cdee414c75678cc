use std::fmt;
use std::sync::Arc;

use super::code::{CreditCodeFault, OUTSIDE};
use super::{
    Annex, AttributeValue, Change, OrganizationId, PersonalData, ReviewedNumbers, UnifiedSocialCreditCode,
};

/// Why a text is not recorded; to be read behind “the text …”.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitText {
    /// It holds data of a person.
    Personal(PersonalData),
    /// It is an id of the form that organisations outside a reader's territories are shown under.
    Reserved,
    /// It is a credit code that no authority gives.
    CreditCode(CreditCodeFault),
    /// It holds a character that nobody sees and that alters how others are shown, or that no workbook can hold.
    Character(char),
}

impl fmt::Display for UnfitText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Personal(found) => write!(f, "holds {found}: no personal data is recorded"),
            Self::Reserved => write!(
                f,
                "begins with \"{OUTSIDE}\", which is reserved for organisations outside the territories of a reader: \
                 choose another id"
            ),
            Self::CreditCode(fault) => {
                write!(f, "is no unified social credit code that an authority gives: {fault}")
            }
            Self::Character(character) => {
                let code = u32::from(*character);
                write!(
                    f,
                    "holds the character U+{code:04X}, which nobody sees and programs obey: take it out"
                )
            }
        }
    }
}

/// Whether a text may be recorded.
///
/// Refused are data of persons, and characters that make terminals and pages show what is not there: control
/// characters but for tabs and ends of lines, and those that turn the direction of writing round.
///
/// # Errors
/// The first thing that is in the way.
///
/// ```
/// use orgatlas::model::{UnfitText, check_text};
/// assert_eq!(check_text("示例制造有限公司"), Ok(()));
/// assert_eq!(check_text("甲\u{202e}乙"), Err(UnfitText::Character('\u{202e}')));
/// assert!(check_text("电话13812345678").is_err());
/// ```
pub fn check_text(text: &str) -> Result<(), UnfitText> {
    check_text_but(text, &ReviewedNumbers::default())
}

/// The same in a store in which some numbers are reviewed exceptions.
///
/// # Errors
/// The first thing that is in the way.
pub fn check_text_but(text: &str, reviewed: &ReviewedNumbers) -> Result<(), UnfitText> {
    if let Some(character) = text.chars().find(|character| is_obeyed(*character)) {
        return Err(UnfitText::Character(character));
    }
    reviewed.personal_data_in(text).map_or(Ok(()), |found| Err(UnfitText::Personal(found)))
}

/// Whether a new organisation may have an id: one that holds no personal data and is not reserved.
///
/// # Errors
/// What is in the way.
pub fn check_new_id(id: &OrganizationId, reviewed: &ReviewedNumbers) -> Result<(), UnfitText> {
    if id.is_reserved() {
        return Err(UnfitText::Reserved);
    }
    reviewed.personal_data_in(id.as_str()).map_or(Ok(()), |found| Err(UnfitText::Personal(found)))
}

/// Whether a credit code may be recorded: one that is no identity number, of an authority and a region that there are.
///
/// # Errors
/// What is in the way.
pub fn check_new_credit_code(
    code: &UnifiedSocialCreditCode,
    reviewed: &ReviewedNumbers,
) -> Result<(), UnfitText> {
    if let Some(found) = reviewed.personal_data_in(code.as_str()) {
        return Err(UnfitText::Personal(found));
    }
    code.fault().map_or(Ok(()), |fault| Err(UnfitText::CreditCode(fault)))
}

/// Whether a character is one that programs obey rather than show.
fn is_obeyed(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

/// The first text of a change that is not recorded: the ledger's name of its column, and why.
///
/// Ids, codes and numbers are no texts; of a task that went on, only the last step is new.
pub fn unfit_text_in(change: &Change, reviewed: &ReviewedNumbers) -> Option<(&'static str, UnfitText)> {
    let mut found = None;
    let mut look = |column, text: &str| {
        if found.is_none() {
            found = check_text_but(text, reviewed).err().map(|unfit| (column, unfit));
        }
    };
    let each = |texts: &[Arc<str>], look: &mut dyn FnMut(&str)| texts.iter().for_each(|text| look(text));
    match change {
        Change::PutOrganization(put) => {
            look("name", &put.name);
            put.name_hant.iter().for_each(|text| look("name_hant", text));
            put.name_en.iter().for_each(|text| look("name_en", text));
            each(&put.aliases, &mut |text| look("aliases", text));
            put.industry.iter().for_each(|text| look("industry", text));
            put.designations.iter().for_each(|text| look("designations", text));
            each(&put.sources, &mut |text| look("source", text));
            put.attributes
                .values()
                .for_each(|value| look_at_value(value, &mut |text| look("attribute", text)));
        }
        Change::PutRelation(put) => put.citation.iter().for_each(|text| look("citation", text)),
        Change::PutAnnex(put) => match put.as_ref() {
            Annex::Exemption(exemption) => {
                look("reason", &exemption.reason);
                look("granted_by", &exemption.granted_by);
            }
            Annex::Value(dated) => {
                look_at_value(&dated.value, &mut |text| look("value", text));
                dated.source.iter().for_each(|text| look("source", text));
            }
            Annex::Task(task) => {
                if let Some(step) = task.steps.last() {
                    look("office", &step.office);
                    step.note.iter().for_each(|text| look("note", text));
                }
            }
        },
        Change::PutIndicator(definition) => {
            look("id", &definition.id);
            look("definition", &definition.text);
        }
        Change::RemoveOrganization(_)
        | Change::RemoveRelation(_)
        | Change::RemoveAnnex(_)
        | Change::RemoveIndicator(_) => {}
    }
    found
}

fn look_at_value(value: &AttributeValue, look: &mut dyn FnMut(&str)) {
    if let AttributeValue::Code(text) = value {
        look(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_obey_is_no_text_and_what_people_write_is() {
        for obeyed in [
            '\0', '\u{1b}', '\u{7f}', '\u{9b}', '\u{61c}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}',
            '\u{ffff}',
        ] {
            let text = format!("甲{obeyed}乙");
            assert_eq!(check_text(&text), Err(UnfitText::Character(obeyed)), "{text:?}");
        }
        for text in
            ["", "甲\n乙\t丙\r\n", "（甲）“乙”·丙…", "a\u{a0}b", "甲\u{200b}乙", "鿿𰻞", "👪", "\u{fffd}"]
        {
            assert_eq!(check_text(text), Ok(()), "{text:?}");
        }
        let said = check_text("甲\u{1b}[2J").unwrap_err().to_string();
        assert_eq!(said, "holds the character U+001B, which nobody sees and programs obey: take it out");
    }
}
