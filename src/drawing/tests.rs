//! Charts of every kind of root in every view, over the district that comes with the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use strum::IntoEnumIterator;

use super::*;
use crate::ledger;
use crate::model::{
    AttributeCatalog, Change, Organization, OrganizationKind, Relation, RelationType, parse_date,
};

const INDICATOR: &str = "two-new-either";

fn date() -> Date {
    parse_date("2024-06-30").unwrap()
}

fn district() -> Graph {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("graph-data/district");
    let attributes = std::fs::read_to_string(folder.join("../attributes.toml")).unwrap();
    let catalog = AttributeCatalog::from_toml(&attributes).unwrap();
    let mut graph = Graph::new();
    let reading = ledger::read(&[folder], &graph, &catalog).unwrap();
    graph.apply(&reading.changes).unwrap();
    graph
}

fn drawing(root: &str, view: View) -> Drawing {
    Drawing { view, indicator: Some(INDICATOR.to_owned()), ..Drawing::of(root, date()) }
}

fn draw(graph: &Graph, drawing: &Drawing) -> Result<String, DrawingError> {
    static INDICATORS: LazyLock<IndicatorCatalog> = LazyLock::new(|| IndicatorCatalog::core().unwrap());
    let drawn = drawing.draw(graph, &INDICATORS, Format::Dot, |_| true, || Err(FontError::None))?;
    Ok(String::from_utf8(drawn.bytes).unwrap())
}

fn boxes(dot: &str) -> usize {
    dot.lines()
        .filter(|line| line.starts_with("  b") && line.contains(" [label=") && !line.contains(" -> "))
        .count()
}

/// The first organisation of each kind by id, and one without any relation.
fn roots(graph: &Graph) -> BTreeMap<OrganizationKind, String> {
    let mut roots = BTreeMap::new();
    for organization in graph.organizations() {
        if organization.life.contains(date()) {
            roots.entry(organization.kind).or_insert_with(|| organization.id.to_string());
        }
    }
    roots
}

#[test]
fn every_view_of_every_kind_of_root_shows_something_or_says_what_would() {
    let graph = district();
    let roots = roots(&graph);
    assert!(roots.len() >= 30, "{}", roots.len());
    let mut shown = 0;
    for root in roots.values() {
        for view in View::iter() {
            match draw(&graph, &drawing(root, view)) {
                Ok(dot) => {
                    assert!(boxes(&dot) > 1, "{root} {view:?}");
                    shown += 1;
                }
                Err(DrawingError::Nothing { hints, .. }) => {
                    let views =
                        hints.split("views that have: ").nth(1).and_then(|rest| rest.split(';').next());
                    for named in views.into_iter().filter_map(|views| views.split(", ").next()) {
                        let other = drawing(root, named.parse().unwrap());
                        assert!(draw(&graph, &other).is_ok(), "{root}: {named}");
                    }
                    let near = hints.split("this view has: ").nth(1);
                    for named in near.into_iter().filter_map(|near| near.split("), ").next()) {
                        let id = named.split(" (").next().unwrap();
                        assert!(draw(&graph, &drawing(id, view)).is_ok(), "{root} {view:?}: {id}");
                    }
                    assert!(views.is_some() || near.is_some(), "{root} {view:?}: {hints}");
                }
                Err(other) => panic!("{root} {view:?}: {other}"),
            }
        }
    }
    assert!(3 * shown > 7 * roots.len(), "only {shown} of {} charts show something", 7 * roots.len());
}

#[test]
fn a_party_chart_of_a_territory_begins_with_the_bodies_set_up_there() {
    let graph = district();
    let dot = draw(&graph, &drawing("cn-370114001", View::Party)).unwrap();
    assert!(dot.contains("明水街道党工委"), "{dot}");
}

fn organization(id: &str, kind: OrganizationKind, edit: impl FnOnce(&mut Organization)) -> Change {
    let mut organization = Organization::new(id.parse().unwrap(), kind, format!("名{id}"));
    edit(&mut organization);
    Change::PutOrganization(Box::new(organization))
}

fn relation(source: &str, of: RelationType, target: &str) -> Change {
    Change::PutRelation(Relation::new(source.parse().unwrap(), of, target.parse().unwrap()))
}

