use std::ops::Range;

use super::Ranges;

/// How many words share one entry of the running count.
const STRIDE: usize = 4;

/// A set of positions that counts a range in two look-ups, however long the range is.
///
/// It takes room from its first position to its last alone: what a rule says of a city costs what the city is large.
#[derive(Clone, Debug, Default)]
pub struct OrderedSet {
    /// How many words there would be before the first of these; whole strides.
    skipped: usize,
    words: Vec<u64>,
    /// How many positions come before every fourth word.
    before: Vec<u32>,
    /// How many there are.
    len: u32,
}

impl OrderedSet {
    /// A set of positions, which are asked for twice.
    pub fn new(positions: impl Iterator<Item = u32> + Clone) -> Self {
        let mut set = Self::default();
        set.extend(positions);
        set
    }

    /// The set without some positions and with others.
    pub(super) fn altered(
        &self,
        without: impl Iterator<Item = u32>,
        with: impl Iterator<Item = u32> + Clone,
    ) -> Self {
        let mut set = self.clone();
        set.remove(without);
        set.extend(with);
        set
    }

    /// The set without some positions.
    pub fn without(&self, positions: impl Iterator<Item = u32>) -> Self {
        let mut set = self.clone();
        set.remove(positions);
        set.count_anew();
        set
    }

    /// Adds positions, which are asked for twice.
    pub(super) fn extend(&mut self, positions: impl Iterator<Item = u32> + Clone) {
        let bounds =
            positions.clone().fold((u32::MAX, 0), |(a, b), position| (a.min(position), b.max(position)));
        self.make_room(bounds);
        positions.for_each(|p| self.words[p as usize / 64 - self.skipped] |= 1 << (p % 64));
        self.count_anew();
    }

    fn remove(&mut self, positions: impl Iterator<Item = u32>) {
        for position in positions {
            if let Some(word) = self.index(position).and_then(|index| self.words.get_mut(index)) {
                *word &= !(1 << (position % 64));
            }
        }
    }

    /// Sees to it that there are words for all positions from one to another; nothing is to do where these are in no
    /// order.
    fn make_room(&mut self, (least, most): (u32, u32)) {
        if least > most {
            return;
        }
        let first = least as usize / 64 / STRIDE * STRIDE;
        if self.words.is_empty() {
            self.skipped = first;
        }
        let missing = self.skipped.saturating_sub(first);
        if missing > 0 {
            self.words.splice(..0, std::iter::repeat_n(0, missing));
            self.skipped = first;
        }
        let needed = most as usize / 64 + 1 - self.skipped;
        if needed > self.words.len() {
            self.words.reserve_exact(needed - self.words.len());
            self.words.resize(needed, 0);
        }
    }

    /// Where the word of a position would be; none for those before the first.
    fn index(&self, position: u32) -> Option<usize> {
        (position as usize / 64).checked_sub(self.skipped)
    }

    /// Whether it holds a position.
    pub fn contains(&self, position: u32) -> bool {
        let word = self.index(position).and_then(|index| self.words.get(index));
        word.is_some_and(|word| word & (1 << (position % 64)) != 0)
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

    /// Calls `take` with each position of a range, in order.
    pub(super) fn each_in(&self, range: Range<u32>, mut take: impl FnMut(u32)) {
        let (start, end) = (range.start as usize / 64, range.end as usize / 64);
        let last = (range.end as usize).div_ceil(64).saturating_sub(self.skipped).min(self.words.len());
        let mut index = start.saturating_sub(self.skipped);
        while index < last {
            if index.is_multiple_of(STRIDE) && self.is_empty_stride(index / STRIDE) {
                index += STRIDE;
                continue;
            }
            let (number, mut word) = (self.skipped + index, self.words[index]);
            if number == start {
                word &= u64::MAX << (range.start % 64);
            }
            if number == end {
                word &= (1 << (range.end % 64)) - 1;
            }
            while word != 0 {
                take(number as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
            index += 1;
        }
    }

    fn is_empty_stride(&self, stride: usize) -> bool {
        matches!(self.before.get(stride..stride + 2), Some([before, after]) if before == after)
    }

    fn positions_in(&self, range: Range<u32>) -> PositionsIn<'_> {
        let (index, from) = match self.index(range.start) {
            Some(index) => (index, range.start % 64),
            None => (0, 0),
        };
        let word = self.words.get(index).map_or(0, |word| word & u64::MAX << from);
        PositionsIn { set: self, index, word, end: range.end }
    }

    /// The first word from one on that may hold a position: where there are few, what is between them costs nothing.
    fn next_used(&self, index: usize) -> usize {
        let stride = index / STRIDE;
        if !index.is_multiple_of(STRIDE) {
            return index;
        }
        let Some(before) = self.before.get(stride) else { return index };
        let (later, is_empty) = (&self.before[stride + 1..], |later: &u32| later <= before);
        // The next one is mostly near, so it is looked for twice as far away each time.
        let mut reach = 1;
        while later.get(reach - 1).is_some_and(is_empty) {
            reach *= 2;
        }
        let near = reach / 2;
        let empty = near + later[near..reach.min(later.len())].partition_point(is_empty);
        (stride + empty) * STRIDE
    }

    /// How many positions it holds below one.
    fn rank(&self, position: u32) -> u32 {
        let Some(word) = self.index(position) else { return 0 };
        let Some(last) = self.words.get(word) else { return self.len };
        let stride = word / STRIDE;
        let whole: u32 = self.words[stride * STRIDE..word].iter().map(|w| w.count_ones()).sum();
        let part = last & ((1 << (position % 64)) - 1);
        self.before[stride] + whole + part.count_ones()
    }

    fn count_anew(&mut self) {
        let mut sum = 0;
        self.before.clear();
        self.before.reserve_exact(self.words.len().div_ceil(STRIDE));
        self.before.extend(self.words.chunks(STRIDE).map(|words| {
            let before = sum;
            sum += words.iter().map(|word| word.count_ones()).sum::<u32>();
            before
        }));
        self.len = sum;
    }
}

/// The positions of a set from a word on, up to an end.
struct PositionsIn<'s> {
    set: &'s OrderedSet,
    index: usize,
    /// What is left of the word.
    word: u64,
    end: u32,
}

impl Iterator for PositionsIn<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let set = self.set;
        while self.word == 0 {
            self.index = set.next_used(self.index + 1);
            let is_before_end = (set.skipped + self.index) * 64 < self.end as usize;
            self.word = *set.words.get(self.index).filter(|_| is_before_end)?;
        }
        let position = (set.skipped + self.index) as u32 * 64 + self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(position).filter(|position| *position < self.end)
    }
}
