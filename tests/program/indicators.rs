//! Indicators that are defined, changed and withdrawn while a store is served, without a rebuild.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::access::{ask_as, token};
use crate::desk::Desk;
use crate::line::Line;
use crate::server::Server;
use orgatlas::atlas::{Atlas, CommitError, Committed, Proposal, definition_change};
use orgatlas::coverage::{Indicator, IndicatorOrigin};
use orgatlas::http::SubscriptionLimits;
use orgatlas::model::{Change, IndicatorDefinition};

const UNITS: &str = "id,kind,name,designations,party_members\n\
    ent-1,ENTERPRISE,示例甲,TWO_NEW,5\nent-2,ENTERPRISE,示例乙,TWO_NEW,2\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("in/organizations.csv", UNITS);
    desk.done("import --data store in");
    desk
}

/// The mutation that defines an indicator of units with so many members.
fn define(id: &str, members: u32) -> String {
    format!(
        "mutation {{ defineIndicator(reason: \"own rule\", definition: {{
           id: \"{id}\", name: {{ simplified: \"大型两新\", english: \"large\" }}, source: \"our own\",
           population: {{ all: [{{ designation: \"TWO_NEW\" }},
             {{ compare: {{ operand: \"members\", comparison: AT_LEAST, value: {members} }} }}] }},
           forms: [{{ id: \"any\", name: {{ simplified: \"党组织\" }},
             when: {{ related: {{ type: ORGANIZES, direction: IN }} }} }}],
           target: {{ shareAtLeast: \"0.9\" }} }})
         {{ version changed indicator {{ id: code version origin name hant: name(language: ZH_HANT) definition }} }} }}"
    )
}

const WITHDRAW: &str = "mutation { withdrawIndicator(id: \"large\", reason: \"over\") { version } }";

/// The file of an indicator with this condition as its population.
fn file(id: &str, population: &str) -> String {
    let name = "{ simplified = \"大型\", traditional = \"大型\", english = \"large\" }";
    format!(
        "[[indicator]]\nid = \"{id}\"\nname = {name}\nsource = \"our own\"\npopulation = {population}\n\
         [[indicator.form]]\nid = \"any\"\nname = {name}\nwhen = {{ related = {{ type = \"ORGANIZES\", direction = \"IN\" }} }}\n"
    )
}

/// Answers a request on the store of a desk, errors and all.
fn answer(desk: &Desk, query: &str) -> Value {
    serde_json::from_str(&desk.run_with(&["query", "--data", "store", query]).stdout).unwrap()
}

fn now() -> jiff::Timestamp {
    std::thread::sleep(std::time::Duration::from_millis(3));
    let now = jiff::Timestamp::now();
    std::thread::sleep(std::time::Duration::from_millis(3));
    now
}

#[test]
fn a_changed_definition_is_a_new_version_and_the_old_one_is_that_of_its_time() {
    let desk = desk();
    let before = now();
    insta::assert_snapshot!("define_indicator", format!("{:#}", answer(&desk, &define("large", 3))));
    let first = now();
    let again = desk.ask(&define("large", 3));
    assert_eq!(
        (&again["defineIndicator"]["changed"], &again["defineIndicator"]["version"]),
        (&json!(false), &json!(2))
    );
    let changed = desk.ask(&define("large", 1));
    assert_eq!(changed["defineIndicator"]["indicator"]["version"], 2);
    let ask = |recorded_at: &str| {
        let counted = desk.ask(&format!(
            "{{ coverage(indicator: \"large\"{recorded_at}) {{ indicator {{ version origin }} population }}
               gaps(indicator: \"large\"{recorded_at}) {{ totalCount }}
               scoreboard(level: DISTRICT, indicators: [\"large\"]{recorded_at}) {{ rank }}
               rates(indicators: [\"large\"]{recorded_at}) {{ rates {{ indicator {{ version }} }} }} }}"
        ));
        assert_eq!(
            counted["rates"]["rates"][0]["indicator"]["version"],
            counted["coverage"]["indicator"]["version"]
        );
        (
            counted["coverage"]["indicator"]["version"].as_u64().unwrap(),
            counted["coverage"]["population"].as_u64().unwrap(),
            counted["gaps"]["totalCount"].as_u64().unwrap(),
        )
    };
    assert_eq!(ask(""), (2, 2, 2));
    assert_eq!(ask(&format!(", recordedAt: \"{first}\"")), (1, 1, 1));
    let early = answer(
        &desk,
        &format!("{{ coverage(indicator: \"large\", recordedAt: \"{before}\") {{ population }} }}"),
    );
    assert_eq!(early["errors"][0]["extensions"]["code"], "NOT_FOUND");
    // Reports for people name the version, too.
    let table = desk.done("coverage --data store --indicator large");
    assert!(table.contains("大型两新 (large v2, our own)"), "{table}");
    let then = desk.done(&format!("coverage --data store --indicator large --recorded-at {first}"));
    assert!(then.contains("(large v1, our own)"), "{then}");
}

#[test]
fn every_question_about_coverage_can_be_asked_of_a_moment() {
    let desk = desk();
    desk.ask(&define("large", 3));
    let then = now();
    desk.ask(&define("large", 1));
    let ask = |recorded_at: &str| {
        let answer = desk.ask(&format!(
            "{{ plan(indicator: \"large\"{recorded_at}) {{ indicator {{ version }} before {{ population }} }}
               whatIf(changes: [], indicators: [\"large\"]{recorded_at}) {{
                 indicator {{ version }} before {{ population }} }}
               overlap(one: \"large\", other: \"large\"{recorded_at}) {{ one {{ version }} whole {{ population }} }}
               indicator(id: \"large\"{recorded_at}) {{ version }}
               indicators{list} {{ id: code version }} tasks(first: 1{recorded_at}) {{ totalCount }} }}",
            list = if recorded_at.is_empty() { String::new() } else { format!("({})", &recorded_at[2..]) },
        ));
        let of = |asked: &Value, at: &str| {
            (asked[at]["version"].as_u64().unwrap(), asked["before"]["population"].as_u64())
        };
        let found = of(&answer["plan"], "indicator");
        assert_eq!(of(&answer["whatIf"][0], "indicator"), found);
        let overlap = &answer["overlap"];
        assert_eq!(
            (overlap["one"]["version"].as_u64(), overlap["whole"]["population"].as_u64()),
            (Some(found.0), found.1)
        );
        assert_eq!(answer["indicator"]["version"], found.0);
        let listed = answer["indicators"].as_array().unwrap().last().unwrap();
        assert_eq!(*listed, json!({ "id": "large", "version": found.0 }));
        found
    };
    assert_eq!(ask(""), (2, Some(2)));
    assert_eq!(ask(&format!(", recordedAt: \"{then}\"")), (1, Some(1)));
    desk.write("none.json", "[]");
    for (command, place) in [
        ("rates --indicator large", "/rates/0/indicator/version"),
        ("overlap --one large --other large", "/one/version"),
        ("plan --indicator large", "/indicator/version"),
        ("what-if none.json --indicator large", "/0/indicator/version"),
        ("coverage --indicator large", "/indicator/version"),
        ("gaps --indicator large", "/indicator/version"),
    ] {
        let version = |moment: &str| -> Value {
            let printed = desk.done(&format!("{command} --data store --format json {moment}"));
            serde_json::from_str::<Value>(&printed).unwrap().pointer(place).unwrap().clone()
        };
        assert_eq!(
            [version(""), version(&format!("--recorded-at {then}"))],
            [json!(2), json!(1)],
            "{command}"
        );
    }
}

#[test]
fn trends_and_scoreboards_are_filtered_as_coverage_is() {
    let desk = desk();
    desk.write(
        "more/organizations.csv",
        "id,kind,name,designations\ncn-370114,DISTRICT,章丘区,\ncn-370114001,SUBDISTRICT,明水街道,\n\
         ent-3,ENTERPRISE,示例丙,TWO_NEW;LARGE\n",
    );
    desk.write(
        "more/relations.csv",
        "source,type,target\ncn-370114001,PART_OF,cn-370114\nent-1,LOCATED_IN,cn-370114001\n\
         ent-3,LOCATED_IN,cn-370114001\n",
    );
    desk.done("import --data store more");
    let subjects = |filter: &str| {
        let answer = desk.ask(&format!(
            "{{ coverage(indicator: \"two-new-organisation\", within: \"cn-370114001\"{filter}) {{ subjects }}
               trend(indicator: \"two-new-organisation\", within: \"cn-370114001\", from: \"2024-01-01\",
                     to: \"2024-01-31\"{filter}) {{ asKnown {{ subjects }} }}
               scoreboard(level: SUBDISTRICT, indicators: [\"two-new-organisation\"]{filter}) {{
                 entries {{ subjects indicator {{ id }} }} }} }}"
        ));
        let found = [
            &answer["coverage"]["subjects"],
            &answer["trend"][0]["asKnown"]["subjects"],
            &answer["scoreboard"][0]["entries"][0]["subjects"],
        ];
        found.map(|found| found.as_u64().unwrap())
    };
    assert_eq!(subjects(""), [2; 3]);
    assert_eq!(subjects(", filter: { designations: [\"LARGE\"] }"), [1; 3]);
    let options = "--data store --designation LARGE --format json";
    let trend = desk
        .done(&format!("trend {options} --indicator two-new-organisation --from 2024-01-01 --to 2024-01-31"));
    assert_eq!(serde_json::from_str::<Value>(&trend).unwrap()[0]["asKnown"]["subjects"], 1);
    let board = desk.done(&format!("scoreboard {options} --level SUBDISTRICT"));
    let board: Value = serde_json::from_str(&board).unwrap();
    let entries = board[0]["entries"].as_array().unwrap().iter();
    let mut of = entries.filter(|entry| entry["indicator"]["id"] == "two-new-organisation");
    assert_eq!(of.next().unwrap()["subjects"], 1, "{board}");
}

#[test]
fn a_withdrawn_indicator_keeps_its_numbers_and_cannot_be_asked() {
    let desk = desk();
    desk.ask(&define("large", 3));
    let then = now();
    desk.ask(WITHDRAW);
    let gone = answer(&desk, "{ coverage(indicator: \"large\") { population } }");
    assert_eq!(gone["errors"][0]["extensions"]["code"], "NOT_FOUND");
    let past = desk.ask(&format!(
        "{{ coverage(indicator: \"large\", recordedAt: \"{then}\") {{ indicator {{ version origin }} population }} }}"
    ));
    assert_eq!(past["coverage"]["indicator"], json!({ "version": 1, "origin": "RECORDED" }));
    // A number that reports name is never given to another definition.
    let again = desk.ask(&define("large", 1));
    assert_eq!(again["defineIndicator"]["indicator"]["version"], 2);
}

#[test]
fn what_cannot_be_defined_or_withdrawn_is_refused_with_place_and_choices() {
    let desk = desk();
    let template = desk.read("store/indicators.toml");
    desk.write("store/indicators.toml", template + &file("of-file", "{ kind = [\"ENTERPRISE\"] }"));
    desk.ask(&define("large", 3));
    let asked = |query: &str| {
        let answer = answer(&desk, query);
        let error = &answer["errors"][0];
        format!("{}: {}", error["extensions"]["code"].as_str().unwrap(), error["message"].as_str().unwrap())
    };
    let wrong = [
        define("two-new-work", 3),
        define("grid-boundary", 3),
        define("of-file", 3),
        define("大型", 3),
        define("large", 3).replace("\"members\"", "\"patents\""),
        define("large", 3).replace("\"members\"", "\"pat ents\""),
        define("large", 3).replace("value: 3", "value: \"many\""),
        define("large", 3).replace("\"0.9\"", "\"9\""),
        define("large", 3).replace("大型两新", " "),
        define("large", 3).replace("our own", "13800138000"),
        define("large", 3).replace("own rule", " "),
        define("large", 3).replace("TWO_NEW\" }", "TWO_NEW\" }, { kind: [VILAGE] }"),
        define("large", 3).replace("reason:", "expectedVersion: 1, reason:"),
        WITHDRAW.replace("large", "larger"),
        WITHDRAW.replace("large", "of-file"),
        WITHDRAW.replace("large", "two-new-work"),
    ];
    let refused: Vec<_> = wrong.iter().map(|query| asked(query)).collect();
    let known = refused[13].find("; there are").unwrap();
    let refused: Vec<_> =
        refused.iter().enumerate().map(|(at, text)| if at == 13 { &text[..known] } else { text }).collect();
    insta::assert_snapshot!(refused.join("\n"));
    assert_eq!(desk.ask("{ version }")["version"], 2);
}

#[test]
fn an_indicator_with_exemptions_or_open_tasks_stays() {
    let desk = desk();
    desk.write(
        "more/organizations.csv",
        "id,kind,name\ncn-370114,DISTRICT,章丘区\ncn-370114001,SUBDISTRICT,明水街道\n",
    );
    desk.write(
        "more/relations.csv",
        "source,type,target\ncn-370114001,PART_OF,cn-370114\nent-1,LOCATED_IN,cn-370114001\n",
    );
    desk.done("import --data store more");
    desk.ask(&define("large", 3));
    desk.write(
        "exemptions.csv",
        "indicator,unit,reason,granted_by,granted_on\nlarge,ent-2,停产,组织部,2024-01-01\n",
    );
    desk.done("import --data store exemptions.csv");
    let refused = answer(&desk, WITHDRAW);
    assert_eq!(
        refused["errors"][0]["message"],
        "id: indicator \"large\": it cannot be withdrawn while 1 exemptions from it are on record and 0 of its tasks \
         are not closed: revoke and close these first"
    );
    desk.ask(
        "mutation { revokeExemption(reason: \"over\",
           exemption: { unit: \"ent-2\", indicator: \"large\", grantedOn: \"2024-01-01\" }) { version } }",
    );
    desk.ask(WITHDRAW);
    let unknown = desk.run("import --data store exemptions.csv");
    assert!(unknown.stderr.contains("there is no such indicator"), "{}", unknown.stderr);
}

#[test]
fn only_an_administrator_without_limits_defines_and_withdraws() {
    let desk = desk();
    desk.write("territory.csv", "id,kind,name\ncn-370114,DISTRICT,章丘区\n");
    desk.done("import --data store territory.csv");
    let reader = token(&desk, "r", "--role reader");
    let editor = token(&desk, "e", "--role editor");
    let limited = token(&desk, "l", "--role administrator --territory cn-370114");
    let administrator = token(&desk, "a", "--role administrator");
    let server = Server::start(&desk, "serve --data store");
    let ask = |token: &str, query: &str| -> Value {
        let bearer =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        serde_json::from_str(&ask_as(&server, &bearer, query).body).unwrap()
    };
    for query in [define("large", 3).as_str(), WITHDRAW] {
        for (token, code) in
            [("", "UNAUTHENTICATED"), (&reader, "FORBIDDEN"), (&editor, "FORBIDDEN"), (&limited, "FORBIDDEN")]
        {
            let answer = ask(token, query);
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query} {answer}");
        }
    }
    let made = ask(&administrator, &define("large", 3));
    assert_eq!(made["data"]["defineIndicator"]["indicator"]["version"], 1, "{made}");
    // Everybody asks by it at once, with no restart; who is limited learns of the change, too.
    let counted = ask(&reader, "{ coverage(indicator: \"large\") { population } }");
    assert_eq!(counted["data"]["coverage"]["population"], 1, "{counted}");
    let counted = ask(&limited, "{ coverage(indicator: \"large\", within: \"cn-370114\") { population } }");
    assert_eq!(counted["data"]["coverage"]["population"], 0, "{counted}");
    drop(server);
    // A restart keeps it.
    let listed = desk.ask("{ indicators { id version origin } }");
    let listed = listed["indicators"].as_array().unwrap();
    assert_eq!(listed.last().unwrap(), &json!({ "id": "large", "version": 1, "origin": "RECORDED" }));
    let origins = |origin: &str| listed.iter().filter(|indicator| indicator["origin"] == origin).count();
    assert!(origins("CORE") == 15 && origins("PROGRAMME") > 50 && origins("FILE") == 0);
}

fn commit(atlas: &Atlas, change: Change) -> Result<Committed, CommitError> {
    let proposal = Proposal {
        changes: vec![change],
        actor: "a".into(),
        reason: "b".into(),
        origin: orgatlas::model::Origin::default(),
        expected: None,
    };
    atlas.commit(proposal)
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_are_told_of_definitions_and_of_what_these_make_of_the_numbers() {
    let line = Line::open(SubscriptionLimits::DEFAULT).await;
    let define = |members| {
        let snapshot = line.atlas.snapshot();
        let made = indicator("large", members);
        let change = definition_change(made, &snapshot.graph, &snapshot.indicators).unwrap().unwrap();
        drop(snapshot);
        commit(&line.atlas, change).unwrap();
    };
    define(3);
    let mut socket = line.converse().await;
    socket
        .subscribe(
            "1",
            "subscription { coverage(indicator: \"large\") { indicator { version } population } }",
        )
        .await;
    let told = |version: u32| json!({ "coverage": { "indicator": { "version": version }, "population": 0 } });
    assert_eq!(socket.hear_next("1").await, told(1));
    // The numbers are the same, and say something else.
    define(4);
    assert_eq!(socket.hear_next("1").await, told(2));
    commit(&line.atlas, Change::RemoveIndicator("large".into())).unwrap();
    let ended = socket.hear().await;
    assert_eq!(ended["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND", "{ended}");
    assert_eq!(socket.hear().await, json!({ "type": "complete", "id": "1" }));
    let document = "subscription { changes(after: 1) { version changes { action indicatorId organizationIds written } } }";
    socket.subscribe("2", document).await;
    let changes = [socket.hear_next("2").await, socket.hear_next("2").await];
    insta::assert_snapshot!(format!("{:#}", json!(changes)));
    line.stop().await;
}

fn indicator(id: &str, members: i64) -> Indicator {
    let population =
        format!("{{ compare = {{ operand = \"members\", comparison = \"AT_LEAST\", value = {members} }} }}");
    let text = file(id, &population);
    let catalog = orgatlas::coverage::IndicatorCatalog::from_toml(&text, &Default::default()).unwrap();
    catalog.get(id).unwrap().clone()
}

#[derive(Clone, Debug)]
enum Step {
    Define(usize, i64),
    Withdraw(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3usize, 0..4i64).prop_map(|(id, members)| Step::Define(id, members)),
        2 => (0..3usize).prop_map(Step::Withdraw),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Against a plain list of what is defined: every version is given once, and every moment has its definitions.
    #[test]
    fn every_moment_has_the_definitions_of_a_plain_list(steps in prop::collection::vec(step(), 1..14)) {
        let folder = tempfile::tempdir().unwrap();
        let mut atlas = Atlas::open(folder.path()).unwrap().0;
        let mut known: Vec<Option<(u32, i64)>> = vec![None; 3];
        let mut last = [0; 3];
        let mut moments = vec![(jiff::Timestamp::now(), known.clone())];
        let of = |atlas: &Atlas| atlas.snapshot();
        for step in steps {
            match step {
                Step::Define(at, members) => {
                    let snapshot = of(&atlas);
                    let made = indicator(&format!("ind-{at}"), members);
                    let change =
                        definition_change(made, &snapshot.graph, &snapshot.indicators).unwrap();
                    let is_new = known[at].is_none_or(|(_, before)| before != members);
                    prop_assert_eq!(change.is_some(), is_new);
                    if let Some(change) = change {
                        commit(&atlas, change).unwrap();
                        last[at] += 1;
                        known[at] = Some((last[at], members));
                    }
                }
                Step::Withdraw(at) => {
                    let outcome = commit(&atlas, Change::RemoveIndicator(format!("ind-{at}").into()));
                    prop_assert_eq!(outcome.is_ok(), known[at].is_some());
                    known[at] = None;
                }
                Step::Reopen => {
                    drop(atlas);
                    atlas = Atlas::open(folder.path()).unwrap().0;
                }
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
            moments.push((jiff::Timestamp::now(), known.clone()));
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        prop_assert_eq!(of(&atlas).graph.validate(), Ok(()));
        for (moment, expected) in moments {
            let then = of(&atlas).recorded_at(moment).unwrap();
            let recorded: Vec<_> =
                then.indicators.iter().filter(|i| i.origin == IndicatorOrigin::Recorded).cloned().collect();
            let expected: Vec<_> = expected.iter().enumerate().filter_map(|(at, known)| {
                let (version, members) = (*known)?;
                let version = std::num::NonZeroU32::new(version).unwrap();
                let origin = IndicatorOrigin::Recorded;
                Some(Indicator { version, origin, ..indicator(&format!("ind-{at}"), members) })
            }).collect();
            prop_assert_eq!(recorded, expected);
        }
    }
}

#[test]
fn a_text_that_is_no_definition_never_enters_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let atlas = Atlas::open(folder.path()).unwrap().0;
    let good = indicator("ind-1", 3).definition().unwrap();
    let one = std::num::NonZeroU32::MIN;
    let two = one.saturating_add(1);
    let define = |definition: &IndicatorDefinition| match commit(
        &atlas,
        Change::PutIndicator(Box::new(definition.clone())),
    ) {
        Ok(_) => String::new(),
        Err(CommitError::Violations { violations, .. }) => violations[0].1.to_string(),
        Err(other) => panic!("{other}"),
    };
    let table = [
        (IndicatorDefinition { text: "id = 3".into(), ..good.clone() }, "cannot be read"),
        (IndicatorDefinition { id: "ind-2".into(), ..good.clone() }, "the text is not that of the indicator"),
        (IndicatorDefinition { version: two, ..good.clone() }, "the text is not that of the indicator"),
        (good.clone(), ""),
        (good.clone(), "its last version is 1, so that 1 cannot be its next"),
    ];
    for (definition, refused) in table {
        let found = define(&definition);
        assert!(
            if refused.is_empty() { found.is_empty() } else { found.contains(refused) },
            "{refused}: {found}"
        );
    }
}

#[test]
fn the_command_line_lists_defines_and_withdraws() {
    let desk = desk();
    desk.write(
        "own.toml",
        file("large", "{ kind = [\"ENTERPRISE\"] }") + &file("huge", "{ kind = [\"VILLAGE\"] }"),
    );
    let define = ["indicators", "define", "--data", "store", "own.toml", "--reason", "own rules"];
    let first = desk.run_with(&define);
    assert_eq!(
        first.stdout,
        "large: version 1 is recorded; the graph is at version 2\nhuge: version 1 is recorded; the graph is at version 3\n",
        "{}",
        first.stderr
    );
    desk.write(
        "own.toml",
        file("large", "{ kind = [\"ENTERPRISE\"] }") + &file("huge", "{ kind = [\"MARKET\"] }"),
    );
    assert_eq!(
        desk.run_with(&define).stdout,
        "large: version 1 says this already; nothing was changed\nhuge: version 2 is recorded; the graph is at version 4\n"
    );
    let listed = desk.done("indicators list --data store --format csv");
    let own: Vec<_> = listed.lines().filter(|line| line.contains("RECORDED")).collect();
    assert_eq!(own, ["huge,2,RECORDED,大型,our own,,", "large,1,RECORDED,大型,our own,,"]);
    desk.write(
        "wrong.toml",
        file("fine", "{ kind = [\"MARKET\"] }") + &file("wrong", "{ kind = [\"MARKT\"] }"),
    );
    let wrong = desk.run("indicators define --data store wrong.toml --reason r");
    assert!(wrong.code == 1 && wrong.stderr.contains("unknown variant `MARKT`"), "{}", wrong.stderr);
    let empty = desk.run("indicators define --data store store/indicators.toml --reason r");
    assert_eq!(empty.stderr, "error: store/indicators.toml: it defines no indicator\n");
    let gone = desk.done("indicators withdraw --data store huge --reason over");
    assert_eq!(gone, "huge: withdrawn; the graph is at version 5\n");
    assert!(desk.done("check --data store").contains("keep every rule"));
    // What the file takes that is recorded is said when the store is opened.
    desk.write("store/indicators.toml", file("large", "{ kind = [\"MARKET\"] }"));
    let taken = desk.run("indicators list --data store");
    assert!(
        taken.stderr.contains("the indicator \"large\" is recorded in the change log, too"),
        "{}",
        taken.stderr
    );
}

#[test]
fn recorded_indicators_survive_a_round_trip_with_their_versions() {
    let desk = desk();
    desk.ask(&define("large", 3));
    desk.ask(&define("large", 1));
    desk.ask(&define("another", 2));
    desk.write(
        "exemptions.csv",
        "indicator,unit,reason,granted_by,granted_on\nlarge,ent-2,停产,组织部,2024-01-01\n",
    );
    desk.done("import --data store exemptions.csv");
    for format in ["csv", "jsonl"] {
        desk.done(&format!("export --data store --format {format} -o out-{format}"));
        let dry = desk.done(&format!("import --data again-{format} --dry-run out-{format}"));
        assert!(dry.contains("+ indicator large version 2"), "{dry}");
        desk.done(&format!("import --data again-{format} out-{format}"));
        desk.done(&format!("export --data again-{format} --format {format} -o back-{format}"));
        for file in ["indicators.toml".to_owned(), format!("exemptions.{format}")] {
            assert_eq!(
                desk.read(&format!("out-{format}/{file}")),
                desk.read(&format!("back-{format}/{file}"))
            );
        }
        let again = desk.run(&format!("import --data again-{format} out-{format}"));
        assert!(again.stderr.contains(": 0 changes;"), "{}", again.stderr);
    }
    let workbook = desk.run("export --data store --format xlsx -o out.xlsx");
    assert!(workbook.stderr.contains("not in it: 2 recorded indicators"), "{}", workbook.stderr);
    // An export leaves files of others alone, and takes its own away where it has nothing to say.
    let into_store = desk.run("export --data store --format csv -o store");
    assert!(
        into_store.code == 1 && into_store.stderr.contains("it is of no export"),
        "{}",
        into_store.stderr
    );
    desk.done("import --data bare in");
    desk.done("export --data bare --format csv -o out-csv");
    assert!(!desk.path().join("out-csv/indicators.toml").exists());
}
