use std::ops::Range;

/// Positions as ranges, in order and apart from each other.
///
/// Nearly always there is one, which then stands here and not on the heap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// Empty where there is none.
    first: Range<u32>,
    more: Vec<Range<u32>>,
}

impl Ranges {
    /// The positions of any ranges, joined where they meet.
    pub fn joined(mut ranges: Vec<Range<u32>>) -> Self {
        ranges.retain(|range| !range.is_empty());
        ranges.sort_unstable_by_key(|range| range.start);
        ranges.dedup_by(|next, kept| {
            let joins = next.start <= kept.end;
            if joins {
                kept.end = kept.end.max(next.end);
            }
            joins
        });
        ranges.into_iter().collect()
    }

    /// The ranges in their order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        let first = Some(self.first.clone()).filter(|range| !range.is_empty());
        first.into_iter().chain(self.more.iter().cloned())
    }

    /// Whether all positions of others are among them.
    pub(super) fn hold(&self, others: &Self) -> bool {
        others.iter().all(|other| {
            let after = self.more.partition_point(|range| range.start <= other.start);
            let last = after.checked_sub(1).map_or(&self.first, |at| &self.more[at]);
            last.start <= other.start && other.end <= last.end
        })
    }

    /// Whether a position is among them.
    pub fn contains(&self, position: u32) -> bool {
        let after = self.more.partition_point(|range| range.start <= position);
        let last = after.checked_sub(1).map_or(&self.first, |at| &self.more[at]);
        last.contains(&position)
    }

    /// The positions of both.
    pub fn intersection(&self, other: &Self) -> Self {
        if self.more.is_empty() && other.more.is_empty() {
            return Self::from(self.first.start.max(other.first.start)..self.first.end.min(other.first.end));
        }
        let (mut mine, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let common = std::iter::from_fn(|| {
            let (a, b) = (mine.peek()?, theirs.peek()?);
            let both = a.start.max(b.start)..a.end.min(b.end);
            if a.end <= b.end {
                mine.next()
            } else {
                theirs.next()
            };
            Some(both)
        });
        common.filter(|range| !range.is_empty()).collect()
    }

    /// The positions of this that are not of another.
    pub fn difference(&self, other: &Self) -> Self {
        let end = self.iter().last().map_or(0, |range| range.end);
        let mut from = 0;
        let before = other.iter().take_while(|range| range.start < end);
        let mut gaps: Vec<_> =
            before.map(|range| std::mem::replace(&mut from, range.end)..range.start).collect();
        gaps.push(from..end.max(from));
        self.intersection(&gaps.into_iter().filter(|range| !range.is_empty()).collect())
    }
}

/// Ranges that are in order and apart from each other already, none empty.
impl FromIterator<Range<u32>> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range<u32>>>(ranges: I) -> Self {
        let mut ranges = ranges.into_iter();
        Self { first: ranges.next().unwrap_or_default(), more: ranges.collect() }
    }
}

impl From<Range<u32>> for Ranges {
    fn from(range: Range<u32>) -> Self {
        std::iter::once(range).filter(|range| !range.is_empty()).collect()
    }
}
