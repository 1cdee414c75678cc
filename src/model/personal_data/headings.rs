//! Headings of columns, and names of attributes, that say that their values are data of persons.

use unicode_normalization::UnicodeNormalization;

/// Chinese words that stand anywhere in a heading of personal data.
const WORDS: [&str; 47] = [
    "联络人",
    "聯絡人",
    "联系人",
    "聯繫人",
    "经办人",
    "經辦人",
    "填表人",
    "联系方式",
    "聯繫方式",
    "联系电话",
    "聯繫電話",
    "证件号",
    "證件號",
    "身份号",
    "身份證",
    "身份证",
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
    "戶籍",
    "微信",
    "姓名",
    "电话",
    "電話",
    "手机",
    "手機",
    "负责人",
    "負責人",
    "法定代表人",
    "法人代表",
    "书记姓名",
    "住址",
    "邮箱",
    "郵箱",
    "電郵",
    "电子邮件",
    "護照",
    "护照",
    "社保号",
    "银行卡号",
];

/// Whole headings of personal data.
const HEADINGS: [&str; 3] = ["书记", "書記", "法人"];

/// What headings end with that count or measure, so that no value of theirs is a person's.
const MEASURES: [&str; 32] = [
    "数",
    "數",
    "数量",
    "數量",
    "率",
    "比",
    "比例",
    "占比",
    "比重",
    "人口",
    "人次",
    "量",
    "额",
    "額",
    "产值",
    "產值",
    "收入",
    "面积",
    "面積",
    "企业",
    "企業",
    "单位",
    "單位",
    "机构",
    "機構",
    "网点",
    "網點",
    "公众号",
    "公眾號",
    "中位数",
    "覆盖",
    "系统",
];

/// What headings begin with that count or measure.
const AVERAGES: [&str; 4] = ["平均", "人均", "户均", "累计"];

/// English words of personal data.
const ENGLISH: [&str; 17] = [
    "contact",
    "contacts",
    "phone",
    "telephone",
    "tel",
    "mobile",
    "cellphone",
    "mobilephone",
    "phonenumber",
    "mobileno",
    "phoneno",
    "contactperson",
    "email",
    "birthday",
    "birthdate",
    "wechat",
    "qq",
];

/// English words of personal data that are two.
const PAIRS: [[&str; 2]; 7] = [
    ["person", "name"],
    ["birth", "date"],
    ["id", "card"],
    ["e", "mail"],
    ["date", "birth"],
    ["identity", "number"],
    ["passport", "number"],
];

/// English words that count or measure.
const COUNTED: [&str; 29] = [
    "count",
    "counts",
    "total",
    "rate",
    "ratio",
    "share",
    "percent",
    "users",
    "subscribers",
    "makers",
    "factories",
    "manufacturers",
    "producers",
    "enterprises",
    "companies",
    "firms",
    "shops",
    "stations",
    "points",
    "households",
    "output",
    "sales",
    "coverage",
    "penetration",
    "population",
    "average",
    "median",
    "bases",
    "operators",
];

/// Whether a column's heading says that it holds data of persons; blanks, width and case do not matter.
///
/// A heading that counts or measures holds none: 手机号 is personal, 手机制造企业数 and 户籍人口 are not.
///
/// ```
/// use orgatlas::model::is_personal_column;
/// assert!(is_personal_column("姓　名") && is_personal_column("联系电话（手机）"));
/// assert!(!is_personal_column("name") && !is_personal_column("automobile_parts_makers"));
/// ```
pub fn is_personal_column(heading: &str) -> bool {
    let heading: String = heading.nfkc().collect();
    // What stands in brackets is a heading of its own: 联系方式（手机）, 产量（万台）.
    heading
        .split(['(', ')', '[', ']', '【', '】', '〔', '〕'])
        .any(|part| is_chinese(part) || is_english(part))
}

fn is_chinese(part: &str) -> bool {
    let part: String = part.chars().filter(|c| !c.is_whitespace()).collect();
    let measures = MEASURES.iter().any(|end| part.ends_with(end))
        || AVERAGES.iter().any(|start| part.starts_with(start));
    HEADINGS.contains(&part.as_str()) || !measures && WORDS.iter().any(|word| part.contains(word))
}

fn is_english(part: &str) -> bool {
    let words = words(part);
    let is = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let pair = words.windows(2).any(|pair| PAIRS.iter().any(|[a, b]| pair[0] == *a && pair[1] == *b))
        || words
            .windows(3)
            .any(|three| three[1] == "of" && PAIRS.iter().any(|[a, b]| three[0] == *a && three[2] == *b));
    !is(&COUNTED) && (is(&ENGLISH) || pair)
}

/// The words of ASCII letters in a heading, in lower case; `mobileNumber` is two, as `mobile_number` is.
fn words(part: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = ' ';
    for character in part.chars() {
        let begins = character.is_ascii_uppercase() && previous.is_ascii_lowercase();
        if begins || !character.is_ascii_alphabetic() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_ascii_alphabetic()) {
            word.push(character.to_ascii_lowercase());
        }
        previous = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::is_personal_column;

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
            "手机号",
            "手机号码",
            "法定代表人",
            "户籍地",
            "户籍所在地",
            "person_name",
            "mobileNumber",
            "phone_1",
            "id_card",
            "E-mail",
            "date of birth",
            "电话（手机）",
            "人数（手机号）",
            "负责人",
            "性别",
            "contact",
            "护照号",
        ] {
            assert!(is_personal_column(heading), "{heading}");
        }
        for heading in [
            "name",
            "party_members",
            "hotel",
            "书记联系点数",
            "法人单位",
            "社区工作者",
            "automobile_parts_makers",
            "户籍人口",
            "手机制造企业数",
            "手机产量（万台）",
            "mobile_phone_makers",
            "mobile_users",
            "contact_points",
            "平均年龄",
            "性别比",
            "年龄中位数",
            "微信公众号",
            "电话普及率",
            "法人企业数",
            "immobile_assets",
            "telecom_income",
            "automobiles",
            "身份证办理量",
            "phone_factories",
            "户籍人口（万人）",
            "qqq",
            "负责人培训人次",
        ] {
            assert!(!is_personal_column(heading), "{heading}");
        }
    }
}
