use encoding_rs::GB18030;
use insta::assert_snapshot;

use super::check;

#[test]
fn gbk_and_a_byte_order_mark_are_read() {
    let gbk = GB18030.encode("id,kind,name\r\na,PARK,章丘公园\r\n").0.into_owned();
    let marked = "\u{feff}id,kind,name\nb,PARK,\"公,园\"\n".into();
    assert_snapshot!(check::<Vec<u8>>(&[("a.csv", gbk), ("b.csv", marked)]), @"
    a kind=PARK name=章丘公园
    b kind=PARK name=公,园
    ");
}

#[test]
fn utf_16_with_its_mark_is_read() {
    let text = "\u{feff}id,kind,name\r\na,PARK,上海路公园\r\n";
    let bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_snapshot!(check::<Vec<u8>>(&[("a.csv", bytes)]), @"a kind=PARK name=上海路公园");
}

#[test]
fn other_separators_than_commas_are_named() {
    let files = ["\t", ";", "，", "|", "/"].map(|separator| ["id", "kind", "name"].join(separator) + "\n");
    let names = ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"];
    let files: Vec<_> = names.into_iter().zip(files).collect();
    assert_snapshot!(check(&files), @"
    problem: a.csv:1: its cells are set apart by tabs; save it as CSV with commas between them
    problem: b.csv:1: its cells are set apart by semicolons; save it as CSV with commas between them
    problem: c.csv:1: its cells are set apart by full-width commas; save it as CSV with commas between them
    problem: d.csv:1: its cells are set apart by bars; save it as CSV with commas between them
    problem: e.csv:1: it has neither the columns id, kind and name of organizations nor source, type and target of relations, nor those of exemptions or values
    ");
}

#[test]
fn a_row_with_bytes_that_are_no_text_is_bad_and_the_others_are_read() {
    let rows = ["id,kind,name\n甲".as_bytes(), b",PARK,a\nb,PARK,\"two\n\xff\"\nc,PARC,"].concat();
    let utf_8 = [&rows, "乙\nd,PARK,丙\n".as_bytes()].concat();
    let gbk = GB18030.encode("id,kind,name\ne,PARK,公园\nf,PARK,").0.into_owned();
    let gbk = [&gbk[..], b"\xff\n"].concat();
    assert_snapshot!(check::<Vec<u8>>(&[("a.csv", utf_8), ("b.csv", gbk)]), @r#"
    problem: a.csv:2: column id: "甲" is not an id: 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or a digit
    problem: a.csv:3: the row holds bytes that are no text in UTF-8
    problem: a.csv:5: column kind: "PARC" is not an organisation kind such as ENTERPRISE
    problem: b.csv:3: the row holds bytes that are no text in GBK
    "#);
}
