/// After these a Chinese name may well be broken: what is named before them is one thing.
const ENDS: [&str; 19] = [
    "街道",
    "社区",
    "委员会",
    "有限公司",
    "公司",
    "集团",
    "园区",
    "产业园",
    "工业园",
    "村",
    "镇",
    "区",
    "县",
    "市",
    "省",
    "路",
    "厂",
    "协会",
    "商会",
];

/// Words of names that a reader would not have broken.
const WORDS: &[&str] = &[
    "示例",
    "有限",
    "公司",
    "集团",
    "工业",
    "产业",
    "产业园",
    "产业链",
    "园区",
    "开发区",
    "街道",
    "社区",
    "居民",
    "村民",
    "委员会",
    "网格",
    "联合",
    "联盟",
    "党建",
    "党委",
    "党组",
    "党总支",
    "党支部",
    "党小组",
    "党工委",
    "支部",
    "行业",
    "协会",
    "商会",
    "专业",
    "合作社",
    "联合体",
    "共同体",
    "融合",
    "中心",
    "服务",
    "社会",
    "工作",
    "志愿",
    "文化",
    "促进会",
    "培训",
    "学校",
    "小学",
    "中学",
    "幼儿园",
    "医院",
    "装备",
    "制造",
    "机械",
    "汽车",
    "零部件",
    "材料",
    "建筑",
    "电子",
    "商务",
    "科技",
    "智能",
    "食品",
    "制品",
    "物流",
    "运输",
    "配送",
    "种植",
    "农机",
    "果蔬",
    "畜禽",
    "养殖",
    "粮食",
    "技术",
    "推广",
    "陶瓷",
    "耐火",
    "化工",
    "服饰",
    "纺织",
    "医药",
    "生物",
    "快递",
    "志愿者",
    "指导",
    "农业",
    "包装",
    "信息",
    "电气",
    "设备",
    "市场",
    "专属",
    "特种",
    "复合",
    "精密",
    "精细",
    "建材",
    "商贸",
    "贸易",
    "园林",
    "旅游",
    "餐饮",
    "律师",
    "事务所",
    "会计",
    "大厦",
    "广场",
    "体育",
    "教育",
    "养老",
    "卫生",
    "健康",
    "物业",
    "管理",
    "投资",
    "国际",
    "工程",
    "环保",
    "能源",
    "金属",
    "铸造",
    "锻造",
    "重工",
    "饮料",
    "印刷",
    "家具",
    "塑料",
    "橡胶",
    "治理",
    "资源",
    "聚合体",
    "村委会",
    "居委会",
    "工作委员会",
    "指挥部",
    "加油站",
    "驿站",
    "服务站",
    "楼宇",
    "景区",
    "公园",
    "车间",
    "班组",
    "片区",
    "开发",
    "高端",
    "直播",
    "电商",
    "外卖",
    "道路",
];
/// What a break costs in a word, at a place where a reader would make none, and where he would.
const IN_WORD: f32 = 1.0;
const ANYWHERE: f32 = 0.2;
const GOOD: f32 = 0.0;

/// Characters that begin no line.
const NOT_FIRST: &str = "，。、；：！？）》”’】〕·—…％%)]}>,.;:!?";
/// Characters that end no line.
const NOT_LAST: &str = "（《“‘【〔([{<";

