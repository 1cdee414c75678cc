use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

/// In how many parts the numbers stand, by the upper bits of their keys' hashes.
const PARTS: usize = 1024;

/// Numbers that are found by a key, which is not kept: it is read where it stands, by the number.
#[derive(Clone)]
pub(in crate::graph) struct SlotTable {
    parts: Arc<Vec<Arc<HashTable<u32>>>>,
    hasher: DefaultHashBuilder,
}

impl Default for SlotTable {
    fn default() -> Self {
        Self { parts: Arc::new(vec![Arc::default(); PARTS]), hasher: DefaultHashBuilder::default() }
    }
}

impl SlotTable {
    /// The number whose key `is_it` knows.
    pub(in crate::graph) fn find<K: Hash + ?Sized>(
        &self,
        key: &K,
        mut is_it: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.parts[part(hash)].find(hash, |number| is_it(*number)).copied()
    }

    /// Enters a number whose key is not there; `key_of` reads the key of those that are.
    pub(in crate::graph) fn insert<K: Hash>(&mut self, key: K, number: u32, key_of: impl Fn(u32) -> K) {
        let hash = self.hasher.hash_one(key);
        let part = Arc::make_mut(&mut Arc::make_mut(&mut self.parts)[part(hash)]);
        part.insert_unique(hash, number, |other| self.hasher.hash_one(key_of(*other)));
    }

    /// Makes room for so many numbers in all.
    pub(in crate::graph) fn reserve<K: Hash>(&mut self, count: usize, key_of: impl Fn(u32) -> K) {
        // Parts fill unevenly; four deviations more than their share is enough for nearly all of them.
        let share = count / PARTS + 4 * (count / PARTS).isqrt();
        for part in Arc::make_mut(&mut self.parts) {
            let missing = share.saturating_sub(part.len());
            Arc::make_mut(part).reserve(missing, |other| self.hasher.hash_one(key_of(*other)));
        }
    }

    /// Takes a number out.
    pub(in crate::graph) fn remove<K: Hash>(&mut self, key: K, number: u32) {
        let hash = self.hasher.hash_one(key);
        let part = Arc::make_mut(&mut Arc::make_mut(&mut self.parts)[part(hash)]);
        if let Ok(entry) = part.find_entry(hash, |other| *other == number) {
            entry.remove();
        }
    }

    /// How many numbers it holds.
    pub(in crate::graph) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }
}

fn part(hash: u64) -> usize {
    // A table takes its own bits from both ends of the hash.
    (hash >> 40) as usize % PARTS
}
