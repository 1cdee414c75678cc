use super::Snapshot;
use super::journal::Journal;
use crate::graph::Graph;
use crate::model::Change;
use crate::storage::{CheckpointError, Image, PendingCheckpoint, Store};

/// Log bytes after which the state is written anew, so that opening need not replay more: at least so many,
/// and so many for each record of the state, since writing it costs in proportion.
const CHECKPOINT_BYTES: u64 = 1 << 20;
const CHECKPOINT_BYTES_PER_RECORD: u64 = 32;

/// Begins a checkpoint if the log has grown enough since it was written last, and none is being written.
///
/// The log holds the truth, so a failure costs time at the next opening, and no more. It is tried again when the log has
/// grown as much again: on a full disk not every commit pays for an attempt.
pub(super) fn begin_if_due(store: &mut Store, graph: &Graph) -> Option<PendingCheckpoint> {
    let records = (graph.organization_count() + graph.relation_count() + graph.annex_count()) as u64;
    let due = CHECKPOINT_BYTES.max(records * CHECKPOINT_BYTES_PER_RECORD);
    if store.untried_bytes() > due { store.begin_checkpoint() } else { None }
}

/// Writes the state beside the log while commits go on: the graph, as it stood when the checkpoint was begun, never
/// changes, and the store is locked only to take note of the outcome.
pub(super) fn write(
    journal: &Journal<Store, Snapshot>,
    pending: PendingCheckpoint,
    graph: &Graph,
) -> Result<(), CheckpointError> {
    let annexes = graph.annexes().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
    let (organizations, relations) = (graph.organization_count() as u64, graph.stated_count() as u64);
    let image = Image { organizations, relations, blocks: graph.image() };
    let ended = pending.write(Some(image), annexes.chain(graph.definition_changes()));
    journal.log().end_checkpoint(ended)
}
