#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use super::lock::Lock;
use super::log::{
    Log, LogFile, LogPosition, Tail, Vouching, Walk, check_header, payload_without, redacted, scan,
};
use super::pack::unpack;
use super::redaction::RedactedBlock;
use super::rewriter::Rewriter;
use super::{
    AppendError, ApplyError, Commit, CommitPart, Damage, DamageCause, LockError, LogError, Redaction, folder,
};
use crate::model::Origin;

/// The shortest text that is taken out, in characters and in bytes: a shorter one stands by chance in others.
const SHORTEST: (usize, usize) = (2, 4);

/// How many bytes are written at once.
const WRITE_SIZE: usize = 1 << 20;

/// Judges what is left of a record.
type Approve<'a> =
    &'a mut dyn FnMut(&mut dyn Iterator<Item = Result<CommitPart, LogError>>) -> Result<(), ApplyError>;

/// A text that is to be taken out of all that was ever recorded in a store, and what is recorded of that.
#[derive(Clone, Debug)]
pub struct Redact<'t> {
    /// The text.
    pub text: &'t str,
    /// Who takes it out.
    pub actor: String,
    /// Why; without the text.
    pub reason: String,
    /// From where that comes.
    pub origin: Origin,
}

/// Where a text stands or stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedactReport {
    /// The commit that records that it was taken out; `None` where it was only looked for.
    pub sequence: Option<u64>,
    /// How often it stands in each field of the changes of each commit, and in what is said of the commit.
    pub places: BTreeMap<(u64, String), u64>,
}

/// Why a text was not taken out; the store is then as it was.
#[derive(Debug, Error)]
pub enum RedactError {
    /// There is no store.
    #[error("{}: there is no store here", .dir.display())]
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// The text is too short.
    #[error("the text is too short: it needs 2 characters, and 4 if they are of the Latin alphabet")]
    Short,
    /// Who or why holds the text.
    #[error("what is recorded of the redaction holds the text itself: give another reason")]
    Reason,
    /// Nothing holds the text.
    #[error(
        "nothing that is recorded holds this text{}",
        .before.map_or_else(String::new, |commit| format!("; commit {commit} took it out"))
    )]
    NotFound {
        /// The commit that took it out before.
        before: Option<u64>,
    },
    /// The store is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The change log is damaged, or cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Without the text something would not be what it is.
    #[error(
        "commit {commit} cannot do without this text: {cause}; a longer or a shorter part of what stands there may go"
    )]
    Unfit {
        /// The commit.
        commit: u64,
        /// What is wrong.
        cause: String,
    },
    /// What would be left breaks a rule.
    #[error("without this text, what is recorded breaks a rule: {0}")]
    Refused(ApplyError),
    /// The redaction could not be recorded.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The folder cannot be altered.
    #[error("{}: {source}; see whether the folder can be written to and the disk is not full", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<Damage> for RedactError {
    fn from(damage: Damage) -> Self {
        Self::Log(damage.into())
    }
}

impl Redact<'_> {
    /// Says where the text stands, and alters nothing; the store may be in use.
    ///
    /// # Errors
    /// [`RedactError`].
    pub fn find(&self, dir: &Path) -> Result<RedactReport, RedactError> {
        self.check()?;
        let places = Recorded::read(dir)?.survey(&mut Rewriter::new(self.text))?;
        Ok(RedactReport { sequence: None, places })
    }

    /// Takes the text out, and records that as the next commit.
    ///
    /// A new log takes the place of the old one at once, when all of it was read back: blocks without the text as they
    /// are, the others written anew with their old hash. Before that the checkpoint goes, and what was kept of damage;
    /// so a crash at any moment leaves the store with the text or without it. The next opening makes its state of the
    /// log. `approve` is given all commits of the new log, and may refuse them.
    ///
    /// # Errors
    /// [`RedactError`].
    pub fn make(&self, dir: &Path, approve: Approve<'_>) -> Result<RedactReport, RedactError> {
        self.check()?;
        require(dir)?;
        let _lock = Lock::take(dir)?;
        let recorded = Recorded::read(dir)?;
        let mut rewriter = Rewriter::new(self.text);
        let places = recorded.survey(&mut rewriter)?;
        let part = folder::redacting_path(dir);
        let made = self.write(&recorded, &rewriter, places.values().sum(), approve).and_then(|sequence| {
            let on_folder = |source| RedactError::Folder { path: dir.to_owned(), source };
            recorded.put_in_place(&part).map_err(on_folder)?;
            Ok(RedactReport { sequence: Some(sequence), places })
        });
        if made.is_err() {
            // The next opening removes it too.
            fs::remove_file(&part).ok();
        }
        made
    }

    /// Whether the text may be taken out with what is said of it; looks at no store.
    ///
    /// # Errors
    /// [`RedactError::Short`], [`RedactError::Reason`].
    pub fn check(&self) -> Result<(), RedactError> {
        let (characters, bytes) = SHORTEST;
        if self.text.chars().count() < characters || self.text.len() < bytes {
            return Err(RedactError::Short);
        }
        let said = [&self.actor, &self.reason];
        if said.iter().any(|said| said.contains(self.text)) {
            return Err(RedactError::Reason);
        }
        Ok(())
    }

    /// Writes the log without the text beside the old one, with a commit that says so, and reads it back.
    fn write(
        &self,
        recorded: &Recorded,
        rewriter: &Rewriter<'_>,
        places: u64,
        approve: Approve<'_>,
    ) -> Result<u64, RedactError> {
        let part = folder::redacting_path(&recorded.dir);
        let failed = |source| LogError::File { path: part.clone(), source };
        unless_missing(fs::remove_file(&part)).map_err(failed)?;
        let mut log = Log::begin(folder::open_log(&part).map_err(failed)?, &part)?;
        let mut file = folder::open_log(&part).map_err(failed)?;
        let mut blocks = Vec::new();
        let mut buffer = Vec::new();
        let mut walk = recorded.walk();
        while let Some(walked) = walk.advance()? {
            if rewriter.is_in(walked.payload()) {
                let commit = walked.sequence();
                let unfit = |cause| RedactError::Unfit { commit, cause };
                let payload = payload_without(&walked, rewriter).map_err(unfit)?;
                if rewriter.is_in(&payload) {
                    return Err(unfit("it stands in a name or a code that Orgatlas fixes".to_owned()));
                }
                let (bytes, block) = redacted(&walked, &payload).map_err(failed)?;
                buffer.extend_from_slice(&bytes);
                blocks.push(block);
            } else {
                buffer.extend_from_slice(walked.bytes());
            }
            if buffer.len() >= WRITE_SIZE {
                file.append(&buffer).map_err(failed)?;
                buffer.clear();
            }
        }
        file.append(&buffer).and_then(|()| file.sync()).map_err(failed)?;
        let found = log.scan(LogPosition::start())?;
        let (end, LogPosition { sequence, hash, .. }) = (found.end, recorded.end);
        if (end.sequence, end.hash) != (sequence, hash) {
            let (path, cause) = (part.clone(), DamageCause::Chain);
            return Err(Damage { path, offset: end.offset, sequence: end.sequence + 1, cause }.into());
        }
        log.go_on(&found)?;
        self.record(&mut log, sequence + 1, places, blocks)?;
        approve(&mut log.replay(LogPosition::start(), log.end().offset)).map_err(RedactError::Refused)?;
        Ok(sequence + 1)
    }

    /// Appends the commit that says what was done.
    fn record(
        &self,
        log: &mut Log<File>,
        sequence: u64,
        places: u64,
        blocks: Vec<RedactedBlock>,
    ) -> Result<(), RedactError> {
        let redaction = Redaction::new(self.text, places, blocks).map_err(|source| {
            let path = PathBuf::from("random numbers");
            RedactError::Folder { path, source }
        })?;
        let commit = Commit {
            sequence,
            time: Timestamp::now(),
            actor: self.actor.clone(),
            reason: self.reason.clone(),
            origin: self.origin.clone(),
            redaction: Some(redaction),
            changes: Vec::new(),
        };
        let Ok(()) = log.append_if(&commit, || Ok::<_, Infallible>(()))?;
        Ok(())
    }
}

