use super::{ATTRIBUTES_FILE, INDICATORS_FILE};
use crate::coverage::IndicatorCatalog;
use crate::graph::Graph;
use crate::model::{
    Annex, AttributeCatalog, AttributeId, AttributeValue, Change, DatedAttribute, Organization, Violation,
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
    let mut violations = undeclared(changes, attributes, indicators);
    violations.extend(graph.clone().apply(changes).err().unwrap_or_default());
    violations
}

/// Every change that records a value which is not as declared, or names an indicator that nobody defines.
///
/// The graph knows neither declarations nor indicators, so this is asked beside [`Graph::apply`].
pub(super) fn undeclared(
    changes: &[Change],
    attributes: &AttributeCatalog,
    indicators: &IndicatorCatalog,
) -> Vec<(usize, Violation)> {
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
        | Change::RemoveAnnex(_) => None,
    };
    let found = changes.iter().enumerate();
    found.filter_map(|(position, change)| Some((position, violation(change)?))).collect()
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
