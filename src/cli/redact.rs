use std::io::{IsTerminal, Read};
use std::path::Path;

use clap::Args;

use super::Failure;
use super::argument::reason;
use super::output::line;
use super::store::StoreFolder;
use crate::atlas;
use crate::model::{Door, Origin};
use crate::storage::{REDACTED, Redact as Redaction, RedactReport};

/// The arguments of `redact`.
#[derive(Debug, Args)]
#[command(
    after_help = "The text goes from the change log, and so from the state and from what was recorded at any moment; \
    a mark stands in its place, and an id that holds it gets another. A salted hash of the text, who took it out, when \
    and why are recorded, and the chain of hashes still holds. The store must not be open: stop its server first. Give the text \
    as - or @FILE, so that it stays neither in the history of the shell nor in a list of processes."
)]
pub(super) struct Redact {
    #[command(flatten)]
    store: StoreFolder,
    /// Why, for those who read the record later; without the text
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    /// Show where the text stands, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The text, exactly as it is recorded; - reads it from standard input, @FILE from a file
    #[arg(value_name = "TEXT|@FILE|-")]
    text: String,
}

impl Redact {
    pub(super) fn run(self) -> Result<(), Failure> {
        let text = self.text()?;
        let redaction = Redaction {
            text: text.trim_matches(['\r', '\n']),
            actor: "command line".to_owned(),
            reason: self.reason.clone(),
            origin: Origin::by(Door::CommandLine),
        };
        let dir = self.store.path();
        let report = if self.dry_run { redaction.find(dir)? } else { atlas::redact(dir, &redaction)? };
        told(&report)?;
        let Some(sequence) = report.sequence else {
            eprintln!("dry run: nothing was written");
            return Ok(());
        };
        line(format_args!("commit {sequence} records it; {REDACTED} stands in its place"))?;
        eprintln!(
            "note: every backup that was made before holds the text: `orgatlas backup` into the same folder takes it out \
             of that copy, others are to be destroyed; so are exports and reports that were written, and the disk may \
             keep what was removed until it is written over"
        );
        Ok(())
    }

    fn text(&self) -> Result<String, Failure> {
        if self.text == "-" {
            if std::io::stdin().is_terminal() {
                eprintln!("type the text, then Ctrl-D");
            }
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            return Ok(text);
        }
        match self.text.strip_prefix('@') {
            Some(file) => {
                std::fs::read_to_string(file).map_err(|cause| Failure::file(Path::new(file), &cause))
            }
            None => Ok(self.text.clone()),
        }
    }
}

/// Prints where the text stands or stood, and never the text.
fn told(report: &RedactReport) -> Result<(), Failure> {
    for ((commit, place), times) in &report.places {
        line(format_args!("commit {commit}: {place}, {times} times"))?;
    }
    Ok(())
}
