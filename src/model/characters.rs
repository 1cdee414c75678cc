/// Whether a character draws nothing by itself, as Unicode defines it (`Default_Ignorable_Code_Point`).
///
/// Copied names are full of them: zero-width spaces, soft hyphens, variation selectors, direction marks.
pub fn is_invisible(character: char) -> bool {
    matches!(u32::from(character), 0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0x1_BCA0..=0x1_BCA3 | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_0FFF)
}

/// Whether a character changes the direction of the text around it.
pub fn changes_direction(character: char) -> bool {
    matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character ends a line or controls a terminal.
pub fn breaks_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_not_invisible() {
        for character in "甲A·●　 é\u{301}⻓〇".chars() {
            assert!(!is_invisible(character) && !changes_direction(character), "{character:?}");
        }
        for character in "\u{200B}\u{AD}\u{FE0F}\u{E0100}\u{202E}\u{2066}\u{FEFF}\u{2060}".chars() {
            assert!(is_invisible(character), "{character:?}");
        }
        assert!(breaks_line('\n') && breaks_line('\u{85}') && breaks_line('\u{2028}') && !breaks_line(' '));
    }
}
