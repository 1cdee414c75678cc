use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Result};

use super::condition::ConditionInput;
use super::enums::{OrganizationCategory, OrganizationKind};
use super::organization::known_organization;
use super::page::{Ordered, SEPARATOR};
use super::scalar::Date;
use super::search::search_query;
use crate::atlas::Snapshot;
use crate::coverage::{Condition, select};
use crate::graph::{Graph, OrganizationSet, Slot, When, slots};
use crate::model::{self, AttributeValue};

/// Which organisations are meant; each field narrows the others.
#[derive(InputObject, Default)]
pub(super) struct OrganizationFilter {
    /// Of one of these kinds.
    kinds: Option<Vec<OrganizationKind>>,
    /// Of one of these categories.
    categories: Option<Vec<OrganizationCategory>>,
    /// What `search` finds by this text: a name in simplified or traditional characters, pinyin or initials, a
    /// part of one, a code, an id; blanks alone leave all.
    text: Option<String>,
    /// What stands within this organisation, and it itself.
    within: Option<ID>,
    /// With one of these designations.
    designations: Option<Vec<String>>,
    /// What this condition holds of: relations present or absent, values, and all else that rules say.
    r#where: Option<ConditionInput>,
    /// Only what exists on this day, by relations that hold then; everything recorded where left out.
    as_of: Option<Date>,
}

/// How organisations are ordered; equals are ordered by id.
#[derive(InputObject)]
pub(super) struct OrganizationOrder {
    /// By which field.
    field: OrganizationOrderField,
    /// In which direction; what has no value comes last in both.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

/// A field that organisations are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum OrganizationOrderField {
    /// By id, in byte order.
    Id,
    /// By simplified name, in the order of Unicode code points: the same on every machine, not that of a dictionary.
    Name,
    /// By kind, in the order of the enum.
    Kind,
    /// By first day.
    EstablishedOn,
    /// By first day after its life.
    DissolvedOn,
    /// By Party members.
    PartyMembers,
    /// By full Party members.
    FullMembers,
    /// By people employed.
    Employees,
    /// By floor area.
    FloorAreaM2,
    /// By income of a year.
    AnnualIncomeCny,
}

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum OrderDirection {
    /// The smallest first.
    Asc,
    /// The greatest first.
    Desc,
}

/// The organisations of some kinds.
pub(super) fn select_kinds(
    graph: &Graph,
    kinds: impl IntoIterator<Item = model::OrganizationKind>,
) -> OrganizationSet {
    kinds.into_iter().fold(OrganizationSet::new(), |all, kind| all | graph.of_kind(kind))
}

impl OrganizationFilter {
    /// The days that it ranges over.
    pub(super) fn when(&self) -> When {
        self.as_of.map_or(When::Ever, |date| When::On(date.0))
    }

    /// The organisations that pass.
    pub(super) fn select(&self, snapshot: &Snapshot) -> Result<OrganizationSet> {
        let graph = &snapshot.graph;
        let when = self.when();
        let mut parts = Vec::new();
        if let Some(kinds) = &self.kinds {
            parts.push(Condition::Kind(kinds.iter().map(|kind| (*kind).into()).collect()));
        }
        if let Some(categories) = &self.categories {
            let of_category = |k: &model::OrganizationKind| categories.contains(&k.category().into());
            parts.push(Condition::Kind(model::OrganizationKind::all().filter(of_category).collect()));
        }
        if let Some(designations) = &self.designations {
            let designations = designations.iter().cloned().map(Condition::Designation);
            parts.push(Condition::Any(designations.collect()));
        }
        if let Some(id) = &self.within {
            let slot = known_organization(graph, id)?;
            parts.push(Condition::Within(graph.id(slot).clone()));
        }
        if let Some(condition) = &self.r#where {
            parts.push(condition.checked(&snapshot.attributes)?);
        }
        let mut selected = select(&Condition::All(parts), graph, when);
        snapshot.retain_held(&mut selected);
        let Some(text) = &self.text else { return Ok(selected) };
        let query = search_query("text", text)?;
        Ok(if query.is_blank() { selected } else { selected & graph.matching(&query) })
    }
}

/// Organisations in the byte order of their ids.
pub(super) struct ById<'a> {
    pub(super) graph: &'a Graph,
    pub(super) list: &'static str,
}

