//! Values in the forms in which people and programs write them.

use insta::assert_snapshot;

use super::check;

#[test]
fn numbers_days_and_names_are_read_as_they_are_typed() {
    let file = "id,kind,name,employees,floor_area_m2,established_on,social_workers,green_share,inspected_on\n\
                a,ENTERPRISE,甲,42.0,６００．５,2019-05-06T00:00:00.000,3.0,１．０,2019/5/6\n\
                b,ENTERPRISE,\"乙\r\n公司\",３７,600.00,2019年5月6日,,,20190506\n\
                c,ENTERPRISE,丙,42.5,6e2,2019-05-06T16:00:00.000Z,1.5,,5/6/2019\n";
    assert_snapshot!(check(&[("a.csv", file)]), @r#"
    problem: a.csv:5: column employees: "42.5" is not a whole number from 0 to 2147483647
    problem: a.csv:5: column floor_area_m2: "6e2" is not a decimal number
    problem: a.csv:5: column established_on: "2019-05-06T16:00:00.000Z" is not an ISO date such as 2023-07-31
    problem: a.csv:5: column social_workers: "1.5" is not a whole number
    problem: a.csv:5: column inspected_on: "5/6/2019" is not an ISO date such as 2023-07-31
    warning: a.csv:3: column name: line breaks and tabs in the name are read as a blank
    "#);
}

#[test]
fn rows_that_excel_cut_short_are_read_and_a_file_that_is_cut_off_is_not() {
    let short = "id,kind,name,employees,industry\na,ENTERPRISE,甲,1,制造业\nb,ENTERPRISE,乙\nc,ENTERPRISE,丙,3\nd,ENTERPRISE\n";
    let cut_off = "id,kind,name,employees,industry\ne,ENTERPRISE,戊,5,制造业\nf,ENTERPRISE,己";
    assert_snapshot!(check(&[("a.csv", short), ("b.csv", cut_off)]), @"
    problem: a.csv:5: column name: it is required, but empty
    problem: b.csv:3: the file ends within this row, which has fewer cells than the header: it may be cut off; save it anew
    warning: a.csv: 3 rows, the first of them on line 3, have fewer cells than the header: the missing ones at their ends are read as empty, since spreadsheet programs leave them out
    ");
}

#[test]
fn other_line_ends_marks_and_separator_lines_are_read() {
    let files = [
        ("a.csv", "id,kind,name\ra,PARK,甲\rb,PARC,乙\r"),
        ("b.csv", "\u{feff}\u{feff}id,kind,name\nc,PARK,丙\n"),
        ("c.csv", "sep=,\r\nid,kind,name\r\nd,PARK,丁\r\ne,PARC,戊\r\n"),
        ("d.csv", "\"sep=,\"\nid,kind,name\nf,PARK,己\n"),
        ("e.csv", "sep=;\nid;kind;name\n"),
    ];
    assert_snapshot!(check(&files), @r#"
    problem: a.csv:3: column kind: "PARC" is not an organisation kind such as ENTERPRISE
    problem: c.csv:4: column kind: "PARC" is not an organisation kind such as ENTERPRISE
    problem: e.csv:2: its cells are set apart by semicolons; save it as CSV with commas between them
    "#);
}
