//! Digits of every script, as their values.

/// A digit: its value, and the script in which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digit {
    pub(super) value: u8,
    pub(super) script: Script,
}

/// The script of a digit, by the first code point of its block.
///
/// Digits of two scripts side by side may be one number or two: `公司一138…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Script(u32);

/// The zeros of the decimal digits of Unicode (general category `Nd`), beyond ASCII.
const ZEROS: [u32; 60] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0,
    0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0,
    0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1E140, 0x1E2F0, 0x1FBF0,
];

/// Blocks of digits from 1 to 9 that are circled, in brackets, with a point, or of the merchants of Suzhou.
const ONES: [u32; 10] = [0x2460, 0x2474, 0x2488, 0x24F5, 0x2776, 0x2780, 0x278A, 0x3021, 0x3220, 0x3280];

/// The digit that a character is; `None` for all other characters, those that stand for 10 and more included.
pub(super) fn digit(character: char) -> Option<Digit> {
    if let Some(value) = character.to_digit(10) {
        return Some(Digit { value: value as u8, script: Script(u32::from('0')) });
    }
    if character.is_ascii() {
        return None;
    }
    let of = |value: u32, script: u32| Some(Digit { value: value as u8, script: Script(script) });
    if let Some(value) = chinese(character) {
        return of(value, u32::from('一'));
    }
    let code = u32::from(character);
    match code {
        0xB9 => return of(1, 0x2070),
        0xB2 | 0xB3 => return of(code - 0xB0, 0x2070),
        0x2070 | 0x2074..=0x2079 => return of(code - 0x2070, 0x2070),
        0x2080..=0x2089 => return of(code - 0x2080, 0x2080),
        0x24EA | 0x24FF | 0x1F100 | 0x1F10B | 0x1F10C => return of(0, 0x2460),
        0x1F101..=0x1F10A => return of(code - 0x1F101, 0x1F101),
        0x1D7CE..=0x1D7FF => return of((code - 0x1D7CE) % 10, 0x1D7CE),
        _ => {}
    }
    // Most characters are Chinese, far from any block of digits.
    if (0x3290..0xA620).contains(&code) {
        return None;
    }
    let block =
        |starts: &[u32], length: u32| starts.iter().copied().find(|s| (*s..s + length).contains(&code));
    if let Some(zero) = block(&ZEROS, 10) {
        return of(code - zero, zero);
    }
    block(&ONES, 9).and_then(|one| of(code - one + 1, one))
}

/// The digit that a Chinese character is, in everyday and in financial writing.
fn chinese(character: char) -> Option<u32> {
    Some(match character {
        '〇' | '零' | '○' | '◯' => 0,
        '一' | '壹' | '弌' | '幺' => 1,
        '二' | '贰' | '貳' | '弍' => 2,
        '三' | '叁' | '參' | '叄' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Whether a character is an X as check digits are written: the tenth.
pub(super) fn is_x(character: char) -> bool {
    matches!(character, 'X' | 'x' | 'Ｘ' | 'ｘ' | 'Х' | 'х' | 'Χ' | 'χ' | '×' | 'Ⅹ' | 'ⅹ')
}

/// Whether a character shows nothing of its own, so that digits around it stand together.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{20d0}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e01ef}'
    )
}

/// Whether a character may stand between the parts of one number.
pub(super) fn is_separator(character: char) -> bool {
    let is_dash = matches!(
        character,
        '-' | '\u{2010}'
            ..='\u{2015}'
                | '−'
                | '－'
                | '﹣'
                | '~'
                | '～'
                | '_'
                | '＿'
                | '/'
                | '／'
                | '\\'
                | '＼'
                | '|'
                | '｜'
    );
    let is_stop = matches!(
        character,
        '.' | '．'
            | '·'
            | '・'
            | '•'
            | '∙'
            | '⋅'
            | '‧'
            | ','
            | '，'
            | '、'
            | ';'
            | '；'
            | ':'
            | '：'
            | '\''
            | '"'
            | '’'
            | '‘'
            | '“'
            | '”'
            | '`'
            | '*'
            | '＊'
    );
    let is_bracket = matches!(
        character,
        '(' | ')'
            | '（'
            | '）'
            | '['
            | ']'
            | '［'
            | '］'
            | '{'
            | '}'
            | '｛'
            | '｝'
            | '<'
            | '>'
            | '〈'
            | '〉'
            | '《'
            | '》'
            | '【'
            | '】'
            | '〔'
            | '〕'
            | '「'
            | '」'
            | '『'
            | '』'
    );
    is_dash || is_stop || is_bracket || character.is_whitespace()
}
