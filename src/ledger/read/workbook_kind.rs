//! What a file is that is named like a workbook of Excel and is none.

use memchr::memmem::find;

/// The beginning of compound files: old workbooks, and encrypted new ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The beginning of archives.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// What a file is instead of an XLSX workbook and what to do about it; nothing where it may be one.
pub(super) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    Some(if bytes.is_empty() {
        "the file is empty: copy or download it again"
    } else if bytes.starts_with(COMPOUND) {
        if holds_name(bytes, "EncryptedPackage") {
            "the workbook is protected by a password: open it in a spreadsheet program, remove the password, and save it"
        } else if holds_name(bytes, "Workbook") || holds_name(bytes, "Book") {
            "it is a workbook of the older form (.xls, .et) under the name of a new one: open it in a spreadsheet program and \
             save it as .xlsx"
        } else {
            "it is a document of an older program, and no workbook: save the ledger as .xlsx or .csv"
        }
    } else if bytes.starts_with(ARCHIVE) {
        if find(bytes, b"mimetypeapplication/vnd.oasis.opendocument").is_some() {
            "it is an OpenDocument file (.ods) under the name of a workbook: save it as .xlsx"
        } else if find(bytes, b"xl/workbook.bin").is_some() {
            "it is a binary workbook (.xlsb) under another name: save it as .xlsx"
        } else if find(bytes, b"word/document.xml").is_some() {
            "it is a text document (.docx) under the name of a workbook: put its table into a workbook"
        } else if find(bytes, b"PK\x05\x06").is_none() && find(bytes, b"PK\x06\x06").is_none() {
            "the end of the file is missing: copy or download it again"
        } else {
            return None;
        }
    } else if bytes.starts_with(b"PK\x05\x06") {
        "it is an empty archive, and no workbook"
    } else if text.starts_with(b"<") {
        if find(text, b"urn:schemas-microsoft-com:office:spreadsheet").is_some() {
            "it is a workbook in the XML form of 2003 under the name of a new one: open it in a spreadsheet program and save it \
             as .xlsx"
        } else {
            "it is a web page (HTML) under the name of a workbook: open it in a spreadsheet program and save it as .xlsx"
        }
    } else if bytes.starts_with(b"%PDF") {
        "it is a PDF under the name of a workbook: the ledger itself is needed"
    } else if is_text(bytes) {
        "it is plain text under the name of a workbook: name it .csv, if commas stand between its cells"
    } else {
        "it is no workbook: save the ledger as .xlsx or .csv"
    })
}

/// Whether the directory of a compound file names a stream; names are in UTF-16.
fn holds_name(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    find(bytes, &name).is_some()
}

fn is_text(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(1 << 12)];
    !beginning.iter().any(|byte| *byte == 0 || (*byte < b' ' && !byte.is_ascii_whitespace()))
}
