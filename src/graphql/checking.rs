use std::sync::{Arc, LazyLock};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, ServerError};

use super::error::code_rest;
use super::{Limits, Prepared, Schema, build, limits};

/// The schema by which requests are validated: it executes none.
///
/// It knows what custom scalars take, which [`faults`](super::document::faults) does not, and suggests names.
pub(super) struct Checking(LazyLock<Schema, Box<dyn FnOnce() -> Schema + Send>>);

impl Checking {
    pub(super) fn new(limits: &Limits) -> Self {
        let limits = limits.clone();
        Self(LazyLock::new(Box::new(move || build(&limits).extension(OnlyValidates).finish())))
    }

    async fn errors(&self, request: Request) -> Vec<ServerError> {
        self.0.execute(request).await.errors
    }
}

/// Validates a request, unless the same was valid before, and gives what is executed of it.
///
/// # Errors
/// The answer to a request that is not valid, or gives too many values.
pub(super) async fn validated(
    schema: &Schema,
    prepared: Prepared,
    is_valid: bool,
) -> Result<Request, Box<Response>> {
    let limits = limits(schema);
    let refused = |error| Box::new(Response::from_errors(vec![error]));
    let executed = prepared.executed(limits).map_err(refused)?;
    let errors = match schema.data::<Checking>() {
        Some(checking) if !is_valid => {
            let faults = &prepared.document.faults;
            if faults.is_empty() {
                let mut request = Request::new("");
                request.set_parsed_query(prepared.checked(limits).map_err(refused)?);
                checking.errors(request).await
            } else {
                // Of most faults the library says more.
                let errors = checking.errors(prepared.as_sent()).await;
                if errors.is_empty() { faults.clone() } else { errors }
            }
        }
        _ => Vec::new(),
    };
    if errors.is_empty() {
        return Ok(prepared.into_request(executed));
    }
    let mut refused = Response::from_errors(errors);
    code_rest(&mut refused, limits);
    Err(Box::new(refused))
}

/// Ends each request where it would be executed.
struct OnlyValidates;

impl ExtensionFactory for OnlyValidates {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for OnlyValidates {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}
