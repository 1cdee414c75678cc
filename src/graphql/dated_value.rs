use std::sync::Arc;

use async_graphql::SimpleObject;

use super::organization::{Attribute, Organization};
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::coverage::{KEPT_BACK, ValueAsked};
use crate::graph::When;
use crate::model;

/// A value of an attribute that holds for a time.
#[derive(SimpleObject)]
pub(super) struct DatedValue {
    /// The attribute and its value.
    attribute: Attribute,
    /// First day on which it holds; null where it is open.
    valid_from: Option<Date>,
    /// First day on which it does not hold any more; null where it is open.
    valid_to: Option<Date>,
    /// Where the record comes from.
    source: Option<String>,
}

impl DatedValue {
    pub(super) fn new(snapshot: &Snapshot, dated: &model::DatedValue) -> Self {
        Self {
            attribute: Attribute::new(snapshot, dated.attribute.name(), &dated.value),
            valid_from: dated.validity.from().map(Date),
            valid_to: dated.validity.to().map(Date),
            source: dated.source.as_ref().map(ToString::to_string),
        }
    }
}

/// A value by which a form holds.
#[derive(SimpleObject)]
pub(super) struct WitnessValue {
    /// Whose value it is: the unit's, or that of an organisation that it is related to.
    organization: Organization,
    /// The operand: members, a column, or the id of a declared attribute.
    operand: String,
    /// The value as ledgers write it; "suppressed" for a small count of members that is kept back from readers.
    text: String,
    /// The dated value that it is; null where it stands in a column, which holds at all dates.
    dated: Option<DatedValue>,
}

impl WitnessValue {
    /// What was found for a value that was asked for; `None` where nothing is.
    pub(super) fn new(snapshot: &Arc<Snapshot>, asked: &ValueAsked, date: model::Date) -> Option<Self> {
        let found = snapshot.graph.found_value(asked.organization, &asked.operand, When::On(date))?;
        let is_kept_back = asked.operand.is_kept_back(&found.value, snapshot.kept_back_below());
        Some(Self {
            organization: Organization::new(snapshot, asked.organization),
            operand: asked.operand.name().to_owned(),
            text: if is_kept_back { KEPT_BACK.to_owned() } else { found.value.to_string() },
            dated: found.dated.filter(|_| !is_kept_back).map(|dated| DatedValue::new(snapshot, dated)),
        })
    }
}
