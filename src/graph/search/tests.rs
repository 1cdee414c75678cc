//! A table of what is typed and found, and properties of every name.

use proptest::prelude::*;

use super::*;
use crate::graph::{Graph, OrganizationSet};
use crate::model::{Change, Organization, OrganizationId, OrganizationKind, traditional};

fn put(id: &str, name: &str, more: impl FnOnce(&mut Organization)) -> Change {
    let kind = match id.strip_prefix("cn-").map(str::len) {
        Some(2) => OrganizationKind::Province,
        Some(4) => OrganizationKind::City,
        Some(6) => OrganizationKind::District,
        Some(9) => OrganizationKind::Subdistrict,
        Some(_) => OrganizationKind::Community,
        None => OrganizationKind::Enterprise,
    };
    let mut organization = Organization::new(id.parse().unwrap(), kind, name);
    more(&mut organization);
    Change::PutOrganization(Box::new(organization))
}

fn graph() -> Graph {
    let mut graph = Graph::new();
    let changes = [
        put("cn-37", "山东省", |_| ()),
        put("cn-3701", "济南市", |_| ()),
        put("cn-370114", "章丘区", |_| ()),
        put("cn-370114001", "明水街道", |_| ()),
        put("cn-370114001001", "明水社区", |_| ()),
        put("ent-1", "示例明水制造有限公司", |o| {
            o.uscc = Some("91350100M000100Y43".parse().unwrap());
            o.division = Some("370114001".parse().unwrap());
        }),
        put("ent-2", "名水商贸", |o| o.name_en = Some("Famous Water Trading".into())),
        put("ent-3", "重庆饭店", |o| o.aliases = vec!["山城饭店".into(), "Chongqing Hotel".into()]),
        put("ent-4", "章邱老酒厂", |o| o.name_hant = Some("章邱老酒廠".into())),
        put("ent-5", "里程物流", |_| ()),
        put("ent-6", "干果批发", |_| ()),
        put("ent-7", "ＡＢＣ 公司", |_| ()),
        put("Ent-8", "水", |_| ()),
        put("ent-9", "张丘", |_| ()),
    ];
    graph.apply(&changes).unwrap();
    graph
}

fn ids(graph: &Graph, text: &str) -> Vec<String> {
    let hits = graph.search(&SearchQuery::new(text), graph.everything());
    hits.iter().map(|hit| graph.id(hit.slot).to_string()).collect()
}

#[test]
fn what_is_typed_is_found_in_its_order() {
    let graph = graph();
    let check = |text: &str, expected: &str| {
        assert_eq!(ids(&graph, text).join(" "), expected, "{text}");
    };
    // By characters: exact, prefix, substring; the shorter name first, then by id.
    check("水", "Ent-8 cn-370114001 cn-370114001001 ent-2 ent-1");
    check("明水", "cn-370114001 cn-370114001001 ent-1");
    check("明水街道", "cn-370114001");
    check("有限公司", "ent-1");
    check("  明 水　街道 ", "cn-370114001");
    // In the other writing, by whichever form.
    check("章丘區", "cn-370114");
    check("裡程", "ent-5");
    check("裏程", "ent-5");
    check("乾果", "ent-6");
    check("幹果", "ent-6");
    check("老酒廠", "ent-4");
    check("老酒厂", "ent-4");
    // By sound: what only sounds alike comes together, nothing of it among characters.
    check("mingshui", "cn-370114001 cn-370114001001 ent-2 ent-1");
    check("míng shuǐ jiē dào", "cn-370114001");
    check("zhangqiu", "ent-9 cn-370114 ent-4");
    check("zhangq", "ent-9 cn-370114 ent-4");
    check("zhangqiuou", "cn-370114");
    check("zqq", "cn-370114");
    check("msjd", "cn-370114001");
    check("chongqing", "ent-3");
    check("zhongqing", "ent-3");
    check("cqfd", "ent-3");
    check("shancheng", "ent-3");
    // By other names, in any width and case.
    check("famous", "ent-2");
    check("HOTEL", "ent-3");
    check("abc", "ent-7");
    check("abc公司", "ent-7");
    check("abcgongsi", "ent-7");
    // By codes and ids.
    check("91350100M000100Y43", "ent-1");
    check("91350100m000100y43", "ent-1");
    check("９１３５０１００", "ent-1");
    check("M000100Y4", "ent-1");
    check("37", "cn-37 cn-3701 cn-370114 cn-370114001 cn-370114001001 ent-1");
    check("3701", "cn-3701 cn-370114 cn-370114001 cn-370114001001 ent-1");
    check("370114", "cn-370114 cn-370114001 cn-370114001001 ent-1");
    check("370114001", "cn-370114001 cn-370114001001 ent-1");
    check("370114001001", "cn-370114001001");
    check("ent-3", "ent-3");
    check("ENT-8", "Ent-8");
    check("cn-370114", "cn-370114 cn-370114001 cn-370114001001");
    // By characters that only look like others, or cannot be seen.
    check("明\u{200B}水\u{AD}街道", "cn-370114001");
    check("⽔", "Ent-8 cn-370114001 cn-370114001001 ent-2 ent-1");
    check("章丘\u{FE0F}区", "cn-370114");
    // By several words, in any order; what holds them together comes first.
    check("街道 明水", "cn-370114001");
    check("公司 明水", "ent-1");
    check("有限　制造 示例", "ent-1");
    check("jiedao mingshui", "cn-370114001");
    check("公司 mingshui", "ent-1");
    check("hotel chongqing", "ent-3");
    check("明水 重庆", "");
    // Nothing.
    check("", "");
    check(" 　", "");
    check("明水路", "");
    check("名 水 街", "");
}

