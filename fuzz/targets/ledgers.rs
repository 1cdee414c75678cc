//! Ledgers: what is read of one and recorded is written as one that says nothing new.

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use orgatlas::atlas::bundled_attributes;
use orgatlas::graph::Graph;
use orgatlas::ledger::{Ledger, LedgerFormat, SentLedger, name_violations, read_sent, write_ledger};
use orgatlas::model::AttributeCatalog;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

static ATTRIBUTES: LazyLock<AttributeCatalog> = LazyLock::new(|| bundled_attributes().unwrap());

/// A ledger as CSV.
pub(super) fn csv(data: &[u8]) {
    check("a.csv", data);
}

/// A ledger as JSON Lines.
pub(super) fn json_lines(data: &[u8]) {
    check("a.jsonl", data);
}

/// A ledger as a workbook: bytes as they are, or behind a first byte from 1 to 5 one part of a workbook, the others sound.
pub(super) fn workbook(data: &[u8]) {
    match data.split_first() {
        Some((&part @ 1..=5, content)) => check("a.xlsx", &packed(usize::from(part) - 1, content)),
        _ => check("a.xlsx", data),
    }
}

fn sent(name: &str, bytes: &[u8]) -> SentLedger {
    SentLedger { name: name.to_owned(), bytes: bytes.to_vec() }
}

fn check(name: &str, data: &[u8]) {
    let mut graph = Graph::new();
    let reading = read_sent(vec![sent(name, data)], &graph, &ATTRIBUTES).unwrap();
    let applied = graph.apply(&reading.changes);
    let problems = name_violations(&reading, &applied.err().unwrap_or_default());
    problems.iter().chain(reading.warnings.iter()).for_each(|problem| drop(problem.to_string()));
    if !problems.is_empty() {
        return;
    }
    assert_eq!(graph.validate(), Ok(()));
    for (format, end) in [(LedgerFormat::Csv, "csv"), (LedgerFormat::JsonLines, "jsonl")] {
        let ledgers = [Ledger::Organizations, Ledger::Relations, Ledger::Exemptions, Ledger::Values];
        let written = ledgers.map(|ledger| {
            let mut bytes = Vec::new();
            write_ledger(&graph, &ATTRIBUTES, ledger, format, &mut bytes).unwrap();
            sent(&format!("{ledger:?}.{end}"), &bytes)
        });
        let again = read_sent(written.to_vec(), &graph, &ATTRIBUTES).unwrap();
        assert!(
            again.problems.is_empty(),
            "{}",
            again.problems.iter().map(ToString::to_string).collect::<String>()
        );
        assert!(again.changes.is_empty(), "{:?}", again.changes);
    }
}

/// A workbook of which one part is replaced.
fn packed(part: usize, content: &[u8]) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            "<Relationships><Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
    );
    let sheet = "<worksheet><sheetData><row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>2</v>\
                 </c></row><row r=\"2\"><c t=\"s\"><v>3</v></c><c t=\"s\"><v>4</v></c><c t=\"s\"><v>5</v></c></row>\
                 </sheetData></worksheet>";
    let texts =
        ["id", "kind", "name", "ent-1", "ENTERPRISE", "示例"].map(|text| format!("<si><t>{text}</t></si>"));
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let parts = [
        ("xl/worksheets/sheet1.xml", sheet.to_owned()),
        ("xl/sharedStrings.xml", format!("<sst>{}</sst>", texts.concat())),
        ("xl/workbook.xml", book),
        ("xl/styles.xml", styles.to_owned()),
        ("xl/_rels/workbook.xml.rels", relation("s", "worksheet", "worksheets/sheet1.xml")),
        ("_rels/.rels", relation("b", "officeDocument", "xl/workbook.xml")),
    ];
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (number, (name, text)) in parts.iter().enumerate() {
        archive.start_file(*name, options).unwrap();
        archive.write_all(if number == part { content } else { text.as_bytes() }).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
