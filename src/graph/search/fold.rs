use unicode_normalization::UnicodeNormalization;

use crate::model::simplified;

/// A text as texts are compared: width, case, accents, blanks and the writing of Chinese characters do not matter.
///
/// Each character is folded by itself, so that a part of a text folds to a part of its fold. What comes out are
/// the units of UTF-16: one for nearly every character, in two bytes.
pub(super) fn fold(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len());
    text.chars().for_each(|character| push(character, &mut units));
    units
}

fn push(character: char, units: &mut Vec<u16>) {
    match character {
        'a'..='z' | '0'..='9' => units.push(character as u16),
        '\u{4e00}'..='\u{9fff}' => units.push(simplified(character) as u16),
        _ => {
            let mut buffer = [0; 2];
            let folded = std::iter::once(character).nfkd().filter(|c| !is_accent(*c) && !c.is_control());
            let lower = folded.flat_map(char::to_lowercase).filter(|c| !is_accent(*c) && !c.is_whitespace());
            lower.for_each(|c| units.extend_from_slice(simplified(c).encode_utf16(&mut buffer)));
        }
    }
}

/// The marks that stand above and below Latin, Greek and Cyrillic letters, tones of pinyin among them.
fn is_accent(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str) -> String {
        String::from_utf16(&fold(text)).unwrap()
    }

    #[test]
    fn what_does_not_matter_is_folded() {
        let table = [
            ("ＡＢＣ　示例", "abc示例"),
            ("章丘區  黨委", "章丘区党委"),
            ("Zhāngqiū Qū", "zhangqiuqu"),
            ("（甲）①", "(甲)1"),
            ("裏裡里", "里里里"),
            ("後后", "后后"),
            ("豈\u{f900}", "岂岂"),
            ("\u{0}\u{1}\t\n", ""),
        ];
        for (text, expected) in table {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn to_fold_twice_is_to_fold_once(text in any::<String>()) {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }

        #[test]
        fn parts_fold_apart(head in any::<String>(), tail in any::<String>()) {
            prop_assert_eq!(folded(&format!("{head}{tail}")), folded(&head) + &folded(&tail));
        }
    }
}
