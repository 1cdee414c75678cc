use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::catalog;
use crate::graph::Graph;
use crate::ledger::{read, write_csv, write_jsonl, write_spreadsheet_safe_csv, write_xlsx};
use crate::model::{
    Annex, AttributeCatalog, AttributeValue, Change, Date, DatedAttribute, DatedValue, Exemption, MAX_COUNT,
    OperatingStatus, Organization, OrganizationKind, Relation, RelationMode, RelationType,
    UnifiedSocialCreditCode, Validity,
};
use crate::new_file::WriteError;

const DIVISIONS: [(&str, OrganizationKind); 3] = [
    ("37", OrganizationKind::Province),
    ("3701", OrganizationKind::City),
    ("370114", OrganizationKind::District),
];

/// Text with all that makes CSV and JSON hard, as a ledger would record it: trimmed and not empty.
fn text() -> impl Strategy<Value = Arc<str>> {
    "[a-c,\"'\\\\={}\\[\\]\r\n\t章丘𠮷\u{200b}-]{1,9}"
        .prop_map(|text| Arc::from(text.trim()))
        .prop_filter("empty", |text: &Arc<str>| !text.is_empty())
}

/// The same on one line, since ledgers read the names of organisations like this.
fn name() -> impl Strategy<Value = Arc<str>> {
    text().prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ").into())
}

fn day() -> impl Strategy<Value = Date> {
    (0..3_000_000_i64).prop_map(|n| Date::constant(1, 1, 1).saturating_add(jiff::Span::new().days(n)))
}

fn validity() -> impl Strategy<Value = Validity> {
    (option::of(day()), option::of(day())).prop_map(|(from, to)| {
        Validity::new(from, to).or_else(|_| Validity::new(to, from)).unwrap_or_default()
    })
}

fn decimal() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), (0..1_000_000_u32).prop_map(|n| f64::from(n) / 100.0)]
        .prop_filter("infinite", |n| n.is_finite())
}

fn attributes() -> impl Strategy<Value = BTreeMap<String, AttributeValue>> {
    let value = prop_oneof![
        any::<i64>().prop_map(|n| ("social_workers".to_owned(), AttributeValue::Integer(n))),
        decimal().prop_map(|n| ("green_share".to_owned(), AttributeValue::Number(n))),
        any::<bool>().prop_map(|b| ("is_star".to_owned(), AttributeValue::Flag(b))),
        day().prop_map(|d| ("inspected_on".to_owned(), AttributeValue::Date(d))),
        text().prop_map(|t| ("grade".to_owned(), AttributeValue::Code(t))),
    ];
    vec(value, 0..4).prop_map(|values| values.into_iter().collect())
}

/// What is recorded of an enterprise or a Party branch, by its number.
fn organization(number: usize) -> impl Strategy<Value = Change> {
    let texts = (name(), option::of(name()), option::of(name()), option::of(text()));
    let lists = (vec(name(), 0..3), btree_set(text(), 0..3), vec(text(), 0..3));
    let count = || option::of(0..=MAX_COUNT);
    let numbers = (count(), count(), count(), option::of(decimal()), option::of(decimal()));
    let division = option::of(prop::sample::select(DIVISIONS.map(|(code, _)| code).to_vec()));
    let rest = (division, any::<bool>(), validity(), any::<bool>(), 0..3_usize, attributes());
    (texts, lists, numbers, rest).prop_map(move |(texts, lists, numbers, rest)| {
        let id = format!("o-{number}").parse().unwrap();
        let kind = match number % 2 {
            0 => OrganizationKind::Enterprise,
            _ => OrganizationKind::PartyBranch,
        };
        let mut organization = Organization::new(id, kind, texts.0);
        (organization.name_hant, organization.name_en, organization.industry) = (texts.1, texts.2, texts.3);
        (organization.aliases, organization.designations, organization.sources) = lists;
        (organization.party_members, organization.full_members, organization.employees) =
            (numbers.0, numbers.1, numbers.2);
        organization.floor_area_m2 = numbers.3.map(f64::abs);
        organization.annual_income_cny = numbers.4;
        organization.division = rest.0.map(|code| code.parse().unwrap());
        organization.uscc = rest.1.then(|| credit_code(number));
        (organization.life, organization.synthetic) = (rest.2, rest.3);
        organization.operating_status = OperatingStatus::all().nth(rest.4).unwrap();
        organization.attributes =
            rest.5.into_iter().map(|(id, value)| (id.parse().unwrap(), value)).collect();
        Change::PutOrganization(Box::new(organization))
    })
}

fn credit_code(number: usize) -> UnifiedSocialCreditCode {
    let code = format!("91000000MA{number:07}");
    format!("{code}{}", UnifiedSocialCreditCode::check_character(&code).unwrap()).parse().unwrap()
}

/// A relation that the rules allow between organisations of these numbers.
fn relation(organizations: usize) -> impl Strategy<Value = Change> {
    let end = 0..organizations / 2;
    let modes = [None, Some(RelationMode::Standalone), Some(RelationMode::Joint)];
    (end.clone(), end, prop::sample::select(modes.to_vec()), validity(), option::of(text()), 0..3).prop_map(
        |(unit, branch, mode, validity, citation, which)| {
            let id = |number| format!("o-{number}").parse().unwrap();
            let (unit, branch) = (id(unit * 2), id(branch * 2 + 1));
            let mut relation = match which {
                0 => Relation::new(unit, RelationType::LocatedIn, "cn-370114".parse().unwrap()),
                1 => Relation::new(unit, RelationType::PartnersWith, branch),
                _ => Relation { mode, ..Relation::new(branch, RelationType::Organizes, unit) },
            };
            (relation.validity, relation.citation) = (validity, citation);
            Change::PutRelation(relation)
        },
    )
}

