use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::output::line;
use super::store::StoreFolder;
use crate::atlas::{ATTRIBUTES_FILE, Atlas, CommitError, Proposal, bundled_attributes, trial};
use crate::coverage::{IndicatorCatalog, Programme};
use crate::graph::Graph;
use crate::ledger::{Problems, Reading, name_violations, read};
use crate::model::{AttributeCatalog, Change};

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    store: StoreFolder,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Ledgers, or folders of ledgers
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
}

/// How many changes a dry run shows.
const SHOWN_CHANGES: usize = 1_000;

impl Import {
    pub(super) fn run(self) -> Result<(), Failure> {
        if self.dry_run && !self.store.path().exists() {
            // A dry run leaves no store behind.
            let attributes = bundled_attributes()?;
            let (_, indicators) = Programme::bundled(&attributes)?;
            return dry_run(&self.paths, &Graph::new(), &attributes, &indicators);
        }
        let atlas = self.store.open_or_create()?;
        if self.dry_run {
            let snapshot = atlas.snapshot();
            return dry_run(&self.paths, &snapshot.graph, &snapshot.attributes, &snapshot.indicators);
        }
        import(&atlas, &self.paths)
    }
}

/// Imports ledgers in one commit, all rows or none, and says on standard error what was done.
pub(super) fn import(atlas: &Atlas, paths: &[PathBuf]) -> Result<(), Failure> {
    let snapshot = atlas.snapshot();
    let mut reading = read_with_progress(paths, &snapshot.graph, &snapshot.attributes)?;
    for warning in reading.warnings.iter() {
        eprintln!("warning: {warning}");
    }
    if !reading.problems.is_empty() {
        let (attributes, indicators) = (&snapshot.attributes, &snapshot.indicators);
        let violations = trial(&reading.changes, &snapshot.graph, attributes, indicators);
        return Err(refused(&name_violations(&reading, &violations)));
    }
    let spinner = spinner("recording");
    let proposal = Proposal {
        changes: std::mem::take(&mut reading.changes),
        actor: "command line".to_owned(),
        reason: format!("import of {}", named(paths)),
        expected: Some(snapshot.version),
    };
    let before = (snapshot.graph.organization_count(), snapshot.graph.relation_count());
    drop(snapshot);
    let outcome = atlas.commit(proposal);
    spinner.finish_and_clear();
    match outcome {
        Ok(committed) => {
            let after = atlas.snapshot();
            let graph = &after.graph;
            let annexes = match reading.rows.annexes {
                0 => String::new(),
                rows => format!(", and {rows} of exemptions and dated values"),
            };
            eprintln!(
                "imported {} rows of organisations and {} of relations{annexes}: {} changes; now {} organisations ({:+}) and {} relations ({:+})",
                reading.rows.organizations,
                reading.rows.relations,
                committed.changes,
                graph.organization_count(),
                difference(graph.organization_count(), before.0),
                graph.relation_count(),
                difference(graph.relation_count(), before.1),
            );
            Ok(())
        }
        Err(CommitError::Violations { changes, violations }) => {
            reading.changes = changes;
            Err(refused(&name_violations(&reading, &violations)))
        }
        Err(other) => Err(other.into()),
    }
}

fn dry_run(
    paths: &[PathBuf],
    graph: &Graph,
    attributes: &AttributeCatalog,
    indicators: &IndicatorCatalog,
) -> Result<(), Failure> {
    let reading = read_with_progress(paths, graph, attributes)?;
    for warning in reading.warnings.iter() {
        eprintln!("warning: {warning}");
    }
    let violations = trial(&reading.changes, graph, attributes, indicators);
    let problems = name_violations(&reading, &violations);
    if !problems.is_empty() {
        return Err(refused(&problems));
    }
    for change in reading.changes.iter().take(SHOWN_CHANGES) {
        line(described(change, graph))?;
    }
    if reading.changes.len() > SHOWN_CHANGES {
        line(format_args!("… and {} more", reading.changes.len() - SHOWN_CHANGES))?;
    }
    eprintln!("dry run: {} changes, nothing was written", reading.changes.len());
    Ok(())
}

/// A change as a line: + for what is new, ~ for what becomes another.
fn described(change: &Change, graph: &Graph) -> String {
    let mark = |known: bool| if known { '~' } else { '+' };
    match change {
        Change::PutOrganization(o) => {
            format!("{} {} {} {}", mark(graph.slot(o.id.as_str()).is_some()), o.kind, o.id, o.name)
        }
        Change::PutRelation(r) => format!("{} {}", mark(graph.relation(&r.key()).is_some()), r.key()),
        Change::RemoveOrganization(id) => format!("- {id}"),
        Change::RemoveRelation(key) => format!("- {key}"),
        Change::PutAnnex(annex) => format!("{} {}", mark(graph.annex(&annex.key()).is_some()), annex.key()),
        Change::RemoveAnnex(key) => format!("- {key}"),
    }
}

/// Prints every bad row that is shown, and fails with their number.
fn refused(problems: &Problems) -> Failure {
    eprint!("{problems}");
    let rows = problems.bad_rows();
    let mut message = format!("{rows} bad {}; nothing was imported", if rows == 1 { "row" } else { "rows" });
    if problems.iter().any(|p| p.cause.contains("declared")) {
        message += &format!("; attributes are declared in {ATTRIBUTES_FILE} in the store's folder");
    }
    Failure::new(message)
}

fn read_with_progress(
    paths: &[PathBuf],
    graph: &Graph,
    attributes: &AttributeCatalog,
) -> Result<Reading, Failure> {
    let bar = ProgressBar::new(0);
    let style = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message("reading");
    let reading = read(paths, graph, attributes, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    Ok(reading?)
}

fn spinner(message: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message.to_owned());
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}

/// The names of the ledgers, without the folders that they lie in.
fn named(paths: &[PathBuf]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    paths.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn difference(after: usize, before: usize) -> i64 {
    after as i64 - before as i64
}
