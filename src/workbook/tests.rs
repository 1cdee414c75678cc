use std::io::Cursor;

use super::layout::{lines, spans, widths};
use super::{Cell, Paper, Rating, Sheet, TextTables, WorkbookError, write_sheets};
use crate::model::{Date, parse_date};

const LABEL: Option<&str> = Some("内部 & 资料");

fn day() -> Date {
    parse_date("2024-06-30").unwrap()
}

fn sheet() -> Sheet {
    let text = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    Sheet {
        name: "覆盖/情况".to_owned(),
        title: "覆盖情况表".to_owned(),
        subtitle: text(&["范围：章丘区", "截至：2024-06-30"]),
        headings: text(&["名称", "数", "率", "日", "评"]),
        rows: vec![vec![
            Cell::Text("=1+1".to_owned()),
            Cell::Whole(12),
            Cell::Percentage(0.5),
            Cell::Date(day()),
            Cell::Rated("50.0% ✗".to_owned(), Rating::Missed),
        ]],
        notes: text(&["注"]),
        signatures: text(&["填报单位", "审核", "签收", "日期"]),
        synthetic: true,
        paper: Paper::A4,
    }
}

/// The text of a part of a workbook.
fn part(bytes: &[u8], name: &str) -> String {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The rows of a sheet as a reader of workbooks sees them, cells separated by `|`.
fn rows(bytes: &[u8], sheet: &str) -> String {
    use calamine::Reader as _;
    let mut workbook = calamine::Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    let row = |cells: &[calamine::Data]| cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("|");
    range.rows().map(|cells| row(cells) + "\n").collect()
}

#[test]
fn a_sheet_has_its_lines_in_order_and_text_is_text() {
    let bytes = write_sheets(&[sheet()], LABEL, day()).unwrap();
    insta::assert_snapshot!(rows(&bytes, "覆盖情况"), @"
    内部 & 资料||||
    覆盖情况表||||
    含生成数据 / generated data||||
    范围：章丘区||||
    截至：2024-06-30||||
    名称|数|率|日|评
    =1+1|12|0.5|45473|50.0% ✗
    注||||
    填报单位：|审核：||签收：|日期：
    ");
    assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"), "a text became a formula");
}

#[test]
fn a_sheet_is_printed_on_a4_with_its_headings_and_marks_on_every_page() {
    let bytes = write_sheets(&[sheet()], LABEL, day()).unwrap();
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in [
        "fitToPage=\"1\"",
        "paperSize=\"9\"",
        "orientation=\"portrait\"",
        "fitToHeight=\"0\"",
        "ySplit=\"6\"",
        "state=\"frozen\"",
        "含生成数据 / generated data&amp;R内部 &amp;&amp; 资料",
        "第 &amp;P 页，共 &amp;N 页",
    ] {
        assert!(xml.contains(expected), "{expected} is missing in {xml}");
    }
    let names = part(&bytes, "xl/workbook.xml");
    assert!(names.contains("_xlnm.Print_Titles") && names.contains("$6:$6"), "{names}");
}

#[test]
fn the_same_sheet_on_the_same_day_is_the_same_bytes() {
    assert_eq!(
        write_sheets(&[sheet()], LABEL, day()).unwrap(),
        write_sheets(&[sheet()], LABEL, day()).unwrap()
    );
}

#[test]
fn what_a_cell_cannot_hold_is_refused_by_its_place() {
    let mut long = sheet();
    long.rows[0][0] = Cell::Text("长".repeat(32_768));
    insta::assert_snapshot!(
        write_sheets(&[long], LABEL, day()).unwrap_err(),
        @"覆盖情况: row 7, column 名称: the text has 32768 characters, but a cell of a workbook holds 32767 at the most; choose another format"
    );
    let twice = write_sheets(&[sheet(), sheet()], LABEL, day());
    assert!(matches!(twice, Err(WorkbookError::Refused(_))), "{twice:?}");
}

#[test]
fn columns_are_as_wide_as_what_they_hold_and_a_chinese_character_counts_as_two() {
    let mut wide = sheet();
    wide.rows.push(vec![
        Cell::Text("章丘区".repeat(5)),
        Cell::Text("x".repeat(20)),
        Cell::Text("长".repeat(90)),
        Cell::Empty,
        Cell::Empty,
    ]);
    assert_eq!(widths(&wide), [32, 22, 44, 12, 9]);
    wide.rows[0][3] = Cell::ByHand;
    assert_eq!(widths(&wide)[3], 24, "there is room for a hand");
    assert_eq!(widths(&sheet()).iter().sum::<usize>() / 64, 1, "a small sheet has room for its title");
    assert_eq!(lines("章丘区章丘区\n章", 7), 3);
}

#[test]
fn a_wall_chart_is_one_lying_page_of_a3() {
    let bytes = write_sheets(&[Sheet { paper: Paper::A3Page, ..sheet() }], LABEL, day()).unwrap();
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    for expected in ["paperSize=\"8\"", "orientation=\"landscape\"", "fitToPage=\"1\""] {
        assert!(xml.contains(expected), "{expected} is missing in {xml}");
    }
    assert!(!xml.contains("fitToHeight"), "one page down is what is left out");
}

#[test]
fn signatures_share_the_columns() {
    let table = [
        (vec![10, 10, 10, 10], 4, vec![0..1, 1..2, 2..3, 3..4]),
        (vec![40, 10, 10, 10, 10], 2, vec![0..1, 1..5]),
        (vec![5, 5, 5, 5, 20], 2, vec![0..4, 4..5]),
        (vec![10, 10], 4, vec![0..1, 1..2]),
        (vec![], 4, vec![]),
    ];
    for (widths, wanted, expected) in table {
        assert_eq!(spans(&widths, wanted), expected, "{widths:?}");
    }
}

#[test]
fn a_long_table_goes_on_in_another_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = TextTables::with_most_rows(folder.path(), 2).unwrap();
    tables.begin("a", &["x", "y"]).unwrap();
    for row in [["1", "=A1"], ["2", ""], ["3", " z"]] {
        tables.row(row.into_iter()).unwrap();
    }
    tables.begin("b", &["z"]).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    tables.save(&mut bytes).unwrap();
    let read = ["a", "a 2", "b"].map(|sheet| rows(bytes.get_ref(), sheet));
    assert_eq!(read, ["x|y\n1|=A1\n2|\n", "x|y\n3| z\n", "z\n"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "parts are left behind");
}
