//! What the words around a number say of it.

use unicode_normalization::UnicodeNormalization;

use super::digits::digit;
use super::groups::Candidate;

/// What the nearest word before a number says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A number at which somebody is reached.
    Telephone,
    /// A number of an identity document.
    Identity,
    /// An amount, a device, a document of a business.
    Thing,
}

/// How many characters before a number are looked through.
const WINDOW: usize = 16;

const TELEPHONE: [&str; 32] = [
    "手机", "手機", "电话", "電話", "联系", "聯繫", "聯系", "联络", "聯絡", "致电", "致電", "来电", "來電",
    "拨打", "撥打", "热线", "熱線", "微信", "短信", "传真", "機號", "手提", "tel", "phone", "mobile", "cell",
    "call", "wechat", "contact", "☎", "📞", "📱",
];

const IDENTITY: [&str; 12] = [
    "身份证",
    "身份證",
    "身份号",
    "身份號",
    "证件",
    "證件",
    "公民身份",
    "居民身份",
    "身份码",
    "idcard",
    "id card",
    "identity",
];

const THINGS: [&str; 84] = [
    "金额",
    "金額",
    "收入",
    "产值",
    "產值",
    "产量",
    "營收",
    "营收",
    "总额",
    "總額",
    "税额",
    "利润",
    "资产",
    "資產",
    "投资",
    "投資",
    "预算",
    "預算",
    "资金",
    "資金",
    "资本",
    "資本",
    "余额",
    "單價",
    "单价",
    "价款",
    "费用",
    "合计",
    "合計",
    "总计",
    "總計",
    "共计",
    "累计",
    "销售额",
    "销量",
    "数量",
    "人口",
    "面积",
    "人民币",
    "设备",
    "設備",
    "仪器",
    "序列",
    "出厂",
    "出廠",
    "机身",
    "编号",
    "編號",
    "编码",
    "單號",
    "单号",
    "订单",
    "訂單",
    "合同",
    "流水",
    "工单",
    "发票",
    "票号",
    "条码",
    "条形码",
    "型号",
    "型號",
    "表号",
    "电表",
    "水表",
    "批号",
    "货号",
    "登记号",
    "注册号",
    "註冊號",
    "许可证",
    "案号",
    "文号",
    "档案",
    "imei",
    "meid",
    "imsi",
    "iccid",
    "serial",
    "s/n",
    "order",
    "invoice",
    "contract",
    "amount",
];

/// Words that are too short to stand within others.
const SHORT_THINGS: [&str; 8] = ["sn", "rmb", "cny", "usd", "ean", "isbn", "dev", "po"];

const CURRENCIES: [char; 6] = ['¥', '￥', '$', '＄', '€', '£'];

/// Units that say by themselves that a number is an amount.
const UNITS: [&str; 30] = [
    "元", "圆整", "万", "萬", "亿", "億", "美元", "千克", "公斤", "公里", "千米", "平方", "公顷", "立方",
    "千瓦", "人次", "字节", "㎡", "m2", "m³", "km", "kg", "kw", "usd", "cny", "rmb", "yuan", "byte", "%",
    "‰",
];

/// Units of one character, which may also begin another word.
const SHORT_UNITS: [char; 30] = [
    '吨', '噸', '克', '斤', '米', '亩', '畝', '升', '度', '瓦', '人', '户', '戶', '个', '個', '件', '台',
    '套', '只', '张', '張', '条', '次', '份', '本', '辆', '株', '股', '笔', '㎥',
];

/// What the nearest word before a number says.
pub(super) fn said_before(candidate: &Candidate<'_>) -> Option<Said> {
    let before = candidate.text_before();
    let start = before.char_indices().rev().take(WINDOW).last().map_or(before.len(), |(at, _)| at);
    // Another sentence speaks of something else.
    let near = before[start..].rsplit(['。', '\n', '\t']).next().unwrap_or_default();
    let near: String = near.nfkc().flat_map(char::to_lowercase).collect();
    let last = |words: &[&str]| words.iter().filter_map(|word| near.rfind(word)).max();
    let short = SHORT_THINGS.iter().filter_map(|word| {
        let at = near.rfind(word)?;
        let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        let within =
            is_letter(near[..at].chars().next_back()) || is_letter(near[at + word.len()..].chars().next());
        (!within).then_some(at)
    });
    // A thing's own number follows its name at once: behind another number the word says nothing of this one.
    let digits = near.rfind(|c: char| digit(c).is_some());
    let things = last(&THINGS).max(short.max()).filter(|at| digits.is_none_or(|digit| digit < *at));
    let found =
        [(last(&TELEPHONE), Said::Telephone), (last(&IDENTITY), Said::Identity), (things, Said::Thing)];
    found.into_iter().filter(|(at, _)| at.is_some()).max_by_key(|(at, _)| *at).map(|(_, said)| said)
}

/// Whether what stands close to a number makes an amount of it: a currency, a unit, decimals, a leading `0.`.
pub(super) fn is_amount(candidate: &Candidate<'_>) -> bool {
    let (before, after) = (candidate.text_before(), candidate.text_after());
    if before.trim_end().ends_with(CURRENCIES) || before.ends_with("0.") {
        return true;
    }
    let decimals = after.strip_prefix('.').map(|rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    // One zero is what spreadsheets and data frames put behind any number.
    if decimals.is_some_and(|count| (2..=6).contains(&count)) {
        return true;
    }
    let decimals = decimals.filter(|count| *count > 0).map_or(0, |count| count + 1);
    let after: String = after[decimals..].trim_start().chars().take(6).collect::<String>().to_lowercase();
    let mut characters = after.chars();
    let short = characters.next().is_some_and(|first| SHORT_UNITS.contains(&first))
        && characters.next().is_none_or(|next| !next.is_alphanumeric());
    short || UNITS.iter().any(|unit| after.starts_with(unit))
}
