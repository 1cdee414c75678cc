use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result};

use super::filter::ById;
use super::group_charge::{GroupCharge, fields_within};
use super::indicator::Indicator;
use super::organization::Organization;
use super::page::{Connection, PageArguments, page, refuse_too_long};
use super::scalar::Date;
use super::{cancellable, cost};
use crate::atlas::Snapshot;
use crate::coverage::{self, Condition, Group, OverlapCounts, Scope, units_of_overlap};
use crate::graph::Slot;
use crate::model::OrganizationKind;

/// How two indicators overlap, over the units that belong to the population of both or may do so.
pub(super) struct Overlap {
    asked: Arc<Asked>,
    group_by: Option<OrganizationKind>,
    overlap: coverage::Overlap,
}

/// The units of both populations, or those of them that stand within one organisation or are it, by cell.
pub(super) struct OverlapPart {
    asked: Arc<Asked>,
    by: Option<Slot>,
    group: Group,
    counts: OverlapCounts,
}

/// How two indicators stand to each other in a unit that belongs to the population of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::OverlapCell")]
pub(super) enum OverlapCell {
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

/// What the parts of one answer share.
struct Asked {
    snapshot: Arc<Snapshot>,
    definitions: [Arc<coverage::Indicator>; 2],
    /// The definitions, of the filtered units alone.
    counted: [Arc<coverage::Indicator>; 2],
    scope: Scope,
}

impl Overlap {
    pub(super) fn new(
        snapshot: &Arc<Snapshot>,
        definitions: [Arc<coverage::Indicator>; 2],
        filter: Option<&Condition>,
        scope: Scope,
        group_by: Option<OrganizationKind>,
    ) -> Self {
        let counted = match filter {
            Some(filter) => definitions
                .clone()
                .map(|indicator| Arc::new(Arc::unwrap_or_clone(indicator).among(filter.clone()))),
            None => definitions.clone(),
        };
        let overlap = coverage::overlap(
            counted.each_ref().map(|indicator| &**indicator),
            &snapshot.graph,
            &scope,
            group_by,
        );
        let asked = Asked { snapshot: Arc::clone(snapshot), definitions, counted, scope };
        Self { asked: Arc::new(asked), group_by, overlap }
    }

    fn part(&self, by: Option<Slot>, group: Group, counts: &OverlapCounts) -> OverlapPart {
        OverlapPart { asked: Arc::clone(&self.asked), by, group, counts: counts.clone() }
    }
}

/// How two indicators overlap, over the units that belong to the population of both or may do so.
#[Object]
impl Overlap {
    /// The day that it is said of.
    async fn as_of(&self) -> Date {
        Date(self.asked.scope.date)
    }

    /// The one indicator.
    async fn one(&self) -> Indicator {
        Indicator(self.asked.definitions[0].clone())
    }

    /// The other indicator.
    async fn other(&self) -> Indicator {
        Indicator(self.asked.definitions[1].clone())
    }

    /// All of the units.
    async fn whole(&self) -> OverlapPart {
        self.part(None, Group::Whole, &self.overlap.counts)
    }

    /// By the organisations of the kind asked for, in the order of ids; units that stand in none come last. More than
    /// 100000 are refused.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn groups(&self, context: &Context<'_>) -> Result<Vec<OverlapPart>> {
        let groups = self.overlap.groups.len();
        refuse_too_long("groups", groups)?;
        let fields = fields_within(context, &[]);
        GroupCharge { field: "overlap", groups, indicators: 1, fields }.charge(context)?;
        let held =
            self.overlap.groups.iter().filter(|(by, _)| by.is_none_or(|by| self.asked.snapshot.holds(by)));
        let groups = held.filter_map(|(by, counts)| {
            let group = by.map(Group::In).or(self.group_by.map(Group::InNone))?;
            Some(self.part(*by, group, counts))
        });
        Ok(groups.collect())
    }

    /// Whether the graph holds units that were generated, so that the numbers may rest on them.
    async fn synthetic(&self) -> bool {
        self.overlap.synthetic
    }
}

/// The units of both populations, or those of them that stand within one organisation or are it, by cell.
#[Object]
impl OverlapPart {
    /// The organisation of a group; null for the whole, and for the units that stand in none of its kind.
    async fn by(&self) -> Option<Organization> {
        self.by.map(|slot| Organization::new(&self.asked.snapshot, slot))
    }

    /// both + oneOnly + otherOnly + neither + unknown + exempt, always.
    async fn population(&self) -> u64 {
        self.counts.population()
    }

    /// Units that both cover.
    async fn both(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::Both)
    }

    /// Units that the one covers and the other does not.
    async fn one_only(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::OneOnly)
    }

    /// Units that the other covers and the one does not.
    async fn other_only(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::OtherOnly)
    }

    /// Units that neither covers.
    async fn neither(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::Neither)
    }

    /// Units of which nobody knows, of one indicator at least.
    async fn unknown(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::Unknown)
    }

    /// Units that need not be covered, by one indicator at least.
    async fn exempt(&self) -> u64 {
        self.counts.of(coverage::OverlapCell::Exempt)
    }

    /// The units of one cell, in the order of ids.
    #[graphql(complexity = "cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn units(
        &self,
        #[graphql(desc = "The cell.")] cell: OverlapCell,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Organization>> {
        cancellable(|| {
            let Asked { snapshot, counted, scope, .. } = &*self.asked;
            let graph = &snapshot.graph;
            let units = units_of_overlap(
                counted.each_ref().map(|indicator| &**indicator),
                graph,
                scope,
                cell.into(),
                self.group,
            );
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            page(&units, &ById { graph, list: "overlap" }, &arguments, |slot| {
                Organization::new(snapshot, slot)
            })
        })
    }
}
