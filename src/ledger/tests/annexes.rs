use insta::assert_snapshot;

use super::{check, check_in};

const UNITS: (&str, &str) = ("units.csv", "id,kind,name\nent-1,ENTERPRISE,示例甲\nent-2,ENTERPRISE,示例乙\n");

#[test]
fn exemptions_and_values_are_told_apart_by_their_headers() {
    let files = [
        UNITS,
        (
            "a.csv",
            "until,granted_on,granted_by,reason,unit,indicator\n\
             2025-01-01,2024-01-01,区委组织部,停产,ent-1,two-new-work\n,2024-02-01,区委组织部,搬迁,ent-2,two-new-work\n",
        ),
        (
            "b.jsonl",
            "{\"organization\":\"ent-1\",\"attribute\":\"annual_income_cny\",\"value\":1.5,\"valid_from\":\"2023-01-01\"}\n\
             {\"organization\":\"ent-1\",\"attribute\":\"grade\",\"value\":\"甲\",\"source\":\"年报\"}\n",
        ),
    ];
    assert_snapshot!(check(&files), @r#"
    ent-1 kind=ENTERPRISE name=示例甲
    ent-2 kind=ENTERPRISE name=示例乙
    exemption of ent-1 from two-new-work granted on 2024-01-01: 停产 by 区委组织部 until 2025-01-01
    exemption of ent-2 from two-new-work granted on 2024-02-01: 搬迁 by 区委组织部
    value of annual_income_cny of ent-1 from 2023-01-01: Number(1.5) 2023-01-01..
    value of grade of ent-1: Code("甲") .. after 年报
    "#);
}

#[test]
fn what_is_wrong_in_a_ledger_of_annexes_is_named_by_file_line_and_column() {
    let files = [
        UNITS,
        (
            "a.csv",
            "indicator,unit,reason,granted_by,granted_on,until\n\
             a,ent-1,,区委组织部,2024-01-01,\n\
             a,ent-1,停产,电话13812345678,2024-01-01,\n\
             a,ent-9,停产,区委组织部,2024-01-01,\n\
             a,ent-1,停产,区委组织部,2024-1-1,\n\
             a,ent-1,停产,区委组织部,2024-01-01,2023-01-01\n",
        ),
        (
            "b.csv",
            "organization,attribute,value,valid_from,valid_to,source,姓名\n\
             ent-1,designations,TWO_NEW,,,,\n\
             ent-1,rooms,3,,,,\n\
             ent-1,employees,many,,,,\n\
             ent-1,employees,-1,,,,\n\
             ent-1,employees,,,,,\n\
             ent-1,employees,3,2024-01-01,2023-01-01,13812345678,\n\
             ent-1,employees,3,2023-01-01,2024-01-01,,\n\
             ent-1,employees,4,2023-06-01,2025-01-01,,\n",
        ),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: a.csv:2: column reason: it is required, but empty
    problem: a.csv:3: column granted_by: it holds a mobile number: no personal data is recorded
    problem: a.csv:4: column unit: the organisation "ent-9" is not in the graph
    problem: a.csv:5: column until: "" contradicts "2023-01-01" of a.csv:6
    problem: a.csv:6: column until: "2023-01-01" contradicts "" of a.csv:5
    problem: b.csv:1: column 姓名: it holds data of persons: no personal data is recorded
    problem: b.csv:2: column attribute: "designations" has no dated values; party_members, full_members, employees, floor_area_m2, annual_income_cny and declared attributes may have them
    problem: b.csv:3: column attribute: "rooms" is no declared attribute: attributes are declared in the store's attributes.toml
    problem: b.csv:4: column value: "many" is not a whole number from 0 to 2147483647
    problem: b.csv:5: column value: "-1" is not a whole number from 0 to 2147483647
    problem: b.csv:6: column value: it is required, but empty
    problem: b.csv:7: column valid_to: the interval from 2024-01-01 to 2023-01-01 holds no day: its end must be later than its start
    problem: b.csv:7: column source: it holds a mobile number: no personal data is recorded
    problem: b.csv:8: column valid_from: value of employees of ent-1 from 2023-01-01: valid_from: the value of employees of ent-1 from 2023-06-01 holds on some of the same days: 2023-06-01..2025-01-01
    problem: b.csv:9: column valid_from: value of employees of ent-1 from 2023-06-01: valid_from: the value of employees of ent-1 from 2023-01-01 holds on some of the same days: 2023-01-01..2024-01-01
    "#);
}

#[test]
fn repeats_collapse_and_contradictions_name_both_rows() {
    let files = [
        UNITS,
        ("a.csv", "organization,attribute,value,valid_from\nent-1,employees,3,2023-01-01\n"),
        (
            "b.csv",
            "organization,attribute,value,valid_from,valid_to\nent-1,employees,3,2023-01-01,2024-01-01\n\
             ent-2,employees,3,,\n",
        ),
        ("c.csv", "organization,attribute,value\nent-2,employees,4\n"),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: b.csv:3: column value: "3" contradicts "4" of c.csv:2
    problem: c.csv:2: column value: "4" contradicts "3" of b.csv:3
    "#);
    assert_snapshot!(check(&files[..2]), @"
    ent-1 kind=ENTERPRISE name=示例甲
    ent-2 kind=ENTERPRISE name=示例乙
    value of employees of ent-1 from 2023-01-01: Integer(3) 2023-01-01..
    ");
}

#[test]
fn an_import_changes_what_is_said_and_keeps_what_is_not() {
    let known = [
        UNITS,
        (
            "a.csv",
            "organization,attribute,value,valid_from,valid_to,source\n\
             ent-1,employees,3,2023-01-01,2024-01-01,年报\nent-2,employees,3,2023-01-01,2024-01-01,年报\n",
        ),
        (
            "b.csv",
            "indicator,unit,reason,granted_by,granted_on,until\na,ent-1,停产,组织部,2024-01-01,2025-01-01\n",
        ),
    ];
    let files = [
        (
            "a.csv",
            "organization,attribute,value,valid_from,source\nent-1,employees,4,2023-01-01,\nent-2,employees,3,2023-01-01,年报\n",
        ),
        ("b.csv", "indicator,unit,reason,granted_by,granted_on\na,ent-1,停产,区委组织部,2024-01-01\n"),
    ];
    assert_snapshot!(check_in(&known, &files), @"
    value of employees of ent-1 from 2023-01-01: Integer(4) 2023-01-01..2024-01-01
    exemption of ent-1 from a granted on 2024-01-01: 停产 by 区委组织部 until 2025-01-01
    ");
}
