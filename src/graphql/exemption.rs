use std::cmp::Ordering;
use std::sync::Arc;

use async_graphql::{ID, Object};

use super::indicator::Indicator;
use super::organization::Organization;
use super::page::Ordered;
use super::plain::Plain;
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::model;

/// That a unit need not be covered for a time, by a decision on record.
pub(super) struct Exemption {
    snapshot: Arc<Snapshot>,
    record: model::Exemption,
}

impl Plain for Exemption {}

impl Exemption {
    pub(super) fn new(snapshot: &Arc<Snapshot>, record: &model::Exemption) -> Self {
        Self { snapshot: Arc::clone(snapshot), record: record.clone() }
    }
}

/// That a unit need not be covered for a time, by a decision on record.
#[Object]
impl Exemption {
    /// The unit.
    async fn unit(&self) -> Option<Organization> {
        Organization::find(&self.snapshot, self.record.unit.as_str())
    }

    /// The indicator that it is exempt from; null where it is defined no more.
    async fn indicator(&self) -> Option<Indicator> {
        self.snapshot.indicators.get(&self.record.indicator).cloned().map(Arc::new).map(Indicator)
    }

    /// The id of the indicator.
    async fn indicator_id(&self) -> ID {
        self.record.indicator.as_ref().into()
    }

    /// First day on which it applies.
    async fn granted_on(&self) -> Date {
        Date(self.record.granted_on)
    }

    /// First day on which it does not apply any more; null where it is open.
    async fn until(&self) -> Option<Date> {
        self.record.until.map(Date)
    }

    /// Why it was granted.
    async fn reason(&self) -> &str {
        &self.record.reason
    }

    /// The office that granted it, never a person.
    async fn granted_by(&self) -> &str {
        &self.record.granted_by
    }
}

/// Exemptions in the order of unit, indicator and first day.
#[derive(Default)]
pub(super) struct ExemptionsByKey<'a>(std::marker::PhantomData<&'a model::Exemption>);

impl<'a> Ordered for ExemptionsByKey<'a> {
    type Item = &'a model::Exemption;

    fn tag(&self) -> String {
        "exemptions".to_owned()
    }

    fn key(&self, item: &'a model::Exemption) -> Vec<String> {
        vec![item.unit.to_string(), item.indicator.to_string(), item.granted_on.to_string()]
    }

    fn compare(&self, item: &'a model::Exemption, key: &[String]) -> Ordering {
        self.key(item).as_slice().cmp(key)
    }
}
