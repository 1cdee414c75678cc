//! From what stands in a folder to an open store.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::lock::Lock;
use super::log::{Log, LogPosition, Scan, Tail};
use super::read_ahead::read_ahead;
use super::state::{Batch, Contents, State, StateCopy};
use super::{
    ApplyError, LogError, OpenError, OpenReport, Recorded, StateProblem, Store, TornTail, folder, is_store,
};
use crate::model::Change;
use crate::work::{Steps, check, try_counted};

type Apply<'a> = &'a mut dyn FnMut(Recorded<'_>) -> Result<(), ApplyError>;

pub(super) fn open(dir: &Path, apply: Apply<'_>) -> Result<(Store, OpenReport), OpenError> {
    let on_folder = |source| OpenError::Folder { path: dir.to_owned(), source };
    folder::create(dir).map_err(on_folder)?;
    let lock = if is_store(dir) { Lock::take_to_read(dir)? } else { Some(Lock::take(dir)?) };
    let is_read_only = lock.is_none();
    let path = folder::log_path(dir);
    let failed = |source| LogError::File { path: path.clone(), source };
    let mut log = if is_read_only {
        Log::read_only(File::open(&path).map_err(failed)?, &path)?
    } else {
        // A redaction that did not come to its end is none.
        fs::remove_file(folder::redacting_path(dir)).ok();
        Log::begin(folder::open_log(&path).map_err(failed)?, &path)?
    };

    let copy = if is_read_only { Some(StateCopy::of(dir)) } else { None };
    let mut found = match &copy {
        None => Found::open(dir),
        Some(Ok(copy)) => Found::open(copy.path()),
        Some(Err(error)) => Found::none(StateProblem::NoCopy(error.to_string())),
    };
    let (mut start, mut scan) = found.place_in(&log, dir)?;
    if let Tail::Torn(torn) = &mut scan.tail
        && !is_read_only
    {
        // A copy is a courtesy: a full disk must not keep the store from opening.
        torn.kept = keep(dir, torn).ok().map(|()| folder::cut_path(dir));
    }
    log.go_on(&scan)?;

    if !is_read_only {
        // Always: whoever made the files may have failed at this.
        folder::sync(dir).map_err(on_folder)?;
    }
    let refused = |after, source| OpenError::Apply { dir: dir.to_owned(), after, source };
    if let Some(problem) = found.apply(apply) {
        // A checkpoint that was not read to its end is not taken for damaged.
        check()?;
        (found.problem, found.contents) = (Some(problem), None);
        apply(Recorded::Anew).map_err(|source| refused(0, source))?;
        start = LogPosition::start();
        let whole = log.scan(start)?;
        log.go_on(&whole)?;
    }
    if is_read_only {
        found.close();
    } else {
        found.settle(dir);
    }
    apply_commits(&log, start, &mut |after, changes| {
        apply(Recorded::Changes(changes)).map_err(|source| refused(after, source))
    })?;
    let report = OpenReport {
        checkpoint: start.sequence,
        replayed: scan.end.sequence - start.sequence,
        rebuilt: found.problem,
        torn_tail: if let Tail::Torn(torn) = scan.tail { Some(torn) } else { None },
        is_read_only,
        edited: Vec::new(),
    };
    let end = Arc::new(Mutex::new(scan.end));
    let (checkpointed, tried) = (start.offset, start.offset);
    let store = Store {
        dir: dir.to_owned(),
        log,
        checkpointed,
        tried,
        is_abandoned: false,
        checkpointing: Arc::default(),
        end,
        lock,
    };
    Ok((store, report))
}

/// The state folder as it was found.
struct Found {
    is_known: bool,
    state: Option<State>,
    contents: Option<Contents>,
    problem: Option<StateProblem>,
}

impl Found {
    /// Nothing, for some reason.
    fn none(problem: StateProblem) -> Self {
        Self { is_known: false, state: None, contents: None, problem: Some(problem) }
    }

    fn open(dir: &Path) -> Self {
        let folder = folder::state_path(dir);
        let is_known = folder.is_dir();
        let (state, contents) = match State::open(&folder) {
            Ok(state) => {
                let contents = state.contents();
                (Some(state), contents)
            }
            Err(problem) => (None, Err(problem)),
        };
        let (contents, problem) = contents.map_or_else(|problem| (None, Some(problem)), |c| (c, None));
        Self { is_known, state, contents, problem }
    }

    /// Finds where in the log the checkpoint was taken, and reads the log from there; or all of it, if the
    /// checkpoint is of another log.
    fn place_in(&mut self, log: &Log<File>, dir: &Path) -> Result<(LogPosition, Scan), LogError> {
        let taken_at = self.contents.as_ref().map_or(LogPosition::start(), Contents::position);
        if log.holds(taken_at)? {
            let scan = log.scan(taken_at)?;
            if self.problem.is_none() && self.contents.is_none() && scan.end.sequence > 0 {
                // Every folder is given a table of contents when it is made.
                self.problem =
                    Some(if self.is_known { StateProblem::Contents } else { StateProblem::Missing });
            }
            return Ok((taken_at, scan));
        }
        let scan = log.scan(LogPosition::start())?;
        match scan.tail {
            Tail::Damaged(damage) => return Err(damage.into()),
            // The checkpoint remembers commits that are not in the log: more is gone than a torn tail.
            _ if scan.end.sequence < taken_at.sequence => {
                return Err(LogError::Behind {
                    path: folder::log_path(dir),
                    sequence: scan.end.sequence,
                    checkpoint: taken_at.sequence,
                    state: folder::state_path(dir),
                });
            }
            _ => {}
        }
        self.problem = Some(StateProblem::OtherLog { sequence: taken_at.sequence });
        self.contents = None;
        Ok((LogPosition::start(), scan))
    }

    /// Hands out the checkpoint, if there is one; gives back what is wrong with it, if anything is.
    fn apply(&self, apply: Apply<'_>) -> Option<StateProblem> {
        let (Some(state), Some(contents)) = (&self.state, &self.contents) else { return None };
        let handed_out = read_ahead(
            || state.batches(contents),
            |batches| {
                try_counted("opening", contents.blocks, batches).try_for_each(|batch| {
                    let applied = match batch?? {
                        Batch::Image(block) => apply(Recorded::Image(block.content())),
                        Batch::ImageEnd => apply(Recorded::ImageEnd),
                        Batch::Changes(changes) => apply(Recorded::Changes(changes)),
                    };
                    // What the log says counts, so a checkpoint that nobody understands is as good as none.
                    applied.map_err(|cause| StateProblem::Refused { cause: cause.to_string() })
                })
            },
        );
        handed_out.err()
    }

    fn close(&mut self) {
        if let Some(state) = self.state.take() {
            state.close();
        }
    }

    /// Sets the folder aside if it cannot be used, and makes a new one in its place; closes it in any case, for
    /// sled keeps in memory what it has read.
    ///
    /// If the disk lets neither be done, the store opens all the same and does without. If only room is missing, the
    /// folder stays as it is.
    fn settle(&mut self, dir: &Path) {
        if matches!(self.problem, Some(StateProblem::NoRoom { .. })) {
            return;
        }
        let is_new = self.contents.is_none() && matches!(self.problem, None | Some(StateProblem::Missing));
        let is_sound = self.contents.is_some() && self.problem.is_none();
        let is_usable = match self.state.take() {
            Some(state) if is_new && state.begin().is_err() => {
                state.abandon();
                false
            }
            Some(state) => {
                state.close();
                is_sound || is_new
            }
            None => false,
        };
        if !is_usable && let Ok(state) = State::anew(dir) {
            state.close();
        }
    }
}

/// Copies a tail that is about to be cut off.
fn keep(dir: &Path, torn: &TornTail) -> io::Result<()> {
    let mut log = File::open(folder::log_path(dir))?;
    log.seek(SeekFrom::Start(torn.offset))?;
    let mut copy = File::create(folder::cut_path(dir))?;
    io::copy(&mut log.take(torn.bytes), &mut copy)?;
    copy.sync_all()?;
    folder::sync(dir)
}

/// Hands out the commits after a position, each batch with the last commit that is wholly handed out.
fn apply_commits(
    log: &Log<File>,
    start: LogPosition,
    apply: &mut dyn FnMut(u64, Vec<Change>) -> Result<(), OpenError>,
) -> Result<(), OpenError> {
    let mut after = start.sequence;
    let mut steps = Steps::begin("replaying the change log", log.end().offset - start.offset);
    let mut reached = start.offset;
    read_ahead(
        || {
            let mut replay = log.replay(start, log.end().offset);
            std::iter::from_fn(move || replay.next().map(|part| (part, replay.offset())))
        },
        |mut parts| {
            parts.try_for_each(|(part, offset)| {
                let part = part?;
                steps.try_add(offset - reached)?;
                reached = offset;
                apply(after, part.changes)?;
                if part.is_last {
                    after = part.head.sequence;
                }
                Ok(())
            })
        },
    )
}
