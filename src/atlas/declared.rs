use std::borrow::Cow;
use std::num::NonZeroU32;

use super::{ATTRIBUTES_FILE, INDICATORS_FILE};
use crate::coverage::{Indicator, IndicatorCatalog, IndicatorError, IndicatorOrigin};
use crate::graph::Graph;
use crate::model::{
    Annex, AttributeCatalog, AttributeId, AttributeValue, Change, DatedAttribute, Organization, Violation,
    unfit_text_in,
};

/// Every rule that changes break, found on a copy of a graph; a commit of them would be refused for these.
///
/// Unlike a commit it goes on to the rules of the graph where something is undeclared, so that all is named at once.
pub fn trial(
    changes: &[Change],
    graph: &Graph,
    attributes: &AttributeCatalog,
    indicators: &IndicatorCatalog,
) -> Vec<(usize, Violation)> {
    let mut violations = undeclared(changes, attributes, indicators).err().unwrap_or_default();
    violations.extend(graph.clone().apply(changes).err().unwrap_or_default());
    violations
}

/// The change that makes an indicator's definition what it is to be, as the next version of it; `None` where it says
/// that already.
///
/// A version that is later than the next stays: it was given elsewhere.
///
/// # Errors
/// [`Violation::Indicator`] where the definition cannot be written as text.
pub fn definition_change(
    indicator: Indicator,
    graph: &Graph,
    indicators: &IndicatorCatalog,
) -> Result<Option<Change>, Violation> {
    let recorded = indicators.get(&indicator.id).filter(|i| i.origin == IndicatorOrigin::Recorded);
    if recorded.is_some_and(|recorded| recorded.says_what(&indicator)) {
        return Ok(None);
    }
    let next = graph.last_version(&indicator.id).map_or(NonZeroU32::MIN, |last| last.saturating_add(1));
    let version = next.max(indicator.version);
    let indicator = Indicator { version, ..indicator };
    let definition = indicator.definition().map_err(|cause| unusable(&indicator.id, &cause))?;
    Ok(Some(Change::PutIndicator(Box::new(definition))))
}

/// The violation for a definition that cannot be used.
pub(super) fn unusable(id: &str, cause: &IndicatorError) -> Violation {
    let cause = match cause {
        // The violation names the indicator.
        IndicatorError::Rule { part, cause, .. } => format!("{part}: {cause}"),
        cause => cause.to_string(),
    };
    Violation::Indicator { id: id.to_owned(), cause }
}

/// The indicators that there are once changes are made.
///
/// The graph knows neither declarations nor indicators, so this is asked beside [`Graph::apply`].
///
/// # Errors
/// Every change that records a value which is not as declared, names an indicator that nobody defines, or defines
/// one that cannot be.
pub(super) fn undeclared<'c>(
    changes: &[Change],
    attributes: &AttributeCatalog,
    indicators: &'c IndicatorCatalog,
) -> Result<Cow<'c, IndicatorCatalog>, Vec<(usize, Violation)>> {
    let mut indicators = Cow::Borrowed(indicators);
    let mut violations = Vec::new();
    for (position, change) in changes.iter().enumerate() {
        match change {
            Change::PutIndicator(definition) => {
                let taken_in = Indicator::read(definition)
                    .and_then(|indicator| indicators.to_mut().record(indicator, attributes));
                let violation = taken_in.map_err(|cause| (position, unusable(&definition.id, &cause)));
                violations.extend(violation.err());
            }
            // One that is not recorded is refused by the graph.
            Change::RemoveIndicator(id)
                if indicators.get(id).is_some_and(|known| known.origin == IndicatorOrigin::Recorded) =>
            {
                indicators.to_mut().remove(id);
            }
            _ => {}
        }
    }
    let violation = |change: &Change| match change {
        Change::PutOrganization(organization) => misfit(organization, attributes),
        Change::PutAnnex(annex) => match annex.as_ref() {
            Annex::Exemption(exemption) if indicators.get(&exemption.indicator).is_none() => {
                let cause = format!("there is no such indicator; own ones are defined in {INDICATORS_FILE}");
                Some(Violation::Annex { key: Box::new(annex.key()), column: "indicator", cause })
            }
            annex => misfit_of_annex(annex, attributes),
        },
        Change::RemoveOrganization(_)
        | Change::PutRelation(_)
        | Change::RemoveRelation(_)
        | Change::RemoveAnnex(_)
        | Change::PutIndicator(_)
        | Change::RemoveIndicator(_) => None,
    };
    let found = changes.iter().enumerate();
    violations.extend(found.clone().filter_map(|(position, change)| Some((position, violation(change)?))));
    // Whoever reads for a door has looked as well, and can name the place; this holds for every door.
    violations.extend(found.filter_map(|(position, change)| {
        let (column, unfit) = unfit_text_in(change)?;
        Some((position, Violation::Text { column, unfit }))
    }));
    violations.sort_by_key(|(position, _)| *position);
    if violations.is_empty() { Ok(indicators) } else { Err(violations) }
}

/// The first value of an organisation that is not as declared.
pub(super) fn misfit(organization: &Organization, catalog: &AttributeCatalog) -> Option<Violation> {
    organization.attributes.iter().find_map(|(attribute, value)| {
        let cause = unlike(attribute, value, catalog)?;
        let (id, attribute) = (organization.id.clone(), attribute.to_string());
        Some(Violation::Attribute { id, attribute, cause })
    })
}

/// A dated value that is not as declared.
pub(super) fn misfit_of_annex(annex: &Annex, catalog: &AttributeCatalog) -> Option<Violation> {
    let Annex::Value(dated) = annex else { return None };
    let DatedAttribute::Declared(attribute) = &dated.attribute else { return None };
    let cause = unlike(attribute, &dated.value, catalog)?;
    Some(Violation::Annex { key: Box::new(annex.key()), column: "attribute", cause })
}

/// How a value differs from the declaration of its attribute, if it does.
fn unlike(attribute: &AttributeId, value: &AttributeValue, catalog: &AttributeCatalog) -> Option<String> {
    match catalog.get(attribute.as_str()) {
        None => Some(format!("it is not declared in {ATTRIBUTES_FILE}")),
        Some(declared) if declared.attribute_type != value.attribute_type() => {
            let (wanted, found) = (declared.attribute_type.name(), value.attribute_type().name());
            Some(format!("it is declared as {wanted}, and \"{value}\" is recorded as {found}"))
        }
        Some(_) => None,
    }
}
