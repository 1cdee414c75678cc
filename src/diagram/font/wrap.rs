/// After these a Chinese name may well be broken: what is named before them is one thing.
const ENDS: [&str; 20] = [
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
    "示例",
];

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
        if let Some(last) = before.filter(|last| breaks_between(*last, next)) {
            let beside = " ）》”".contains(last) || "（《“".contains(next);
            let good = beside || ENDS.iter().any(|end| name[..at].ends_with(end));
            places.push((at, if good { 0.0 } else { 0.2 }));
        }
        before = Some(next);
    }
    places.push((name.len(), 0.0));
    places
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
        check(
            "中共济南市章丘区（快递物流）行业委员会",
            8.0,
            &["中共济南市章丘区", "（快递物流）", "行业委员会"],
        );
        check("Joint Party Committee of Mingshui", 8.0, &["Joint Party", "Committee", "of Mingshui"]);
        check("Donaudampfschifffahrt", 4.0, &["Donaudampfschifffahrt"]);
    }
}
