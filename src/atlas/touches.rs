use std::collections::VecDeque;

use crate::graph::OrganizationSet;

/// How many commits are remembered.
const REMEMBERED: usize = 1_024;

/// How many bytes all of them may take.
const BYTES: usize = 4 << 20;

/// What the latest commits touched.
#[derive(Debug, Default)]
pub(super) struct Touches {
    /// By version, without gaps; `None` is everything.
    commits: VecDeque<Option<OrganizationSet>>,
    /// The version of the last.
    last: u64,
    bytes: usize,
}

impl Touches {
    /// Adds a commit; `None` where it touches everything.
    pub(super) fn add(&mut self, version: u64, touched: Option<&OrganizationSet>) {
        if version != self.last + 1 {
            (self.commits, self.bytes) = (VecDeque::new(), 0);
        }
        let touched = touched.cloned();
        self.bytes += size(&touched);
        self.commits.push_back(touched);
        self.last = version;
        while self.commits.len() > REMEMBERED || self.bytes > BYTES {
            let Some(first) = self.commits.pop_front() else { break };
            self.bytes -= size(&first);
        }
    }

    /// Whether no commit that lies between two versions touched any of some organisations.
    pub(super) fn leave_alone(&self, organizations: &OrganizationSet, one: u64, other: u64) -> bool {
        let (from, to) = (one.min(other), one.max(other));
        let before_first = self.last - self.commits.len() as u64;
        let between = from.checked_sub(before_first).filter(|_| to <= self.last);
        let Some(skipped) = between else { return false };
        let mut between = self.commits.iter().skip(skipped as usize).take((to - from) as usize);
        between.all(|touched| touched.as_ref().is_some_and(|touched| touched.is_disjoint(organizations)))
    }
}

fn size(touched: &Option<OrganizationSet>) -> usize {
    touched.as_ref().map_or(0, OrganizationSet::serialized_size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_between_two_versions_are_asked_and_no_others() {
        let set = |slots: &[u32]| slots.iter().copied().collect::<OrganizationSet>();
        let mut touches = Touches::default();
        for (version, touched) in
            [(5, Some(set(&[1]))), (6, Some(set(&[2]))), (7, None), (8, Some(set(&[3])))]
        {
            touches.add(version, touched.as_ref());
        }
        let table = [
            // Not remembered so far back, or not so far on.
            (1, 3, 5, false),
            (9, 8, 9, false),
            (9, 4, 6, true),
            (9, 6, 4, true),
            (1, 4, 5, false),
            (1, 5, 6, true),
            (2, 4, 5, true),
            (2, 5, 6, false),
            (9, 6, 7, false),
            (9, 7, 8, true),
            (3, 7, 8, false),
            (3, 8, 8, true),
        ];
        for (slot, one, other, expected) in table {
            assert_eq!(touches.leave_alone(&set(&[slot]), one, other), expected, "{slot}: {one} to {other}");
        }
        // What was missed may have touched anything.
        touches.add(10, Some(&set(&[1])));
        assert!(!touches.leave_alone(&set(&[9]), 8, 10) && touches.leave_alone(&set(&[9]), 9, 10));
        for version in 11..2_000 {
            touches.add(version, Some(&set(&[1])));
        }
        assert!(touches.leave_alone(&set(&[9]), 1_999 - REMEMBERED as u64, 1_999));
        assert!(!touches.leave_alone(&set(&[9]), 1_998 - REMEMBERED as u64, 1_999));
        // Large ones take the place of many small ones.
        let large: OrganizationSet = (0..10_000_000).step_by(2).collect();
        for version in 2_000..2_010 {
            touches.add(version, Some(&large));
        }
        assert!(touches.bytes <= BYTES && touches.bytes == touches.commits.iter().map(size).sum::<usize>());
        assert!(
            touches.leave_alone(&set(&[1]), 2_008, 2_009) && !touches.leave_alone(&set(&[2]), 2_008, 2_009)
        );
        assert!(!touches.leave_alone(&set(&[1]), 2_000, 2_009));
    }
}
