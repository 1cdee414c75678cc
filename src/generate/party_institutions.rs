//! Party organisations of public institutions, departments and cooperatives.

use crate::model::{OrganizationKind as K, RelationMode as M};

use super::GenerateError;
use super::draft::Draft;
use super::party_units::organization_of;
use super::plan::Sort;

pub(super) fn write(draft: &mut Draft<'_>) -> Result<(), GenerateError> {
    let mut public = draft.of(K::PublicInstitution);
    public.extend(draft.of(K::GovernmentDepartment));
    let mut hosts = draft.dice.ranked(public, |_| 1).into_iter();
    for _ in 0..draft.plan.count(Sort::InstitutionBranch) {
        let unit = hosts.next();
        let members = unit.and_then(|unit| draft.get(unit).members());
        let (kind, word) = match members {
            Some(100..) => (K::PartyCommittee, "党委"),
            Some(50..) => (K::PartyGeneralBranch, "党总支"),
            _ => (K::PartyBranch, "党支部"),
        };
        organization_of(draft, kind, word, unit, Some(M::Standalone))?;
    }
    let cooperatives = draft.of(K::Cooperative);
    let ranked = draft.dice.ranked(cooperatives, |_| 1);
    // Those with members come first: there are enough of them.
    let (with, without): (Vec<_>, Vec<_>) =
        ranked.into_iter().partition(|unit| draft.get(*unit).members().is_some_and(|members| members > 0));
    let mut hosts = with.into_iter().chain(without);
    for number in 0..draft.plan.count(Sort::CooperativeBranch) {
        let mode = [Some(M::Standalone), Some(M::Joint), None][number % 3];
        organization_of(draft, K::PartyBranch, "党支部", hosts.next(), mode)?;
    }
    Ok(())
}
