use insta::assert_snapshot;

use super::{check, check_in};

#[test]
fn values_are_read_as_json_or_as_text() {
    let file = r#"
        {"id": "a", "kind": "PARK", "name": "甲", "employees": 5, "floor_area_m2": 600.50, "synthetic": true}
        {"id": "b", "kind": "PARK", "name": "乙\t", "employees": "5", "floor_area_m2": "600.5", "synthetic": "true"}
        {"kind": "PARK", "id": 12, "name": 370114.0, "aliases": ["x", " y ", 3], "source": "F1;F2", "is_star": false}
        {"source": "a", "type": "PART_OF", "target": "b", "valid_to": null, "citation": "F1"}
    "#;
    assert_snapshot!(check(&[("a.jsonl", file)]), @"
    a kind=PARK name=甲 employees=5 floor_area_m2=600.5 synthetic=true
    b kind=PARK name=乙 employees=5 floor_area_m2=600.5 synthetic=true
    12 kind=PARK name=370114 aliases=x;y;3 source=F1;F2 is_star=false
    a PART_OF b citing F1
    ");
}

#[test]
fn what_no_cell_can_hold_is_named() {
    let file = r#"{"id": "a", "kind": "PARK", "name": ["甲"], "aliases": ["x;y"], "source": [["F1"]], "grade": {}}
        {"id": "b", "kind": "PARK", "name": "乙", "name": "丙"}
        {"id": "c", "kind": "PARK"}
        {"id": "d", "kind": "PARK", "name": "丁", "workers": 5}
        ["id"]
        {"id": "e", "kind":
        {"id": "f", "kind": "PARK", "name": "己", "employees": 1.5, "is_star": 1, "established_on": 20200101}
        {"a": 1}"#;
    assert_snapshot!(check(&[("a.jsonl", file)]), @r#"
    problem: a.jsonl:1: column name: a list stands where one value belongs
    problem: a.jsonl:1: column aliases: the item "x;y" holds ';', which stands between items in a cell
    problem: a.jsonl:1: column source: a list holds a list or an object
    problem: a.jsonl:1: column grade: an object stands where a value belongs
    problem: a.jsonl:2: column name: it stands twice
    problem: a.jsonl:3: the column name, which organizations must have, is missing
    problem: a.jsonl:4: column workers: ledgers of organizations have no such column, and it is no declared attribute: attributes are declared in the store's attributes.toml
    problem: a.jsonl:5: the line is no JSON object: invalid type: sequence, expected an object at byte 0
    problem: a.jsonl:6: the line is no JSON object: EOF while parsing a value at byte 19
    problem: a.jsonl:7: column employees: "1.5" is not a whole number from 0 to 2147483647
    problem: a.jsonl:7: column is_star: "1" is not true or false
    problem: a.jsonl:8: it has neither the columns id, kind and name of organizations nor source, type and target of relations, nor those of exemptions or values
    "#);
}

#[test]
fn missing_keys_keep_and_nulls_clear() {
    let known = [("a.csv", "id,kind,name,employees,aliases\na,PARK,甲,5,x\nb,PARK,乙,5,x\n")];
    let file = r#"{"id": "a", "kind": "PARK", "name": "甲", "employees": null}
        {"id": "b", "kind": "PARK", "name": "乙", "aliases": []}"#;
    assert_snapshot!(check_in(&known, &[("a.jsonl", file)]), @"
    a kind=PARK name=甲 aliases=x
    b kind=PARK name=乙 employees=5
    ");
}