/// Breaks a name into as few lines as fit, as even as can be, at places where a reader would.
///
/// Widths are in parts of the size of the text; a word of Latin letters or digits that is wider than a line is
/// not broken.
pub(in crate::diagram) fn wrap(name: &str, mut width: impl FnMut(&str) -> f32, most: f32) -> Vec<String> {
    let total = width(name);
    if total <= most {
        return vec![name.to_owned()];
    }
    let places = places(name);
    // The last place of each line so far, with what it costs: the fewest lines first, then the evenest.
    let mut best: Vec<Option<(usize, f32, usize)>> = vec![None; places.len()];
    best[0] = Some((0, 0.0, 0));
    let fewest = (total / most).ceil();
    let even = total / fewest;
    for end in 1..places.len() {
        for start in (0..end).rev() {
            let line = width(name[places[start].0..places[end].0].trim());
            if line > most && end - start > 1 {
                break;
            }
            let Some((lines, cost, _)) = best[start] else { continue };
            let uneven = (line - even) / most;
            let candidate = (lines + 1, cost + uneven * uneven + places[end].1, start);
            if best[end].is_none_or(|(lines, cost, _)| (candidate.0, candidate.1) < (lines, cost)) {
                best[end] = Some(candidate);
            }
        }
    }
    let mut lines = Vec::new();
    let mut end = places.len() - 1;
    while end > 0 {
        let start = best[end].map_or(0, |(.., start)| start);
        lines.push(name[places[start].0..places[end].0].trim().to_owned());
        end = start;
    }
    lines.reverse();
    lines
}

/// Where a name may be broken, by bytes, each with what a break there costs.
fn places(name: &str) -> Vec<(usize, f32)> {
    let mut places = vec![(0, 0.0)];
    let mut before: Option<char> = None;
    for (at, next) in name.char_indices() {
        if let Some(last) = before.filter(|last| breaks_between(*last, next) && !is_sign(&name[..at])) {
            let beside = " ）》”".contains(last) || "（《“".contains(next);
            let inside = in_word(name, at);
            let cost = match beside || !inside && ENDS.iter().any(|end| name[..at].ends_with(end)) {
                true => GOOD,
                false if inside => IN_WORD,
                false => ANYWHERE,
            };
            places.push((at, cost));
        }
        before = Some(next);
    }
    places.push((name.len(), 0.0));
    places
}

/// Whether nothing but a sign stands there, such as that of a state.
fn is_sign(before: &str) -> bool {
    let mut characters = before.trim_end().chars();
    matches!((characters.next(), characters.next()), (Some(sign), None) if !sign.is_alphanumeric())
}

/// Whether a place, by bytes, is inside a word.
fn in_word(name: &str, at: usize) -> bool {
    WORDS.iter().any(|word| {
        let mut steps = word.char_indices().skip(1).map(|(step, _)| step);
        steps.any(|step| at.checked_sub(step).is_some_and(|from| has(name, from, word)))
    })
}

fn has(name: &str, from: usize, word: &str) -> bool {
    name.as_bytes().get(from..).is_some_and(|rest| rest.starts_with(word.as_bytes()))
}

fn breaks_between(last: char, next: char) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c.is_ascii_punctuation();
    let inside = word(last) && word(next);
    !inside && next != ' ' && !NOT_FIRST.contains(next) && !NOT_LAST.contains(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character is one wide, Latin ones half.
    fn check(name: &str, most: f32, lines: &[&str]) {
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum();
        let found = wrap(name, width, most);
        assert_eq!(found, lines);
        let kept = |text: &str| text.replace(' ', "");
        assert_eq!(kept(&found.concat()), kept(name), "nothing is lost");
    }

    #[test]
    fn names_break_where_readers_would() {
        check("双山街道", 10.0, &["双山街道"]);
        check("双山街道双山社区居民委员会党支部", 10.0, &["双山街道双山社区", "居民委员会党支部"]);
        check("示例明水街道第12联合党支部", 8.0, &["示例明水街道", "第12联合党支部"]);
        check("● 示例昌铭恒新材料有限公司", 11.0, &["● 示例昌铭恒", "新材料有限公司"]);
        check("示例高端装备产业链第1联合党委", 11.0, &["示例高端装备", "产业链第1联合党委"]);
        check(
            "中共济南市章丘区（快递物流）行业委员会",
            8.0,
            &["中共济南市章丘区", "（快递物流）", "行业委员会"],
        );
        check("Joint Party Committee of Mingshui", 8.0, &["Joint Party", "Committee", "of Mingshui"]);
        check("Donaudampfschifffahrt", 4.0, &["Donaudampfschifffahrt"]);
    }
}
