use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Snapshot;
use super::sight::Sight;
use super::touches::Touches;
use crate::graph::{Graph, OrganizationSet};
use crate::model::OrganizationId;
use crate::work::{Recent, UpdateLock};

/// The graphs of how many limits are kept.
const KEPT: usize = 64;

/// What of a graph is there for those who are limited to some territories, and for which versions of the graph.
#[derive(Debug)]
pub(super) struct RestrictedView {
    pub(super) graph: Graph,
    pub(super) sight: Sight,
    /// The organisations of the whole graph on which it hangs.
    pub(super) footprint: OrganizationSet,
    /// Whether the graph held every territory; one that comes later touches nothing that was there.
    pub(super) is_complete: bool,
}

/// Restricted views of all versions of a graph.
///
/// A view holds for every version that no commit touched its [footprint](RestrictedView::footprint) in between, also for
/// versions that were shown while it was made.
#[derive(Debug)]
pub(super) struct RestrictedViews {
    entries: Recent<Entry>,
    touches: Mutex<Touches>,
}

/// The view for some territories, as far as it was made.
#[derive(Debug)]
struct Entry {
    territories: BTreeSet<OrganizationId>,
    made: Mutex<Option<Made>>,
    /// Held by the caller that makes the view; callers who need others do not wait.
    making: UpdateLock,
}

#[derive(Clone, Debug)]
struct Made {
    view: Arc<RestrictedView>,
    /// The version that it is known to hold for.
    version: u64,
    /// A snapshot of that version, which shows it.
    snapshot: Arc<Snapshot>,
}

impl Default for RestrictedViews {
    fn default() -> Self {
        Self { entries: Recent::new(KEPT), touches: Mutex::default() }
    }
}

impl RestrictedViews {
    /// Notes a commit before the graph with it is shown; `None` where every view may have changed.
    pub(super) fn commit(&self, version: u64, touched: Option<&OrganizationSet>) {
        self.touches().add(version, touched);
    }

    /// The view of a snapshot for some territories, made now unless one that was made before holds.
    pub(super) fn view_for(
        &self,
        snapshot: &Arc<Snapshot>,
        territories: &BTreeSet<OrganizationId>,
        make: impl FnOnce() -> RestrictedView,
    ) -> Arc<Snapshot> {
        let fits = |entry: &Entry| entry.territories == *territories;
        let entry = self.entries.find_or_insert(fits, || Entry {
            territories: territories.clone(),
            made: Mutex::default(),
            making: UpdateLock::default(),
        });
        if let Some(shown) = self.holding(&entry, snapshot) {
            return shown;
        }
        let _making = entry.making.lock();
        if let Some(shown) = self.holding(&entry, snapshot) {
            return shown;
        }
        let view = Arc::new(make());
        let shown = shown(&view, snapshot);
        entry.keep(Made { view, version: snapshot.version, snapshot: Arc::clone(&shown) });
        shown
    }

    fn holding(&self, entry: &Entry, snapshot: &Arc<Snapshot>) -> Option<Arc<Snapshot>> {
        let made = entry.made().clone()?;
        if made.version == snapshot.version {
            return Some(made.snapshot);
        }
        let holds = made.view.is_complete
            && self.touches().leave_alone(&made.view.footprint, made.version, snapshot.version);
        if !holds {
            return None;
        }
        let snapshot = shown(&made.view, snapshot);
        entry.keep(Made { view: made.view, version: snapshot.version, snapshot: Arc::clone(&snapshot) });
        Some(snapshot)
    }

    fn touches(&self) -> MutexGuard<'_, Touches> {
        self.touches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn made(&self) -> MutexGuard<'_, Option<Made>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was made for the newest version.
    fn keep(&self, made: Made) {
        let mut kept = self.made();
        if kept.as_ref().is_none_or(|kept| kept.version < made.version) {
            *kept = Some(made);
        }
    }
}

/// A snapshot that shows a view: with the version and the indicators of the whole one.
fn shown(view: &RestrictedView, snapshot: &Arc<Snapshot>) -> Arc<Snapshot> {
    let sight = Some(view.sight.clone());
    Arc::new(Snapshot { sight, ..snapshot.with_graph(view.graph.clone(), snapshot.version) })
}
