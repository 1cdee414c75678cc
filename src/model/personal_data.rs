use std::fmt;

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

/// Finds personal data in a text: a run of digits, half- or full-width, that is an identity or a mobile number.
///
/// ```
/// use orgatlas::model::{PersonalData, personal_data_in};
/// assert_eq!(personal_data_in("电话13812345678"), Some(PersonalData::MobileNumber));
/// assert_eq!(personal_data_in("订单138123456780"), None);
/// ```
pub fn personal_data_in(text: &str) -> Option<PersonalData> {
    let mut run = String::new();
    let mut after_plus = false;
    let mut previous = ' ';
    for character in text.chars().chain([' ']) {
        match digit(character) {
            Some(d) => {
                if run.is_empty() {
                    after_plus = matches!(previous, '+' | '＋');
                }
                run.push(d);
            }
            None if !run.is_empty() => {
                if matches!(character, 'X' | 'x' | 'Ｘ' | 'ｘ') && run.len() == 17 {
                    run.push('X');
                }
                if let Some(found) = classify(&run, after_plus) {
                    return Some(found);
                }
                run.clear();
            }
            None => {}
        }
        previous = character;
    }
    None
}

/// Whether a column's heading says that it holds data of persons.
pub fn is_personal_column(heading: &str) -> bool {
    const WORDS: [&str; 22] = [
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
    let heading = heading.to_lowercase();
    WORDS.iter().any(|word| heading.contains(word))
}

fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_u32(character as u32 - 0xfee0),
        _ => None,
    }
}

fn classify(run: &str, after_plus: bool) -> Option<PersonalData> {
    let bytes = run.as_bytes();
    let is_mobile = |b: &[u8]| b.len() == 11 && b[0] == b'1' && b[1] >= b'3';
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

/// ISO 7064 MOD 11-2 over the first 17 digits, as GB 11643 asks.
fn has_right_check_digit(bytes: &[u8]) -> bool {
    let sum = bytes[..17].iter().fold(0u32, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    let expected = match (12 - sum) % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    bytes[17] == expected
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
        ];
        for (text, expected) in table {
            assert_eq!(personal_data_in(text), expected, "{text}");
        }
    }

    #[test]
    fn columns_of_persons_are_known_by_their_heading() {
        assert!(is_personal_column("书记姓名") && is_personal_column("联系电话"));
        assert!(!is_personal_column("name") && !is_personal_column("party_members"));
    }
}
