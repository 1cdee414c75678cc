use insta::assert_snapshot;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use super::check;

/// Writes a row of texts from a cell on.
fn write_texts(sheet: &mut Worksheet, row: u32, column: u16, texts: &[&str]) {
    for (text, column) in texts.iter().zip(column..) {
        sheet.write(row, column, *text).unwrap();
    }
}

/// A workbook of organisations, relations and a sheet of something else.
fn workbook() -> Vec<u8> {
    let day = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    let as_day = Format::new().set_num_format("yyyy-mm-dd");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("机构").unwrap();
    let header =
        ["id", "kind", "name", "division", "employees", "floor_area_m2", "established_on", "synthetic"];
    write_texts(sheet, 1, 1, &header);
    write_texts(sheet, 2, 2, &["PARK", " 公园　"]);
    sheet.write(2, 1, 12).unwrap();
    sheet.write(2, 4, 37).unwrap().write(2, 5, 12.0).unwrap().write(2, 6, 600.5).unwrap();
    sheet.write_with_format(2, 7, day(2020, 2, 29), &as_day).unwrap().write(2, 8, true).unwrap();
    write_texts(sheet, 4, 1, &["cn-37", "PROVINCE", "省", "", "", "", "2020-03-01"]);
    let sheet = workbook.add_worksheet().set_name("关系").unwrap();
    write_texts(sheet, 0, 0, &["source", "type", "target", "valid_from"]);
    write_texts(sheet, 1, 1, &["LOCATED_IN", "cn-37"]);
    sheet.write(1, 0, 12).unwrap();
    sheet.write_with_format(1, 3, day(2021, 1, 1), &as_day).unwrap();
    workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "本表说明").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn sheets_dates_and_numbers_are_read() {
    assert_snapshot!(check(&[("a.xlsx", workbook())]), @"
    12 kind=PARK name=公园 division=37 employees=12 floor_area_m2=600.5 established_on=2020-02-29 synthetic=true
    cn-37 kind=PROVINCE name=省 established_on=2020-03-01
    12 LOCATED_IN cn-37 from 2021-01-01
    warning: a.xlsx[说明]: the sheet is not read: it has neither the columns id, kind and name of organizations nor source, type and target of relations, nor those of exemptions or values
    ");
}

#[test]
fn bad_cells_are_named_by_sheet_and_line() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    write_texts(sheet, 0, 0, &["id", "kind", "name", "employees", "established_on"]);
    let noon = ExcelDateTime::from_ymd(2020, 1, 1).unwrap().and_hms(12, 0, 0).unwrap();
    let as_time = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    write_texts(sheet, 1, 1, &["PARK", "a"]);
    sheet.write(1, 0, 370_114_001_001_370_114_f64).unwrap();
    write_texts(sheet, 2, 0, &["b", "PARK"]);
    sheet.write(2, 2, 13_812_345_678_f64).unwrap().write(2, 3, 1.5).unwrap();
    sheet.write_with_format(2, 4, &noon, &as_time).unwrap();
    write_texts(sheet, 3, 0, &["c", "PARK", "c"]);
    sheet.write(3, 6, 1).unwrap();
    write_texts(workbook.add_worksheet().set_name("near").unwrap(), 0, 0, &["id", "kind"]);
    assert_snapshot!(check(&[("a.xlsx", workbook.save_to_buffer().unwrap())]), @r#"
    problem: a.xlsx[Sheet1]:2: column id: the number has more than 15 digits and may not be exact: write it as text
    problem: a.xlsx[Sheet1]:3: column name: it holds a mobile number: no personal data is recorded
    problem: a.xlsx[Sheet1]:3: column employees: "1.5" is not a whole number from 0 to 2147483647
    problem: a.xlsx[Sheet1]:3: column established_on: the cell holds a time, not only a date: leave the time out
    problem: a.xlsx[Sheet1]:4: the row has 7 cells, but the header 5
    problem: a.xlsx[near]:1: the column name, which organizations must have, is missing
    "#);
}

#[test]
fn a_workbook_without_ledgers_and_a_broken_one_are_problems() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "说明").unwrap();
    let empty = workbook.save_to_buffer().unwrap();
    let broken = empty[..empty.len() / 2].to_vec();
    assert_snapshot!(check(&[("a.xlsx", empty), ("b.xlsx", broken), ("c.xlsx", b"id,kind,name".to_vec())]), @"
    problem: a.xlsx: no visible sheet of the workbook has the header of a ledger
    problem: b.xlsx: the end of the file is missing: copy or download it again
    problem: c.xlsx: it is plain text under the name of a workbook: name it .csv, if commas stand between its cells
    warning: a.xlsx[Sheet1]: the sheet is not read: it has neither the columns id, kind and name of organizations nor source, type and target of relations, nor those of exemptions or values
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_to_a_workbook_is_a_panic(position in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = workbook();
        *position.get_mut(&mut bytes) = byte;
        check(&[("a.xlsx", bytes)]);
    }
}
