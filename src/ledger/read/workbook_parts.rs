//! Which part of a workbook's archive holds which sheet.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufReader, Cursor};

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::QName;
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::sheet_facts::SheetFacts;

/// The archive of a workbook, opened beside the reader of its cells.
pub(super) struct WorkbookParts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The names of the archive by their lower-case form with slashes, as spreadsheet programs compare them.
    names: HashMap<String, String>,
    /// The part of each sheet, by the sheet's name.
    sheets: HashMap<String, String>,
}

impl<'a> WorkbookParts<'a> {
    /// Opens the archive of a workbook and finds its sheets.
    ///
    /// # Errors
    /// Why the archive is not read as a workbook.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
        let names = archive.file_names().filter_map(Result::ok);
        let names = names.map(|name| (comparable(&name), name.into_owned())).collect();
        let mut parts = Self { archive, names, sheets: HashMap::new() };
        let package = parts.relationships("_rels/.rels")?;
        let book = package.into_iter().find(|link| link.is("officeDocument"));
        let book = book.ok_or("it does not name its workbook part")?.target_from("");
        let (folder, name) = book.rsplit_once('/').unwrap_or(("", &book));
        let links = parts.relationships(&format!("{folder}/_rels/{name}.rels"))?;
        // The reader of cells looks for these two under their usual names only, and reads without them else.
        for (kind, usual) in [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")] {
            let unusual = links.iter().find(|link| link.is(kind)).map(|link| link.target_from(folder));
            let usual = format!("{folder}/{usual}");
            if let Some(unusual) = unusual.filter(|found| comparable(found) != comparable(&usual)) {
                return Err(format!(
                    "its part {unusual} has an unusual name: save it anew in a spreadsheet program"
                ));
            }
        }
        let targets: HashMap<_, _> =
            links.iter().map(|link| (link.id.as_str(), link.target_from(folder))).collect();
        let mut sheets = HashMap::new();
        parts.each_element(&book, |start| {
            if local_name(start.name()) == "sheet" {
                let (name, id) = (attribute(start, "name")?, attribute(start, "id")?);
                let part = id.and_then(|id| targets.get(id.as_ref()).cloned());
                sheets.extend(name.map(Cow::into_owned).zip(part));
            }
            Ok(())
        })?;
        parts.sheets = sheets;
        Ok(parts)
    }

    /// What a sheet says about its cells.
    ///
    /// # Errors
    /// Why its part cannot be read.
    pub(super) fn facts(&mut self, sheet: &str) -> Result<SheetFacts, String> {
        let part =
            self.sheets.get(sheet).ok_or_else(|| format!("the part of the sheet {sheet} is not named"))?;
        let name = self.names.get(&comparable(part)).ok_or_else(|| format!("its part {part} is missing"))?;
        let part = self.archive.by_name(name).map_err(|error| error.to_string())?;
        SheetFacts::read(BufReader::new(part))
    }

    fn relationships(&mut self, part: &str) -> Result<Vec<Link>, String> {
        let mut links = Vec::new();
        self.each_element(part, |start| {
            if local_name(start.name()) == "Relationship" {
                let text = |name| attribute(start, name).map(|text| text.unwrap_or_default().into_owned());
                links.push(Link { id: text("Id")?, kind: text("Type")?, target: text("Target")? });
            }
            Ok(())
        })?;
        Ok(links)
    }

    fn each_element(
        &mut self,
        part: &str,
        mut take: impl FnMut(&BytesStart<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let name = self.names.get(&comparable(part)).ok_or_else(|| format!("its part {part} is missing"))?;
        let part = self.archive.by_name(name).map_err(|error| error.to_string())?;
        let mut xml = Reader::from_reader(BufReader::new(part));
        xml.config_mut().check_end_names = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
                Event::Start(start) | Event::Empty(start) => take(&start)?,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

/// A reference from one part to another.
struct Link {
    id: String,
    kind: String,
    target: String,
}

impl Link {
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }

    /// The whole name of the part, which is written relative to a folder or from the root.
    fn target_from(&self, folder: &str) -> String {
        let target = self.target.replace('\\', "/");
        let mut steps: Vec<&str> =
            if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
        for step in target.split('/') {
            match step {
                "." | "" => {}
                ".." => drop(steps.pop()),
                step => steps.push(step),
            }
        }
        steps.retain(|step| !step.is_empty());
        steps.join("/")
    }
}

fn comparable(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// The name of an element without its namespace prefix.
pub(super) fn local_name(name: QName<'_>) -> &str {
    name.local_name().into_inner()
}

/// An attribute of an element, found by its name without a prefix.
///
/// # Errors
/// Why the attributes are no XML.
pub(super) fn attribute<'e>(start: &'e BytesStart<'_>, name: &str) -> Result<Option<Cow<'e, str>>, String> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if local_name(attribute.key) == name {
            return attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map(Some)
                .map_err(|error| error.to_string());
        }
    }
    Ok(None)
}
