//! Random changes: all or none, every invariant after each, and the same graph as one built afresh.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::*;

/// Ids with the kind that each mostly has; some may have another, so that kinds change under relations.
const POOL: [(&str, OrganizationKind); 12] = [
    ("cn-37", OrganizationKind::Province),
    ("cn-3701", OrganizationKind::City),
    ("cn-370114", OrganizationKind::District),
    ("cn-370114001", OrganizationKind::Subdistrict),
    ("park-1", OrganizationKind::IndustrialPark),
    ("park-2", OrganizationKind::OfficeBuilding),
    ("grid-1", OrganizationKind::Grid),
    ("ent-1", OrganizationKind::Enterprise),
    ("ent-2", OrganizationKind::Enterprise),
    ("ws-1", OrganizationKind::Workshop),
    ("pty-1", OrganizationKind::PartyBranch),
    ("pty-2", OrganizationKind::PartyCommittee),
];

const CODES: [&str; 2] = ["91350100M000100Y43", "91000000MA00000157"];

fn id(i: usize) -> OrganizationId {
    POOL[i].0.parse().unwrap()
}

fn organization() -> impl Strategy<Value = Organization> {
    let division = prop::option::of(prop::sample::select(vec!["37", "3701", "370114", "370114001"]));
    let uscc = prop::option::of(0..CODES.len());
    let day = |d: i8| prop::option::weighted(0.2, (d..d + 3).prop_map(|d| Date::constant(2023, 1, d)));
    (0..POOL.len(), prop::bool::weighted(0.1), division, uscc, prop::option::of(0u32..5), (day(1), day(5)))
        .prop_map(|(i, other_kind, division, uscc, members, (from, to))| {
            let kind = if other_kind { OrganizationKind::Enterprise } else { POOL[i].1 };
            let mut organization = Organization::new(id(i), kind, format!("名{i}"));
            organization.division = division.map(|d| d.parse().unwrap());
            organization.uscc = uscc.map(|u| CODES[u].parse().unwrap());
            organization.party_members = members;
            organization.life = Validity::new(from, to).unwrap();
            organization
        })
}

fn relation() -> impl Strategy<Value = Relation> {
    let types = prop::sample::select(vec![
        RelationType::PartOf,
        RelationType::LocatedIn,
        RelationType::SubordinateTo,
        RelationType::Organizes,
    ]);
    let mode =
        prop::option::weighted(0.2, prop::sample::select(vec![RelationMode::Joint, RelationMode::Industry]));
    let day = |d: i8| prop::option::weighted(0.3, (d..d + 3).prop_map(|d| Date::constant(2023, 1, d)));
    (0..POOL.len(), types, 0..POOL.len(), mode, day(1), day(5)).prop_map(|(s, t, d, mode, from, to)| {
        let mut relation = Relation::new(id(s), t, id(d));
        relation.mode = mode;
        relation.validity = Validity::new(from, to).unwrap();
        relation
    })
}

/// An exemption or a dated value; some of the values overlap.
fn annex() -> impl Strategy<Value = Annex> {
    let exemption = (0..POOL.len(), 1i8..3, prop::option::of(1i8..4)).prop_map(|(i, from, to)| {
        Annex::Exemption(Exemption {
            unit: id(i),
            indicator: "two-new-work".into(),
            granted_on: Date::constant(2023, 1, from),
            until: to.map(|day| Date::constant(2023, 1, day)),
            reason: "停产".into(),
            granted_by: "组织部".into(),
        })
    });
    let attribute = prop::sample::select(vec![DatedAttribute::Employees, DatedAttribute::PartyMembers]);
    let day = |days| prop::option::of(days).prop_map(|day| day.map(|d| Date::constant(2023, 1, d)));
    let value = (0..POOL.len(), attribute, -1i64..3, day(1i8..4), day(4i8..8)).prop_map(
        |(i, attribute, value, from, to)| {
            let (value, validity) = (AttributeValue::Integer(value), Validity::new(from, to).unwrap());
            Annex::Value(DatedValue { organization: id(i), attribute, value, validity, source: None })
        },
    );
    prop_oneof![exemption, value]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        5 => organization().prop_map(|o| Change::PutOrganization(Box::new(o))),
        1 => (0..POOL.len()).prop_map(|i| Change::RemoveOrganization(id(i))),
        6 => relation().prop_map(Change::PutRelation),
        2 => relation().prop_map(|r| Change::RemoveRelation(r.key())),
        5 => annex().prop_map(|annex| Change::PutAnnex(Box::new(annex))),
        2 => annex().prop_map(|annex| Change::RemoveAnnex(annex.key())),
        2 => (1u32..6).prop_map(|version| Change::PutIndicator(Box::new(IndicatorDefinition {
            id: "two-new-work".into(),
            version: version.try_into().unwrap(),
            text: "a".into(),
        }))),
        1 => Just(Change::RemoveIndicator("two-new-work".into())),
    ]
}

