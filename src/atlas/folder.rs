use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::coverage::{Indicator, IndicatorCatalog, IndicatorError, IndicatorOrigin, Programme};
use crate::graph::Graph;
use crate::model::{AttributeCatalog, AttributeError, Disclosure, ReviewedNumbers};
use crate::new_file::NewFile;
use crate::storage::is_read_only;
use crate::unaltered;

use super::OpenError;
use super::declared::{self, misfit, misfit_of_annex};

/// The attributes that a new store declares.
const ATTRIBUTES: &str = include_str!("../../graph-data/attributes.toml");

/// What a new store says of indicators of its own: how to write them, and none.
const INDICATORS: &str = include_str!("../../graph-data/store/indicators.toml");

/// What a new store says of disclosure: how to write it, and nothing else.
const DISCLOSURE: &str = include_str!("../../graph-data/store/disclosure.toml");

/// What a new store has of reviewed exceptions: what they are, and none.
const REVIEWED: &str = include_str!("../../graph-data/store/reviewed.toml");

/// The file of a store folder that says how what leaves it is marked.
pub const DISCLOSURE_FILE: &str = "disclosure.toml";

/// The file of a store folder that declares attributes.
pub const ATTRIBUTES_FILE: &str = "attributes.toml";

/// The file of a store folder that adds indicators.
pub const INDICATORS_FILE: &str = "indicators.toml";

/// The file of a store folder that holds reviewed exceptions of the guard against personal data.
pub const REVIEWED_FILE: &str = "reviewed.toml";

/// The text files of a store folder that a backup holds beside the change log.
pub const STORE_FILES: [&str; 4] = [ATTRIBUTES_FILE, INDICATORS_FILE, DISCLOSURE_FILE, REVIEWED_FILE];

/// The attributes that a new store declares.
///
/// # Errors
/// [`AttributeError`] if the data that the program carries is wrong; a test sees to it that it is not.
pub fn bundled_attributes() -> Result<AttributeCatalog, AttributeError> {
    AttributeCatalog::from_toml(ATTRIBUTES)
}

/// Reads the declared attributes of a store, writing the bundled ones where none are.
///
/// A file that was edited since it was read last is added to `edited`, here and below.
pub(super) fn attributes(
    dir: &Path,
    graph: &Graph,
    edited: &mut Vec<PathBuf>,
) -> Result<AttributeCatalog, OpenError> {
    let (file, text) = read_or_write(dir, ATTRIBUTES_FILE, ATTRIBUTES, edited)?;
    let catalog = AttributeCatalog::from_toml(&text)
        .map_err(|cause| OpenError::Attributes { file: file.clone(), cause })?;
    // Few organisations have such values, and these come in no order: the first by id is named.
    let misfits = graph.organizations_with_attributes().filter_map(|o| Some((misfit(&o, &catalog)?, o.id)));
    let misfits = misfits.min_by(|(_, a), (_, b)| a.cmp(b)).map(|(violation, _)| violation);
    match misfits.or_else(|| graph.annexes().find_map(|annex| misfit_of_annex(annex, &catalog))) {
        Some(violation) => Err(OpenError::Recorded { file, violation }),
        None => Ok(catalog.with_reviewed(reviewed_of(dir, edited)?)),
    }
}

