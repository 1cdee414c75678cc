//! Who may do what: the one place at which the schema asks.

use async_graphql::{Context, Error, Result};

use super::error::{Code, error};
use crate::access::{Access, Role};
use crate::model::{Annex, AnnexKey, Change};

/// Who asks, where he may write.
///
/// # Errors
/// UNAUTHENTICATED where nobody said who asks, FORBIDDEN where it is somebody who may only read.
pub(super) fn writer<'a>(context: &Context<'a>) -> Result<&'a Access> {
    let access = context.data::<Access>()?;
    if access.may(Role::Editor) { Ok(access) } else { Err(refused(access, Role::Editor)) }
}

/// Lets whoever asks define indicators: an administrator whom no territories limit.
///
/// # Errors
/// FORBIDDEN, or UNAUTHENTICATED where nobody said who asks.
pub(super) fn definer(context: &Context<'_>) -> Result<()> {
    to_define(context.data::<Access>()?)
}

fn to_define(access: &Access) -> Result<()> {
    if !access.may(Role::Administrator) {
        return Err(refused(access, Role::Administrator));
    }
    match &access.territories {
        None => Ok(()),
        Some(_) => {
            let actor = &access.actor;
            let message = format!(
                "an indicator is defined for all territories, and {actor} is limited to some; ask an administrator \
                 without territories"
            );
            Err(error(Code::Forbidden, message))
        }
    }
}

/// Lets somebody make changes of which some may need more than to write: an exemption is granted by an administrator,
/// an indicator defined by one whom no territories limit.
///
/// # Errors
/// FORBIDDEN, or UNAUTHENTICATED where nobody said who asks.
pub(super) fn to_make(access: &Access, changes: &[Change]) -> Result<()> {
    if changes.iter().any(|change| matches!(change, Change::PutIndicator(_) | Change::RemoveIndicator(_))) {
        to_define(access)?;
    }
    let is_exemption = |change: &Change| match change {
        Change::PutAnnex(annex) => matches!(**annex, Annex::Exemption(_)),
        Change::RemoveAnnex(key) => matches!(key, AnnexKey::Exemption(_)),
        _ => false,
    };
    let needed = if changes.iter().any(is_exemption) { Role::Administrator } else { Role::Editor };
    if access.may(needed) { Ok(()) } else { Err(refused(access, needed)) }
}

fn refused(access: &Access, needed: Role) -> Error {
    let needed: &str = needed.into();
    if access.is_anonymous() {
        let message = format!("writing needs the role {needed}, and nothing says who asks");
        return error(Code::Unauthenticated, message);
    }
    let (actor, role): (_, &str) = (&access.actor, access.role.into());
    error(Code::Forbidden, format!("writing needs the role {needed}, and {actor} has the role {role}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Annex, Exemption, OrganizationId, parse_date};

    #[test]
    fn only_an_administrator_grants_and_revokes_exemptions() {
        let exemption = Annex::Exemption(Exemption {
            unit: "ent-1".parse().unwrap(),
            indicator: "two-new-work".into(),
            granted_on: parse_date("2024-01-01").unwrap(),
            until: None,
            reason: "停产".into(),
            granted_by: "组织部".into(),
        });
        let id: OrganizationId = "ent-1".parse().unwrap();
        let key = exemption.key();
        let changes =
            [Change::RemoveOrganization(id), Change::PutAnnex(Box::new(exemption)), Change::RemoveAnnex(key)];
        let editor = Access { actor: "clerk".into(), role: Role::Editor, ..Access::anonymous() };
        let administrator = Access::administrator("office");
        for (change, expected) in changes.iter().zip([true, false, false]) {
            let changes = std::slice::from_ref(change);
            let allowed = to_make(&editor, changes).map_err(|refused| refused.message);
            let message = "writing needs the role administrator, and clerk has the role editor";
            assert_eq!(allowed, if expected { Ok(()) } else { Err(message.to_owned()) });
            assert!(to_make(&administrator, changes).is_ok());
        }
    }
}