/// What the graph should hold, in plain maps.
#[derive(Clone, Default)]
struct Plain {
    organizations: BTreeMap<OrganizationId, Organization>,
    relations: BTreeMap<RelationKey, Relation>,
    annexes: BTreeMap<AnnexKey, Annex>,
    /// The last definition of the one indicator, and whether it was withdrawn.
    definition: Option<(IndicatorDefinition, bool)>,
}

impl Plain {
    fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::PutOrganization(o) => {
                    self.organizations.insert(o.id.clone(), (**o).clone());
                }
                Change::RemoveOrganization(id) => {
                    self.organizations.remove(id);
                }
                Change::PutRelation(r) => {
                    self.relations.insert(r.key(), r.clone());
                }
                Change::RemoveRelation(key) => {
                    self.relations.remove(key);
                }
                Change::PutAnnex(annex) => {
                    self.annexes.insert(annex.key(), Annex::clone(annex));
                }
                Change::RemoveAnnex(key) => {
                    self.annexes.remove(key);
                }
                Change::PutIndicator(definition) => {
                    let last = self.definition.as_ref().map(|(last, _)| last.version);
                    assert!(last.is_none_or(|last| last < definition.version));
                    self.definition = Some((IndicatorDefinition::clone(definition), false));
                }
                Change::RemoveIndicator(_) => {
                    let (_, withdrawn) = self.definition.as_mut().unwrap();
                    assert!(!*withdrawn);
                    assert!(!self.annexes.keys().any(|key| matches!(key, AnnexKey::Exemption(_))));
                    *withdrawn = true;
                }
            }
        }
    }

    /// Asks on each day where everything is located, and whether anything is above itself, by the plain rules.
    fn check_days(&self, graph: &Graph) -> Result<(), TestCaseError> {
        for day in (1..10).map(|day| Date::constant(2023, 1, day)) {
            let holding: Vec<&Relation> = self
                .relations
                .values()
                .filter(|r| {
                    let ends = [&r.source, &r.target].map(|id| self.organizations[id].life.contains(day));
                    r.validity.contains(day) && ends == [true; 2]
                })
                .collect();
            for (id, organization) in self.organizations.iter().filter(|(_, o)| o.life.contains(day)) {
                let (mut above, mut open) = (std::collections::BTreeSet::new(), vec![id]);
                while let Some(at) = open.pop() {
                    let up = holding
                        .iter()
                        .filter(|r| r.source == *at && r.relation_type == RelationType::SubordinateTo);
                    open.extend(up.map(|r| &r.target).filter(|target| above.insert(*target)));
                }
                prop_assert!(!above.contains(id), "{} is above itself on {}", id, day);
                let stands = |r: &&&Relation| r.source == *id && r.relation_type.is_standing();
                let mut places: Vec<&str> =
                    holding.iter().filter(stands).map(|r| r.target.as_str()).collect();
                let category = organization.kind.category();
                let is_unit = category == OrganizationCategory::Unit;
                let implies = is_unit
                    || matches!(category, OrganizationCategory::Place | OrganizationCategory::Facility)
                    || organization.kind == OrganizationKind::Grid;
                let stated = holding.iter().filter(stands);
                let replaces = |r: &&Relation| is_unit || r.relation_type == RelationType::LocatedIn;
                let division = organization.division.map(OrganizationId::of_division);
                if let Some(territory) =
                    division.as_ref().filter(|_| implies && !stated.copied().any(|r| replaces(&r)))
                    && self.organizations[territory].life.contains(day)
                    && *territory != *id
                {
                    places.push(territory.as_str());
                }
                places.sort_unstable();
                places.dedup();
                let slot = graph.slot(id.as_str()).unwrap();
                let mut found: Vec<_> = graph
                    .relations_of(
                        slot,
                        Direction::Out,
                        &[RelationType::PartOf, RelationType::LocatedIn],
                        When::On(day),
                    )
                    .map(|relation| graph.id(relation.target).as_str())
                    .collect();
                found.sort_unstable();
                found.dedup();
                prop_assert_eq!(found, places, "{} on {}", id, day);
            }
        }
        Ok(())
    }

    fn changes(&self) -> Vec<Change> {
        let organizations =
            self.organizations.values().cloned().map(|o| Change::PutOrganization(Box::new(o)));
        let annexes = self.annexes.values().cloned().map(|annex| Change::PutAnnex(Box::new(annex)));
        // A withdrawal stands before the exemptions that were granted since.
        let definitions = self.definition.iter().flat_map(|(definition, withdrawn)| {
            let withdrawal = withdrawn.then(|| Change::RemoveIndicator(definition.id.clone()));
            std::iter::once(Change::PutIndicator(Box::new(definition.clone()))).chain(withdrawal)
        });
        organizations
            .chain(self.relations.values().cloned().map(Change::PutRelation))
            .chain(definitions)
            .chain(annexes)
            .collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn changes_are_applied_whole_or_not_at_all_and_keep_every_invariant(
        batches in prop::collection::vec(prop::collection::vec(change(), 1..5), 1..30)
    ) {
        let mut graph = Graph::new();
        let mut plain = Plain::default();
        let territories = (0..4).map(|i| Organization::new(id(i), POOL[i].1, "地"));
        let first: Vec<_> = territories.map(|o| Change::PutOrganization(Box::new(o))).collect();
        graph.apply(&first).unwrap();
        plain.apply(&first);
        let mut history = first;
        for batch in batches {
            let before = graph.clone();
            match graph.apply(&batch) {
                Ok(()) => {
                    plain.apply(&batch);
                    history.extend(batch);
                }
                Err(violations) => {
                    prop_assert!(!violations.is_empty());
                    prop_assert_eq!(&graph, &before);
                }
            }
            prop_assert_eq!(graph.validate(), Ok(()));
            plain.check_days(&graph)?;
            let mut fresh = Graph::new();
            prop_assert_eq!(fresh.apply(&plain.changes()), Ok(()));
            prop_assert_eq!(&graph, &fresh);
            let mut replay = Replay::default();
            for change in &history {
                replay.apply(std::slice::from_ref(change)).unwrap();
            }
            let replayed = replay.finish();
            prop_assert_eq!(replayed.validate(), Ok(()));
            prop_assert_eq!(&graph, &replayed);
            let reread = image::tests::reread(&graph);
            prop_assert_eq!(reread.validate(), Ok(()));
            prop_assert_eq!(&graph, &reread);
            prop_assert!(reread.image().eq(replayed.image()));
        }
    }
}

