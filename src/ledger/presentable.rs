use crate::model::personal_numbers;

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

/// Puts `*` for each digit of what is personal data, however it is written.
fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for found in personal_numbers(text) {
        let range = found.range;
        masked.push_str(&text[end..range.start]);
        masked.extend(text[range.clone()].chars().map(|c| if c.is_alphanumeric() { '*' } else { c }));
        end = range.end;
    }
    masked + &text[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_repeat_no_personal_data_and_nothing_endless() {
        let table = [
            ("370114 is no kind", "370114 is no kind"),
            ("\"13812345678\" is no kind", "\"***********\" is no kind"),
            ("\"138 1234 5678\" is no kind", "\"*** **** ****\" is no kind"),
            ("\"11010519491231002X\" is no id", "\"******************\" is no id"),
            ("a\u{1b}[31mb\n", "a\u{fffd}[31mb\u{fffd}"),
        ];
        for (text, shown) in table {
            assert_eq!(presentable(text), shown);
        }
        assert_eq!(presentable(&"长".repeat(1_000)).chars().count(), LONGEST + 1);
    }
}
