use std::cmp::Ordering;
use std::sync::Arc;

/// How many numbers a leaf holds at the most.
const LEAF: usize = 1024;

/// How much larger than what comes in the whole must be for the new ones to go in one by one.
const MANY: usize = 16;

/// Numbers in an order that is read where their keys stand.
#[derive(Clone, Default)]
pub(in crate::graph) struct Ordered {
    /// None of them is empty.
    leaves: Arc<Vec<Arc<Vec<u32>>>>,
}

impl Ordered {
    /// The numbers below one, of which each comes before the next.
    pub(in crate::graph) fn up_to(count: u32) -> Self {
        let starts = (0..count).step_by(LEAF);
        let leaves = starts.map(|start| Arc::new((start..count.min(start + LEAF as u32)).collect()));
        Self { leaves: Arc::new(leaves.collect()) }
    }

    /// All numbers, in their order.
    pub(in crate::graph) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.leaves.iter().flat_map(|leaf| leaf.iter().copied())
    }

    /// How many numbers it holds.
    pub(in crate::graph) fn len(&self) -> usize {
        self.leaves.iter().map(|leaf| leaf.len()).sum()
    }

    /// Enters numbers that are not there, in their order.
    pub(in crate::graph) fn extend(&mut self, new: &[u32], compare: impl Fn(u32, u32) -> Ordering) {
        if new.len() * MANY > self.len() {
            return self.merge(new, compare);
        }
        for number in new {
            self.insert(*number, |other| compare(other, *number));
        }
    }

    /// Takes a number out; `compare` says how another stands to it.
    pub(in crate::graph) fn remove(&mut self, number: u32, compare: impl Fn(u32) -> Ordering) {
        let at = self.leaf_of(&compare);
        let Some(place) = self.leaves.get(at).and_then(|leaf| leaf.binary_search_by(|n| compare(*n)).ok())
        else {
            return;
        };
        debug_assert_eq!(self.leaves[at][place], number);
        let leaves = Arc::make_mut(&mut self.leaves);
        let leaf = Arc::make_mut(&mut leaves[at]);
        leaf.remove(place);
        if leaf.is_empty() {
            leaves.remove(at);
        }
    }

    /// The last number that comes before all that `compare` finds equal or greater.
    pub(in crate::graph) fn before(&self, compare: impl Fn(u32) -> Ordering) -> Option<u32> {
        let at = self.leaf_of(&compare);
        let leaf = self.leaves.get(at)?;
        let place = leaf.partition_point(|number| compare(*number).is_lt());
        match place.checked_sub(1) {
            Some(before) => Some(leaf[before]),
            None => self.leaves[..at].last().and_then(|leaf| leaf.last()).copied(),
        }
    }

    /// The leaf in which a number stands or would.
    fn leaf_of(&self, compare: impl Fn(u32) -> Ordering) -> usize {
        self.leaves.partition_point(|leaf| compare(leaf[0]).is_le()).saturating_sub(1)
    }

    fn insert(&mut self, number: u32, compare: impl Fn(u32) -> Ordering) {
        let at = self.leaf_of(&compare);
        let leaves = Arc::make_mut(&mut self.leaves);
        if leaves.is_empty() {
            leaves.push(Arc::default());
        }
        let leaf = Arc::make_mut(&mut leaves[at]);
        let place = leaf.partition_point(|other| compare(*other).is_lt());
        leaf.insert(place, number);
        if leaf.len() > LEAF {
            let rest = leaf.split_off(LEAF / 2);
            leaves.insert(at + 1, Arc::new(rest));
        }
    }

    fn merge(&mut self, new: &[u32], compare: impl Fn(u32, u32) -> Ordering) {
        let mut merged = Vec::with_capacity(self.len() + new.len());
        let mut new = new.iter().copied().peekable();
        for number in self.iter() {
            while let Some(earlier) = new.next_if(|other| compare(*other, number).is_lt()) {
                merged.push(earlier);
            }
            merged.push(number);
        }
        merged.extend(new);
        self.leaves = Arc::new(merged.chunks(LEAF).map(|leaf| Arc::new(leaf.to_vec())).collect());
    }
}
