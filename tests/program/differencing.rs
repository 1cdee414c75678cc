//! Answers to readers do not depend on suppressed counts: two stores that differ in these alone answer alike.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use orgatlas::access::Access;
use orgatlas::atlas::Atlas;
use orgatlas::graphql::{Limits, Prepared, Request, Schema, execute_prepared, schema_within};
use proptest::prelude::*;

use crate::desk::Desk;
use crate::server::Server;

/// Counts of members below this are suppressed.
const BELOW: u32 = 6;

/// Units with suppressed counts. The store's own indicator tells three or more from fewer, to everybody; so the
/// counts of the first half are of one side, those of the second half of the other.
const HALF: usize = 5;

const TERRITORY: &str = "id,kind,name\n\
    cn-37,PROVINCE,山东省\ncn-3701,CITY,济南市\ncn-370114,DISTRICT,章丘区\ncn-370114001,SUBDISTRICT,双山街道\n\
    cn-370114001001,COMMUNITY,甲社区\ncn-370114001002,COMMUNITY,乙社区\nassociation,INDUSTRY_ASSOCIATION,协会\n";

/// A store of units with these suppressed counts, with some that are told, and with dated ones.
fn store(counts: &[u32]) -> Desk {
    let desk = Desk::new();
    let mut organizations =
        "id,kind,name,designations,industry,party_members,full_members,employees,synthetic\n".to_owned();
    let mut relations = "source,type,target,mode\n\
        cn-3701,PART_OF,cn-37,\ncn-370114,PART_OF,cn-3701,\ncn-370114001,PART_OF,cn-370114,\n\
        cn-370114001001,PART_OF,cn-370114001,\ncn-370114001002,PART_OF,cn-370114001,\n\
        branch,ORGANIZES,told-0,JOINT\nbranch,LOCATED_IN,cn-370114001001,\n"
        .to_owned();
    let mut values = "organization,attribute,value,valid_from,valid_to\n".to_owned();
    organizations += "branch,PARTY_BRANCH,联合党支部,,,,,,true\n";
    for (number, count) in counts.iter().enumerate() {
        let (industry, community) = (["制造", "零售"][number % 2], 1 + number % 2);
        // Some have full members, some Party members alone, and of some only a dated value is small.
        let columns = match number % 3 {
            0 => format!("{count},"),
            1 => format!("9,{count}"),
            _ => {
                writeln!(values, "hidden-{number},party_members,{count},2020-01-01,").unwrap();
                "9,".to_owned()
            }
        };
        writeln!(
            organizations,
            "hidden-{number},ENTERPRISE,示例{number},TWO_NEW,{industry},{columns},20,true"
        )
        .unwrap();
        writeln!(relations, "hidden-{number},LOCATED_IN,cn-37011400100{community},").unwrap();
    }
    for (number, count) in [0, 7, 8, 12].iter().enumerate() {
        writeln!(organizations, "told-{number},ENTERPRISE,公开{number},TWO_NEW,制造,{count},{count},30,true")
            .unwrap();
        writeln!(relations, "told-{number},LOCATED_IN,cn-370114001001,").unwrap();
    }
    desk.write("territory.csv", TERRITORY);
    desk.write("organizations.csv", organizations);
    desk.write("relations.csv", relations);
    desk.write("values.csv", values);
    desk.done("import --data store territory.csv organizations.csv relations.csv values.csv");
    desk.write("store/disclosure.toml", format!("suppress_below = {BELOW}\n"));
    desk
}

