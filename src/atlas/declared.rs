use std::borrow::Cow;
use std::num::NonZeroU32;

use super::{ATTRIBUTES_FILE, INDICATORS_FILE};
use crate::coverage::{Indicator, IndicatorCatalog, IndicatorError, IndicatorOrigin};
use crate::graph::Graph;
use crate::model::{
    Annex, AttributeCatalog, AttributeId, AttributeValue, Change, DatedAttribute, Organization,
    OrganizationId, ReviewedNumbers, UnfitText, Violation, check_new_credit_code, check_new_id,
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
    let mut violations = undeclared(changes, graph, attributes, indicators).err().unwrap_or_default();
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
    graph: &Graph,
    attributes: &AttributeCatalog,
    indicators: &'c IndicatorCatalog,
) -> Result<Cow<'c, IndicatorCatalog>, Vec<(usize, Violation)>> {
    let reviewed = attributes.reviewed();
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
        let (column, unfit) =
            unfit_text_in(change, reviewed).or_else(|| unfit_code_in(change, graph, reviewed))?;
        Some((position, Violation::Text { column, unfit }))
    }));
    violations.sort_by_key(|(position, _)| *position);
    if violations.is_empty() { Ok(indicators) } else { Err(violations) }
}

/// The first id or credit code of a change that is new to the graph and may not be recorded, and its column.
///
/// What is recorded already stays usable, also where an earlier version of the program let it in.
fn unfit_code_in(
    change: &Change,
    graph: &Graph,
    reviewed: &ReviewedNumbers,
) -> Option<(&'static str, UnfitText)> {
    let is_new = |id: &OrganizationId| graph.slot(id.as_str()).is_none();
    // A reserved id that is not there is said to be unknown, as others are.
    let end = |column, id: &OrganizationId| {
        let unfit =
            check_new_id(id, reviewed).err().filter(|unfit| is_new(id) && *unfit != UnfitText::Reserved)?;
        Some((column, unfit))
    };
    match change {
        Change::PutOrganization(put) => {
            let id =
                check_new_id(&put.id, reviewed).err().filter(|_| is_new(&put.id)).map(|unfit| ("id", unfit));
            let recorded = graph.slot(put.id.as_str()).and_then(|slot| graph.credit_code(slot));
            let code = put.uscc.filter(|code| recorded != Some(*code));
            id.or_else(|| Some(("uscc", check_new_credit_code(&code?, reviewed).err()?)))
        }
        Change::PutRelation(put) => end("source", &put.source).or_else(|| end("target", &put.target)),
        Change::PutAnnex(annex) => end(annex_column(annex), annex.organization()),
        _ => None,
    }
}

/// The column of an annex's ledger that names its organisation.
fn annex_column(annex: &Annex) -> &'static str {
    match annex {
        Annex::Exemption(_) => "unit",
        Annex::Value(_) => "organization",
        Annex::Task(_) => "territory",
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{OrganizationKind, Relation, RelationType};

    fn put(id: &str, uscc: Option<&str>) -> Change {
        let mut organization = Organization::new(id.parse().unwrap(), OrganizationKind::Enterprise, "示例");
        organization.uscc = uscc.map(|code| code.parse().unwrap());
        Change::PutOrganization(Box::new(organization))
    }

    fn related(source: &str, target: &str) -> Change {
        let [source, target] = [source, target].map(|id| id.parse().unwrap());
        Change::PutRelation(Relation::new(source, RelationType::PartnersWith, target))
    }

    #[test]
    fn new_ids_and_credit_codes_are_judged_and_recorded_ones_stay_usable() {
        let (mobile, identity) = ("13812345678", "ent-11010519491231002X");
        let mut graph = Graph::new();
        // As an earlier version of the program recorded them.
        graph.apply(&[put(mobile, Some("370199190002010108")), put("outside-3f", None)]).unwrap();
        let catalogs = (AttributeCatalog::default(), IndicatorCatalog::default());
        let found = |change: Change| {
            undeclared(&[change], &graph, &catalogs.0, &catalogs.1).err().map(|found| found[0].1.to_string())
        };
        let table = [
            (put("13912345678", None), Some("id: it holds a mobile number")),
            (put("ent-138-1234-5678", None), Some("id: it holds a mobile number")),
            (put(identity, None), Some("id: it holds a resident identity number")),
            (
                put("outside-0123456789abcdef", None),
                Some("id: it begins with \"outside-\", which is reserved"),
            ),
            (put("OUTSIDE-x", None), Some("id: it begins with \"outside-\"")),
            (put("outsider", None), None),
            (put("a", Some("370199190002010108")), Some("uscc: it holds a resident identity number")),
            (put("a", Some("000000000000000000")), Some("uscc: it is no unified social credit code")),
            (put("a", Some("919900000000000860")), Some("its digits 3 to 8 are no region")),
            (put("a", Some("91350100M000100Y43")), None),
            (put("a", Some("91000000MA00000157")), None),
            (put(mobile, Some("370199190002010108")), None),
            (put("outside-3f", None), None),
            (related(mobile, "outside-3f"), None),
            (related("13912345678", mobile), Some("source: it holds a mobile number")),
            (related(mobile, identity), Some("target: it holds a resident identity number")),
        ];
        for (change, expected) in table {
            let said = found(change.clone());
            let as_expected = match expected {
                None => said.is_none(),
                Some(expected) => said.as_ref().is_some_and(|said| said.contains(expected)),
            };
            assert!(as_expected, "{change:?}: {said:?}");
            assert!(said.is_none_or(|said| !said.contains("13912345678") && !said.contains("19491231")));
        }
    }
}
