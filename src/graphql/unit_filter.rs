use async_graphql::{ID, InputObject, Result};

use super::condition::{ConditionInput, refuse_small_counts};
use super::error::{Code, error};
use crate::atlas::Snapshot;
use crate::coverage::{Compare, Comparison, Condition, Look, Operand, RuleValue, SizeBand};

/// Which units of a population are meant; each field narrows the others.
///
/// A unit for which nothing is recorded of what a field asks is UNKNOWN: nobody knows whether it belongs.
#[derive(InputObject)]
pub(super) struct UnitFilter {
    /// In one of these sectors, as ledgers name them.
    industries: Option<Vec<String>>,
    /// With one of these designations.
    designations: Option<Vec<String>>,
    /// In one of these size bands of the programme, by their ids.
    size_bands: Option<Vec<ID>>,
    /// With so many people employed.
    employees: Option<CountRange>,
    /// With so many members: full ones, Party members where those are not recorded.
    members: Option<CountRange>,
    /// Of which this condition holds: all else that rules say.
    r#where: Option<ConditionInput>,
}

/// From one count to another, both included.
#[derive(InputObject)]
pub(super) struct CountRange {
    /// At least so many.
    at_least: Option<u32>,
    /// At most so many.
    at_most: Option<u32>,
}

impl UnitFilter {
    /// The filter in the language of rules.
    pub(super) fn condition(self, snapshot: &Snapshot) -> Result<Condition> {
        let mut parts = Vec::new();
        let own =
            |condition| refuse_small_counts(snapshot, || Look::of_condition(&condition)).map(|()| condition);
        if let Some(industries) = self.industries {
            let industry = |name| compare(Operand::Industry, Comparison::Equal, RuleValue::Text(name));
            parts.push(Condition::Any(industries.into_iter().map(industry).collect()));
        }
        if let Some(designations) = self.designations {
            parts.push(Condition::Any(designations.into_iter().map(Condition::Designation).collect()));
        }
        if let Some(ids) = self.size_bands {
            let bands = ids.iter().map(|id| size_band(snapshot, id)).collect::<Result<_>>()?;
            parts.push(Condition::Any(bands));
        }
        for (operand, range) in [(Operand::Employees, self.employees), (Operand::Members, self.members)] {
            let CountRange { at_least, at_most } =
                range.unwrap_or(CountRange { at_least: None, at_most: None });
            for (comparison, bound) in [(Comparison::AtLeast, at_least), (Comparison::AtMost, at_most)] {
                let bound = bound.map(|bound| RuleValue::Integer(bound.into()));
                let condition = bound.map(|value| own(compare(operand.clone(), comparison, value)));
                parts.extend(condition.transpose()?);
            }
        }
        if let Some(condition) = self.r#where {
            parts.push(own(condition.checked(&snapshot.attributes)?)?);
        }
        Ok(Condition::All(parts))
    }
}

fn compare(operand: Operand, comparison: Comparison, value: RuleValue) -> Condition {
    Condition::Compare(Compare { operand, comparison, value })
}

fn size_band(snapshot: &Snapshot, id: &str) -> Result<Condition> {
    let bands = &snapshot.programme.size_bands;
    let below = snapshot.kept_back_below();
    let listed = |is_meant: &dyn Fn(&SizeBand) -> bool| {
        let meant = bands.iter().filter(|band| is_meant(band)).map(|band| band.id.as_str());
        meant.collect::<Vec<_>>().join(", ")
    };
    match bands.iter().find(|band| band.id == id) {
        Some(band) if band.parts_suppressed(below) => {
            let others = listed(&|band| !band.parts_suppressed(below));
            let message = format!(
                "the size band \"{id}\" tells counts of members from 1 to {} apart, which are suppressed for readers; \
                 ask by one of {others}",
                below - 1
            );
            Err(error(Code::Forbidden, message))
        }
        Some(band) => Ok(band.condition()),
        None => Err(error(
            Code::NotFound,
            format!("there is no size band \"{id}\"; there are: {}", listed(&|_| true)),
        )),
    }
}
