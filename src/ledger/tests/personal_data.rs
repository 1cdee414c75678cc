use insta::assert_snapshot;

use super::check;

const NUMBER: &str = "13812345678";

#[test]
fn personal_data_in_text_is_refused_and_not_repeated() {
    let row = |i: usize, column: usize| {
        let mut cells = vec![format!("a{i}"), "PARK".to_owned(), "名".to_owned()];
        cells.resize(9, String::new());
        cells[column] = format!("F1;联系{NUMBER}");
        cells.join(",") + "\n"
    };
    let header = "id,kind,name,name_hant,name_en,aliases,industry,designations,source\n";
    let rows: String = (2..9).map(|column| row(column, column)).collect();
    let relations = format!("source,type,target,citation\na,PARTNERS_WITH,b,11010519491231002X {NUMBER}\n");
    assert_snapshot!(check(&[("a.csv", [header, &rows].concat()), ("b.csv", relations)]), @r#"
    problem: a.csv:2: column name: it holds a mobile number: no personal data is recorded
    problem: a.csv:3: column name_hant: it holds a mobile number: no personal data is recorded
    problem: a.csv:4: column name_en: it holds a mobile number: no personal data is recorded
    problem: a.csv:5: column aliases: it holds a mobile number: no personal data is recorded
    problem: a.csv:6: column industry: it holds a mobile number: no personal data is recorded
    problem: a.csv:7: column designations: it holds a mobile number: no personal data is recorded
    problem: a.csv:8: column source: it holds a mobile number: no personal data is recorded
    problem: b.csv:2: column citation: it holds a resident identity number: no personal data is recorded
    problem: b.csv:2: column source: the organisation "a" is not in the graph
    "#);
}

#[test]
fn names_of_files_are_looked_through_too() {
    let file = "id,kind,name\na,PARK,名\n".to_owned();
    assert_snapshot!(check(&[("联系138-1234-5678.csv", file)]), @"problem: 联系***-****-****.csv: its name holds a mobile number: no personal data is recorded; rename the file");
}

#[test]
fn numbers_in_parts_are_refused_in_any_text() {
    let file = "id,kind,name,aliases\na,PARK,名,热线138 1234 5678\nb,PARK,名,110105 19491231 002X\nc,PARK,名,15 000 000 000\n";
    assert_snapshot!(check(&[("a.csv", file.to_owned())]), @r#"
    problem: a.csv:2: column aliases: it holds a mobile number: no personal data is recorded
    problem: a.csv:3: column aliases: it holds a resident identity number: no personal data is recorded
    "#);
}

#[test]
fn ids_codes_and_numbers_are_not_looked_through_by_readers() {
    let file = format!("id,kind,name,employees,social_workers\n{NUMBER},PARK,名,1,{NUMBER}\n");
    assert_snapshot!(check(&[("a.csv", file)]), @"13812345678 kind=PARK name=名 employees=1 social_workers=13812345678");
    // An attribute that is declared as a code may be any text.
    let file = format!("id,kind,name,grade\na,PARK,名,{NUMBER}\n");
    assert_snapshot!(check(&[("a.csv", file)]), @"problem: a.csv:2: column grade: it holds a mobile number: no personal data is recorded");
}

#[test]
fn messages_mask_numbers_in_any_column_and_headings_of_persons_are_refused() {
    let file = format!("id,kind,name,联系电话,{NUMBER}\na,{NUMBER},名,1,2\n");
    assert_snapshot!(check(&[("a.csv", file)]), @r#"
    problem: a.csv:1: column 联系电话: it holds data of persons: no personal data is recorded
    problem: a.csv:1: column ***********: ledgers of organizations have no such column
    problem: a.csv:2: column kind: "***********" is not an organisation kind such as ENTERPRISE
    "#);
}