#[test]
fn a_finding_says_how_and_where() {
    let graph = graph();
    let check = |text: &str, id: &str, expected: &str| {
        let slot = graph.slot(id).unwrap();
        let found = graph.finding(slot, &SearchQuery::new(text));
        let found = found.map(|f| format!("{:?} {:?} {}", f.matched, f.field, f.text));
        assert_eq!(found.unwrap_or_default(), expected, "{text}");
    };
    check("明水", "ent-1", "Substring Name 示例明水制造有限公司");
    check("老酒廠", "ent-4", "Substring Name 章邱老酒厂");
    check("hotel", "ent-3", "Substring Alias Chongqing Hotel");
    check("chongqing", "ent-3", "Prefix Alias Chongqing Hotel");
    check("chongqingfandian", "ent-3", "Pinyin Name 重庆饭店");
    check("water", "ent-2", "Substring NameEn Famous Water Trading");
    check("370114001", "cn-370114001", "Exact Division 370114001");
    check("370114001", "ent-1", "Prefix Division 370114001");
    check("91350100", "ent-1", "Prefix CreditCode 91350100M000100Y43");
    check("ENT-1", "ent-1", "Exact Id ent-1");
    check("明水", "ent-2", "");
}

#[test]
fn what_changes_is_found_as_it_is_then() {
    let mut graph = graph();
    assert_eq!(ids(&graph, "明水"), ["cn-370114001", "cn-370114001001", "ent-1"]);
    let copy = graph.clone();
    graph.apply(&[put("ent-1", "示例改名", |_| ()), put("ent-0", "示例明水十二三四五六", |_| ())]).unwrap();
    graph.apply(&[Change::RemoveOrganization("cn-370114001001".parse().unwrap())]).unwrap();
    // This one takes the place of the one that went.
    graph.apply(&[put("a-1", "明水新村", |_| ())]).unwrap();
    assert_eq!(ids(&graph, "明水"), ["a-1", "cn-370114001", "ent-0"]);
    assert_eq!(ids(&graph, "gaiming"), ["ent-1"]);
    assert_eq!(ids(&copy, "明水"), ["cn-370114001", "cn-370114001001", "ent-1"]);
}

/// Names of characters that are hard: of several readings, of several traditional forms, Latin, wide.
fn name() -> impl Strategy<Value = String> {
    let characters: Vec<char> =
        "章丘明水示例区重庆行长乐里后干发台面云松只几系谷斗制造党群服务中心女绿旅AbＣ1（）".chars().collect();
    prop::collection::vec(prop::sample::select(characters), 1..12).prop_map(|c| c.into_iter().collect())
}