/// All that a reader can ask with parameters on which members could bear.
fn questions() -> Vec<String> {
    const INDICATORS: [&str; 4] =
        ["two-new-own-branch", "two-new-organisation", "two-new-either", "two-new-work"];
    let mut questions = Vec::new();
    let mut ask = |question: String| questions.push(format!("{{ {question} }}"));
    let counts = "population covered uncovered unknown exempt";
    let plan = "before { covered } after { covered } bound { planned atLeast } note
        steps(first: 100) { nodes { number covered remedy { kind text label units { id } changes } } }
        unplanned(first: 100) { nodes { organization { id } reason } } unplannedReasons { reason count } changes";
    for indicator in INDICATORS {
        for members in 1..=8 {
            for units in [1, 2, 3, 5] {
                ask(format!(
                    "plan(indicator: \"{indicator}\", everything: true, unitsPerBranch: {units}, \
                     membersPerBranch: {members}, asOf: \"2024-06-30\") {{ {plan} }}"
                ));
            }
        }
        let gap = "organization { id suppressed partyMembers fullMembers } state reasons { needed found }
            remedies { kind text units { id } changes }";
        ask(format!(
            "gaps(indicator: \"{indicator}\", states: [COVERED, UNCOVERED, UNKNOWN, EXEMPT], first: 100) {{ nodes {{ {gap} }} }}"
        ));
        for band in ["members-0", "members-3", "members-50", "employees-20"] {
            for bands in [format!("\"{band}\""), format!("\"{band}\", \"members-100\"")] {
                ask(format!(
                    "coverage(indicator: \"{indicator}\", filter: {{ sizeBands: [{bands}] }}, groupBy: COMMUNITY) {{ {counts} groups {{ by {{ id }} {counts} }} }}"
                ));
                ask(format!(
                    "rates(indicators: [\"{indicator}\"], filter: {{ sizeBands: [{bands}] }}) {{ rates {{ counts {{ {counts} }} }} }}"
                ));
                ask(format!(
                    "gaps(indicator: \"{indicator}\", filter: {{ sizeBands: [{bands}] }}) {{ totalCount nodes {{ organization {{ id }} }} }}"
                ));
                ask(format!(
                    "scoreboard(level: COMMUNITY, filter: {{ sizeBands: [{bands}] }}, indicators: [\"{indicator}\"]) {{ rank organization {{ id }} score }}"
                ));
                ask(format!(
                    "trend(indicator: \"{indicator}\", filter: {{ sizeBands: [{bands}] }}, from: \"2024-01-01\", to: \"2024-03-31\") {{ asOf }}"
                ));
                ask(format!(
                    "overlap(one: \"{indicator}\", other: \"two-new-work\", filter: {{ sizeBands: [{bands}] }}) {{ whole {{ both oneOnly otherOnly neither unknown }} }}"
                ));
            }
        }
        for bound in 1..=BELOW {
            for range in [format!("atLeast: {bound}"), format!("atMost: {bound}")] {
                ask(format!(
                    "coverage(indicator: \"{indicator}\", filter: {{ members: {{ {range} }} }}) {{ population }}"
                ));
            }
            let compare =
                format!("{{ compare: {{ operand: \"members\", comparison: AT_LEAST, value: {bound} }} }}");
            for condition in
                [compare.clone(), format!("{{ not: {compare} }}"), format!("{{ any: [{compare}] }}")]
            {
                ask(format!("coverage(rule: {{ population: {condition}, forms: [] }}) {{ population }}"));
                ask(format!("organizations(filter: {{ where: {condition} }}) {{ totalCount }}"));
                ask(format!("organizationAggregate(filter: {{ where: {condition} }}) {{ count }}"));
            }
        }
        ask(format!(
            "coverage(indicator: \"{indicator}\") {{ {counts} completeness {{ operand population missing dated oldest newest missingOrganizations {{ totalCount }} }} reasonCounts {{ needed count }} }}"
        ));
        for number in 0..2 * HALF {
            ask(format!(
                "whatIf(indicators: [\"{indicator}\"], changes: [{{ putOrganization: {{ id: \"hidden-{number}\", fullMembers: null }} }}]) {{ before {{ covered population }} after {{ covered population }} }}"
            ));
            ask(format!(
                "whatIf(indicators: [\"{indicator}\"], changes: [{{ putOrganization: {{ id: \"hidden-{number}\", fullMembers: 2 }} }}]) {{ after {{ covered population }} }}"
            ));
            ask(format!(
                "whatIf(indicators: [\"{indicator}\"], changes: [{{ putValue: {{ organization: \"hidden-{number}\", attribute: \"party_members\", value: 3, validFrom: \"2021-01-01\" }} }}]) {{ after {{ covered population }} }}"
            ));
        }
        ask(format!(
            "organizations(first: 100) {{ nodes {{ id coverageStatus(indicator: \"{indicator}\") {{ state values {{ text operand dated {{ validFrom }} }} reasons {{ needed found foundLabel }} }} }} }}"
        ));
    }
    for field in ["ID", "NAME", "PARTY_MEMBERS", "FULL_MEMBERS", "EMPLOYEES"] {
        for direction in ["ASC", "DESC"] {
            for first in [3, 50] {
                ask(format!(
                    "organizations(first: {first}, orderBy: {{ field: {field}, direction: {direction} }}) {{ totalCount pageInfo {{ endCursor hasNextPage }} edges {{ cursor node {{ id partyMembers fullMembers suppressed partyMembersThen: partyMembers(asOf: \"2021-01-01\") values {{ attribute {{ id text number }} validFrom validTo }} }} }} }}"
                ));
            }
        }
    }
    let statistics = "known unknown sum minimum maximum average";
    for keys in ["", "KIND", "INDUSTRY", "DESIGNATION", "KIND, INDUSTRY, DESIGNATION"] {
        ask(format!(
            "organizationAggregate(groupBy: [{keys}], level: COMMUNITY) {{ count partyMembers {{ {statistics} }} fullMembers {{ {statistics} }} groups {{ nodes {{ industry count partyMembers {{ {statistics} }} fullMembers {{ {statistics} }} }} }} }}"
        ));
    }
    ask("search(text: \"示例\") { totalCount nodes { id partyMembers } }".to_owned());
    ask("subgraph(root: \"cn-370114001\", depth: 3) { nodes { id partyMembers fullMembers } }".to_owned());
    ask("diagram(root: \"cn-370114001\", depth: 3, details: [MEMBERS], format: DOT) { text }".to_owned());
    ask("tasks { totalCount }".to_owned());
    questions
}

