use std::ops::Range;

use super::Ranges;

/// How many words share one entry of the running count.
const STRIDE: usize = 4;

/// A set of positions that counts a range in two look-ups, however long the range is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderedSet {
    words: Vec<u64>,
    /// How many positions come before every fourth word.
    before: Vec<u32>,
    /// How many there are.
    len: u32,
}

impl OrderedSet {
    /// A set of positions below a limit.
    pub fn new(limit: u32, positions: impl Iterator<Item = u32>) -> Self {
        let mut set = Self { words: vec![0; limit as usize / 64 + 1], before: Vec::new(), len: 0 };
        positions.for_each(|p| set.words[p as usize / 64] |= 1 << (p % 64));
        set.count_anew();
        set
    }

    /// The set of positions below a limit, which may be another now, without some positions and with others.
    pub(super) fn altered(
        &self,
        limit: u32,
        without: impl Iterator<Item = u32>,
        with: impl Iterator<Item = u32>,
    ) -> Self {
        let mut words = Vec::with_capacity(limit as usize / 64 + 1);
        words.extend_from_slice(&self.words);
        words.resize(limit as usize / 64 + 1, 0);
        without.for_each(|p| words[p as usize / 64] &= !(1 << (p % 64)));
        with.for_each(|p| words[p as usize / 64] |= 1 << (p % 64));
        let mut set = Self { words, before: Vec::with_capacity(self.before.len()), len: 0 };
        set.count_anew();
        set
    }

    /// The set without some positions.
    pub fn without(&self, positions: impl Iterator<Item = u32>) -> Self {
        let mut set = self.clone();
        positions.for_each(|p| set.words[p as usize / 64] &= !(1 << (p % 64)));
        set.count_anew();
        set
    }

    /// Adds positions below its limit.
    pub(super) fn extend(&mut self, positions: impl Iterator<Item = u32>) {
        positions.for_each(|p| self.words[p as usize / 64] |= 1 << (p % 64));
        self.count_anew();
    }

    /// Whether it holds a position.
    pub fn contains(&self, position: u32) -> bool {
        self.words.get(position as usize / 64).is_some_and(|word| word & (1 << (position % 64)) != 0)
    }

    /// How many positions of some ranges it holds.
    pub fn count(&self, ranges: &Ranges) -> u64 {
        // Of most rules nobody is unknown.
        if self.len == 0 {
            return 0;
        }
        ranges.iter().map(|range| u64::from(self.rank(range.end) - self.rank(range.start))).sum()
    }

    /// The positions that it holds in some ranges, in order.
    pub fn positions<'s>(&'s self, ranges: &'s Ranges) -> impl Iterator<Item = u32> + 's {
        ranges.iter().flat_map(|range| self.positions_in(range))
    }

    fn positions_in(&self, range: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let mut index = range.start as usize / 64;
        let mut word = self.words.get(index).map_or(0, |word| word & u64::MAX << (range.start % 64));
        std::iter::from_fn(move || {
            while word == 0 {
                index = self.next_used(index + 1);
                word = *self.words.get(index).filter(|_| index * 64 < range.end as usize)?;
            }
            let position = index as u32 * 64 + word.trailing_zeros();
            word &= word - 1;
            Some(position).filter(|position| *position < range.end)
        })
    }

    /// The first word from one on that may hold a position: where there are few, what is between them costs nothing.
    fn next_used(&self, index: usize) -> usize {
        let stride = index / STRIDE;
        if !index.is_multiple_of(STRIDE) {
            return index;
        }
        let Some(before) = self.before.get(stride) else { return index };
        let empty = self.before[stride + 1..].partition_point(|later| later <= before);
        (stride + empty) * STRIDE
    }

    /// How many positions it holds below one.
    fn rank(&self, position: u32) -> u32 {
        let word = position as usize / 64;
        let stride = word / STRIDE;
        let whole: u32 = self.words[stride * STRIDE..word].iter().map(|w| w.count_ones()).sum();
        let part = self.words[word] & ((1 << (position % 64)) - 1);
        self.before[stride] + whole + part.count_ones()
    }

    fn count_anew(&mut self) {
        let mut sum = 0;
        self.before.clear();
        self.before.extend(self.words.chunks(STRIDE).map(|words| {
            let before = sum;
            sum += words.iter().map(|word| word.count_ones()).sum::<u32>();
            before
        }));
        self.len = sum;
    }
}