fn graph_of(lines: &str) -> Graph {
    let mut graph = Graph::new();
    graph.apply(&changes_of(lines)).unwrap();
    graph
}

/// Changes from lines such as `ent-1 ENTERPRISE`, `ent-1 LOCATED_IN park-1 2023-01-01 2024-01-01`, `- ent-1 …`.
fn changes_of(lines: &str) -> Vec<Change> {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (removal, line) = line.strip_prefix("- ").map_or((false, line), |rest| (true, rest));
            let words: Vec<_> = line.split_whitespace().collect();
            let first: OrganizationId = words[0].parse().unwrap();
            let Some(relation_type) = words.get(1).and_then(|w| w.parse().ok()) else {
                if removal {
                    return Change::RemoveOrganization(first);
                }
                let mut organization = Organization::new(first, words[1].parse().unwrap(), words[0]);
                organization.division = words.get(2).map(|d| d.parse().unwrap());
                return Change::PutOrganization(Box::new(organization));
            };
            let mut relation = Relation::new(first, relation_type, words[2].parse().unwrap());
            let day = |i: usize| words.get(i).and_then(|d| parse_date(d).ok());
            relation.validity = Validity::new(day(3), day(4)).unwrap();
            if removal { Change::RemoveRelation(relation.key()) } else { Change::PutRelation(relation) }
        })
        .collect()
}

