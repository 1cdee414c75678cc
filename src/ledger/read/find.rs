use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

use crate::ledger::presentable::presentable;
use crate::model::{UnfitText, check_text};
use crate::work::Stopped;

/// Why ledgers cannot be read at all; what is wrong inside a file is a problem, not an error.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// A path that leads nowhere.
    #[error("{}: there is no such file or folder", .0.display())]
    NotFound(PathBuf),
    /// A file of another form.
    #[error("{}: a ledger is a .csv, .xlsx or .jsonl file", .0.display())]
    Form(PathBuf),
    /// A folder without ledgers.
    #[error("{}: the folder holds no .csv, .xlsx or .jsonl file", .0.display())]
    NoLedgers(PathBuf),
    /// A file or folder that the system does not let us read.
    #[error("{}: it cannot be read: {cause}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

impl ReadError {
    pub(super) fn unreadable(path: &Path, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path.to_owned()),
            _ => Self::Unreadable { path: path.to_owned(), cause },
        }
    }
}

/// What a ledger is written in, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Workbook,
    JsonLines,
}

impl Form {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Workbook),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// A ledger that comes without a file, such as one that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLedger {
    /// What problems call it; the end of the name is its form, as of a file.
    pub name: String,
    /// What the file would hold.
    pub bytes: Vec<u8>,
}

/// A ledger to be read.
pub(super) struct LedgerFile {
    /// The path as problems show it.
    pub(super) name: Arc<str>,
    /// Why its own name, which the reason of an import would repeat, is not recorded.
    pub(super) unfit: Option<UnfitText>,
    pub(super) form: Form,
    /// Its size, for the progress only.
    pub(super) size: u64,
    content: Content,
}

/// Where the bytes of a ledger are.
enum Content {
    OnDisk(PathBuf),
    Sent(Vec<u8>),
}

impl LedgerFile {
    /// Its bytes, read now where they are on a disk, so that not all files are held at once.
    pub(super) fn bytes(self) -> Result<Vec<u8>, ReadError> {
        match self.content {
            Content::OnDisk(path) => fs::read(&path).map_err(|e| ReadError::unreadable(&path, e)),
            Content::Sent(bytes) => Ok(bytes),
        }
    }
}

/// Ledgers that are sent, in their order.
pub(super) fn sent(ledgers: Vec<SentLedger>) -> Result<Vec<LedgerFile>, ReadError> {
    let file = |SentLedger { name, bytes }| {
        let form =
            Form::of(Path::new(&name)).ok_or_else(|| ReadError::Form(PathBuf::from(presentable(&name))))?;
        // Who sends it may name it as he likes, and problems are read on terminals.
        let unfit = unfit_name(Path::new(&name));
        let (name, size) = (presentable(&name).into(), bytes.len() as u64);
        Ok(LedgerFile { name, unfit, form, size, content: Content::Sent(bytes) })
    };
    ledgers.into_iter().map(file).collect()
}

/// The files that some paths stand for, folders opened, in the order given and by name within a folder.
pub(super) fn find<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<LedgerFile>, ReadError> {
    let mut files = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        let metadata = fs::metadata(path).map_err(|e| ReadError::unreadable(path, e))?;
        if metadata.is_dir() {
            let inside = inside(path).map_err(|e| ReadError::unreadable(path, e))?;
            if inside.is_empty() {
                return Err(ReadError::NoLedgers(path.to_owned()));
            }
            files.extend(inside);
        } else {
            let form = Form::of(path).ok_or_else(|| ReadError::Form(path.to_owned()))?;
            files.push(ledger_file(path.to_owned(), form, metadata.len()));
        }
    }
    Ok(files)
}

fn inside(folder: &Path) -> io::Result<Vec<LedgerFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let metadata = fs::metadata(&path)?;
        if let Some(form) = Form::of(&path).filter(|_| metadata.is_file() && !is_by_work(&path)) {
            files.push((path.clone(), ledger_file(path, form, metadata.len())));
        }
    }
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Whether programs leave such a file beside the one that they work on: `~$book.xlsx`, `._book.csv`.
fn is_by_work(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        name.starts_with("~$") || name.starts_with('.')
    })
}

fn unfit_name(path: &Path) -> Option<UnfitText> {
    check_text(&path.file_name()?.to_string_lossy()).err()
}

fn ledger_file(path: PathBuf, form: Form, size: u64) -> LedgerFile {
    let unfit = unfit_name(&path);
    let path_shown = path.display().to_string();
    let name = if unfit.is_some() { presentable(&path_shown) } else { path_shown }.into();
    LedgerFile { name, unfit, form, size, content: Content::OnDisk(path) }
}
