use std::sync::Arc;

use async_graphql::{Enum, Object, Result, SimpleObject};

use super::groups::{ByValues, refuse_repeats, sort_key, tag};
use crate::atlas::Snapshot;
use crate::graph::{self, GroupValue, Operand, OrganizationSet, When};
use crate::graphql::cancellable;
use crate::graphql::cost;
use crate::graphql::enums::{OperatingStatus, OrganizationCategory, OrganizationKind};
use crate::graphql::error::bad_input;
use crate::graphql::organization::Organization;
use crate::graphql::page::{Connection, PageArguments, page};
use crate::graphql::plain::Plain;
use crate::model;

/// How many groups an aggregate may have.
const MAX_GROUPS: usize = 100_000;

/// The values that aggregates sum up, in the order of their fields.
const OPERANDS: [Operand; 5] = [
    Operand::PartyMembers,
    Operand::FullMembers,
    Operand::Employees,
    Operand::FloorAreaM2,
    Operand::AnnualIncomeCny,
];

/// A property that organisations are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum OrganizationGroupKey {
    /// Their kind.
    Kind,
    /// The category of their kind.
    Category,
    /// Their industry, as it is written.
    Industry,
    /// Each of their designations: who has several counts once in each group.
    Designation,
    /// Whether they work.
    OperatingStatus,
    /// Whether they were generated.
    Synthetic,
}

/// What some organisations come to, in the whole and by group.
pub(in crate::graphql) struct OrganizationAggregate {
    snapshot: Arc<Snapshot>,
    whole: graph::OrganizationGroup,
    groups: Arc<[graph::OrganizationGroup]>,
    keys: Arc<[graph::OrganizationGroupKey]>,
}

/// Organisations that have the values in common that were asked for; a value is null where they have none, and
/// where nobody asked to group by it.
pub(in crate::graphql) struct OrganizationGroup {
    snapshot: Arc<Snapshot>,
    groups: Arc<[graph::OrganizationGroup]>,
    keys: Arc<[graph::OrganizationGroupKey]>,
    at: usize,
}

impl Plain for OrganizationGroup {}

/// What the known values of some organisations come to.
#[derive(SimpleObject)]
pub(in crate::graphql) struct Statistics {
    /// How many organisations have a value.
    known: u64,
    /// How many have none, or one that is kept back from readers: what is unknown is neither 0 nor left out unseen.
    unknown: u64,
    /// The sum of the known values; 0 where none is known.
    sum: f64,
    /// The least known value.
    minimum: Option<f64>,
    /// The greatest known value.
    maximum: Option<f64>,
    /// The mean of the known values.
    average: Option<f64>,
}

impl From<graph::Statistics> for Statistics {
    fn from(statistics: graph::Statistics) -> Self {
        Self {
            known: statistics.known,
            unknown: statistics.unknown,
            sum: statistics.sum,
            minimum: statistics.minimum,
            maximum: statistics.maximum,
            average: statistics.average(),
        }
    }
}

impl From<OrganizationGroupKey> for graph::OrganizationGroupKey {
    fn from(key: OrganizationGroupKey) -> Self {
        match key {
            OrganizationGroupKey::Kind => Self::Kind,
            OrganizationGroupKey::Category => Self::Category,
            OrganizationGroupKey::Industry => Self::Industry,
            OrganizationGroupKey::Designation => Self::Designation,
            OrganizationGroupKey::OperatingStatus => Self::OperatingStatus,
            OrganizationGroupKey::Synthetic => Self::Synthetic,
        }
    }
}

/// What some organisations come to, in the whole and by group.
#[Object]
impl OrganizationAggregate {
    /// How many there are, each counted once.
    async fn count(&self) -> u64 {
        self.whole.count
    }

    /// Party members, probationary ones included.
    async fn party_members(&self) -> Statistics {
        self.whole.statistics[0].into()
    }

    /// Full Party members.
    async fn full_members(&self) -> Statistics {
        self.whole.statistics[1].into()
    }

    /// People employed.
    async fn employees(&self) -> Statistics {
        self.whole.statistics[2].into()
    }

    /// Floor area in square metres.
    async fn floor_area_m2(&self) -> Statistics {
        self.whole.statistics[3].into()
    }

    /// Income of a year in yuan.
    async fn annual_income_cny(&self) -> Statistics {
        self.whole.statistics[4].into()
    }

    /// The groups in the order of their values, key by key, what has none last; none where nothing was grouped by.
    #[graphql(complexity = "cost::page(first, None, child_complexity)")]
    async fn groups(
        &self,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<Connection<OrganizationGroup>> {
        cancellable(|| {
            let values = |at: usize| self.groups[at].values.as_slice();
            let order = ByValues { graph: &self.snapshot.graph, list: tag(&self.keys), values };
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            let positions: Vec<_> = (0..self.groups.len()).collect();
            page(&positions, &order, &arguments, |at| OrganizationGroup {
                snapshot: Arc::clone(&self.snapshot),
                groups: Arc::clone(&self.groups),
                keys: Arc::clone(&self.keys),
                at,
            })
        })
    }
}

impl OrganizationGroup {
    fn group(&self) -> &graph::OrganizationGroup {
        &self.groups[self.at]
    }

