//! Annexes as GraphQL input, and read against a snapshot.

use async_graphql::{ID, InputObject, MaybeUndefined};

use super::change_read::{Problem, Read, Reader, fit, parsed, problem, update};
use super::scalar::{Date, RuleValue};
use crate::atlas::{ATTRIBUTES_FILE, INDICATORS_FILE};
use crate::model::{
    Annex, AnnexKey, AttributeType, DatedAttribute, DatedValue, DatedValueKey, Exemption, ExemptionKey,
    Validity, check_text_but,
};

/// What is recorded of an exemption; unit, indicator and first day are what makes it itself.
#[derive(InputObject)]
pub(super) struct ExemptionInput {
    /// The unit.
    unit: ID,
    /// The id of the indicator that it is exempt from.
    indicator: ID,
    /// First day on which it applies.
    granted_on: Date,
    /// First day on which it does not apply any more; open where null.
    until: MaybeUndefined<Date>,
    /// Why it is granted; required of a new one.
    pub(super) reason: Option<String>,
    /// The office that grants it, never a person; required of a new one.
    granted_by: Option<String>,
}

/// What makes an exemption itself.
#[derive(InputObject)]
pub(super) struct ExemptionKeyInput {
    /// The unit.
    unit: ID,
    /// The id of the indicator that it is exempt from.
    indicator: ID,
    /// First day on which it applies.
    granted_on: Date,
}

/// What is recorded of a dated value; organisation, attribute and first day are what makes it itself.
#[derive(InputObject)]
pub(super) struct DatedValueInput {
    /// Whose value it is.
    organization: ID,
    /// The attribute: a column with a number such as `annual_income_cny`, or a declared attribute.
    attribute: String,
    /// The value; required of a new one.
    value: Option<RuleValue>,
    /// First day on which it holds; open where left out.
    valid_from: Option<Date>,
    /// First day on which it does not hold any more; open where null.
    valid_to: MaybeUndefined<Date>,
    /// Where the record comes from.
    source: MaybeUndefined<String>,
}

/// What makes a dated value itself.
#[derive(InputObject)]
pub(super) struct DatedValueKeyInput {
    /// Whose value it is.
    organization: ID,
    /// The attribute: a column with a number such as `annual_income_cny`, or a declared attribute.
    attribute: String,
    /// First day on which it holds; the open one where left out.
    valid_from: Option<Date>,
}

impl ExemptionKeyInput {
    pub(super) fn read(&self) -> Read<AnnexKey> {
        Ok(AnnexKey::Exemption(exemption_key(&self.unit, &self.indicator, self.granted_on)?))
    }
}

impl DatedValueKeyInput {
    pub(super) fn read(&self) -> Read<AnnexKey> {
        Ok(AnnexKey::Value(value_key(&self.organization, &self.attribute, self.valid_from)?))
    }
}

impl Reader<'_> {
    pub(super) fn exemption(&self, input: ExemptionInput) -> Read<Annex> {
        let key = exemption_key(&input.unit, &input.indicator, input.granted_on)?;
        if self.snapshot.indicators.get(&key.indicator).is_none() {
            let cause = format!(
                "there is no indicator \"{}\"; own ones are defined in {INDICATORS_FILE}",
                key.indicator
            );
            return Err(problem("indicator", &cause));
        }
        let recorded = match self.recorded_annex(&AnnexKey::Exemption(key.clone())) {
            Some(Annex::Exemption(exemption)) => Some(exemption),
            _ => None,
        };
        let mut until = recorded.as_ref().and_then(|exemption| exemption.until);
        update(&mut until, input.until, |date| Ok(date.0))?;
        let text = |field: &str, given: Option<String>, before: Option<_>| match (given, before) {
            (Some(given), _) => fit(self.reviewed(), field, given),
            (None, Some(before)) => Ok(before),
            (None, None) => Err(problem(field, "it is required of a new exemption")),
        };
        let before =
            |read: fn(&Exemption) -> &std::sync::Arc<str>| recorded.as_ref().map(|e| read(e).clone());
        let reason = text("reason", input.reason, before(|exemption| &exemption.reason))?;
        let granted_by = text("grantedBy", input.granted_by, before(|exemption| &exemption.granted_by))?;
        let ExemptionKey { unit, indicator, granted_on } = key;
        Ok(Annex::Exemption(Exemption { unit, indicator, granted_on, until, reason, granted_by }))
    }

    pub(super) fn dated_value(&self, input: DatedValueInput) -> Read<Annex> {
        let key = value_key(&input.organization, &input.attribute, input.valid_from)?;
        let attribute_type = self.type_of(&key.attribute)?;
        let recorded = match self.recorded_annex(&AnnexKey::Value(key.clone())) {
            Some(Annex::Value(value)) => Some(value),
            _ => None,
        };
        let mut end = recorded.as_ref().and_then(|value| value.validity.to());
        update(&mut end, input.valid_to, |date| Ok(date.0))?;
        let validity = Validity::new(key.valid_from, end).map_err(|e| problem("validTo", &e.to_string()))?;
        let mut source = recorded.as_ref().and_then(|value| value.source.clone());
        update(&mut source, input.source, |text| fit(self.reviewed(), "source", text))?;
        let value = match (input.value, recorded) {
            (Some(value), _) => {
                let text = value.0.to_string();
                if attribute_type == AttributeType::Code {
                    check_text_but(&text, self.reviewed())
                        .map_err(|unfit| problem("value", &format!("it {unfit}")))?;
                }
                attribute_type.read(&text).map_err(|e| problem("value", &e.to_string()))?
            }
            (None, Some(recorded)) => recorded.value,
            (None, None) => return Err(problem("value", "it is required of a new value")),
        };
        let DatedValueKey { organization, attribute, .. } = key;
        Ok(Annex::Value(DatedValue { organization, attribute, value, validity, source }))
    }

    fn type_of(&self, attribute: &DatedAttribute) -> Read<AttributeType> {
        let declared = || self.snapshot.attributes.get(attribute.name()).map(|a| a.attribute_type);
        attribute.fixed_type().or_else(declared).ok_or_else(|| {
            let cause = format!("the attribute \"{attribute}\" is not declared in {ATTRIBUTES_FILE}");
            problem("attribute", &cause)
        })
    }
}

fn exemption_key(unit: &str, indicator: &str, granted_on: Date) -> Read<ExemptionKey> {
    Ok(ExemptionKey { unit: parsed("unit", unit)?, indicator: indicator.into(), granted_on: granted_on.0 })
}

fn value_key(organization: &str, attribute: &str, from: Option<Date>) -> Result<DatedValueKey, Problem> {
    Ok(DatedValueKey {
        organization: parsed("organization", organization)?,
        attribute: parsed("attribute", attribute)?,
        valid_from: from.map(|date| date.0),
    })
}
