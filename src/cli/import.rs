use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::output::line;
use super::store::StoreFolder;
use crate::atlas::{
    ATTRIBUTES_FILE, Atlas, CommitError, INDICATORS_FILE, Proposal, STORE_FILES, bundled_attributes,
    definition_change, trial,
};
use crate::coverage::{IndicatorCatalog, Programme};
use crate::graph::Graph;
use crate::ledger::{Problems, name_violations, read};
use crate::model::{AttributeCatalog, COMMAND_LINE, Change, Door, IMPORT_REASON, Origin, Violation};
use crate::storage::NewStore;
use crate::work::cancellable;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(flatten)]
    store: StoreFolder,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Ledgers, or folders of ledgers; indicators.toml, by itself or in a folder, records indicators
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
            return dry_run(&Sent::sort(&self.paths), &Graph::new(), &attributes, &indicators);
        }
        // An import that is refused leaves no store behind either; it is dropped after the atlas.
        let new = NewStore::begin(self.store.path(), &STORE_FILES);
        let atlas = self.store.open_or_create()?;
        if self.dry_run {
            let snapshot = atlas.snapshot();
            return dry_run(
                &Sent::sort(&self.paths),
                &snapshot.graph,
                &snapshot.attributes,
                &snapshot.indicators,
            );
        }
        import(&atlas, &self.paths)?;
        if let Some(new) = new {
            new.keep();
        }
        Ok(())
    }
}

/// Imports ledgers in one commit, all rows or none, and says on standard error what was done.
pub(super) fn import(atlas: &Atlas, paths: &[PathBuf]) -> Result<(), Failure> {
    let snapshot = atlas.snapshot();
    let sent = Sent::sort(paths);
    let mut reading = read(&sent.ledgers, &snapshot.graph, &snapshot.attributes)?;
    let definitions = sent.definitions(&snapshot.graph, &snapshot.attributes, &snapshot.indicators)?;
    for warning in reading.warnings.iter() {
        eprintln!("warning: {warning}");
    }
    if !reading.problems.is_empty() {
        let (attributes, indicators) = (&snapshot.attributes, &snapshot.indicators);
        let changes = [reading.changes.as_slice(), &definitions].concat();
        let violations = cancellable(|| trial(&changes, &snapshot.graph, attributes, indicators))?;
        return Err(refused(&name_violations(&reading, &violations)));
    }
    let rows = reading.changes.len();
    let proposal = Proposal {
        // Definitions come last, so that the place of a row among the changes stays.
        changes: std::mem::take(&mut reading.changes).into_iter().chain(definitions).collect(),
        actor: COMMAND_LINE.to_owned(),
        // The names of the files are kept apart, for readers who may see them.
        reason: IMPORT_REASON.to_owned(),
        origin: Origin { files: file_names(paths), ..Origin::by(Door::CommandLine) },
        expected: Some(snapshot.version),
    };
    let before = (snapshot.graph.organization_count(), snapshot.graph.relation_count());
    drop(snapshot);
    let outcome = atlas.commit(proposal);
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
            of_indicators(&violations, rows)?;
            reading.changes = changes;
            Err(refused(&name_violations(&reading, &violations)))
        }
        Err(other) => Err(other.into()),
    }
}

fn dry_run(
    sent: &Sent,
    graph: &Graph,
    attributes: &AttributeCatalog,
    indicators: &IndicatorCatalog,
) -> Result<(), Failure> {
    let reading = read(&sent.ledgers, graph, attributes)?;
    let definitions = sent.definitions(graph, attributes, indicators)?;
    for warning in reading.warnings.iter() {
        eprintln!("warning: {warning}");
    }
    let changes = [reading.changes.as_slice(), &definitions].concat();
    let violations = cancellable(|| trial(&changes, graph, attributes, indicators))?;
    of_indicators(&violations, reading.changes.len())?;
    let problems = name_violations(&reading, &violations);
    if !problems.is_empty() {
        return Err(refused(&problems));
    }
    for change in changes.iter().take(SHOWN_CHANGES) {
        line(described(change, graph))?;
    }
    if changes.len() > SHOWN_CHANGES {
        line(format_args!("… and {} more", changes.len() - SHOWN_CHANGES))?;
    }
    eprintln!("dry run: {} changes, nothing was written", changes.len());
    Ok(())
}

/// What an import is given: ledgers, and files of indicators.
struct Sent {
    ledgers: Vec<PathBuf>,
    indicators: Vec<PathBuf>,
}

impl Sent {
    /// Tells files of indicators, by themselves or in a folder, from ledgers.
    fn sort(paths: &[PathBuf]) -> Self {
        let is_of_indicators = |path: &PathBuf| path.file_name().is_some_and(|name| name == INDICATORS_FILE);
        let (mut indicators, ledgers): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_of_indicators);
        let inside = ledgers.iter().map(|path| path.join(INDICATORS_FILE));
        indicators.extend(inside.filter(|path| path.is_file()));
        Self { ledgers, indicators }
    }

    /// The changes that record the indicators, each at the version that its file gives it or at its next.
    fn definitions(
        &self,
        graph: &Graph,
        attributes: &AttributeCatalog,
        known: &IndicatorCatalog,
    ) -> Result<Vec<Change>, Failure> {
        let mut after = known.clone();
        let mut changes = Vec::new();
        for path in &self.indicators {
            let text = std::fs::read_to_string(path).map_err(|cause| Failure::file(path, &cause))?;
            let refused = |cause: &dyn std::fmt::Display| Failure::file(path, cause);
            let read = IndicatorCatalog::from_toml(&text, attributes).map_err(|cause| refused(&cause))?;
            for indicator in read.iter() {
                after.record(indicator.clone(), attributes).map_err(|cause| refused(&cause))?;
                let change = definition_change(indicator.clone(), graph, known);
                changes.extend(change.map_err(|violation| refused(&violation))?);
            }
        }
        Ok(changes)
    }
}

/// Fails with the first rule that a definition breaks; definitions stand behind the changes of rows.
fn of_indicators(violations: &[(usize, Violation)], rows: usize) -> Result<(), Failure> {
    match violations.iter().find(|(position, _)| *position >= rows) {
        Some((_, violation)) => Err(Failure::new(format!("{violation}; nothing was imported"))),
        None => Ok(()),
    }
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
        Change::PutIndicator(put) => format!("{} {put}", mark(graph.last_version(&put.id).is_some())),
        Change::RemoveIndicator(id) => format!("- indicator {id}"),
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

/// The names of the ledgers, without the folders that they lie in.
fn file_names(paths: &[PathBuf]) -> Vec<Arc<str>> {
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into();
    paths.iter().map(name).collect()
}

fn difference(after: usize, before: usize) -> i64 {
    after as i64 - before as i64
}
