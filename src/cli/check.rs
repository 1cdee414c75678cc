use clap::Args;

use super::Failure;
use super::store::StoreFolder;
use crate::storage::{CheckpointReport, verify};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    store: StoreFolder,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let report = verify(self.store.path())?;
        println!(
            "log: {} commits with {} changes, {} bytes, sound",
            report.commits, report.changes, report.log_bytes
        );
        if let Some(torn) = &report.torn_tail {
            println!(
                "log: {} bytes of a commit that was never acknowledged follow; opening cuts them off",
                torn.bytes
            );
        }
        match &report.checkpoint {
            CheckpointReport::Absent => println!("checkpoint: none was taken yet"),
            CheckpointReport::Sound { sequence, organizations, relations, blocks } => println!(
                "checkpoint: of commit {sequence}, {organizations} organisations and {relations} relations in {blocks} blocks, sound"
            ),
            CheckpointReport::Unsound(problem) => {
                println!("checkpoint: unsound, the next opening makes it anew from the log: {problem}");
            }
        }
        let snapshot = self.store.open()?.snapshot();
        let (organizations, relations) =
            (snapshot.graph.organization_count(), snapshot.graph.relation_count());
        if let Err(broken) = snapshot.graph.validate() {
            for sentence in &broken {
                eprintln!("{sentence}");
            }
            return Err(Failure::new(format!("the graph breaks {} of its rules", broken.len())));
        }
        println!("graph: {organizations} organisations and {relations} relations keep every rule");
        Ok(())
    }
}