/// The bundled programme and indicators, behind them those of the store's file, and behind these the recorded ones.
///
/// The bundled ones are checked against the bundled attributes: a store that declares fewer has no such
/// values, and what asks for them is unknown.
pub(super) fn indicators(
    dir: &Path,
    attributes: &AttributeCatalog,
    graph: &Graph,
    edited: &mut Vec<PathBuf>,
) -> Result<(Programme, IndicatorCatalog), OpenError> {
    let bundled = bundled_attributes()
        .map_err(|cause| OpenError::Attributes { file: ATTRIBUTES_FILE.into(), cause })?;
    let (programme, catalog) = Programme::bundled(&bundled)?;
    let (file, text) = read_or_write(dir, INDICATORS_FILE, INDICATORS, edited)?;
    let unusable = |cause| OpenError::Indicators { file: file.clone(), cause };
    let mut catalog = catalog.with_toml(&text, IndicatorOrigin::File, attributes).map_err(unusable)?;
    for definition in graph.definitions() {
        let recorded =
            Indicator::read(definition).and_then(|indicator| catalog.record(indicator, attributes));
        recorded.map_err(|cause| match cause {
            IndicatorError::Filed(id) => unusable(IndicatorError::Recorded(id)),
            IndicatorError::Rule { .. } => OpenError::Recorded {
                file: dir.join(ATTRIBUTES_FILE),
                violation: declared::unusable(&definition.id, &cause),
            },
            cause => OpenError::Definition { id: definition.id.to_string(), cause },
        })?;
    }
    Ok((programme, catalog))
}

/// How what leaves a store is marked.
///
/// # Errors
/// [`OpenError`] where the file that says so cannot be read, or is not as it should be.
pub fn disclosure(dir: &Path) -> Result<Disclosure, OpenError> {
    disclosure_of(dir, &mut Vec::new())
}

/// The same, when a store is opened.
pub(super) fn disclosure_of(dir: &Path, edited: &mut Vec<PathBuf>) -> Result<Disclosure, OpenError> {
    let (file, text) = read_or_write(dir, DISCLOSURE_FILE, DISCLOSURE, edited)?;
    Disclosure::from_toml(&text).map_err(|cause| OpenError::Disclosure { file, cause })
}

/// The reviewed exceptions of a store's guard against personal data.
///
/// # Errors
/// [`OpenError`] where the file that holds them cannot be read, or is not as it should be.
pub fn read_reviewed(dir: &Path) -> Result<ReviewedNumbers, OpenError> {
    reviewed_of(dir, &mut Vec::new())
}

fn reviewed_of(dir: &Path, edited: &mut Vec<PathBuf>) -> Result<ReviewedNumbers, OpenError> {
    let (file, text) = read_or_write(dir, REVIEWED_FILE, REVIEWED, edited)?;
    ReviewedNumbers::from_toml(&text).map_err(|cause| OpenError::Reviewed { file, cause })
}

/// Writes the reviewed exceptions of a store; they hold when it is opened next.
///
/// # Errors
/// [`OpenError`] where the file cannot be written.
pub fn write_reviewed(dir: &Path, reviewed: &ReviewedNumbers) -> Result<(), OpenError> {
    let file = dir.join(REVIEWED_FILE);
    let failed = |cause| OpenError::File { file: file.clone(), cause };
    let text = reviewed.to_toml().map_err(|error| failed(std::io::Error::other(error)))?;
    NewFile::at(&file, |to| to.write_all(format!("{REVIEWED}\n{text}").as_bytes()))
        .and_then(NewFile::publish)
        .map_err(|error| failed(error.cause))
}

/// A text file of a store folder, written first where it is not there.
fn read_or_write(
    dir: &Path,
    name: &str,
    default: &str,
    edited: &mut Vec<PathBuf>,
) -> Result<(PathBuf, String), OpenError> {
    let file = dir.join(name);
    let failed = |cause| OpenError::File { file: file.clone(), cause };
    if !file.exists() {
        // Unless it is on the disk, what is sealed later may be bytes that a loss of power takes away.
        let written = NewFile::at(&file, |to| to.write_all(default.as_bytes())).and_then(NewFile::publish);
        match written {
            // What it would hold is known.
            Err(error) if is_read_only(&error.cause) => return Ok((file, default.to_owned())),
            written => written.map_err(|error| failed(error.cause))?,
        }
    }
    let read = unaltered::read(&file).map_err(failed)?;
    if read.is_edited {
        edited.push(file.clone());
    }
    Ok((file, read.text))
}

/// How many bytes the files of a folder and of those in it have; one that goes meanwhile has none.
pub(super) fn bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
