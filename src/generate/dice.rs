use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Choices by a seed: whole numbers only, so that every machine makes the same ones.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of one section; sections have streams of their own, so that a change in one moves no other.
    pub(super) fn new(seed: u64, section: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut stream = ChaCha8Rng::from_seed(key);
        stream.set_stream(section);
        Self(stream)
    }

    /// A number from 0 up, less than the bound; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let product = u64::from(self.0.next_u32()) * u64::from(bound);
        (product >> 32) as u32
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Yes in so many of a hundred cases.
    pub(super) fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }

    /// One of a list; `None` of an empty one.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.get(self.below(length) as usize)
    }

    /// So many different ones of a list, or all where it is shorter: neighbours, from a random place on.
    pub(super) fn some<T: Clone>(&mut self, list: &[T], count: usize) -> Vec<T> {
        let start = self.below(u32::try_from(list.len()).unwrap_or(u32::MAX)) as usize;
        list.iter().cycle().skip(start).take(count.min(list.len())).cloned().collect()
    }

    /// The list in a random order in which a greater weight tends to come earlier.
    ///
    /// Taking the first so many gives an exact number of choices that still favours the heavy.
    pub(super) fn ranked<T>(&mut self, list: Vec<T>, weight: impl Fn(&T) -> u32) -> Vec<T> {
        let mut keyed: Vec<(u64, T)> = list
            .into_iter()
            .map(|item| (u64::from(self.0.next_u32()) * 1000 / u64::from(weight(&item).max(1)), item))
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, item)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that every machine must draw; a change here changes every generated ledger.
    #[test]
    fn the_draws_of_a_seed_are_fixed() {
        let mut dice = Dice::new(1226, 7);
        let draws: Vec<_> = (0..8).map(|_| dice.below(1000)).collect();
        insta::assert_compact_debug_snapshot!(draws);
    }

    #[test]
    fn empty_bounds_and_lists_are_no_trouble() {
        let mut dice = Dice::new(0, 0);
        assert_eq!((dice.below(0), dice.between(5, 5)), (0, 5));
        assert_eq!(dice.pick::<u8>(&[]), None);
        assert!(dice.some::<u8>(&[], 3).is_empty());
        assert_eq!(dice.some(&[1, 2], 5).len(), 2);
    }

    #[test]
    fn weights_move_the_heavy_to_the_front() {
        let order = Dice::new(3, 0).ranked((0..1000).collect(), |n| if n % 2 == 0 { 300 } else { 100 });
        let even = order[..300].iter().filter(|n| *n % 2 == 0).count();
        assert!((200..300).contains(&even), "{even}");
    }
}