impl Ordered for ById<'_> {
    type Item = Slot;

    fn tag(&self) -> String {
        self.list.to_owned()
    }

    fn key(&self, item: Slot) -> Vec<String> {
        vec![self.graph.id(item).to_string()]
    }

    fn compare(&self, item: Slot, key: &[String]) -> Ordering {
        self.graph.id(item).as_str().cmp(key.last().map_or("", String::as_str))
    }
}

/// Organisations in the order that a client chose.
pub(super) struct ByField<'a> {
    pub(super) graph: &'a Graph,
    field: OrganizationOrderField,
    direction: OrderDirection,
}

/// A sort key: a text, or a number padded so that its text sorts as it does; `None` sorts last.
type SortKey = Option<Arc<str>>;

impl<'a> ByField<'a> {
    pub(super) fn new(graph: &'a Graph, order: Option<&OrganizationOrder>) -> Self {
        let (field, direction) =
            order.map_or((OrganizationOrderField::Id, OrderDirection::Asc), |o| (o.field, o.direction));
        Self { graph, field, direction }
    }

    /// The organisations of a set, in this order.
    pub(super) fn sorted(&self, set: &OrganizationSet) -> Vec<Slot> {
        let graph = self.graph;
        if self.field == OrganizationOrderField::Id && self.direction == OrderDirection::Asc {
            return graph.in_order_of_ids(set);
        }
        let mut keyed: Vec<_> = slots(set).map(|slot| (self.sort_key(slot), slot)).collect();
        keyed.sort_by(|(a, x), (b, y)| self.order(a, b).then_with(|| graph.id(*x).cmp(graph.id(*y))));
        keyed.into_iter().map(|(_, slot)| slot).collect()
    }

    fn sort_key(&self, slot: Slot) -> SortKey {
        use crate::graph::{Operand, When};
        let operand = match self.field {
            OrganizationOrderField::Id => {
                return Some(self.graph.id(slot).clone().into());
            }
            OrganizationOrderField::Name => return Some(self.graph.name(slot).into()),
            OrganizationOrderField::Kind => {
                return Some(format!("{:03}", self.graph.kind(slot) as u8).into());
            }
            OrganizationOrderField::EstablishedOn => Operand::EstablishedOn,
            OrganizationOrderField::DissolvedOn => Operand::DissolvedOn,
            OrganizationOrderField::PartyMembers => Operand::PartyMembers,
            OrganizationOrderField::FullMembers => Operand::FullMembers,
            OrganizationOrderField::Employees => Operand::Employees,
            OrganizationOrderField::FloorAreaM2 => Operand::FloorAreaM2,
            OrganizationOrderField::AnnualIncomeCny => Operand::AnnualIncomeCny,
        };
        self.graph.value(slot, &operand, When::Ever).map(|value| sortable(&value).into())
    }

    fn order(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => match self.direction {
                OrderDirection::Asc => a.cmp(b),
                OrderDirection::Desc => b.cmp(a),
            },
            // Nothing comes last in both directions.
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }
}

/// A value as a text that sorts as the values do.
fn sortable(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Number(number) => {
            // The bits of a float sort as it does once the sign is turned, and with it the bits of negative ones.
            let bits = number.to_bits();
            let turned = if number.is_sign_negative() { !bits } else { bits | 1 << 63 };
            format!("{turned:016x}")
        }
        // Counts have at most ten digits; dates sort as they are written.
        other => format!("{:>10}", other.to_string()),
    }
}

impl Ordered for ByField<'_> {
    type Item = Slot;

    fn tag(&self) -> String {
        format!("organizations {:?} {:?}", self.field, self.direction)
    }

    fn key(&self, item: Slot) -> Vec<String> {
        let id = self.graph.id(item).to_string();
        match self.sort_key(item) {
            Some(key) => vec![key.to_string(), id],
            None => vec![id],
        }
    }

    fn compare(&self, item: Slot, key: &[String]) -> Ordering {
        // A name may hold what parts a cursor; an id never does.
        let (id, sort_key) = match key {
            [sort_key @ .., id] if !sort_key.is_empty() => {
                (id.as_str(), Some(sort_key.join(SEPARATOR).into()))
            }
            _ => (key.last().map_or("", String::as_str), None),
        };
        let by_field = self.order(&self.sort_key(item), &sort_key);
        by_field.then_with(|| self.graph.id(item).as_str().cmp(id))
    }
}
