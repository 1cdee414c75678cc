use strum::{EnumIter, IntoEnumIterator};

use crate::graph::{Day, Graph, OrderedSet, OrganizationSet, Ranges, Slot};
use crate::model::OrganizationKind;

use super::report::group_ranges;
use super::{Evaluation, Group, Indicator, Scope, evaluate};

/// How two indicators stand to each other in a unit that belongs to the population of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum OverlapCell {
    /// Both cover it.
    Both,
    /// The one covers it, the other does not.
    OneOnly,
    /// The other covers it, the one does not.
    OtherOnly,
    /// Neither covers it.
    Neither,
    /// Nobody knows of one of them at least.
    Unknown,
    /// It need not be covered by one of them at least.
    Exempt,
}

/// How many units of both populations are in which cell; they add up to all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverlapCounts([u64; 6]);

/// How two indicators overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The whole.
    pub counts: OverlapCounts,
    /// By group in the order of ids, the group of those that stand in none last.
    pub groups: Vec<(Option<Slot>, OverlapCounts)>,
    /// Whether the graph holds units that were generated, so that the numbers may rest on them.
    pub synthetic: bool,
}

/// Counts how two indicators overlap, over the units that belong to the population of both or may do so.
pub fn overlap(
    [one, other]: [&Indicator; 2],
    graph: &Graph,
    scope: &Scope,
    group_by: Option<OrganizationKind>,
) -> Overlap {
    let day = graph.day(scope.date);
    let cells = cells([one, other], &day, scope);
    let groups = group_by.map_or_else(Vec::new, |kind| {
        let parts = day.parts(scope.within, kind);
        let counted = parts.iter().map(|part| (part.by, counts(&cells, &part.ranges), part.is_inside));
        let listed = counted.filter(|(_, counts, is_inside)| counts.population() > 0 || *is_inside);
        listed.map(|(by, counts, _)| (by, counts)).collect()
    });
    let everything = group_ranges(&day, scope, Group::Whole);
    Overlap { counts: counts(&cells, &everything), groups, synthetic: !graph.synthetic().is_empty() }
}

/// The units of one cell that a group counts, in the order of ids.
pub fn units_of_overlap(
    indicators: [&Indicator; 2],
    graph: &Graph,
    scope: &Scope,
    cell: OverlapCell,
    group: Group,
) -> Vec<Slot> {
    let day = graph.day(scope.date);
    let ranges = group_ranges(&day, scope, group);
    let cells = cells(indicators, &day, scope);
    let mut units: Vec<_> = day.slots_of(&cells[cell.position()], &ranges).collect();
    units.sort_unstable_by_key(|slot| day.rank(*slot));
    units
}

impl OverlapCell {
    /// Every cell.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    fn position(self) -> usize {
        self as usize
    }
}

impl OverlapCounts {
    /// How many units are in a cell.
    pub fn of(&self, cell: OverlapCell) -> u64 {
        self.0[cell.position()]
    }

    /// How many units belong to the population of both, or may do so.
    pub fn population(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// The units of each cell, in the order of a day.
fn cells([one, other]: [&Indicator; 2], day: &Day<'_>, scope: &Scope) -> [OrderedSet; 6] {
    let [one, other] = [one, other].map(|indicator| evaluate(indicator, day.graph(), scope.date));
    let both = &one.population & &other.population;
    let exempt = &both & (&one.exempt | &other.exempt);
    let unknown = (&both & (&one.unknown | &other.unknown)) - &exempt;
    let decided = both - &exempt - &unknown;
    let [one, other] = [covered(&one), covered(&other)];
    let sets = [
        &decided & &one & &other,
        &decided & (&one - &other),
        &decided & (&other - &one),
        decided - one - other,
        unknown,
        exempt,
    ];
    sets.map(|set| day.ordered(&set))
}

fn covered(evaluation: &Evaluation) -> OrganizationSet {
    evaluation.covered_by.iter().fold(OrganizationSet::new(), |all, set| all | set)
}

fn counts(cells: &[OrderedSet; 6], ranges: &Ranges) -> OverlapCounts {
    OverlapCounts(std::array::from_fn(|position| cells[position].count(ranges)))
}
