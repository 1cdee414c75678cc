//! Ledgers that somebody made to do harm: each is refused by a message that says what is wrong.

use std::io::{Cursor, Write};

use insta::assert_snapshot;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::check;

/// A workbook of one sheet of these rows, and a part of texts.
pub(super) fn workbook(rows: &str, texts: &str) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
    );
    let parts = [
        ("_rels/.rels", relation("b", "officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relation("s", "worksheet", "worksheets/sheet1.xml")),
        ("xl/sharedStrings.xml", texts.to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook with another text in one of its parts.
pub(super) fn altered(workbook: &[u8], part: &str, alter: impl Fn(&str) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let (name, mut text) = (file.name().unwrap().into_owned(), String::new());
        std::io::Read::read_to_string(&mut file, &mut text).unwrap();
        to.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        let text = if name == part { alter(&text) } else { text };
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A row of texts.
pub(super) fn row(number: usize, texts: &[&str]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    format!("<row r=\"{number}\">{}</row>", texts.iter().map(cell).collect::<String>())
}

fn header() -> String {
    row(1, &["id", "kind", "name"])
}

#[test]
fn characters_that_programs_obey_are_refused_in_any_text() {
    let units = "id,kind,name,aliases,industry,grade\na,PARK,甲\0乙,,,\nb,PARK,乙,\u{1b}[2J,,\n\
                 c,PARK,丙,,\u{202e}txt,\nd,PARK,丁,,,\u{2066}A\ne,PARK,\"戊\n己\",,,\n";
    let relations = "source,type,target,citation\ne,PARTNERS_WITH,a,\u{9b}31m\n";
    let sheet = row(2, &["f", "PARK", "庚\u{202e}辛"]);
    let files = [
        ("a.csv", units.into()),
        ("b.csv", relations.into()),
        ("c.xlsx", workbook(&(header() + &sheet), "<sst/>")),
        ("d\u{1b}.csv", b"id,kind,name\n".to_vec()),
    ];
    assert_snapshot!(check::<Vec<u8>>(&files), @"
    problem: a.csv:2: column name: it holds the character U+0000, which nobody sees and programs obey: take it out
    problem: a.csv:3: column aliases: it holds the character U+001B, which nobody sees and programs obey: take it out
    problem: a.csv:4: column industry: it holds the character U+202E, which nobody sees and programs obey: take it out
    problem: a.csv:5: column grade: it holds the character U+2066, which nobody sees and programs obey: take it out
    problem: b.csv:2: column citation: it holds the character U+009B, which nobody sees and programs obey: take it out
    problem: c.xlsx[a]:2: column name: it holds the character U+202E, which nobody sees and programs obey: take it out
    problem: d�.csv: its name holds the character U+001B, which nobody sees and programs obey: take it out; rename the file
    warning: a.csv:6: column name: line breaks and tabs in the name are read as a blank
    ");
}

#[test]
fn a_workbook_that_asks_for_more_room_than_it_fills_is_refused() {
    let texts = workbook(&header(), "<sst uniqueCount=\"4000000000\"><si><t>a</t></si></sst>");
    let bomb = workbook(&(header() + &"<row/>".repeat(12_000_000)), "<sst/>");
    let backwards = header() + "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/></row>";
    let far = header()
        + "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row><row r=\"3\"><c r=\"XFE3\"><v>1</v></c></row>";
    let files = [
        ("1.xlsx", texts),
        ("2.xlsx", bomb),
        ("3.xlsx", workbook(&backwards, "<sst/>")),
        ("4.xlsx", workbook(&far, "<sst/>")),
    ];
    assert_snapshot!(check(&files), @"
    problem: 1.xlsx: the workbook cannot be read: its part xl/sharedStrings.xml says that it holds 4000000000 texts, which its size does not allow; save it anew
    problem: 2.xlsx: the workbook cannot be read: its part xl/worksheets/sheet1.xml has 314401 bytes and unpacks to more than 67108864: no ledger does; save the ledger as CSV
    problem: 3.xlsx[a]:2: the cells are out of order
    problem: 4.xlsx[a]:2: the row has 16384 cells, but the header 3
    problem: 4.xlsx[a]:3: the cells are out of order
    ");
}

#[test]
fn cells_that_no_cell_is_are_refused() {
    let long = format!("id,kind,name\na,PARK,{}\nb,PARK,{}\n", "长".repeat(2_000), "长".repeat(50_000));
    let open = format!("id,kind,name\na,PARK,甲\nb,PARK,\"乙\n{}", "c,PARK,丙\n".repeat(20_000));
    let deep = format!(
        "{{\"id\":\"a\",\"kind\":\"PARK\",\"name\":{}1{}}}\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let said = check(&[("1.csv", &long), ("2.csv", &open), ("3.jsonl", &deep)]);
    for refusal in [
        "1.csv:3: column name: the cell holds 150000 bytes, and one may hold 131072; perhaps a quote is left open before it",
        "2.csv:3: column name: the cell holds 220003 bytes",
        "3.jsonl:1: column name: a list holds a list or an object",
    ] {
        assert!(said.contains(refusal), "{said}");
    }
}

#[test]
fn ids_that_only_look_alike_or_lead_elsewhere_are_refused() {
    let ids = [
        "еnt-1",
        "ｅｎｔ-1",
        "ent‐1",
        "ent-1\u{200b}",
        "../ent-1",
        "ent/1",
        "-ent",
        "ent 1",
        "=ent",
        "ent\u{0}",
    ];
    let rows: String = ids.iter().map(|id| format!("{id},PARK,名\n")).collect();
    let said = check(&[("a.csv", format!("id,kind,name\n{rows}"))]);
    for line in 2..ids.len() + 2 {
        assert!(said.contains(&format!("a.csv:{line}: column id: \"")), "{said}");
    }
    assert_eq!(said.matches("is not an id: 1 to 128 of").count(), ids.len(), "{said}");
}

#[test]
fn a_cell_that_begins_like_a_formula_is_text() {
    let rows = header()
        + "<row r=\"2\"><c t=\"inlineStr\"><is><t>a</t></is></c><c t=\"str\"><f>1+1</f><v>PARK</v></c>\
           <c t=\"inlineStr\"><is><t>=HYPERLINK(\"x\")</t></is></c></row>";
    let files = [("a.xlsx", workbook(&rows, "<sst/>")), ("b.csv", b"id,kind,name\nb,PARK,=1+1\n".to_vec())];
    assert_snapshot!(check(&files), @r#"
    a kind=PARK name==HYPERLINK("x")
    b kind=PARK name==1+1
    "#);
}