    fn value(&self, is_wanted: impl Fn(&graph::OrganizationGroupKey) -> bool) -> Option<&GroupValue> {
        self.group().values.get(self.keys.iter().position(is_wanted)?)?.as_ref()
    }

    fn text(&self, key: graph::OrganizationGroupKey) -> Option<&str> {
        match self.value(|other| *other == key)? {
            GroupValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Organisations that have the values in common that were asked for; a value is null where they have none, and
/// where nobody asked to group by it.
#[Object]
impl OrganizationGroup {
    /// Their kind.
    async fn kind(&self) -> Option<OrganizationKind> {
        match self.value(|key| *key == graph::OrganizationGroupKey::Kind)? {
            GroupValue::Kind(kind) => Some((*kind).into()),
            _ => None,
        }
    }

    /// The category of their kind.
    async fn category(&self) -> Option<OrganizationCategory> {
        match self.value(|key| *key == graph::OrganizationGroupKey::Category)? {
            GroupValue::Category(category) => Some((*category).into()),
            _ => None,
        }
    }

    /// Their industry.
    async fn industry(&self) -> Option<&str> {
        self.text(graph::OrganizationGroupKey::Industry)
    }

    /// The designation that they all have.
    async fn designation(&self) -> Option<&str> {
        self.text(graph::OrganizationGroupKey::Designation)
    }

    /// Whether they work.
    async fn operating_status(&self) -> Option<OperatingStatus> {
        match self.value(|key| *key == graph::OrganizationGroupKey::OperatingStatus)? {
            GroupValue::OperatingStatus(status) => Some((*status).into()),
            _ => None,
        }
    }

    /// Whether they were generated.
    async fn synthetic(&self) -> Option<bool> {
        match self.value(|key| *key == graph::OrganizationGroupKey::Synthetic)? {
            GroupValue::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The organisation of the level that they stand within or are.
    async fn by(&self) -> Option<Organization> {
        match self.value(|key| matches!(key, graph::OrganizationGroupKey::Within(_)))? {
            GroupValue::Organization(slot) => Some(Organization::new(&self.snapshot, *slot)),
            _ => None,
        }
    }

    /// How many there are.
    async fn count(&self) -> u64 {
        self.group().count
    }

    /// Party members, probationary ones included.
    async fn party_members(&self) -> Statistics {
        self.group().statistics[0].into()
    }

    /// Full Party members.
    async fn full_members(&self) -> Statistics {
        self.group().statistics[1].into()
    }

    /// People employed.
    async fn employees(&self) -> Statistics {
        self.group().statistics[2].into()
    }

    /// Floor area in square metres.
    async fn floor_area_m2(&self) -> Statistics {
        self.group().statistics[3].into()
    }

    /// Income of a year in yuan.
    async fn annual_income_cny(&self) -> Statistics {
        self.group().statistics[4].into()
    }
}

/// What the organisations of a set come to.
pub(in crate::graphql) fn aggregate_organizations(
    snapshot: &Arc<Snapshot>,
    set: &OrganizationSet,
    when: When,
    group_by: Vec<OrganizationGroupKey>,
    level: Option<model::OrganizationKind>,
) -> Result<OrganizationAggregate> {
    refuse_repeats(&group_by)?;
    let graph = &snapshot.graph;
    let level = level.map(graph::OrganizationGroupKey::Within);
    let keys: Vec<_> = group_by.into_iter().map(Into::into).chain(level).collect();
    let grouped = |keys: &[_]| {
        let below = snapshot.kept_back_below();
        let groups = graph.group_organizations(set, keys, &OPERANDS, when, below, MAX_GROUPS);
        groups.ok_or_else(|| {
            bad_input(format!("there are more than {MAX_GROUPS} groups; group by fewer keys, or filter"))
        })
    };
    let whole = grouped(&[])?.pop().ok_or("the whole is always one group")?;
    let mut groups = if keys.is_empty() { Vec::new() } else { grouped(&keys)? };
    // Whoever is limited to territories is told of groups by what is within these.
    let is_held = |value: &Option<GroupValue>| match value {
        Some(GroupValue::Organization(by)) => snapshot.holds(*by),
        _ => true,
    };
    groups.retain(|group| group.values.iter().all(is_held));
    groups.sort_by_cached_key(|group| sort_key(graph, &group.values));
    Ok(OrganizationAggregate {
        snapshot: Arc::clone(snapshot),
        whole,
        groups: groups.into(),
        keys: keys.into(),
    })
}
