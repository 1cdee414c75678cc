use crate::model::personal_data_in;

/// The longest text of a message, in characters: a cell may hold a whole file.
const LONGEST: usize = 400;

/// A text as a message may show it: personal data masked, control characters replaced, and not too long.
pub(super) fn presentable(text: &str) -> String {
    let masked = mask(text);
    let mut shown: String =
        masked.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect();
    if masked.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Puts `*` for each digit of every run that is personal data.
fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, run) = rest.split_at(start);
        masked.push_str(before);
        let (run, after) = run.split_at(run.find(|c| !is_digit(c)).unwrap_or(run.len()));
        // What stands around a run decides too: a plus sign before it, an X after it.
        let sign = if before.ends_with(['+', '＋']) { "+" } else { "" };
        let x = if after.starts_with(['X', 'x', 'Ｘ', 'ｘ']) { "X" } else { "" };
        if personal_data_in(&format!("{sign}{run}{x}")).is_some() {
            masked.extend(run.chars().map(|_| '*'));
        } else {
            masked.push_str(run);
        }
        rest = after;
    }
    masked + rest
}

fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '０'..='９')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_repeat_no_personal_data_and_nothing_endless() {
        let table = [
            ("370114 is no kind", "370114 is no kind"),
            ("\"13812345678\" is no kind", "\"***********\" is no kind"),
            ("\"11010519491231002X\" is no id", "\"*****************X\" is no id"),
            ("a\u{1b}[31mb\n", "a\u{fffd}[31mb\u{fffd}"),
        ];
        for (text, shown) in table {
            assert_eq!(presentable(text), shown);
        }
        assert_eq!(presentable(&"长".repeat(1_000)).chars().count(), LONGEST + 1);
    }
}
