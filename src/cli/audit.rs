use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;

use super::Failure;
use super::argument::moment;
use super::output::line;
use super::store::StoreFolder;
use crate::graphql::commit_json;
use crate::new_file::NewFile;
use crate::storage::{CommitHash, CommitPart, History, LogError, audit};

/// The arguments of `audit`.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Walk the whole history and find out whether any of it was altered
    Verify(Verify),
    /// Write the history as JSON Lines: who changed what, when, why and from where
    Export(Export),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Note the hash on paper or elsewhere. Whoever can write to the store's folder can write all of its \
    history anew, and that shows only to who knows what the hash was."
)]
struct Verify {
    #[command(flatten)]
    store: StoreFolder,
    /// A hash that was noted before: fails unless history still leads to it
    #[arg(long, value_name = "HASH")]
    against: Option<CommitHash>,
}

#[derive(Debug, Args)]
struct Export {
    #[command(flatten)]
    store: StoreFolder,
    /// Begin with the first commit made later than this moment
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// The file to write it to; standard output where left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Audit {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.action {
            Action::Verify(verify) => verify.run(),
            Action::Export(export) => export.run(),
        }
    }
}

impl Verify {
    fn run(self) -> Result<(), Failure> {
        let report = audit(self.store.path(), self.against)?;
        let time = report.time.map_or_else(String::new, |time| format!(", the last of {time}"));
        line(format_args!("{} commits{time}: each is as it was written", report.commits))?;
        line(format_args!("hash: {}", report.hash))?;
        for head in &report.redactions {
            let Some(redaction) = &head.redaction else { continue };
            let commits: Vec<_> = redaction.commits().iter().map(u64::to_string).collect();
            line(format_args!(
                "commit {}, {}: {} took out a text that stood at {} places, in the commits {}: {}",
                head.sequence,
                head.time,
                head.actor,
                redaction.places,
                commits.join(", "),
                head.reason
            ))?;
        }
        if let (Some(hash), Some(commit)) = (self.against, report.against) {
            line(format_args!("history leads to {hash}: that is commit {commit}"))?;
        }
        if let Some(torn) = report.torn_tail {
            eprintln!(
                "note: {} bytes follow that are no whole commit: it is being written, or was never acknowledged",
                torn.bytes
            );
        }
        Ok(())
    }
}

impl Export {
    fn run(self) -> Result<(), Failure> {
        let history = History::read(self.store.path())?;
        let Some(path) = &self.output else {
            // Lines that were printed before damage stay; its place is the failure.
            return self.lines(&history)?.try_for_each(|written| line(written?));
        };
        let mut lines = self.lines(&history)?;
        let mut damage = None;
        let file = NewFile::at(path, |to| {
            for written in &mut lines {
                match written {
                    Ok(written) => writeln!(to, "{written}")?,
                    Err(cause) => {
                        damage = Some(cause);
                        return Err(io::Error::other("the history is damaged"));
                    }
                }
            }
            Ok(())
        });
        match damage {
            Some(damage) => Err(damage.into()),
            None => Ok(file?.publish()?),
        }
    }

    /// The parts of commits that are wanted, as JSON; a large commit has several.
    fn lines(
        &self,
        history: &History,
    ) -> Result<impl Iterator<Item = Result<Value, LogError>> + use<>, Failure> {
        let since = self.since;
        let parts = history.commits(0)?.skip_while(move |part| {
            part.as_ref().is_ok_and(|part| since.is_some_and(|since| part.head.time <= since))
        });
        // The first part of a commit may hold its reason alone.
        let told = |part: &Result<CommitPart, LogError>| {
            part.as_ref().map_or(true, |part| part.is_last || !part.changes.is_empty())
        };
        Ok(parts.filter(told).map(|part| part.map(|part| commit_json(&part))))
    }
}
