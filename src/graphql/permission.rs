//! Who may do what: the one place at which the schema asks.

use async_graphql::{Context, Error, Result};

use super::error::{Code, error};
use crate::access::{Access, Role};

/// Who asks, where he may write.
///
/// # Errors
/// UNAUTHENTICATED where nobody said who asks, FORBIDDEN where it is somebody who may only read.
pub(super) fn writer<'a>(context: &Context<'a>) -> Result<&'a Access> {
    let access = context.data::<Access>()?;
    if access.may(Role::Editor) { Ok(access) } else { Err(refused(access, Role::Editor)) }
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
