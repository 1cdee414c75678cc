use std::sync::{Arc, OnceLock};

use crate::access::Access;
use crate::atlas::{Atlas, Snapshot};

/// The graph that a request sees, as far as who asks may see it: as it stands when the request first looks, and as it stands after each of the
/// request's own writes, which come one after the other.
pub(super) struct Seen {
    atlas: Arc<Atlas>,
    access: Access,
    first: OnceLock<Moment>,
}

/// A graph that was looked at, and the one after the next write; what was looked at stays.
struct Moment {
    snapshot: Arc<Snapshot>,
    next: OnceLock<Box<Moment>>,
}

impl Seen {
    pub(super) fn new(atlas: Arc<Atlas>, access: Access) -> Self {
        Self { atlas, access, first: OnceLock::new() }
    }

    /// The atlas that it is looked up in.
    pub(super) fn atlas(&self) -> &Atlas {
        &self.atlas
    }

    /// As much of a graph as who asks may see.
    pub(super) fn see(&self, snapshot: &Arc<Snapshot>) -> Arc<Snapshot> {
        snapshot.seen_by(&self.access)
    }

    /// The graph that is seen now.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.last(self.first.get_or_init(|| self.look())).snapshot
    }

    /// Sees the graph as it stands after a write.
    pub(super) fn look_again(&self) {
        // Where nothing was looked at yet, the first look will see the write.
        if let Some(first) = self.first.get() {
            self.last(first).next.get_or_init(|| Box::new(self.look()));
        }
    }

    fn look(&self) -> Moment {
        Moment { snapshot: self.see(&self.atlas.snapshot()), next: OnceLock::new() }
    }

    fn last<'a>(&self, mut moment: &'a Moment) -> &'a Moment {
        while let Some(next) = moment.next.get() {
            moment = next;
        }
        moment
    }
}
