use std::sync::Arc;

use super::{Annex, AttributeValue, Change, PersonalData, personal_data_in};

/// The first text of a change that holds personal data: the ledger's name of its column, and what it holds.
///
/// Ids, codes and numbers are no texts; of a task that went on, only the last step is new.
pub fn personal_text_in(change: &Change) -> Option<(&'static str, PersonalData)> {
    let mut found = None;
    let mut look = |column, text: &str| {
        if found.is_none() {
            found = personal_data_in(text).map(|found| (column, found));
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