/// Applies changes to a graph of a district, and says what was refused or what each unit is located in.
fn check(changes: &str, expected: &str) {
    let mut graph = graph_of(
        "cn-37 PROVINCE
         cn-3701 CITY
         cn-3701 PART_OF cn-37
         cn-370114 DISTRICT
         cn-370114 PART_OF cn-3701
         park-1 INDUSTRIAL_PARK 370114
         ent-1 ENTERPRISE 370114
         pty-1 PARTY_BRANCH",
    );
    let outcome = match graph.apply(&changes_of(changes)) {
        Ok(()) => {
            let located = |r: &Relation| r.relation_type == RelationType::LocatedIn;
            let lines: Vec<_> = graph.relations().filter(located).map(|r| r.key().to_string()).collect();
            lines.join("\n")
        }
        Err(violations) => violations.iter().map(|(i, v)| format!("{i}: {v}")).collect::<Vec<_>>().join("\n"),
    };
    assert_eq!(graph.validate(), Ok(()));
    assert_eq!(outcome, expected, "{changes}");
}

#[test]
fn a_division_implies_a_location_until_one_is_stated() {
    check("", "ent-1 LOCATED_IN cn-370114\npark-1 LOCATED_IN cn-370114");
    check("ent-1 LOCATED_IN park-1", "ent-1 LOCATED_IN park-1\npark-1 LOCATED_IN cn-370114");
    check(
        "ent-1 LOCATED_IN park-1 2001-01-01 2002-01-01",
        "ent-1 LOCATED_IN cn-370114\nent-1 LOCATED_IN cn-370114 from 2002-01-01\n\
         ent-1 LOCATED_IN park-1 from 2001-01-01\npark-1 LOCATED_IN cn-370114",
    );
    check(
        "ent-1 LOCATED_IN park-1
         - ent-1 LOCATED_IN park-1",
        "ent-1 LOCATED_IN cn-370114\npark-1 LOCATED_IN cn-370114",
    );
    check(
        "ws-1 WORKSHOP 370114
         ws-1 PART_OF ent-1",
        "ent-1 LOCATED_IN cn-370114\npark-1 LOCATED_IN cn-370114",
    );
    check("park-1 INDUSTRIAL_PARK", "ent-1 LOCATED_IN cn-370114");
    check("ent-1 PARTY_GROUP 370114", "park-1 LOCATED_IN cn-370114");
}