#[test]
fn names_with_odd_characters_are_found_by_what_is_seen() {
    let mut graph = Graph::new();
    let changes = [
        put("o-1", "章\u{200B}丘\u{AD}示例", |_| ()),
        put("o-2", "⻓城\u{FE0F}机械", |_| ()),
        put("o-3", "二○二四厂", |_| ()),
        put("o-4", "済南戸籍所", |_| ()),
        put("o-5", "\u{F9E1}记商行", |_| ()),
        put("o-6", "二〇二五厂", |_| ()),
    ];
    graph.apply(&changes).unwrap();
    let table = [
        ("章丘示例", "o-1"),
        ("zhangqiushili", "o-1"),
        ("长城机械", "o-2"),
        ("長城", "o-2"),
        ("changcheng", "o-2"),
        ("二〇二四", "o-3"),
        ("二○二五", "o-6"),
        ("济南户籍", "o-4"),
        ("濟南戶籍", "o-4"),
        ("jinan", "o-4"),
        ("李记", "o-5"),
        ("商行 李", "o-5"),
    ];
    for (text, expected) in table {
        assert_eq!(ids(&graph, text).join(" "), expected, "{text}");
    }
}

fn graph_of(names: &[String]) -> Graph {
    let mut graph = Graph::new();
    let changes: Vec<_> =
        names.iter().enumerate().map(|(i, name)| put(&format!("e-{i:02}"), name, |_| ())).collect();
    graph.apply(&changes).unwrap();
    graph
}

/// All of a graph that a text matches, by asking each organisation.
fn naive(graph: &Graph, query: &SearchQuery) -> Vec<(SearchMatch, u16, OrganizationId)> {
    let found = graph.everything().iter().map(Slot).filter_map(|slot| {
        let finding = graph.finding(slot, query)?;
        let length = fold::fold(graph.name(slot)).len() as u16;
        Some((finding.matched, length, graph.id(slot).clone()))
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

proptest! {
    #[test]
    fn every_part_of_a_name_finds_it_in_either_writing(names in prop::collection::vec(name(), 1..8), at in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let graph = graph_of(&names);
        let (at, name) = (at.index(names.len()), &names[at.index(names.len())]);
        let characters: Vec<char> = name.chars().collect();
        let (from, to) = (from.index(characters.len()), to.index(characters.len()));
        let part: String = characters[from.min(to)..=from.max(to)].iter().collect();
        let id = format!("e-{at:02}");
        prop_assert!(ids(&graph, &part).contains(&id), "{part} does not find {name}");
        prop_assert!(ids(&graph, &traditional(&part)).contains(&id), "{} does not find {name}", traditional(&part));
        prop_assert!(ids(&graph, &traditional(name)).contains(&id));
        // What holds the characters comes before what only sounds so.
        let hits = graph.search(&SearchQuery::new(&part), graph.everything());
        let place = hits.iter().position(|hit| graph.id(hit.slot).as_str() == id).unwrap();
        prop_assert!(hits[..=place].iter().all(|hit| hit.matched <= SearchMatch::Substring));
    }

    #[test]
    fn packed_names_say_what_records_say(
        names in prop::collection::vec(name(), 1..8),
        others in prop::collection::vec((0..10usize, name(), any::<bool>()), 0..6),
        text in prop_oneof![name(), "[zcmshqaio]{1,4}", "[0-9e-]{1,3}", (name(), name()).prop_map(|(a, b)| format!("{a} {b}")), "[章丘明水区示]{1,2} [zcmshq章丘水]{1,2}"],
    ) {
        let mut graph = graph_of(&names);
        let query = SearchQuery::new(&text);
        graph.search(&query, &OrganizationSet::new());
        for (i, name, removes) in others {
            let id = format!("e-{i:02}");
            let change = if removes { Change::RemoveOrganization(id.parse().unwrap()) } else { put(&id, &name, |_| ()) };
            graph.apply(&[change]).ok();
        }
        let hits = graph.search(&query, graph.everything());
        let found: Vec<_> = hits.iter().map(|hit| (hit.matched, hit.name_length, graph.id(hit.slot).clone())).collect();
        prop_assert_eq!(&found, &naive(&graph, &query));
        prop_assert_eq!(graph.matching(&query).len(), found.len() as u64);
    }
}
