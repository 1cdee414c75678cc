use crate::coverage::{Comparison, Condition, Form, Operand, Quantifier, Related, RuleValue};
use crate::graph::{Direction, Slot};
use crate::model::{
    Change, OperatingStatus, Organization, OrganizationId, OrganizationKind as K, Relation,
    RelationType as T, check_relation,
};

use super::draft::Draft;

/// The relation that a form asks for, if it asks for one relation of one type and nothing else.
pub(super) fn single_relation(form: &Form) -> Option<&Related> {
    match &form.when {
        Condition::Related(related) if related.quantifier == Quantifier::Some => Some(related),
        _ => None,
    }
}

/// The kinds that a condition is about; none where it does not say.
pub(super) fn kinds(condition: &Condition) -> &[K] {
    match condition {
        Condition::Kind(kinds) => kinds,
        Condition::All(parts) => parts.iter().map(kinds).find(|kinds| !kinds.is_empty()).unwrap_or_default(),
        _ => &[],
    }
}

/// Kinds that a plan may found, the most modest first, and what their names end with.
const FOUNDED: [(K, &str); 12] = [
    (K::PartyGroup, "党小组"),
    (K::PartyBranch, "党支部"),
    (K::ServiceStation, "党群服务站"),
    (K::ServiceCenter, "党群服务中心"),
    (K::Grid, "专属网格"),
    (K::ChamberOfCommerce, "商会"),
    (K::PartyBuildingConsortium, "党建联合体"),
    (K::PartyBuildingAlliance, "党建联盟"),
    (K::PartyBuildingComplex, "党建综合体"),
    (K::JointBody, "共同体"),
    (K::CourierStation, "红蜂加油站"),
    (K::RestStop, "暖蜂驿站"),
];

/// The most modest kind among some that a plan may found: its rank, the kind, and what its names end with.
pub(super) fn founded(kinds: &[K]) -> Option<(usize, K, &'static str)> {
    let ranked = FOUNDED.iter().enumerate().find(|(_, (kind, _))| kinds.contains(kind));
    ranked.map(|(rank, (kind, suffix))| (rank, *kind, *suffix))
}

/// Founds an organisation that satisfies the far side of a relation and relates it to a unit.
///
/// `None` where the condition asks for what nobody can simply found, such as a number of members.
pub(super) fn found_related(
    draft: &mut Draft<'_>,
    related: &Related,
    unit: (&OrganizationId, K),
    seat: Option<Slot>,
    stem: &str,
    served: &[Slot],
) -> Option<(Organization, Vec<Change>)> {
    let (_, kind, suffix) = founded(kinds(&related.to))?;
    let mut organization = draft.found(kind, format!("{stem}{suffix}"), served);
    let mut more = Vec::new();
    satisfy(draft, &related.to, &mut organization, &mut more, seat, served)?;
    let relation = relation(draft, related, (&organization.id, kind), unit)?;
    let mut changes = vec![Change::PutOrganization(Box::new(organization.clone()))];
    // A thing that the relation itself puts somewhere needs no other place.
    let place = seat.filter(|_| related.relation_type != T::LocatedIn);
    changes.extend(place.map(|place| draft.locate(&organization.id, place)));
    changes.push(relation);
    changes.extend(more);
    Some((organization, changes))
}

/// The relation between another organisation and a unit, the way round that the rules allow.
pub(super) fn relation(
    draft: &Draft<'_>,
    related: &Related,
    other: (&OrganizationId, K),
    unit: (&OrganizationId, K),
) -> Option<Change> {
    let mode = related.modes.first().copied();
    let ways = match related.direction {
        Direction::In => &[(other, unit)][..],
        Direction::Out => &[(unit, other)],
        Direction::Both => &[(other, unit), (unit, other)],
    };
    ways.iter().find_map(|((source, from), (target, to))| {
        let mut relation = Relation::new((*source).clone(), related.relation_type, (*target).clone());
        relation.mode = mode;
        check_relation(&relation, *from, *to).ok()?;
        Some(draft.relate(source, related.relation_type, target, mode))
    })
}

/// Makes a condition hold of an organisation about to be founded; `None` where that is not in a plan's power.
fn satisfy(
    draft: &mut Draft<'_>,
    condition: &Condition,
    organization: &mut Organization,
    more: &mut Vec<Change>,
    seat: Option<Slot>,
    served: &[Slot],
) -> Option<()> {
    match condition {
        Condition::Kind(kinds) => kinds.contains(&organization.kind).then_some(()),
        Condition::Designation(designation) => {
            organization.designations.insert(designation.as_str().into());
            Some(())
        }
        Condition::OperatingStatus(statuses) => statuses.contains(&OperatingStatus::Operating).then_some(()),
        Condition::Compare(compare) => {
            // A floor area can be asked of who builds; members, income and people employed cannot be planned.
            let area = match (&compare.operand, &compare.value) {
                (Operand::FloorAreaM2, RuleValue::Integer(area)) => *area as f64,
                (Operand::FloorAreaM2, RuleValue::Number(area)) => *area,
                _ => return None,
            };
            let possible = matches!(compare.comparison, Comparison::AtLeast | Comparison::Equal);
            organization.floor_area_m2 = possible.then_some(area);
            possible.then_some(())
        }
        Condition::All(parts) => {
            parts.iter().try_for_each(|part| satisfy(draft, part, organization, more, seat, served))
        }
        Condition::Related(related) if related.quantifier == Quantifier::Some => {
            let unit = (organization.id.clone(), organization.kind);
            let stem = organization.name.to_string();
            let (_, changes) = found_related(draft, related, (&unit.0, unit.1), seat, &stem, served)?;
            more.extend(changes);
            Some(())
        }
        _ => None,
    }
}