/// An organisation with the years in which it begins and ends.
type Life = (&'static str, Option<i16>, Option<i16>);

/// Where `ent-1` is located on a day of each year from 2000 on, by one letter: `.` nowhere, `d` in the district of its
/// division, `p` in the park, `b` in both.
fn places(lines: &str, lives: &[Life]) -> String {
    let mut graph =
        graph_of("cn-37 PROVINCE\ncn-370114 DISTRICT\npark-1 INDUSTRIAL_PARK\nent-1 ENTERPRISE 370114");
    graph.apply(&changes_of(lines)).unwrap();
    let year = |year: Option<i16>| year.map(|year| Date::constant(year, 7, 1));
    for (id, from, to) in lives {
        let mut organization = graph.organization(id).unwrap();
        organization.life = Validity::new(year(*from), year(*to)).unwrap();
        graph.apply(&[Change::PutOrganization(Box::new(organization))]).unwrap();
    }
    assert_eq!(graph.validate(), Ok(()));
    let slot = |id| graph.slot(id).unwrap();
    let letter = |year| {
        let when = When::On(Date::constant(year, 10, 1));
        let above = graph.ancestors(slot("ent-1"), when);
        match (above.contains(&slot("cn-370114")), above.contains(&slot("park-1"))) {
            (false, false) => '.',
            (true, false) => 'd',
            (false, true) => 'p',
            (true, true) => 'b',
        }
    };
    (2000..2010).map(letter).collect()
}

#[test]
fn a_unit_is_where_its_division_says_on_all_days_on_which_nothing_stated_holds() {
    let in_park = |from: &str, to: &str| format!("ent-1 LOCATED_IN park-1 {from} {to}");
    let cases: [(String, &[Life], &str); 10] = [
        (String::new(), &[], "dddddddddd"),
        // Away and back.
        (in_park("2002-07-01", "2005-07-01"), &[], "ddpppddddd"),
        (
            format!("{}\n{}", in_park("2002-07-01", "2004-07-01"), in_park("2006-07-01", "2007-07-01")),
            &[],
            "ddppddpddd",
        ),
        (
            format!("{}\n{}", in_park("2002-07-01", "2006-07-01"), in_park("2004-07-01", "")),
            &[],
            "ddpppppppp",
        ),
        (in_park("-", "2005-07-01"), &[], "pppppddddd"),
        (in_park("-", "-"), &[], "pppppppppp"),
        // The park is not there before 2003 and after 2006, so nothing stands in it then.
        (in_park("-", "-"), &[("park-1", Some(2003), Some(2006))], "dddpppdddd"),
        // Nothing is located where it does not exist itself.
        (in_park("2003-07-01", "-"), &[("ent-1", Some(2003), Some(2008))], "...ppppp.."),
        (in_park("2003-07-01", "2005-07-01"), &[("ent-1", Some(2003), None)], "...ppddddd"),
        (String::new(), &[("cn-370114", None, Some(2004))], "dddd......"),
    ];
    for (lines, lives, expected) in &cases {
        assert_eq!(places(lines, lives), *expected, "{lines} {lives:?}");
    }
    let mut graph = graph_of(&format!(
        "cn-37 PROVINCE\ncn-370114 DISTRICT\npark-1 INDUSTRIAL_PARK\nent-1 ENTERPRISE 370114\n{}",
        cases[7].0
    ));
    let mut unit = graph.organization("ent-1").unwrap();
    unit.life = Validity::new(Some(Date::constant(2003, 7, 1)), None).unwrap();
    graph.apply(&[Change::PutOrganization(Box::new(unit))]).unwrap();
    assert_eq!(graph.relations().count(), 1, "what begins with its unit leaves no day to the division");
}

#[test]
fn a_hierarchy_may_be_reversed_later_and_is_never_a_cycle_on_one_day() {
    let branches = |more: &str| {
        let mut graph = graph_of(
            "a PARTY_COMMITTEE
             b PARTY_COMMITTEE
             c PARTY_COMMITTEE
             a SUBORDINATE_TO b 2010-01-01 2015-01-01",
        );
        let mut lives = Vec::new();
        let relations: Vec<_> = more
            .lines()
            .filter(|line| {
                let life = line.trim().strip_prefix("life ");
                lives.extend(life.map(str::to_owned));
                life.is_none()
            })
            .collect();
        let mut changes: Vec<_> = lives
            .iter()
            .map(|life| {
                let words: Vec<_> = life.split(' ').collect();
                let mut organization = graph.organization(words[0]).unwrap();
                let day = |word: &str| parse_date(word).ok();
                organization.life = Validity::new(day(words[1]), day(words[2])).unwrap();
                Change::PutOrganization(Box::new(organization))
            })
            .collect();
        changes.extend(changes_of(&relations.join("\n")));
        let outcome = graph.apply(&changes);
        assert_eq!(graph.validate(), Ok(()));
        let said = |violations: Vec<(usize, Violation)>| {
            violations
                .iter()
                .map(|(at, violation)| format!("{at}: {violation}"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        outcome.map_err(said).err().unwrap_or_default()
    };
    let cycle = |at: usize, key: &str, days: &str, lead: &str| {
        format!("{at}: {key}: SUBORDINATE_TO would form a cycle{days}, for {lead}")
    };
    let reversed = "b SUBORDINATE_TO a 2015-01-01";
    let table = [
        (reversed, String::new()),
        ("b SUBORDINATE_TO a - 2010-01-01", String::new()),
        (
            "b SUBORDINATE_TO a 2014-12-31",
            cycle(
                0,
                "b SUBORDINATE_TO a from 2014-12-31",
                " on the days 2014-12-31..2015-01-01",
                "a already leads to b",
            ),
        ),
        (
            "b SUBORDINATE_TO a",
            cycle(0, "b SUBORDINATE_TO a", " on the days 2010-01-01..2015-01-01", "a already leads to b"),
        ),
        ("a SUBORDINATE_TO a", cycle(0, "a SUBORDINATE_TO a", "", "a already leads to a")),
        // Three that never hold on one day, and three that do.
        ("b SUBORDINATE_TO c 2012-01-01 2014-01-01\nc SUBORDINATE_TO a 2014-01-01", String::new()),
        (
            "b SUBORDINATE_TO c 2012-01-01 2014-01-01\nc SUBORDINATE_TO a 2013-01-01",
            cycle(
                1,
                "c SUBORDINATE_TO a from 2013-01-01",
                " on the days 2013-01-01..2014-01-01",
                "a already leads to c",
            ),
        ),
        // What is not there any more leads nowhere.
        ("life c 2000-01-01 2011-01-01\nb SUBORDINATE_TO c\nc SUBORDINATE_TO a 2011-01-01", String::new()),
        // Only all changes together say whether there is a cycle, in whatever order they come.
        ("b SUBORDINATE_TO a\n- a SUBORDINATE_TO b 2010-01-01", String::new()),
        ("a SUBORDINATE_TO b 2010-01-01 2012-01-01\nb SUBORDINATE_TO a 2012-01-01", String::new()),
        (
            "b SUBORDINATE_TO a 2016-01-01\na SUBORDINATE_TO b 2010-01-01 2017-01-01",
            cycle(
                1,
                "a SUBORDINATE_TO b from 2010-01-01",
                " on the days 2016-01-01..2017-01-01",
                "b already leads to a",
            ),
        ),
    ];
    for (more, expected) in table {
        assert_eq!(branches(more), expected, "{more}");
    }
    let mut graph = graph_of(
        "a PARTY_COMMITTEE
         b PARTY_COMMITTEE
         c PARTY_COMMITTEE
         a SUBORDINATE_TO b
         b SUBORDINATE_TO c 2000-01-01
         c SUBORDINATE_TO a - 1999-01-01",
    );
    assert_eq!(graph.validate(), Ok(()));
    let mut b = graph.organization("b").unwrap();
    b.life = Validity::new(None, Some(Date::constant(2001, 1, 1))).unwrap();
    graph.apply(&[Change::PutOrganization(Box::new(b.clone()))]).unwrap();
    graph.apply(&changes_of("c SUBORDINATE_TO a 2001-01-01")).unwrap();
    b.life = Validity::ALWAYS;
    let refused = graph.apply(&[Change::PutOrganization(Box::new(b))]).unwrap_err();
    assert!(
        matches!(&refused[..], [(0, Violation::Cycle { .. })]),
        "a life that is longer can close a cycle"
    );
}

#[test]
fn what_breaks_a_rule_is_refused_with_the_value_and_the_rule() {
    check(
        "cn-37 PART_OF cn-3701",
        "0: cn-37 PART_OF cn-3701: PART_OF does not join PROVINCE to CITY; from PROVINCE it goes to no kind",
    );
    check(
        "park-2 MARKET
         park-2 LOCATED_IN park-1
         park-1 PART_OF park-2",
        "2: park-1 PART_OF park-2: PART_OF with LOCATED_IN would form a cycle, for park-2 already leads to park-1",
    );
    check(
        "ent-2 ENTERPRISE 370115",
        "0: ent-2: the division 370115 is not in the graph: there is no territory cn-370115",
    );
    check("ent-1 LOCATED_IN park-9", "0: the organisation \"park-9\" is not in the graph");
    check(
        "- cn-370114 PART_OF cn-3701
         - cn-370114",
        "1: cn-370114: it cannot be removed while 2 organisations have its division code",
    );
    check("- cn-3701", "0: cn-3701: it cannot be removed while it has 2 relations: remove these first");
    check(
        "pty-1 ORGANIZES ent-1
         pty-1 BRAND",
        "1: pty-1 ORGANIZES ent-1: ORGANIZES does not join BRAND to ENTERPRISE; from BRAND it goes to no kind",
    );
}

#[test]
fn a_shortest_path_walks_relations_both_ways_and_keeps_to_types_and_days() {
    let graph = graph_of(
        "ent-1 ENTERPRISE
         ent-2 ENTERPRISE
         assoc-1 INDUSTRY_ASSOCIATION
         assoc-2 INDUSTRY_ASSOCIATION
         park-1 INDUSTRIAL_PARK
         ent-1 MEMBER_OF assoc-2 2020-01-01 2021-01-01
         ent-2 MEMBER_OF assoc-2
         ent-1 LOCATED_IN park-1
         ent-2 LOCATED_IN park-1",
    );
    let ask = |types: &[RelationType], when, max_length| {
        let (from, to) = (graph.slot("ent-1").unwrap(), graph.slot("ent-2").unwrap());
        let path = graph.path(&PathQuery { from, to, types, max_length, when })?;
        assert_eq!(path.nodes.len(), path.relations.len() + 1);
        Some(path.nodes.iter().map(|s| graph.id(*s).as_str()).collect::<Vec<_>>().join(" "))
    };
    let in_2020 = When::On(Date::constant(2020, 6, 1));
    let later = When::On(Date::constant(2022, 1, 1));
    assert_eq!(ask(&[], in_2020, 8).as_deref(), Some("ent-1 assoc-2 ent-2"));
    assert_eq!(ask(&[], later, 8).as_deref(), Some("ent-1 park-1 ent-2"));
    assert_eq!(ask(&[RelationType::MemberOf], later, 8), None);
    assert_eq!(ask(&[], later, 1), None);
}

#[test]
fn a_neighbourhood_is_cut_at_its_limit_and_says_so() {
    let graph = graph_of(
        "park-1 INDUSTRIAL_PARK
         ent-1 ENTERPRISE
         ent-2 ENTERPRISE
         ent-1 LOCATED_IN park-1
         ent-2 LOCATED_IN park-1",
    );
    let root = graph.slot("park-1").unwrap();
    let ask = |limit| graph.subgraph(&SubgraphQuery { root, depth: 2, types: &[], when: When::Ever, limit });
    assert_eq!((ask(3).nodes.len(), ask(3).relations.len(), ask(3).truncated), (3, 2, false));
    assert_eq!((ask(2).nodes.len(), ask(2).relations.len(), ask(2).truncated), (2, 1, true));
}

#[test]
fn a_set_is_the_same_however_many_are_in_it() {
    let enterprise = |n| {
        let id = format!("o-{n}").parse().unwrap();
        Change::PutOrganization(Box::new(Organization::new(
            id,
            OrganizationKind::Enterprise,
            format!("名{n}"),
        )))
    };
    let mut graph = Graph::new();
    graph.apply(&(0..2_000).map(enterprise).collect::<Vec<_>>()).unwrap();
    for count in [0, 1, 3, 4, 700, 2_000] {
        let slots: Vec<_> = graph.slots_by_id().take(count).collect();
        let set = graph.set_of(slots.iter().chain(slots.iter().rev()).copied());
        assert_eq!(set, slots.into_iter().map(Slot::position).collect());
    }
}
