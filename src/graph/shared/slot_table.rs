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

    /// The numbers below one that have a key, and whether all keys differ; of equal ones the first is found.
    ///
    /// They are dealt out to the parts first, so that each part is filled while it is near.
    pub(in crate::graph) fn up_to<K: Hash + Eq>(
        count: u32,
        key_of: impl Fn(u32) -> Option<K>,
    ) -> (Self, bool) {
        let hasher = DefaultHashBuilder::default();
        let hashes = (0..count).filter_map(|number| Some((hasher.hash_one(key_of(number)?), number)));
        let hashes: Vec<(u64, u32)> = hashes.collect();
        let mut ends = vec![0; PARTS + 1];
        hashes.iter().for_each(|(hash, _)| ends[part(*hash) + 1] += 1);
        (0..PARTS).for_each(|number| ends[number + 1] += ends[number]);
        let mut next = ends.clone();
        let mut dealt = vec![(0, 0); hashes.len()];
        for (hash, number) in hashes {
            let place = &mut next[part(hash)];
            dealt[*place] = (hash, number);
            *place += 1;
        }
        let mut differ = true;
        let parts = ends.windows(2).map(|ends| {
            let of_part = &dealt[ends[0]..ends[1]];
            let mut table = HashTable::with_capacity(of_part.len());
            for (hash, number) in of_part {
                if table.find(*hash, |other| key_of(*other) == key_of(*number)).is_some() {
                    differ = false;
                } else {
                    table.insert_unique(*hash, *number, |other| {
                        key_of(*other).map_or(0, |key| hasher.hash_one(key))
                    });
                }
            }
            Arc::new(table)
        });
        (Self { parts: Arc::new(parts.collect()), hasher: hasher.clone() }, differ)
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
