use petgraph::visit::EdgeRef;

use crate::graph::{Graph, RelationSlot, Slot, When};

/// The other ends of all relations that hold, those of one organisation side by side.
///
/// A relation of an organisation to itself leads nowhere and is left out.
pub(super) struct Neighbours {
    /// Where the other ends of each slot start, and behind the last slot the end.
    starts: Vec<u32>,
    others: Vec<u32>,
}

impl Neighbours {
    pub(super) fn of(graph: &Graph, when: When) -> Self {
        let ends = || {
            let relations = graph.topology.edge_references();
            let relations = relations.filter_map(|edge| graph.relation_at(RelationSlot::of(edge.id())));
            relations
                .filter(|r| r.source != r.target && graph.holds(r, when))
                .map(|r| (r.source.0, r.target.0))
        };
        let mut starts = vec![0; graph.topology.node_bound() + 2];
        for (source, target) in ends() {
            starts[source as usize + 2] += 1;
            starts[target as usize + 2] += 1;
        }
        for slot in 2..starts.len() {
            starts[slot] += starts[slot - 1];
        }
        // Each slot's start moves to its end while it is filled, and so becomes the start of the next.
        let mut others = vec![0; starts.last().map_or(0, |end| *end as usize)];
        let mut enter = |slot: u32, other: u32| {
            let next: &mut u32 = &mut starts[slot as usize + 1];
            others[*next as usize] = other;
            *next += 1;
        };
        for (source, target) in ends() {
            enter(source, target);
            enter(target, source);
        }
        starts.pop();
        Self { starts, others }
    }

    pub(super) fn of_slot(&self, slot: Slot) -> &[u32] {
        let row = slot.0 as usize;
        match self.starts.get(row..row + 2) {
            Some([start, end]) => &self.others[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

/// The organisations that a search has reached; room for them is made once and used again.
#[derive(Default)]
pub(in crate::graph) struct Reached {
    marks: Vec<bool>,
    slots: Vec<Slot>,
}

impl Reached {
    /// Makes room for slots below a bound.
    pub(super) fn reserve(&mut self, bound: usize) {
        self.marks.resize(bound.max(self.marks.len()), false);
    }

    /// Notes that a slot is reached; whether it was not before.
    pub(in crate::graph) fn enter(&mut self, slot: Slot) -> bool {
        let is_new = !std::mem::replace(&mut self.marks[slot.0 as usize], true);
        if is_new {
            self.slots.push(slot);
        }
        is_new
    }

    pub(in crate::graph) fn holds(&self, slot: Slot) -> bool {
        self.marks[slot.0 as usize]
    }

    /// What was reached, in the order in which it was.
    pub(in crate::graph) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn clear(&mut self) {
        for slot in self.slots.drain(..) {
            self.marks[slot.0 as usize] = false;
        }
    }
}