/// An exemption or a dated value of one of the organisations; no two values hold on one day.
fn annex(organizations: usize) -> impl Strategy<Value = Change> {
    let id = move |number: usize| format!("o-{number}").parse().unwrap();
    let exemption = (0..organizations, text(), text(), text(), day(), option::of(1..9_i64)).prop_map(
        move |(unit, indicator, reason, granted_by, granted_on, days)| {
            let until = days.map(|days| granted_on.saturating_add(jiff::Span::new().days(days)));
            let until = until.filter(|until| *until > granted_on);
            Annex::Exemption(Exemption { unit: id(unit), indicator, granted_on, until, reason, granted_by })
        },
    );
    let value = prop_oneof![
        (0..=i64::from(MAX_COUNT)).prop_map(|n| (DatedAttribute::Employees, AttributeValue::Integer(n))),
        decimal().prop_map(|n| (DatedAttribute::AnnualIncomeCny, AttributeValue::Number(n))),
        attributes().prop_filter_map("none", |all| {
            let (id, value) = all.into_iter().next()?;
            Some((DatedAttribute::Declared(id.parse().unwrap()), value))
        }),
    ];
    let value = (0..organizations, value, 2000..2030_i16, option::of(text())).prop_map(
        move |(number, (attribute, value), year, source)| {
            let day = |year| Some(Date::constant(year, 1, 1));
            let validity = Validity::new(day(year), day(year + 1)).unwrap();
            Annex::Value(DatedValue { organization: id(number), attribute, value, validity, source })
        },
    );
    prop_oneof![exemption, value].prop_map(|annex| Change::PutAnnex(Box::new(annex)))
}

/// The changes that make a graph of territories, organisations, relations and annexes.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let organizations: Vec<_> = (0..6).map(organization).collect();
    let relations = btree_map(0..9_usize, relation(6), 0..9);
    let annexes = vec(annex(6), 0..5);
    (organizations, relations, annexes).prop_map(|(organizations, relations, annexes)| {
        let territory = |(code, kind): (&str, _)| {
            let id = format!("cn-{code}").parse().unwrap();
            Change::PutOrganization(Box::new(Organization::new(id, kind, "区域")))
        };
        DIVISIONS
            .into_iter()
            .map(territory)
            .chain(organizations)
            .chain(relations.into_values())
            .chain(annexes)
            .collect()
    })
}

type Write = fn(&Graph, &AttributeCatalog, &Path) -> Result<(), WriteError>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_written_is_read_back_and_written_the_same(changes in changes()) {
        let mut graph = Graph::new();
        prop_assert_eq!(graph.apply(&changes), Ok(()));
        let forms = [(write_csv as Write, "csv"), (write_spreadsheet_safe_csv, "csv"), (write_jsonl, "jsonl")];
        for (write, end) in forms {
            let folder = tempfile::tempdir().unwrap();
            let (first, second) = (folder.path().join("1"), folder.path().join("2"));
            write(&graph, &catalog(), &first).unwrap();
            let reading = read(&[&first], &Graph::new(), &catalog()).unwrap();
            prop_assert!(reading.problems.is_empty(), "{}", reading.problems);
            let unchanged = read(&[&first], &graph, &catalog()).unwrap();
            prop_assert_eq!(unchanged.changes, []);
            prop_assert!(unchanged.problems.is_empty(), "{}", unchanged.problems);
            let mut again = Graph::new();
            prop_assert_eq!(again.apply(&reading.changes), Ok(()));
            prop_assert!(again == graph);
            write(&again, &catalog(), &second).unwrap();
            let mut tables = vec!["organizations", "relations"];
            let has = |which: fn(&Annex) -> bool| graph.annexes().any(which);
            tables.extend(has(|annex| matches!(annex, Annex::Exemption(_))).then_some("exemptions"));
            tables.extend(has(|annex| matches!(annex, Annex::Value(_))).then_some("values"));
            for table in &tables {
                let bytes = |folder: &Path| fs::read_to_string(folder.join(format!("{table}.{end}"))).unwrap();
                prop_assert_eq!(bytes(&first), bytes(&second));
            }
            let files = fs::read_dir(&first).unwrap().count();
            prop_assert_eq!(files, tables.len(), "nothing else is left in the folder");
        }
        let folder = tempfile::tempdir().unwrap();
        let [first, second] = ["1.xlsx", "2.xlsx"].map(|name| folder.path().join(name));
        write_xlsx(&graph, &catalog(), None, &first).unwrap();
        let reading = read(&[&first], &Graph::new(), &catalog()).unwrap();
        prop_assert!(reading.problems.is_empty(), "{}", reading.problems);
        let unchanged = read(&[&first], &graph, &catalog()).unwrap();
        prop_assert_eq!(unchanged.changes, []);
        prop_assert!(unchanged.problems.is_empty(), "{}", unchanged.problems);
        let mut again = Graph::new();
        prop_assert_eq!(again.apply(&reading.changes), Ok(()));
        prop_assert!(again == graph);
        write_xlsx(&again, &catalog(), None, &second).unwrap();
        prop_assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left in the folder");
    }
}
