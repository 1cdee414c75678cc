use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::LOG_FORMAT_VERSION;

/// What is wrong with a block of the log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DamageCause {
    /// Its bytes are not those that were written.
    #[error("its checksum does not match")]
    Checksum,
    /// It does not continue the block before.
    #[error("it does not continue the block before, so what stands before it was altered")]
    Chain,
    /// It is not of the commit that must follow.
    #[error("it belongs to commit {found}")]
    Sequence {
        /// The commit that it says it belongs to.
        found: u64,
    },
    /// A commit starts within another, or goes on without a start.
    #[error("the commit starts or ends in the wrong place")]
    Bounds,
    /// Text was taken out of it, or put back, and what is recorded of redactions does not say so.
    #[error(
        "it is not as the redactions that are recorded behind it left it: it was edited, or this is a copy that ends \
         before its redaction"
    )]
    Redaction,
    /// The bytes are those that were written, and mean nothing to this program.
    #[error(
        "its content cannot be read: {0}; it is as it was written, perhaps by a later version of orgatlas: try that first"
    )]
    Content(String),
}

/// A place where the log is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{}: damaged at byte {offset}, in commit {sequence}: {cause}; \
     `orgatlas restore` makes the store whole from a backup and what follows here; what can be read here is up to \
     commit {}",
    .path.display(), .sequence.saturating_sub(1)
)]
pub struct Damage {
    /// The log.
    pub path: PathBuf,
    /// Where the damaged block starts, in bytes from the start of the file.
    pub offset: u64,
    /// The commit that cannot be read.
    pub sequence: u64,
    /// What is wrong.
    pub cause: DamageCause,
}

/// The end of a log that is no whole commit.
///
/// Either the program or the machine stopped before the commit was acknowledged, or the very last commit was
/// damaged later; nothing tells the two apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The commit that is not whole.
    pub sequence: u64,
    /// Where it starts, in bytes from the start of the file.
    pub offset: u64,
    /// How many bytes of it there are.
    pub bytes: u64,
    /// Where the bytes were kept when they were cut off.
    pub kept: Option<PathBuf>,
}

/// Why a change log cannot be used.
#[derive(Debug, Error)]
pub enum LogError {
    /// The system does not let it be read or written.
    #[error("{}: {source}; see whether the disk is sound, not full, and yours to write to", .path.display())]
    File {
        /// The log.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds no commit, and not even its header.
    #[error("{}: the change log was never finished; opening the store finishes it", .path.display())]
    Unfinished {
        /// The log.
        path: PathBuf,
    },
    /// It is something else.
    #[error("{}: this is no change log; put it elsewhere, or choose another folder", .path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
    },
    /// It is of a format that this program does not know.
    #[error(
        "{}: the change log has format version {found}, and this program reads versions up to {LOG_FORMAT_VERSION}; \
         use the version of orgatlas that wrote it, or a later one; if none ever did, the file is damaged, and \
         `orgatlas restore` makes the store whole from a backup and what follows here",
        .path.display()
    )]
    Version {
        /// The log.
        path: PathBuf,
        /// Its format version.
        found: u32,
    },
    /// It is damaged before its end.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// It lacks commits that were acknowledged.
    #[error(
        "{}: the change log ends with commit {sequence}, but commit {checkpoint} was recorded; restore it from a \
         backup, or, to go on without the missing commits, move {} away",
        .path.display(), .state.display()
    )]
    Behind {
        /// The log.
        path: PathBuf,
        /// Its last commit.
        sequence: u64,
        /// The commit at which the checkpoint was taken.
        checkpoint: u64,
        /// The folder of the checkpoint.
        state: PathBuf,
    },
}
