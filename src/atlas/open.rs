use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use thiserror::Error;
use tokio::sync::watch;

use super::clock::{Clock, Stamps};
use super::departures::Departures;
use super::journal::Journal;
use super::past::Past;
use super::{Atlas, Snapshot, WriteQueue, folder};
use crate::coverage::{IndicatorError, ProgrammeError};
use crate::graph::Replay;
use crate::model::{AttributeError, DisclosureError, ReviewedError, Violation};
use crate::storage::{self, OpenReport, Recorded, Store};
use crate::work::check;

/// Why an atlas cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] storage::OpenError),
    /// A recorded value is not as the attributes of the store are declared.
    #[error("{file}: what is recorded does not fit: {violation}; declare it as it was")]
    Recorded {
        /// The file that declares them.
        file: PathBuf,
        /// The value at fault.
        violation: Violation,
    },
    /// The declarations of attributes are wrong.
    #[error("{file}: {cause}")]
    Attributes {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: AttributeError,
    },
    /// A file of the store folder cannot be read or written.
    #[error("{file}: {cause}")]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The indicators of the store are wrong.
    #[error("{file}: {cause}")]
    Indicators {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: IndicatorError,
    },
    /// The reviewed exceptions of the store are wrong.
    #[error("{file}: {cause}")]
    Reviewed {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: ReviewedError,
    },
    /// What the store says of disclosure is wrong.
    #[error("{file}: {cause}")]
    Disclosure {
        /// The file at fault.
        file: PathBuf,
        /// What is wrong.
        cause: DisclosureError,
    },
    /// A recorded indicator cannot be used by this program.
    #[error(
        "the recorded indicator \"{id}\" cannot be used: {cause}; withdraw it with the version of Orgatlas that \
         recorded it"
    )]
    Definition {
        /// Its id.
        id: String,
        /// What is wrong.
        cause: IndicatorError,
    },
    /// The programme that Orgatlas carries is wrong.
    #[error(transparent)]
    Programme(#[from] ProgrammeError),
}

impl Atlas {
    /// Opens a store folder, creating it where there is none.
    ///
    /// # Errors
    /// [`OpenError`], which names the file at fault.
    pub fn open(dir: &Path) -> Result<(Self, OpenReport), OpenError> {
        Self::open_by(dir, Clock::default())
    }

    /// The same with commits stamped by another clock than that of the system.
    ///
    /// # Errors
    /// [`OpenError`], which names the file at fault.
    pub fn open_by(dir: &Path, clock: Clock) -> Result<(Self, OpenReport), OpenError> {
        let mut replay = Replay::default();
        let (mut store, mut report) = Store::open(dir, &mut |recorded| {
            check()?;
            match recorded {
                Recorded::Image(block) => replay.read_image(block)?,
                Recorded::ImageEnd => replay.finish_image()?,
                Recorded::Changes(changes) => replay.apply(&changes)?,
                Recorded::Anew => replay = Replay::default(),
            }
            Ok(())
        })?;
        let graph = replay.finish();
        let edited = &mut report.edited;
        let attributes = folder::attributes(dir, &graph, edited)?;
        let (programme, indicators) = folder::indicators(dir, &attributes, &graph, edited)?;
        let disclosure = folder::disclosure_of(dir, edited)?;
        let stamps = Stamps::new(clock, store.last_time());
        let (version, history) = (store.sequence(), store.history());
        let snapshot = Arc::new(Snapshot {
            graph,
            version,
            attributes: Arc::new(attributes),
            programme: Arc::new(programme),
            indicators: Arc::new(indicators),
            disclosure: Arc::new(disclosure),
            past: Arc::new(Past::new(history.clone())),
            sight: None,
            views: Arc::default(),
            keeps_back: false,
            readers: OnceLock::new(),
        });
        let atlas = Self {
            journal: Journal::new(store, snapshot),
            stamps,
            history,
            folder: dir.to_owned(),
            versions: watch::Sender::new(version),
            write_queue: WriteQueue::default(),
            departures: Departures::after(version),
        };
        Ok((atlas, report))
    }
}
