use std::fs;
use std::io;
use std::path::Path;

use crate::graph::Graph;
use crate::ledger::annex_ledger::AnnexLedger;
use crate::ledger::value::Value;
use crate::new_file::WriteError;

/// The ledgers of annexes that a graph has any rows for.
pub(super) fn written_ledgers(graph: &Graph) -> Vec<AnnexLedger> {
    AnnexLedger::all().filter(|ledger| rows(graph, *ledger).next().is_some()).collect()
}

/// The rows of a ledger of annexes, in the order of organisations and of what makes the annexes themselves.
pub(super) fn rows(graph: &Graph, ledger: AnnexLedger) -> impl Iterator<Item = [Value; 6]> {
    graph.annexes().filter_map(move |annex| ledger.values(annex))
}

/// Removes the ledgers of annexes that an earlier export left and that would bring back what is gone.
pub(super) fn remove_others(folder: &Path, written: &[AnnexLedger], end: &str) -> Result<(), WriteError> {
    for ledger in AnnexLedger::all().filter(|ledger| !written.contains(ledger)) {
        let path = folder.join(format!("{}.{end}", ledger.name()));
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(WriteError { path, cause }),
            _ => {}
        }
    }
    Ok(())
}
