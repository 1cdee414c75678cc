use std::fmt;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// What kind of personal data a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalData {
    /// A resident identity number of 18 or 15 characters.
    IdentityNumber,
    /// A mainland mobile number.
    MobileNumber,
}

impl fmt::Display for PersonalData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdentityNumber => "a resident identity number",
            Self::MobileNumber => "a mobile number",
        })
    }
}

/// Finds personal data in a text: digits, however they are written, that are an identity or a mobile number.
///
/// Full-width, circled and raised digits count as the plain ones do, and so do numbers in Chinese digits alone (一三八…).
/// Digits that stand together are judged as they are; those that blanks, dashes or dots keep apart only where they are
/// written as such numbers usually are, since most other numbers are written so too.
///
/// ```
/// use orgatlas::model::{PersonalData, personal_data_in};
/// assert_eq!(personal_data_in("电话138 1234 5678"), Some(PersonalData::MobileNumber));
/// assert_eq!(personal_data_in("订单138123456780"), None);
/// ```
pub fn personal_data_in(text: &str) -> Option<PersonalData> {
    // Most texts are names, and too short for any number of a person.
    if text.len() < SHORTEST {
        return None;
    }
    personal_data_ranges(text).next().map(|(found, _)| found)
}

/// How many digits the shortest number of a person has.
const SHORTEST: usize = 11;

/// Every place in a text at which [`personal_data_in`] finds something, in bytes, from the first digit to the last.
pub fn personal_data_ranges(text: &str) -> impl Iterator<Item = (PersonalData, Range<usize>)> + use<> {
    // The first bytes of what NFKC makes a digit of: raised and circled, full-width, mathematical ones.
    let may_be_digit = |byte: &&u8| matches!(**byte, b'0'..=b'9' | 0xc2 | 0xe2 | 0xef | 0xf0);
    let may_be = text.as_bytes().iter().filter(may_be_digit).count() >= SHORTEST;
    let plain = may_be.then(|| numbers(text, digit));
    // Each Chinese digit has three bytes.
    let chinese = (text.len() >= 3 * SHORTEST
        && text.chars().filter(|character| chinese_digit(*character).is_some()).count() >= SHORTEST)
        .then(|| numbers(text, chinese_digit));
    let mut found: Vec<_> = plain.into_iter().flatten().chain(chinese.into_iter().flatten()).collect();
    found.sort_by_key(|(_, range)| range.start);
    found.into_iter()
}

/// The numbers of persons in a text, by what its digits are.
fn numbers(
    text: &str,
    digit: fn(char) -> Option<char>,
) -> impl Iterator<Item = (PersonalData, Range<usize>)> + use<> {
    let groups = groups(text, digit);
    let mut first = 0;
    std::iter::from_fn(move || {
        while first < groups.len() {
            if let Some((found, count)) = number_at(&groups[first..]) {
                let range = groups[first].range.start..groups[first + count - 1].range.end;
                first += count;
                return Some((found, range));
            }
            first += 1;
        }
        None
    })
}

/// Digits that stand together.
struct Group {
    digits: String,
    range: Range<usize>,
    after_plus: bool,
    /// Whether an X, the tenth check digit, comes next.
    before_x: bool,
    /// Whether nothing but a few separators stands between the group before and this.
    follows: bool,
}

/// How many separators may stand between the parts of a number.
const MOST_SEPARATORS: usize = 3;

fn groups(text: &str, digit: fn(char) -> Option<char>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut previous = ' ';
    // How many separators came since the last digit; `None` where something else did.
    let mut separators = None;
    for (at, character) in text.char_indices() {
        if let Some(digit) = digit(character) {
            let range = at..at + character.len_utf8();
            match groups.last_mut().filter(|_| separators == Some(0)) {
                Some(group) => {
                    group.digits.push(digit);
                    group.range.end = range.end;
                }
                None => groups.push(Group {
                    digits: digit.to_string(),
                    range,
                    after_plus: matches!(previous, '+' | '＋'),
                    before_x: false,
                    follows: separators.is_some(),
                }),
            }
            separators = Some(0);
        } else {
            if matches!(character, 'X' | 'x' | 'Ｘ' | 'ｘ') && separators.is_some() {
                groups.last_mut().into_iter().for_each(|group| group.before_x = true);
            }
            separators = separators
                .map(|count| count + 1)
                .filter(|count| is_separator(character) && *count <= MOST_SEPARATORS);
        }
        previous = character;
    }
    groups
}

