//! Rows that say what a division code implies.

use insta::assert_snapshot;

use super::{check, check_in, graph_of, read_into};
use crate::ledger::write_csv;

const PLACES: &str = "id,kind,name,division,established_on,dissolved_on\n\
                      cn-370112,DISTRICT,历城区,,,\ncn-370114,DISTRICT,章丘区,,,\n\
                      cn-370181,DISTRICT,章丘市,,1992-08-01,2016-12-26\n\
                      park-1,INDUSTRIAL_PARK,园区,370114,,\n\
                      ent-1,ENTERPRISE,甲公司,370114,,\nent-2,ENTERPRISE,乙公司,370112,,\n";

fn known() -> Vec<(&'static str, &'static str)> {
    vec![("o.csv", PLACES)]
}

/// What comes of rows of relations, under a header with or without marks.
fn relations(header: &str, rows: &str) -> String {
    check_in(&known(), &[("r.csv", format!("{header}\n{rows}").as_str())])
}

const MARKED: &str = "source,type,target,mode,valid_from,valid_to,citation,implied";

#[test]
fn marked_rows_are_not_recorded_and_edited_ones_are_named() {
    let rows = "ent-1,LOCATED_IN,cn-370114,,,,,true\n\
                ent-2,LOCATED_IN,cn-370114,,,,,true\n\
                park-1,LOCATED_IN,cn-370114,,2020-01-01,,,true\n\
                ent-1,PARTNERS_WITH,ent-2,,,,,true\n\
                ent-2,LOCATED_IN,cn-370112,,,,,perhaps\n";
    assert_snapshot!(relations(MARKED, rows), @r#"
    problem: r.csv:3: column implied: ent-2 LOCATED_IN cn-370114 is marked as implied, but its division code is 370112: write false in this column to record the relation, or remove the row
    problem: r.csv:5: column implied: it is marked as implied, but only LOCATED_IN without mode and citation can be implied; write false in this column to record the relation, or remove the row
    problem: r.csv:6: column implied: "perhaps" is not true or false
    warning: r.csv:4: column implied: it is marked as implied, but is not implied on these days: it is left out; write false in this column to record the relation, or remove the row
    "#);
    let rows = "ent-1,LOCATED_IN,cn-370114,,,,,true\n\
                park-1,LOCATED_IN,cn-370114,,,,,false\n\
                ent-2,LOCATED_IN,cn-370112,,,,,\n";
    assert_snapshot!(relations(MARKED, rows), @"
    park-1 LOCATED_IN cn-370114
    ent-2 LOCATED_IN cn-370112
    ");
    let rows = "ent-1,LOCATED_IN,cn-370114,,,,,true\nent-1,LOCATED_IN,cn-370114,,,,,false\n";
    assert_snapshot!(relations(MARKED, rows), @r#"
    problem: r.csv:2: column implied: "true" contradicts "false" of r.csv:3
    problem: r.csv:3: column implied: "false" contradicts "true" of r.csv:2
    "#);
}

#[test]
fn rows_of_older_exports_do_not_pin_a_unit_to_its_division() {
    let header = "source,type,target,mode,valid_from,valid_to,citation";
    let rows = "ent-1,LOCATED_IN,cn-370114,,,,\n\
                ent-2,LOCATED_IN,cn-370112,,,,\n\
                park-1,LOCATED_IN,cn-370112,,,,\n";
    assert_snapshot!(relations(header, rows), @"
    park-1 LOCATED_IN cn-370112
    warning: r.csv: 2 rows locate organisations just where their division codes do, the first in line 2: they are not recorded, so that the organisations follow their division codes; to record such relations, add the column implied and write false there
    ");
    // Beside another place, with a date or a citation, it says something of its own.
    let rows = "ent-1,LOCATED_IN,cn-370114,,,,\n\
                ent-1,LOCATED_IN,park-1,,,,\n\
                ent-2,LOCATED_IN,cn-370112,,2020-01-01,,\n\
                park-1,LOCATED_IN,cn-370114,,,,文件\n";
    assert_snapshot!(relations(header, rows), @"
    ent-1 LOCATED_IN park-1
    ent-2 LOCATED_IN cn-370112 from 2020-01-01
    park-1 LOCATED_IN cn-370114 citing 文件
    ent-1 LOCATED_IN cn-370114
    ");
    let moved = PLACES.replace("甲公司,370114", "甲公司,370112");
    let rows = format!("{header}\nent-1,LOCATED_IN,cn-370114,,,,\n");
    assert_snapshot!(check_in(&known(), &[("o.csv", moved.as_str()), ("r.csv", rows.as_str())]), @"
    ent-1 kind=ENTERPRISE name=甲公司 division=370112
    warning: r.csv:2: column target: ent-1 LOCATED_IN cn-370114 is what the former division code implied: it is left out, and the organisation follows its division code; to record it, add the column implied and write false there
    ");
}

#[test]
fn a_unit_follows_its_division_when_that_is_corrected_in_an_export() {
    let graph = graph_of(&known());
    let folder = tempfile::tempdir().unwrap();
    write_csv(&graph, &super::catalog(), folder.path()).unwrap();
    let file = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let organizations = file("organizations.csv")
        .replace("ent-1,ENTERPRISE,甲公司,,,,370114", "ent-1,ENTERPRISE,甲公司,,,,370112");
    let exported = [("organizations.csv", organizations.clone()), ("relations.csv", file("relations.csv"))];
    for empty in [false, true] {
        let mut graph = if empty { graph_of(&[]) } else { graph.clone() };
        let (reading, _) = read_into(&graph, &exported);
        assert!(reading.problems.is_empty(), "{}", reading.problems);
        assert_eq!(reading.warnings.bad_rows(), usize::from(empty), "{}", reading.warnings);
        graph.apply(&reading.changes).unwrap();
        let places: Vec<_> =
            graph.marked_relations().map(|(r, implied)| format!("{} {implied}", r.key())).collect();
        assert_eq!(
            places,
            [
                "ent-1 LOCATED_IN cn-370112 true",
                "ent-2 LOCATED_IN cn-370112 true",
                "park-1 LOCATED_IN cn-370114 true"
            ]
        );
    }
}

#[test]
fn who_is_located_nowhere_because_a_territory_ended_is_said() {
    let rows = "id,kind,name,division,established_on,dissolved_on\n\
                ent-3,ENTERPRISE,丙公司,370181,2010-01-01,\n\
                ent-4,ENTERPRISE,丁公司,370181,1990-01-01,2000-01-01\n\
                ent-5,ENTERPRISE,戊公司,370181,2000-01-01,2016-12-26\n\
                ent-6,ENTERPRISE,己公司,370181,,\n";
    let placed = "source,type,target,valid_from\nent-6,LOCATED_IN,cn-370114,2016-12-26\n";
    assert_snapshot!(check_in(&known(), &[("o.csv", rows), ("r.csv", placed)]), @"
    ent-3 kind=ENTERPRISE name=丙公司 division=370181 established_on=2010-01-01
    ent-4 kind=ENTERPRISE name=丁公司 division=370181 established_on=1990-01-01 dissolved_on=2000-01-01
    ent-5 kind=ENTERPRISE name=戊公司 division=370181 established_on=2000-01-01 dissolved_on=2016-12-26
    ent-6 kind=ENTERPRISE name=己公司 division=370181
    ent-6 LOCATED_IN cn-370114 from 2016-12-26
    warning: o.csv:2: column division: the territory cn-370181 exists from 1992-08-01 to 2016-12-26: on other days the organisation is located nowhere; give it the division code of those days, or a dated LOCATED_IN
    warning: o.csv:3: column division: the territory cn-370181 exists from 1992-08-01 to 2016-12-26: on other days the organisation is located nowhere; give it the division code of those days, or a dated LOCATED_IN
    ");
    let ended = "id,kind,name,dissolved_on\ncn-370114,DISTRICT,章丘区,2024-01-01\n";
    assert_snapshot!(check_in(&known(), &[("o.csv", ended)]), @"
    cn-370114 kind=DISTRICT name=章丘区 dissolved_on=2024-01-01
    warning: o.csv:2: column dissolved_on: 2 organisations such as ent-1 are located here by their division codes, and the territory exists until 2024-01-01: on other days they are located nowhere; give them the division code of those days, or a dated LOCATED_IN
    ");
    assert!(check(&[("o.csv", PLACES)]).ends_with("ent-2 kind=ENTERPRISE name=乙公司 division=370112\n"));
}
