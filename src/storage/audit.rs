use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use super::log::{Damage, LogPosition, Tail, Vouching, Walk, check_header, scan};
use super::{CommitHash, CommitHead, LogError, TornTail, folder};

/// What the history of a store comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditReport {
    /// How many commits there are.
    pub commits: u64,
    /// The hash of the last one: whoever has it can tell later whether history still leads to it.
    pub hash: CommitHash,
    /// When the last one was made.
    pub time: Option<Timestamp>,
    /// The commit that has the hash that was asked for.
    pub against: Option<u64>,
    /// The commits that say that text was taken out of earlier ones.
    pub redactions: Vec<CommitHead>,
    /// The end of the log that is no whole commit, or one that is just being written.
    pub torn_tail: Option<TornTail>,
}

/// Why the history of a store does not hold, or cannot be read.
#[derive(Debug, Error)]
pub enum AuditError {
    /// There is none.
    #[error("{}: there is no store here", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// It was edited, or is damaged, or cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It does not lead to a commit that it once had.
    #[error(
        "none of the {commits} commits has the hash {hash}: the past was written anew since that was noted, or it is \
         the hash of another store"
    )]
    NotFound {
        /// The hash that was asked for.
        hash: CommitHash,
        /// How many commits there are.
        commits: u64,
    },
}

impl From<Damage> for AuditError {
    fn from(damage: Damage) -> Self {
        Self::Log(damage.into())
    }
}

/// Walks the whole history of a store, and finds the commit that has a hash.
///
/// Each block must be as it was written, continue the one before, and be redacted only as a later commit says. The store
/// may be in use.
///
/// # Errors
/// [`AuditError`], which names the place where history does not hold.
pub fn audit(dir: &Path, against: Option<CommitHash>) -> Result<AuditReport, AuditError> {
    let path = folder::log_path(dir);
    if !path.is_file() {
        return Err(AuditError::Missing { dir: dir.to_owned() });
    }
    let failed = |source| LogError::File { path: path.clone(), source };
    let file = File::open(&path).map_err(failed)?;
    check_header(&file, &path)?;
    let found = scan(&file, &path, LogPosition::start()).map_err(failed)?;
    let torn_tail = match found.tail {
        Tail::Clean => None,
        Tail::Torn(torn) => Some(torn),
        Tail::Damaged(damage) => return Err(damage.into()),
    };
    let end = found.end;
    let mut report = AuditReport {
        commits: end.sequence,
        hash: end.hash.into(),
        time: None,
        against: None,
        redactions: Vec::new(),
        torn_tail,
    };
    let mut vouching = Vouching::default();
    let mut walk = Walk::new(&file, &path, end.offset);
    while let Some(walked) = walk.advance()? {
        vouching.see(&walked);
        if let (Some(head), _) = walked.content()? {
            // A clock that was set back does not turn the log back.
            report.time = report.time.max(Some(head.time));
            if let Some(redaction) = &head.redaction {
                vouching.hear(redaction);
                report.redactions.push(head);
            }
        }
        if walked.is_last() && against == Some(walked.hash().into()) {
            report.against = Some(walked.sequence());
        }
    }
    vouching.settle(&path)?;
    match against {
        Some(hash) if report.against.is_none() => Err(AuditError::NotFound { hash, commits: report.commits }),
        _ => Ok(report),
    }
}
