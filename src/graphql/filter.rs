use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{Enum, ID, InputObject, Result};

use super::condition::ConditionInput;
use super::enums::{OrganizationCategory, OrganizationKind};
use super::error::unknown_organization;
use super::page::Ordered;
use super::scalar::Date;
use super::search::search_query;
use crate::atlas::Snapshot;
use crate::coverage::{Condition, select};
use crate::graph::{Graph, OrganizationSet, Slot, When, slots};
use crate::model;

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
    /// By simplified name, in the order of code points.
    Name,
    /// By first day.
    EstablishedOn,
    /// By Party members.
    PartyMembers,
    /// By people employed.
    Employees,
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
    /// The organisations that pass.
    pub(super) fn select(self, snapshot: &Snapshot) -> Result<OrganizationSet> {
        let graph = &snapshot.graph;
        let when = self.as_of.map_or(When::Ever, |date| When::On(date.0));
        let mut parts = Vec::new();
        if let Some(kinds) = self.kinds {
            parts.push(Condition::Kind(kinds.into_iter().map(Into::into).collect()));
        }
        if let Some(categories) = self.categories {
            let of_category = |k: &model::OrganizationKind| categories.contains(&k.category().into());
            parts.push(Condition::Kind(model::OrganizationKind::all().filter(of_category).collect()));
        }
        if let Some(designations) = self.designations {
            parts.push(Condition::Any(designations.into_iter().map(Condition::Designation).collect()));
        }
        if let Some(id) = self.within {
            let slot = graph.slot(&id).ok_or_else(|| unknown_organization(&id))?;
            parts.push(Condition::Within(graph.id(slot).clone()));
        }
        if let Some(condition) = self.r#where {
            parts.push(condition.checked(&snapshot.attributes)?);
        }
        let selected = select(&Condition::All(parts), graph, when);
        let Some(text) = self.text else { return Ok(selected) };
        let query = search_query("text", &text)?;
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
        let ascending_ids = self.field == OrganizationOrderField::Id && self.direction == OrderDirection::Asc;
        if ascending_ids && set.len() * 8 > graph.organization_count() as u64 {
            return graph.slots_by_id().filter(|slot| set.contains(slot.position())).collect();
        }
        let mut keyed: Vec<_> = slots(set).map(|slot| (self.sort_key(slot), slot)).collect();
        keyed.sort_by(|(a, x), (b, y)| self.order(a, b).then_with(|| graph.id(*x).cmp(graph.id(*y))));
        keyed.into_iter().map(|(_, slot)| slot).collect()
    }

    fn sort_key(&self, slot: Slot) -> SortKey {
        use crate::graph::Operand;
        let operand = match self.field {
            OrganizationOrderField::Id => {
                return Some(self.graph.id(slot).clone().into());
            }
            OrganizationOrderField::Name => return Some(self.graph.name(slot).into()),
            OrganizationOrderField::EstablishedOn => Operand::EstablishedOn,
            OrganizationOrderField::PartyMembers => Operand::PartyMembers,
            OrganizationOrderField::Employees => Operand::Employees,
        };
        // Counts have at most ten digits; dates sort as they are written.
        self.graph.value(slot, &operand).map(|value| format!("{value:>10}", value = value.to_string()).into())
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
        let (id, sort_key) = match key {
            [sort_key, id] => (id.as_str(), Some(sort_key.as_str().into())),
            _ => (key.last().map_or("", String::as_str), None),
        };
        let by_field = self.order(&self.sort_key(item), &sort_key);
        by_field.then_with(|| self.graph.id(item).as_str().cmp(id))
    }
}
