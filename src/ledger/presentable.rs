use crate::model::mask_personal_numbers;

/// The longest text of a message, in characters: a cell may hold a whole file.
const LONGEST: usize = 400;

/// A text as a message may show it: personal data masked, control characters replaced, and not too long.
pub(super) fn presentable(text: &str) -> String {
    let masked = mask_personal_numbers(text);
    let mut shown: String =
        masked.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect();
    if masked.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
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