/// All that is recorded in a store, found whole.
struct Recorded {
    dir: PathBuf,
    path: PathBuf,
    file: File,
    end: LogPosition,
}

impl Recorded {
    fn read(dir: &Path) -> Result<Self, RedactError> {
        let path = require(dir)?;
        let failed = |source| LogError::File { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        check_header(&file, &path)?;
        let found = scan(&file, &path, LogPosition::start()).map_err(failed)?;
        if let Tail::Damaged(damage) = found.tail {
            return Err(damage.into());
        }
        Ok(Self { dir: dir.to_owned(), path, file, end: found.end })
    }

    fn walk(&self) -> Walk<&File> {
        Walk::new(&self.file, &self.path, self.end.offset)
    }

    /// Finds every place at which the text stands, and what has to go with it.
    fn survey(&self, rewriter: &mut Rewriter<'_>) -> Result<BTreeMap<(u64, String), u64>, RedactError> {
        let mut places = BTreeMap::new();
        let (mut vouching, mut before) = (Vouching::default(), None);
        let mut walk = self.walk();
        while let Some(walked) = walk.advance()? {
            let commit = walked.sequence();
            vouching.see(&walked);
            let (head, packed) = walked.content()?;
            if let Some(redaction) = head.as_ref().and_then(|head| head.redaction.as_ref()) {
                vouching.hear(redaction);
                before = before.or_else(|| rewriter.is_of(redaction).then_some(commit));
            }
            if !rewriter.is_in(walked.payload()) {
                continue;
            }
            let mut tell = |place: &str, times: u64| {
                if times > 0 {
                    *places.entry((commit, place.to_owned())).or_default() += times;
                }
            };
            if let Some(head) = &head {
                tell("actor", rewriter.count(&head.actor));
                tell("reason", rewriter.count(&head.reason));
                let origin = head.origin.as_ref();
                let texts = origin.iter().flat_map(|origin| origin.files.iter().chain(&origin.credential));
                tell("origin", texts.map(|text| rewriter.count(text)).sum());
            }
            for change in unpack(packed).map_err(|error| walked.unreadable(error.to_string()))? {
                let unreadable = |error: serde_json::Error| walked.unreadable(error.to_string());
                rewriter.learn(&change, &mut |place| tell(place, 1)).map_err(unreadable)?;
            }
        }
        // A redaction writes blocks anew: what somebody else altered must not hide behind it.
        vouching.settle(&self.path)?;
        if places.is_empty() { Err(RedactError::NotFound { before }) } else { Ok(places) }
    }

    /// Puts a log without the text in the place of the one with it.
    fn put_in_place(&self, part: &Path) -> io::Result<()> {
        let dir = &self.dir;
        unless_missing(fs::remove_dir_all(folder::state_path(dir)))?;
        unless_missing(fs::remove_dir_all(folder::damaged_state_path(dir)))?;
        unless_missing(fs::remove_file(folder::cut_path(dir)))?;
        folder::sync(dir)?;
        fs::rename(part, &self.path)?;
        folder::sync(dir)
    }
}

/// The path of the log of a store, which must be there.
fn require(dir: &Path) -> Result<PathBuf, RedactError> {
    let path = folder::log_path(dir);
    if path.is_file() { Ok(path) } else { Err(RedactError::Missing { dir: dir.to_owned() }) }
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