fn is_separator(character: char) -> bool {
    let is_dash = matches!(character, '-' | '\u{2010}'..='\u{2015}' | '－' | '_' | '/');
    let is_invisible = matches!(character, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    is_dash || is_invisible || character.is_whitespace() || matches!(character, '.' | '．' | '·' | '・')
}

/// What number the first groups are, and how many of them it takes.
fn number_at(groups: &[Group]) -> Option<(PersonalData, usize)> {
    let mut digits = String::new();
    let mut lengths = Vec::new();
    for (position, group) in groups.iter().enumerate() {
        if position > 0 && (!group.follows || digits.len() + group.digits.len() > 18) {
            return None;
        }
        digits.push_str(&group.digits);
        lengths.push(group.digits.len());
        let with_x = digits.len() == 17 && group.before_x;
        if with_x {
            digits.push('X');
        }
        let found = if position == 0 {
            classify(&digits, group.after_plus)
        } else {
            classify_parts(&digits, &lengths)
        };
        if let Some(found) = found {
            return Some((found, position + 1));
        }
        if with_x {
            digits.pop();
        }
    }
    None
}

/// What a number is that was written in parts of these lengths.
fn classify_parts(digits: &str, lengths: &[usize]) -> Option<PersonalData> {
    let bytes = digits.as_bytes();
    let in_single_digits = lengths.iter().all(|length| *length == 1);
    match bytes.len() {
        18 if has_right_check_digit(bytes) && has_birthday(&bytes[6..14]) => {
            Some(PersonalData::IdentityNumber)
        }
        15 if lengths == [6, 6, 3] && has_birth_date(&bytes[6..12]) => Some(PersonalData::IdentityNumber),
        11 if matches!(lengths, [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3]) || in_single_digits => {
            is_mobile(bytes).then_some(PersonalData::MobileNumber)
        }
        _ => None,
    }
}

/// Whether a column's heading says that it holds data of persons; blanks, width and case do not matter.
///
/// ```
/// use orgatlas::model::is_personal_column;
/// assert!(is_personal_column("姓　名") && is_personal_column("联系电话（手机）"));
/// assert!(!is_personal_column("name"));
/// ```
pub fn is_personal_column(heading: &str) -> bool {
    /// Wherever they stand in a heading.
    const WORDS: [&str; 44] = [
        "联络人",
        "经办人",
        "經辦人",
        "填表人",
        "联系方式",
        "聯繫方式",
        "证件号",
        "證件號",
        "身份号",
        "居民身份",
        "出生日期",
        "出生年月",
        "性别",
        "性別",
        "年龄",
        "年齡",
        "籍贯",
        "籍貫",
        "户籍",
        "微信",
        "birthday",
        "birth_date",
        "姓名",
        "联系人",
        "聯繫人",
        "聯絡人",
        "电话",
        "電話",
        "手机",
        "手機",
        "身份证",
        "身份證",
        "负责人",
        "負責人",
        "法定代表人",
        "法人代表",
        "书记姓名",
        "住址",
        "邮箱",
        "person_name",
        "contact",
        "phone",
        "mobile",
        "id_card",
    ];
    /// Only as a whole heading.
    const HEADINGS: [&str; 8] = ["tel", "telephone", "email", "e-mail", "qq", "书记", "書記", "法人"];
    let heading: String =
        heading.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    HEADINGS.contains(&heading.as_str()) || WORDS.iter().any(|word| heading.contains(word))
}

/// The digit that a character is, in whatever width, ring or height.
fn digit(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character).filter(char::is_ascii_digit);
    }
    if !character.is_numeric() {
        return None;
    }
    let mut plain = std::iter::once(character).nfkc();
    // What stands for several characters, such as ⑪, is a number but no digit.
    plain.next().filter(char::is_ascii_digit).filter(|_| plain.next().is_none())
}

