use clap::Args;

use super::Failure;
use super::output::line;
use super::store::StoreFolder;
use crate::graph::Graph;
use crate::storage::{CheckpointReport, StateProblem, VerifyReport, verify};
use crate::work::cancellable;

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    store: StoreFolder,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let report = verify(self.store.path())?;
        let VerifyReport { commits, changes, log_bytes, .. } = report;
        line(format_args!("log: {commits} commits with {changes} changes, {log_bytes} bytes, sound"))?;
        if let Some(torn) = &report.torn_tail {
            let bytes = torn.bytes;
            line(format_args!(
                "log: {bytes} bytes of a commit never acknowledged follow; opening cuts them off"
            ))?;
        }
        line(format_args!("checkpoint: {}", described(&report.checkpoint)))?;
        let snapshot = self.store.open()?.snapshot();
        line(format_args!("graph: {}", validated(&snapshot.graph)?))?;
        reserved(&snapshot.graph)
    }
}

/// Names organisations whose ids have the form that organisations outside a reader's territories are shown under.
fn reserved(graph: &Graph) -> Result<(), Failure> {
    let ids: Vec<_> = graph.slots_by_id().map(|slot| graph.id(slot)).filter(|id| id.is_reserved()).collect();
    let Some(first) = ids.first() else { return Ok(()) };
    line(format_args!(
        "notice: {} organisations have ids that are reserved now, the first \"{first}\": readers who are limited to \
         territories may take them for organisations outside; record them under other ids, then remove them",
        ids.len()
    ))
}

/// What a graph holds, all of whose rules were asked; one that breaks any is a failure, and each is named.
pub(super) fn validated(graph: &Graph) -> Result<String, Failure> {
    if let Err(broken) = cancellable(|| graph.validate())? {
        for sentence in &broken {
            eprintln!("{sentence}");
        }
        return Err(Failure::new(format!("the graph breaks {} of its rules", broken.len())));
    }
    let (organizations, relations, annexes) =
        (graph.organization_count(), graph.relation_count(), graph.annex_count());
    Ok(format!("{organizations} organisations, {relations} relations and {annexes} annexes keep every rule"))
}

fn described(checkpoint: &CheckpointReport) -> String {
    match checkpoint {
        CheckpointReport::Absent => "none was taken yet".to_owned(),
        CheckpointReport::Sound { sequence, organizations, relations, annexes, blocks } => format!(
            "of commit {sequence}, {organizations} organisations, {relations} relations and {annexes} annexes in \
             {blocks} blocks, sound"
        ),
        CheckpointReport::Unsound(problem @ (StateProblem::NoRoom { .. } | StateProblem::NoCopy(_))) => {
            problem.to_string()
        }
        CheckpointReport::Unsound(problem) => {
            format!("unsound, the next opening makes it anew from the log: {problem}")
        }
    }
}
