use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::model::{is_invisible, simplified};

/// A text as texts are compared: width, case, accents, blanks, invisible characters and the writing of Chinese
/// characters do not matter.
///
/// Each character is folded by itself, so that a part of a text folds to a part of its fold. What comes out are
/// the units of UTF-16: one for nearly every character, in two bytes.
pub(super) fn fold(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len());
    text.chars().for_each(|character| push(character, &mut units));
    units
}

/// The ideographs that the radicals from U+2E80 on stand for (`Equivalent_Unified_Ideograph`); the others decompose.
const RADICALS: &str = "\
    ⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂\
    肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";

/// What a character that only looks like another is typed as: radicals as ideographs, circles as the digit 〇.
fn as_typed(character: char) -> char {
    static BY_PLACE: LazyLock<Vec<char>> = LazyLock::new(|| RADICALS.chars().collect());
    match character {
        '\u{2E80}'..='\u{2EF3}' => {
            let place = u32::from(character) - 0x2E80;
            BY_PLACE.get(place as usize).copied().unwrap_or(character)
        }
        '○' | '◯' => '〇',
        other => other,
    }
}

fn push(character: char, units: &mut Vec<u16>) {
    match character {
        'a'..='z' | '0'..='9' => units.push(character as u16),
        // Some simplified characters take two units.
        '\u{4e00}'..='\u{9fff}' => {
            units.extend_from_slice(simplified(character).encode_utf16(&mut [0; 2]));
        }
        _ => {
            let mut buffer = [0; 2];
            let folded = std::iter::once(as_typed(character))
                .nfkd()
                .map(as_typed)
                .filter(|c| !is_accent(*c) && !c.is_control());
            let lower = folded.flat_map(char::to_lowercase).filter(|c| !is_ignored(*c));
            lower.for_each(|c| units.extend_from_slice(simplified(c).encode_utf16(&mut buffer)));
        }
    }
}

/// Whether texts are compared without a character.
fn is_ignored(character: char) -> bool {
    is_accent(character) || character.is_whitespace() || is_invisible(character)
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
            ("章\u{200B}丘\u{AD}区\u{FE0F}\u{E0100}\u{2060}", "章丘区"),
            ("⻓⻢⼈⽔", "长马人水"),
            ("二○二四◯", "二〇二四〇"),
            ("二\u{FFEE}二四", "二〇二四"),
            ("戸户戶", "户户户"),
            ("\u{F9E1}\u{2F804}", "李你"),
            ("\u{3164}\u{115F}\u{180E}", ""),
        ];
        for (text, expected) in table {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn every_character_is_folded_once() {
        for character in '\0'..=char::MAX {
            let once = folded(&character.to_string());
            assert_eq!(folded(&once), once, "U+{:04X}", u32::from(character));
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