/// The digit that a Chinese character is.
fn chinese_digit(character: char) -> Option<char> {
    Some(match character {
        '〇' | '零' => '0',
        '一' | '壹' => '1',
        '二' | '贰' => '2',
        '三' | '叁' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

fn classify(run: &str, after_plus: bool) -> Option<PersonalData> {
    let bytes = run.as_bytes();
    let national = bytes.strip_prefix(b"0086").or(bytes.strip_prefix(b"86").filter(|_| after_plus));
    match bytes.len() {
        18 if has_right_check_digit(bytes) => Some(PersonalData::IdentityNumber),
        15 if national.is_none_or(|n| !is_mobile(n)) && has_birth_date(&bytes[6..12]) => {
            Some(PersonalData::IdentityNumber)
        }
        _ if is_mobile(bytes) || national.is_some_and(is_mobile) => Some(PersonalData::MobileNumber),
        _ => None,
    }
}

fn is_mobile(bytes: &[u8]) -> bool {
    bytes.len() == 11 && bytes[0] == b'1' && bytes[1] >= b'3'
}

/// ISO 7064 MOD 11-2 over the first 17 digits, as GB 11643 asks.
fn has_right_check_digit(bytes: &[u8]) -> bool {
    let sum = bytes[..17].iter().fold(0u32, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    let expected = match (12 - sum) % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    bytes[17] == expected
}

/// Whether eight digits are the birthday of somebody who may live, `YYYYMMDD`.
fn has_birthday(bytes: &[u8]) -> bool {
    let number = |range: Range<usize>| bytes[range].iter().fold(0i16, |n, b| n * 10 + i16::from(b - b'0'));
    let (year, month, day) = (number(0..4), number(4..6), number(6..8));
    let date = jiff::civil::Date::new(year, month as i8, day as i8);
    (1880..2100).contains(&year) && date.is_ok()
}

/// Whether six digits are a date of the twentieth century, `YYMMDD`.
fn has_birth_date(bytes: &[u8]) -> bool {
    let two = |i: usize| i16::from(bytes[i] - b'0') * 10 + i16::from(bytes[i + 1] - b'0');
    match (i8::try_from(two(2)), i8::try_from(two(4))) {
        (Ok(month), Ok(day)) => jiff::civil::Date::new(1900 + two(0), month, day).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_found_and_look_alikes_are_not() {
        use PersonalData::{IdentityNumber, MobileNumber};
        let table = [
            ("11010519491231002X", Some(IdentityNumber)),
            ("证号11010519491231002x。", Some(IdentityNumber)),
            ("110105194912310021", None),
            ("１１０１０５１９４９１２３１００２Ｘ", Some(IdentityNumber)),
            ("440524188001010014", Some(IdentityNumber)),
            ("110105491231002", Some(IdentityNumber)),
            ("110105491331002", None),
            ("13812345678", Some(MobileNumber)),
            ("+8613812345678", Some(MobileNumber)),
            ("008613812345678", Some(MobileNumber)),
            ("8613812345678", None),
            ("12812345678", None),
            ("138123456789", None),
            ("2023年7月", None),
            ("电话138 1234 5678。", Some(MobileNumber)),
            ("＋86　１３８－１２３４－５６７８", Some(MobileNumber)),
            ("138.1234.5678", Some(MobileNumber)),
            ("1 3 8 1 2 3 4 5 6 7 8", Some(MobileNumber)),
            ("138\u{200b}12345678", Some(MobileNumber)),
            ("15 000 000 000", None),
            ("1999-12-31 123", None),
            ("117.534321 36.712345", None),
            ("138, 1234, 5678", None),
            ("110105 19491231 002X", Some(IdentityNumber)),
            ("110105 1949 1231 002 x", Some(IdentityNumber)),
            ("370114001 370114002", None),
            ("110105 491231 002", Some(IdentityNumber)),
            ("文号2024 138 1234 5678", Some(MobileNumber)),
            ("①③⑧①②③④⑤⑥⑦⑧", Some(MobileNumber)),
            ("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", Some(MobileNumber)),
            ("一三八一二三四五六七八", Some(MobileNumber)),
            ("壹叁捌 壹贰叁肆 伍陆柒捌", Some(MobileNumber)),
            ("二〇二三年十一月二十三日第一百三十八号", None),
            ("公司一13812345678", Some(MobileNumber)),
        ];
        for (text, expected) in table {
            assert_eq!(personal_data_in(text), expected, "{text}");
        }
    }

    #[test]
    fn each_place_is_told() {
        let text = "甲138-1234-5678，乙11010519491231002X。";
        let found: Vec<_> = personal_data_ranges(text).map(|(_, range)| &text[range]).collect();
        assert_eq!(found, ["138-1234-5678", "11010519491231002"]);
    }

    #[test]
    fn columns_of_persons_are_known_by_their_heading() {
        for heading in [
            "书记姓名",
            "联系电话",
            "姓 名",
            "姓　名",
            "ＱＱ",
            "Tel",
            "身 份 证 号",
            "書記",
            "Contact Person",
        ] {
            assert!(is_personal_column(heading), "{heading}");
        }
        for heading in ["name", "party_members", "hotel", "书记联系点数", "法人单位", "社区工作者"]
        {
            assert!(!is_personal_column(heading), "{heading}");
        }
    }
}
