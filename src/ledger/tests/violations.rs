use insta::assert_snapshot;

use super::{check, check_in};

#[test]
fn what_the_graph_finds_is_named_by_file_line_and_column() {
    let files = [
        ("a.csv", "id,kind,name,division,floor_area_m2\nx,CITY,市,,\na,PARK,甲,99,\nb,PARK,乙,,-1\n"),
        (
            "b.csv",
            "id,kind,name,uscc\nc,ENTERPRISE,丙,91350100M000100Y43\nd,ENTERPRISE,丁,91350100M000100Y43\n",
        ),
        ("c.csv", "id,kind,name\ne,PARK,戊\n"),
        ("d.csv", "id,kind,name,division\ne,PARK,戊,98\n"),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: a.csv:2: column id: CITY "x": a CITY has the id cn-<division code of 4 digits>
    problem: a.csv:3: column division: a: the division 99 is not in the graph: there is no territory cn-99
    problem: a.csv:4: column floor_area_m2: b: floor_area_m2 is -1, but must be a number from 0 up
    problem: b.csv:3: column uscc: d: the credit code 91350100M000100Y43 belongs to "c" already
    problem: d.csv:2: column division: e: the division 98 is not in the graph: there is no territory cn-98
    "#);
}

#[test]
fn what_follows_only_from_another_bad_row_is_left_out() {
    let files = [
        (
            "a.csv",
            "id,kind,name,division,employees\na,PARC,甲,,\nb,PARK,乙,,x\nc,PARK,丙\ncn-37,CITY,省,,\nd,PARK,丁,37,\n",
        ),
        ("b.csv", "source,type,target\na,PART_OF,b\nb,PART_OF,c\nb,PART_OF,z\nb,SERVES,d\n"),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: a.csv:2: column kind: "PARC" is not an organisation kind such as ENTERPRISE
    problem: a.csv:3: column employees: "x" is not a whole number from 0 to 2147483647
    problem: a.csv:5: column id: CITY "cn-37": a CITY has the id cn-<division code of 4 digits>
    problem: b.csv:4: column target: the organisation "z" is not in the graph
    problem: b.csv:5: column type: b SERVES d: SERVES does not join PARK to PARK; from PARK it goes to no kind
    warning: a.csv: 1 rows, the first of them on line 4, have fewer cells than the header: the missing ones at their ends are read as empty, since spreadsheet programs leave them out
    "#);
}

#[test]
fn no_end_is_unknown_for_sure_while_a_file_could_not_be_read() {
    let files = [("a.csv", "id,kind\n"), ("b.csv", "source,type,target\na,PART_OF,b\n")];
    assert_snapshot!(check(&files), @"problem: a.csv:1: the column name, which organizations must have, is missing");
}

#[test]
fn the_new_kind_of_a_bad_row_excuses_the_relations_that_need_it() {
    let known = [("a.csv", "id,kind,name\na,PARK,甲\nb,PARK,乙\n")];
    let files = [
        ("a.csv", "id,kind,name\na,SERVICE_CENTRE,甲\n"),
        ("b.csv", "source,type,target\na,SERVES,b\nb,SERVES,b\n"),
    ];
    assert_snapshot!(check_in(&known, &files), @r#"
    problem: a.csv:2: column kind: "SERVICE_CENTRE" is not an organisation kind such as ENTERPRISE
    problem: b.csv:3: column type: b SERVES b: SERVES does not join PARK to PARK; from PARK it goes to no kind
    "#);
}
