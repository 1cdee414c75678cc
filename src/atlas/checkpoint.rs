use crate::graph::Graph;
use crate::model::Change;
use crate::storage::{CheckpointError, Image, Store};

/// Log bytes after which the state is written anew, so that opening need not replay more: at least so many,
/// and so many for each record of the state, since writing it costs in proportion.
const CHECKPOINT_BYTES: u64 = 1 << 20;
const CHECKPOINT_BYTES_PER_RECORD: u64 = 32;

/// Writes the state anew if the log has grown enough since it was written last.
///
/// The log holds the truth, so a failure costs time at the next opening, and no more. It is tried again when the log has
/// grown as much again: on a full disk not every commit pays for an attempt.
pub(super) fn checkpoint_if_due(store: &mut Store, graph: &Graph) {
    let records = (graph.organization_count() + graph.relation_count() + graph.annex_count()) as u64;
    let due = CHECKPOINT_BYTES.max(records * CHECKPOINT_BYTES_PER_RECORD);
    if store.untried_bytes() <= due {
        return;
    }
    if let Err(error) = checkpoint(store, graph) {
        tracing::warn!("{error}");
    }
}

/// Writes the state anew.
pub(super) fn checkpoint(store: &mut Store, graph: &Graph) -> Result<(), CheckpointError> {
    let annexes = graph.annexes().map(|annex| Change::PutAnnex(Box::new(annex.clone())));
    let (organizations, relations) = (graph.organization_count() as u64, graph.stated_count() as u64);
    let image = Image { organizations, relations, blocks: graph.image() };
    store.checkpoint(Some(image), annexes.chain(graph.definition_changes()))
}