/// A subdistrict and a chamber whose members stand elsewhere; one of the units was generated.
fn chamber() -> Graph {
    use OrganizationKind as K;
    use RelationType as T;
    let mut changes = vec![
        organization("cn-370114", K::District, |_| {}),
        organization("cn-370114001", K::Subdistrict, |_| {}),
        organization("cn-370114002", K::Subdistrict, |_| {}),
        organization("chamber", K::ChamberOfCommerce, |_| {}),
        relation("cn-370114001", T::PartOf, "cn-370114"),
        relation("cn-370114002", T::PartOf, "cn-370114"),
        relation("chamber", T::LocatedIn, "cn-370114001"),
    ];
    for number in 0..16 {
        let id = format!("unit-{number:02}");
        changes.push(organization(&id, K::Enterprise, |o| {
            o.designations.insert("TWO_NEW".into());
            o.synthetic = number == 15;
        }));
        changes.push(relation(&id, T::LocatedIn, "cn-370114002"));
        changes.push(relation(&id, T::MemberOf, "chamber"));
        if number < 5 {
            let branch = format!("branch-{number}");
            changes.push(organization(&branch, K::PartyBranch, |_| {}));
            changes.push(relation(&branch, T::Organizes, &id));
        }
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    graph
}

#[test]
fn members_elsewhere_are_coloured_unless_the_reader_does_not_see_them_whole() {
    let graph = chamber();
    let drawing = drawing("chamber", View::Membership);
    let dot = draw(&graph, &drawing).unwrap();
    assert_eq!(dot.matches("\"● 名unit-").count() + dot.matches("\"▲ 名unit-").count(), 16, "{dot}");
    let indicators = IndicatorCatalog::core().unwrap();
    let of_chamber = graph.slot("chamber").unwrap();
    let drawn =
        drawing.draw(&graph, &indicators, Format::Dot, |slot| slot == of_chamber, || Err(FontError::None));
    let dot = String::from_utf8(drawn.unwrap().bytes).unwrap();
    assert!(!dot.contains("● ") && dot.contains("所见地区以外的不着色"), "{dot}");
}

#[test]
fn territories_have_percentages_and_the_mark_of_generated_units_that_they_count() {
    let graph = chamber();
    let table = [("cn-370114", View::Hierarchy, 1), ("cn-370114", View::Coverage, 1)];
    for (root, view, depth) in table {
        // The only generated unit is not drawn, but counted.
        let drawing = Drawing { depth, ..drawing(root, view) };
        let dot = draw(&graph, &drawing).unwrap();
        assert!(!dot.contains("unit-15") && dot.contains("含生成数据"), "{view:?}: {dot}");
        assert!(dot.contains("/16（"), "{view:?}: {dot}");
    }
    let hidden = Drawing { limit: 3, indicator: None, ..drawing("cn-370114002", View::Hierarchy) };
    let dot = draw(&graph, &hidden).unwrap();
    assert!(dot.contains("另有 13 个") && dot.contains("含生成数据"), "{dot}");
    let without = Drawing { indicator: None, depth: 1, ..drawing("cn-370114", View::Hierarchy) };
    assert!(!draw(&graph, &without).unwrap().contains("含生成数据"));
}

#[test]
fn a_limit_keeps_those_with_most_below_them() {
    use OrganizationKind as K;
    let mut changes = vec![organization("top", K::PartyCommittee, |_| {})];
    for (number, below) in [0, 3, 1, 7, 0, 5].into_iter().enumerate() {
        let general = format!("general-{number}");
        changes.push(organization(&general, K::PartyGeneralBranch, |_| {}));
        changes.push(relation(&general, RelationType::SubordinateTo, "top"));
        for branch in 0..below {
            let branch = format!("branch-{number}-{branch}");
            changes.push(organization(&branch, K::PartyBranch, |_| {}));
            changes.push(relation(&branch, RelationType::SubordinateTo, &general));
        }
    }
    let mut graph = Graph::new();
    graph.apply(&changes).unwrap();
    for view in [View::Party, View::Affiliation] {
        let drawing = Drawing { limit: 3, depth: 1, indicator: None, ..drawing("top", view) };
        let dot = draw(&graph, &drawing).unwrap();
        for (general, is_shown) in [(0, false), (1, true), (2, false), (3, true), (4, false), (5, true)] {
            assert_eq!(dot.contains(&format!("general-{general}\"")), is_shown, "{view:?} {general}: {dot}");
        }
        assert!(dot.contains("另有 3 个"), "{dot}");
    }
}

#[test]
fn a_root_that_does_not_exist_on_the_day_is_said_to_be_absent() {
    let mut graph = Graph::new();
    graph
        .apply(&[organization("late", OrganizationKind::Enterprise, |o| {
            o.life = crate::model::Validity::new(Some(parse_date("2025-01-01").unwrap()), None).unwrap();
        })])
        .unwrap();
    let refused = draw(&graph, &drawing("late", View::Hierarchy)).unwrap_err().to_string();
    assert!(refused.contains("does not exist on 2024-06-30, but from 2025-01-01"), "{refused}");
}

/// Bodies that are members of each other lead back to the root and around it: each is drawn once.
#[test]
fn bodies_that_lead_to_each_other_are_drawn_once() {
    use OrganizationKind as K;
    use RelationType as T;
    let mut graph = Graph::new();
    let kinds = [("a", K::IndustryAssociation), ("b", K::IndustryAssociation), ("c", K::ChamberOfCommerce)];
    let mut changes: Vec<_> = kinds.iter().map(|(id, kind)| organization(id, *kind, |_| {})).collect();
    changes.extend(
        [("b", "a"), ("c", "b"), ("a", "c"), ("a", "b"), ("b", "c")]
            .map(|(s, t)| relation(s, T::MemberOf, t)),
    );
    for id in ["p", "q"] {
        changes.push(organization(id, K::PartyBuildingAlliance, |_| {}));
        changes.push(relation("a", T::MemberOf, id));
    }
    changes.push(organization("chain", K::IndustrialChain, |_| {}));
    changes.extend(["p", "a", "b"].map(|id| relation(id, T::Leads, "chain")));
    graph.apply(&changes).unwrap();
    for root in ["a", "b", "c", "p", "chain"] {
        for view in [View::Membership, View::Chain] {
            match draw(&graph, &drawing(root, view)) {
                Ok(dot) => {
                    let times =
                        |id: &str| dot.lines().filter(|line| line.contains(&format!("名{id}\\n"))).count();
                    assert!(times(root) == 1 && boxes(&dot) <= 6, "{root} {view:?}: {dot}");
                }
                Err(DrawingError::Nothing { .. }) => {}
                Err(other) => panic!("{root} {view:?}: {other}"),
            }
        }
    }
}
