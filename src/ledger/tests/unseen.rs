//! What spreadsheets hold and do not show, or show and do not hold: it is read right or named, never dropped.

use insta::assert_snapshot;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::hostile::{row, workbook};
use super::{check, check_in};

const HEADER: [&str; 5] = ["id", "kind", "name", "employees", "established_on"];

/// A unit whose values an empty cell would clear.
const KNOWN: [(&str, &str); 1] =
    [("known.csv", "id,kind,name,employees,established_on\na,ENTERPRISE,甲,37,2019-05-06\n")];

fn write(sheet: &mut Worksheet, number: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells) {
        if !cell.is_empty() {
            sheet.write(number, column, *cell).unwrap();
        }
    }
}

fn made(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

/// A workbook of one sheet with the header, filled further.
fn sheet(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    made(|workbook| {
        let sheet = workbook.add_worksheet().set_name("表").unwrap();
        write(sheet, 0, &HEADER);
        fill(sheet);
    })
}

#[test]
fn hidden_sheets_are_named_and_not_read() {
    let hidden = made(|workbook| {
        write(workbook.add_worksheet().set_name("表").unwrap(), 0, &HEADER);
        for (name, is_very_hidden) in [("藏", false), ("深藏", true)] {
            let sheet = workbook.add_worksheet().set_name(name).unwrap();
            write(sheet, 0, &HEADER);
            write(sheet, 1, &["b", "ENTERPRISE", "乙"]);
            if is_very_hidden {
                sheet.set_very_hidden(true)
            } else {
                sheet.set_hidden(true)
            };
        }
    });
    assert_snapshot!(check(&[("a.xlsx", hidden)]), @"
    warning: a.xlsx[藏]: the sheet is hidden and is not read: show it if it belongs to the ledger
    warning: a.xlsx[深藏]: the sheet is hidden and is not read: show it if it belongs to the ledger
    ");
}

#[test]
fn hidden_rows_and_columns_are_read_and_named() {
    let hidden = sheet(|sheet| {
        for (number, id) in (1..).zip(["b", "c", "d", "e"]) {
            write(sheet, number, &[id, "ENTERPRISE", id, "5"]);
        }
        sheet.set_row_hidden(2).unwrap().set_row_hidden(3).unwrap().set_column_hidden(3).unwrap();
    });
    assert_snapshot!(check(&[("a.xlsx", hidden)]), @"
    b kind=ENTERPRISE name=b employees=5
    c kind=ENTERPRISE name=c employees=5
    d kind=ENTERPRISE name=d employees=5
    e kind=ENTERPRISE name=e employees=5
    warning: a.xlsx[表]: the columns D and the rows 3-4 are hidden or filtered out, and are read like the others
    ");
}

#[test]
fn cells_merged_downwards_hold_for_all_their_rows() {
    let merged = sheet(|sheet| {
        for (number, id) in (1..).zip(["b", "c", "d"]) {
            write(sheet, number, &[id, "", id, "5"]);
        }
        let format = Format::new();
        sheet.merge_range(1, 1, 3, 1, "ENTERPRISE", &format).unwrap();
        sheet.merge_range(2, 4, 3, 4, "2020-01-02", &format).unwrap();
        // Below the table: rows in which nothing else stands.
        sheet.merge_range(5, 0, 8, 0, "e", &format).unwrap();
        write(sheet, 5, &["", "ENTERPRISE", "戊"]);
    });
    assert_snapshot!(check(&[("a.xlsx", merged)]), @"
    b kind=ENTERPRISE name=b employees=5
    c kind=ENTERPRISE name=c employees=5 established_on=2020-01-02
    d kind=ENTERPRISE name=d employees=5 established_on=2020-01-02
    e kind=ENTERPRISE name=戊
    ");
}

#[test]
fn cells_merged_sideways_are_doubted() {
    let merged = sheet(|sheet| {
        write(sheet, 1, &["a", "ENTERPRISE", "甲"]);
        sheet.merge_range(1, 3, 1, 4, "42", &Format::new()).unwrap();
        write(sheet, 2, &["b", "ENTERPRISE"]);
        write(sheet, 3, &["c", "ENTERPRISE"]);
        sheet.merge_range(2, 2, 3, 3, "乙", &Format::new()).unwrap();
    });
    assert_snapshot!(check_in(&KNOWN, &[("a.xlsx", merged)]), @"
    problem: a.xlsx[表]:2: column employees: the cells D2 to E2 are merged, and it is not clear to which column their value belongs: unmerge them
    problem: a.xlsx[表]:2: column established_on: the cells D2 to E2 are merged, and it is not clear to which column their value belongs: unmerge them
    problem: a.xlsx[表]:3: column name: the cells C3 to D3 are merged, and it is not clear to which column their value belongs: unmerge them
    problem: a.xlsx[表]:3: column employees: the cells C3 to D3 are merged, and it is not clear to which column their value belongs: unmerge them
    problem: a.xlsx[表]:4: column name: the cells C4 to D4 are merged, and it is not clear to which column their value belongs: unmerge them
    problem: a.xlsx[表]:4: column employees: the cells C4 to D4 are merged, and it is not clear to which column their value belongs: unmerge them
    ");
}

#[test]
fn formulas_without_a_result_and_errors_clear_nothing() {
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let start = [text("a"), text("ENTERPRISE"), text("甲")].concat();
    let cells = [
        "<c><f>1+1</f></c>",
        "<c><f>1+1</f><v></v></c>",
        "<c><f t=\"shared\" si=\"0\"/></c>",
        "<c><f t=\"array\" ref=\"D2\">1+1</f><v/></c>",
        "<c t=\"e\"><f>A1</f><v>#SPILL!</v></c>",
        "<c t=\"e\"><v>#CALC!</v></c>",
        "<c t=\"e\"><v>#N/A</v></c>",
        "<c t=\"e\"/>",
        "<c t=\"str\"><f>\"\"</f><v></v></c>",
        "<c><f>40+2</f><v>42</v></c>",
    ];
    let mut said = String::new();
    for cell in cells {
        let rows =
            row(1, &["id", "kind", "name", "employees"]) + &format!("<row r=\"2\">{start}{cell}</row>");
        said += &format!("{cell}\n{}", check_in(&KNOWN, &[("a.xlsx", workbook(&rows, "<sst/>"))]));
    }
    assert_snapshot!(said, @r#"
    <c><f>1+1</f></c>
    problem: a.xlsx[a]:2: column employees: the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it
    <c><f>1+1</f><v></v></c>
    problem: a.xlsx[a]:2: column employees: the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it
    <c><f t="shared" si="0"/></c>
    problem: a.xlsx[a]:2: column employees: the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it
    <c><f t="array" ref="D2">1+1</f><v/></c>
    problem: a.xlsx[a]:2: column employees: the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it
    <c t="e"><f>A1</f><v>#SPILL!</v></c>
    problem: a.xlsx[a]:2: column employees: the cell holds the error #SPILL!: mend its formula, or write the value instead
    <c t="e"><v>#CALC!</v></c>
    problem: a.xlsx[a]:2: column employees: the cell holds the error #CALC!: mend its formula, or write the value instead
    <c t="e"><v>#N/A</v></c>
    problem: a.xlsx[a]:2: column employees: the cell holds the error #N/A: mend its formula, or write the value instead
    <c t="e"/>
    problem: a.xlsx[a]:2: column employees: the cell holds a formula whose result is not stored: open the workbook in a spreadsheet program and save it
    <c t="str"><f>""</f><v></v></c>
    a kind=ENTERPRISE name=甲 established_on=2019-05-06
    <c><f>40+2</f><v>42</v></c>
    a kind=ENTERPRISE name=甲 employees=42 established_on=2019-05-06
    "#);
}

#[test]
fn what_only_looks_like_a_workbook_is_named() {
    let utf_16 = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let compound =
        |stream: &str| [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), vec![0; 512], utf_16(stream)].concat();
    let whole = sheet(|sheet| write(sheet, 1, &["b", "ENTERPRISE", "乙"]));
    let files = [
        ("a.xlsx", Vec::new()),
        ("b.xlsx", compound("EncryptedPackage")),
        ("c.xlsx", compound("Workbook")),
        ("d.xlsx", compound("WordDocument")),
        ("e.xlsx", b"\r\n<html><table><tr><td>id</td></tr></table></html>".to_vec()),
        (
            "f.xlsx",
            b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>"
                .to_vec(),
        ),
        ("g.xlsx", whole[..whole.len() / 2].to_vec()),
        ("h.xlsx", "id,kind,name\n".into()),
        ("i.xlsx", b"%PDF-1.7".to_vec()),
        ("j.xlsx", vec![0, 1, 2]),
    ];
    assert_snapshot!(check::<Vec<u8>>(&files), @"
    problem: a.xlsx: the file is empty: copy or download it again
    problem: b.xlsx: the workbook is protected by a password: open it in a spreadsheet program, remove the password, and save it
    problem: c.xlsx: it is a workbook of the older form (.xls, .et) under the name of a new one: open it in a spreadsheet program and save it as .xlsx
    problem: d.xlsx: it is a document of an older program, and no workbook: save the ledger as .xlsx or .csv
    problem: e.xlsx: it is a web page (HTML) under the name of a workbook: open it in a spreadsheet program and save it as .xlsx
    problem: f.xlsx: it is a workbook in the XML form of 2003 under the name of a new one: open it in a spreadsheet program and save it as .xlsx
    problem: g.xlsx: the end of the file is missing: copy or download it again
    problem: h.xlsx: it is plain text under the name of a workbook: name it .csv, if commas stand between its cells
    problem: i.xlsx: it is a PDF under the name of a workbook: the ledger itself is needed
    problem: j.xlsx: it is no workbook: save the ledger as .xlsx or .csv
    ");
}

#[test]
fn parts_under_unusual_names_are_named() {
    let whole = workbook(&(row(1, &["id", "kind", "name"]) + &row(2, &["b", "ENTERPRISE", "乙"])), "<sst/>");
    let link = "<Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"texts.xml\"/></Relationships>";
    let unusual = super::hostile::altered(&whole, "xl/_rels/workbook.xml.rels", |text| {
        text.replace("</Relationships>", link)
    });
    assert_snapshot!(check(&[("a.xlsx", whole), ("b.xlsx", unusual)]), @"problem: b.xlsx: the workbook cannot be read: its part xl/texts.xml has an unusual name: save it anew in a spreadsheet program");
}
