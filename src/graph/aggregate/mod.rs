//! Counts and statistics of organisations and relations by what they have in common.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use super::{Direction, Graph, Operand, OrganizationSet, RelationView, Slot, When, slots};
use crate::model::{
    AttributeValue, OperatingStatus, OrganizationCategory, OrganizationKind, RelationMode, RelationType,
};

/// What organisations are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationGroupKey {
    /// Their kind.
    Kind,
    /// The category of their kind.
    Category,
    /// Their industry.
    Industry,
    /// Each of their designations.
    Designation,
    /// Whether they work.
    OperatingStatus,
    /// Whether they were generated.
    Synthetic,
    /// Each organisation of a kind that they stand within or are.
    Within(OrganizationKind),
}

/// What relations are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationGroupKey {
    /// Their type.
    Type,
    /// Their mode.
    Mode,
    /// The kind of the organisation at which they start.
    SourceKind,
    /// The kind of the organisation at which they end.
    TargetKind,
}

/// What the members of a group have in common by one key; nothing is what has no such value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GroupValue {
    /// A kind.
    Kind(OrganizationKind),
    /// A category.
    Category(OrganizationCategory),
    /// An industry or a designation.
    Text(Arc<str>),
    /// An operating status.
    OperatingStatus(OperatingStatus),
    /// Yes or no.
    Flag(bool),
    /// An organisation.
    Organization(Slot),
    /// A type of relations.
    Type(RelationType),
    /// A mode of relations.
    Mode(RelationMode),
}

/// Organisations that have some values in common.
#[derive(Clone, Debug, PartialEq)]
pub struct OrganizationGroup {
    /// The value by each key; `None` where they have none.
    pub values: Vec<Option<GroupValue>>,
    /// How many there are.
    pub count: u64,
    /// The statistics of each operand.
    pub statistics: Vec<Statistics>,
}

/// Relations that have some values in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationGroup {
    /// The value by each key; `None` where they have none.
    pub values: Vec<Option<GroupValue>>,
    /// How many there are.
    pub count: u64,
}

/// What the known values of a group come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// How many values are known.
    pub known: u64,
    /// How many are not.
    pub unknown: u64,
    /// The sum of the known values.
    pub sum: f64,
    /// The least known value.
    pub minimum: Option<f64>,
    /// The greatest known value.
    pub maximum: Option<f64>,
}

impl Statistics {
    /// The mean of the known values; `None` where none is known.
    pub fn average(&self) -> Option<f64> {
        (self.known > 0).then(|| self.sum / self.known as f64)
    }

    fn take(&mut self, value: Option<f64>) {
        let Some(value) = value else {
            self.unknown += 1;
            return;
        };
        self.known += 1;
        self.sum += value;
        self.minimum = Some(self.minimum.map_or(value, |least| least.min(value)));
        self.maximum = Some(self.maximum.map_or(value, |greatest| greatest.max(value)));
    }
}

impl GroupValue {
    /// A text that sorts as the values do: enums in their order, texts and ids by their bytes.
    pub fn sort_key(&self, graph: &Graph) -> String {
        match self {
            Self::Kind(kind) => format!("{:03}", *kind as u8),
            Self::Category(category) => format!("{:03}", *category as u8),
            Self::Text(text) => text.to_string(),
            Self::OperatingStatus(status) => format!("{:03}", *status as u8),
            Self::Flag(flag) => u8::from(*flag).to_string(),
            Self::Organization(slot) => graph.id(*slot).to_string(),
            Self::Type(relation_type) => format!("{:03}", *relation_type as u8),
            Self::Mode(mode) => format!("{:03}", *mode as u8),
        }
    }
}

impl Graph {
    /// The organisations of a set grouped by some keys, in no order worth relying on; one group for no keys.
    ///
    /// Who has several designations, or stands within several organisations of a kind, counts once in the group
    /// of each. `None` where there are more groups than `most`.
    pub fn group_organizations(
        &self,
        set: &OrganizationSet,
        keys: &[OrganizationGroupKey],
        operands: &[Operand],
        when: When,
        kept_back_below: u32,
        most: usize,
    ) -> Option<Vec<OrganizationGroup>> {
        let mut grouping = Grouping { graph: self, when, places: HashMap::new() };
        let mut groups = HashMap::<Vec<Option<GroupValue>>, OrganizationGroup>::new();
        if keys.is_empty() {
            groups.insert(Vec::new(), OrganizationGroup::new(Vec::new(), operands));
        }
        // In the order of ids, so that sums of decimal numbers are the same wherever the organisations stand.
        for slot in self.in_order_of_ids(set) {
            let number = |operand| self.number(slot, operand, when, kept_back_below);
            let values: Vec<_> = operands.iter().map(number).collect();
            for key in grouping.combinations(slot, keys) {
                let group =
                    groups.entry(key).or_insert_with_key(|key| OrganizationGroup::new(key.clone(), operands));
                group.count += 1;
                group
                    .statistics
                    .iter_mut()
                    .zip(&values)
                    .for_each(|(statistics, value)| statistics.take(*value));
            }
            if groups.len() > most {
                return None;
            }
        }
        Some(groups.into_values().collect())
    }

