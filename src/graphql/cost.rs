//! What fields cost, for the limit on the cost of a query; the attributes of the fields name these.

use super::page::{DEFAULT_PAGE, MAX_PAGE};

/// What a question to the whole graph costs beside its answer.
pub(super) const QUESTION: usize = 50;

/// How many entries are reckoned with in a list that has no page: indicators, ancestors, groups.
pub(super) const FEW: usize = 20;

/// No field costs more, so that sums of costs stay far from overflowing.
const MOST: usize = 1 << 40;

/// What a page costs whose entries cost `entry` each.
pub(super) fn page(first: Option<i32>, last: Option<i32>, entry: usize) -> usize {
    let size = first.or(last).map_or(DEFAULT_PAGE, |size| usize::try_from(size).unwrap_or(0));
    list(size.min(MAX_PAGE), entry)
}

/// What a list costs whose entries cost `entry` each.
pub(super) fn list(size: impl TryInto<usize>, entry: usize) -> usize {
    size.try_into().unwrap_or(0).saturating_mul(entry).saturating_add(1).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_costs_what_its_entries_cost() {
        assert_eq!(page(None, None, 3), 151);
        assert_eq!(page(Some(10), None, 3), 31);
        assert_eq!(page(None, Some(2), 3), 7);
        assert_eq!(page(Some(0), None, 3), 1);
        // Such pages are refused when they are cut.
        assert_eq!(page(Some(-1), None, 3), 1);
        assert_eq!(page(Some(i32::MAX), None, 3), 3001);
        assert_eq!(list(1_000, MOST), MOST);
        assert_eq!(list(-1, 3), 1);
    }
}
