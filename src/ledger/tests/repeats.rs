use insta::assert_snapshot;

use super::check;

#[test]
fn exact_repeats_collapse_and_columns_complete_each_other() {
    let files = [
        ("a.csv", "id,kind,name,employees\na,PARK,甲,5\na,PARK,甲,5\nb,PARK,乙,1\n"),
        ("b.csv", "id,kind,name,industry,established_on\na,PARK,甲,制造,2020-01-01\n"),
        ("c.csv", "source,type,target,valid_to\na,PART_OF,b,2030-01-01\na,PART_OF,b,2030-01-01\n"),
        ("d.csv", "source,type,target,citation\na,PART_OF,b,F1\n"),
        ("e.csv", "source,type,target,valid_from\na,PART_OF,b,2021-01-01\n"),
    ];
    assert_snapshot!(check(&files), @"
    a kind=PARK name=甲 industry=制造 employees=5 established_on=2020-01-01
    b kind=PARK name=乙 employees=1
    a PART_OF b to 2030-01-01 citing F1
    a PART_OF b from 2021-01-01
    ");
}

#[test]
fn rows_of_one_identity_that_differ_are_all_named() {
    let files = [
        ("a.csv", "id,kind,name,employees\na,PARK,甲,5\nb,PARK,乙,1\na,PARK,甲,6\na,PARK,甲,\n"),
        ("b.csv", "id,kind,name,industry\na,PARK,甲,制造\na,STREET_BLOCK,甲,建筑\n"),
        ("c.csv", "source,type,target,valid_to,citation\na,PART_OF,b,,F1\na,PART_OF,b,2030-01-01,F1\n"),
        ("d.csv", "source,type,target,citation\na,PART_OF,b,F2\nb,PARTNERS_WITH,a,F1\n"),
        (
            "e.csv",
            "source,type,target,valid_to\nb,PARTNERS_WITH,a,2030-01-01\nb,PARTNERS_WITH,a,2031-01-01\n",
        ),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: a.csv:2: column employees: "5" contradicts "6" of a.csv:4
    problem: a.csv:2: column kind: "PARK" contradicts "STREET_BLOCK" of b.csv:3
    problem: a.csv:4: column employees: "6" contradicts "5" of a.csv:2
    problem: a.csv:5: column employees: "" contradicts "5" of a.csv:2
    problem: b.csv:2: column industry: "制造" contradicts "建筑" of b.csv:3
    problem: b.csv:3: column kind: "STREET_BLOCK" contradicts "PARK" of a.csv:2
    problem: b.csv:3: column industry: "建筑" contradicts "制造" of b.csv:2
    problem: c.csv:2: column valid_to: "" contradicts "2030-01-01" of c.csv:3
    problem: c.csv:2: column citation: "F1" contradicts "F2" of d.csv:2
    problem: c.csv:3: column valid_to: "2030-01-01" contradicts "" of c.csv:2
    problem: d.csv:2: column citation: "F2" contradicts "F1" of c.csv:2
    problem: e.csv:2: column valid_to: "2030-01-01" contradicts "2031-01-01" of e.csv:3
    problem: e.csv:3: column valid_to: "2031-01-01" contradicts "2030-01-01" of e.csv:2
    "#);
}