    /// The relations of some types (all where none are named) grouped by some keys, in no order worth relying on.
    pub fn group_relations(
        &self,
        types: &[RelationType],
        keys: &[RelationGroupKey],
        when: When,
        is_meant: impl Fn(&RelationView<'_>) -> bool,
    ) -> Vec<RelationGroup> {
        let mut groups = HashMap::<Vec<Option<GroupValue>>, u64>::new();
        if keys.is_empty() {
            groups.insert(Vec::new(), 0);
        }
        for relation_type in RelationType::all().filter(|t| types.is_empty() || types.contains(t)) {
            let holding = self.relations_of_type(relation_type).filter(|relation| self.holds(relation, when));
            for relation in holding.filter(&is_meant) {
                let values = keys.iter().map(|key| match key {
                    RelationGroupKey::Type => Some(GroupValue::Type(relation_type)),
                    RelationGroupKey::Mode => relation.mode.map(GroupValue::Mode),
                    RelationGroupKey::SourceKind => Some(GroupValue::Kind(self.kind(relation.source))),
                    RelationGroupKey::TargetKind => Some(GroupValue::Kind(self.kind(relation.target))),
                });
                *groups.entry(values.collect()).or_default() += 1;
            }
        }
        groups.into_iter().map(|(values, count)| RelationGroup { values, count }).collect()
    }

    /// The slots of a set in the byte order of ids.
    pub fn in_order_of_ids(&self, set: &OrganizationSet) -> Vec<Slot> {
        // All in order are soon gone through; a few are sooner put in order.
        if set.len() * 8 > self.organization_count() as u64 {
            return self.slots_by_id().filter(|slot| set.contains(slot.position())).collect();
        }
        self.sorted_by_id(slots(set))
    }

    fn number(&self, slot: Slot, operand: &Operand, when: When, kept_back_below: u32) -> Option<f64> {
        match self.told_value(slot, operand, when, kept_back_below)? {
            AttributeValue::Integer(number) => Some(number as f64),
            AttributeValue::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl OrganizationGroup {
    fn new(values: Vec<Option<GroupValue>>, operands: &[Operand]) -> Self {
        Self { values, count: 0, statistics: vec![Statistics::default(); operands.len()] }
    }
}

struct Grouping<'g> {
    graph: &'g Graph,
    when: When,
    /// The organisations of a kind that what stands in a place stands within.
    places: HashMap<(Slot, OrganizationKind), Arc<[Slot]>>,
}

impl Grouping<'_> {
    /// The values of an organisation by each key, every one with every other.
    fn combinations(&mut self, slot: Slot, keys: &[OrganizationGroupKey]) -> Vec<Vec<Option<GroupValue>>> {
        let mut combinations = vec![Vec::with_capacity(keys.len())];
        for key in keys {
            let mut values = self.values(slot, *key).into_iter().map(Some).collect::<Vec<_>>();
            if values.is_empty() {
                values.push(None);
            }
            let with = |combination: &Vec<_>, value: &Option<GroupValue>| {
                combination.iter().chain(std::iter::once(value)).cloned().collect()
            };
            combinations = combinations
                .iter()
                .flat_map(|combination| values.iter().map(move |value| with(combination, value)))
                .collect();
        }
        combinations
    }

    fn values(&mut self, slot: Slot, key: OrganizationGroupKey) -> Vec<GroupValue> {
        use OrganizationGroupKey as K;
        let graph = self.graph;
        match key {
            K::Kind => vec![GroupValue::Kind(graph.kind(slot))],
            K::Category => vec![GroupValue::Category(graph.kind(slot).category())],
            K::Industry => graph.industry(slot).cloned().map(GroupValue::Text).into_iter().collect(),
            K::Designation => graph.designations(slot).iter().cloned().map(GroupValue::Text).collect(),
            K::OperatingStatus => vec![GroupValue::OperatingStatus(graph.operating_status(slot))],
            K::Synthetic => vec![GroupValue::Flag(graph.synthetic().contains(slot.position()))],
            K::Within(kind) => self.places(slot, kind).into_iter().map(GroupValue::Organization).collect(),
        }
    }

    /// The organisations of a kind that one stands within or is.
    fn places(&mut self, slot: Slot, kind: OrganizationKind) -> Vec<Slot> {
        let types = [RelationType::PartOf, RelationType::LocatedIn];
        let above = self.graph.relations_of(slot, Direction::Out, &types, self.when);
        let above: Vec<_> = above.map(|relation| relation.target).collect();
        let mut places = Vec::new();
        places.extend((self.graph.kind(slot) == kind).then_some(slot));
        for place in above {
            let known = self.places.entry((place, kind)).or_insert_with(|| {
                let around = std::iter::once(place).chain(self.graph.ancestors(place, self.when));
                around.filter(|slot| self.graph.kind(*slot) == kind).collect()
            });
            places.extend_from_slice(known);
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
