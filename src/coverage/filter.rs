use serde::{Deserialize, Serialize};

use crate::model::Label;

use super::condition::operand_name;
use super::{Compare, Comparison, Condition, Indicator, Operand, RuleValue};

/// A band of sizes by which units are told apart, as the programme declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeBand {
    /// Its id within the programme, such as `members-3`.
    pub id: String,
    /// How users read it.
    pub name: Label,
    /// The value that it bounds, a whole number.
    #[serde(with = "operand_name")]
    pub operand: Operand,
    /// The least that belongs to it; left out, however little does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The first that is too much for it; left out, however much belongs to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub less_than: Option<u32>,
}

impl SizeBand {
    /// That a unit is of this band; unknown where its size is.
    pub fn condition(&self) -> Condition {
        let bounds = [(Comparison::AtLeast, self.at_least), (Comparison::LessThan, self.less_than)];
        let bounds = bounds.into_iter().filter_map(|(comparison, bound)| {
            let value = RuleValue::Integer(bound?.into());
            Some(Condition::Compare(Compare { operand: self.operand.clone(), comparison, value }))
        });
        Condition::All(bounds.collect())
    }

    /// Whether it tells suppressed counts of members apart: those from 1 up to below a number.
    pub fn parts_suppressed(&self, below: u32) -> bool {
        let bounds = self.at_least.into_iter().chain(self.less_than);
        self.operand.counts_members() && bounds.into_iter().any(|bound| (2..below).contains(&bound))
    }
}

impl Indicator {
    /// This indicator of those units alone of which a condition holds too.
    ///
    /// A unit of which nobody knows whether it does is one of which nobody knows whether it belongs.
    pub fn among(self, condition: Condition) -> Self {
        Self { population: Condition::All(vec![self.population, condition]), ..self }
    }
}
