use std::ops::Range;

/// Positions as ranges, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<Range<u32>>);

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
        Self(ranges)
    }

    /// The ranges in their order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        self.0.iter().cloned()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a position is among them.
    pub fn contains(&self, position: u32) -> bool {
        let after = self.0.partition_point(|range| range.start <= position);
        after.checked_sub(1).is_some_and(|at| position < self.0[at].end)
    }

    /// The positions of both.
    pub fn intersection(&self, other: &Self) -> Self {
        let (mut common, mut mine, mut theirs) = (Vec::new(), self.0.as_slice(), other.0.as_slice());
        while let (Some(a), Some(b)) = (mine.first(), theirs.first()) {
            let both = a.start.max(b.start)..a.end.min(b.end);
            if !both.is_empty() {
                common.push(both);
            }
            if a.end <= b.end { mine = &mine[1..] } else { theirs = &theirs[1..] }
        }
        Self(common)
    }

    /// The positions of this that are not of another.
    pub fn difference(&self, other: &Self) -> Self {
        let end = self.0.last().map_or(0, |range| range.end);
        let mut gaps = Vec::with_capacity(other.0.len() + 1);
        let mut from = 0;
        for range in other.iter().take_while(|range| range.start < end) {
            gaps.push(from..range.start);
            from = range.end;
        }
        gaps.push(from..end.max(from));
        gaps.retain(|range| !range.is_empty());
        self.intersection(&Self(gaps))
    }
}

impl From<Range<u32>> for Ranges {
    fn from(range: Range<u32>) -> Self {
        Self::joined(vec![range])
    }
}