fn answers(desk: &Desk, questions: &[String]) -> Vec<String> {
    let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
    let atlas = Arc::new(atlas);
    // One for all: other tests of this process measure memory.
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| schema_within(&Limits::NONE));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = |question: &String| {
        let prepared =
            Prepared::new(Request::new(question), &Limits::NONE).map_err(|refused| format!("{refused:?}"));
        let answer = execute_prepared(&SCHEMA, &atlas, Access::anonymous(), prepared.unwrap());
        serde_json::to_string(&runtime.block_on(answer)).unwrap()
    };
    questions.iter().map(answer).collect()
}

fn assert_alike(questions: &[String], one: &[String], other: &[String]) {
    for ((question, one), other) in questions.iter().zip(one).zip(other) {
        assert_eq!(one, other, "the answer depends on a suppressed count: {question}");
    }
}

/// Suppressed counts, of which the store's own indicator tells the same.
fn hidden() -> impl Strategy<Value = Vec<u32>> {
    (prop::collection::vec(1u32..3, HALF), prop::collection::vec(3..BELOW, HALF))
        .prop_map(|(fewer, more)| [fewer, more].concat())
}

#[test]
fn every_question_of_the_differencing_test_is_one_that_is_answered() {
    let desk = store(&[1, 1, 2, 2, 1, 3, 4, 5, 3, 4]);
    let questions = questions();
    let mut wrong = std::collections::BTreeSet::new();
    for answer in answers(&desk, &questions) {
        let is_refused = answer.contains("\"code\":\"FORBIDDEN\"");
        if !is_refused && !answer.contains("BAD_USER_INPUT") && answer.contains("\"errors\"") {
            wrong.insert(answer);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let refused = answers(&desk, &questions).iter().filter(|answer| answer.contains("FORBIDDEN")).count();
    assert!(refused > 0 && refused < questions.len() * 3 / 4, "{refused} of {}", questions.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]
    #[test]
    fn readers_are_answered_alike_whatever_the_suppressed_counts_are(one in hidden(), other in hidden()) {
        let questions = questions();
        let [one, other] = [one, other].map(|counts| answers(&store(&counts), &questions));
        assert_alike(&questions, &one, &other);
    }
}

#[test]
fn charts_exports_and_changes_are_alike_too_and_parts_are_exported() {
    let desks = [[1, 1, 1, 1, 1, 3, 3, 3, 3, 3], [2, 2, 2, 2, 2, 5, 4, 5, 4, 5]].map(|counts| store(&counts));
    let of = |desk: &Desk| {
        let server = Server::start(desk, "serve --data store");
        let charts = ["dot?details=members&depth=4", "svg?details=members&depth=4", "mmd?details=members"]
            .map(|chart| format!("/diagrams/cn-370114001.{chart}"));
        let files = [
            "organizations.csv",
            "organizations.jsonl",
            "values.csv",
            "graph.graphml",
            "graph.gexf",
            "graph.cyjs",
            "graph.ttl",
            "graph.jsonld",
        ];
        let parts =
            ["", "?root=cn-370114001", "?kinds=ENTERPRISE", "?root=cn-370114001001&depth=1&as-of=2024-06-30"];
        let exports =
            files.iter().flat_map(|file| parts.iter().map(move |part| format!("/exports/{file}{part}")));
        let answers = charts.into_iter().chain(exports).map(|path| {
            let answer = server.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            (path, answer.body)
        });
        answers.collect::<Vec<_>>()
    };
    let [one, other] = desks.each_ref().map(of);
    for ((path, one), (_, other)) in one.iter().zip(&other) {
        assert_eq!(one, other, "{path}");
    }
}
