use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextResolve, NextValidation, ResolveInfo,
};
use async_graphql::{ServerError, ServerResult, ValidationResult, Value, async_trait};

use super::Limits;
use super::error::{Code, coded};

/// Asks a request that is being executed to stop at its next field, since nobody waits for it any more.
///
/// Clones ask the same request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks it.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Watches over requests: what they cost by the schema, and whether they were asked to stop.
pub(super) struct Watch(pub(super) Limits);

struct Watcher(Limits);

impl ExtensionFactory for Watch {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watcher(self.0.clone()))
    }
}

#[async_trait::async_trait]
impl Extension for Watcher {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(context).await?;
        let (depth, cost) = (self.0.depth, self.0.cost);
        let message = if result.depth > depth {
            format!(
                "the query nests {} fields, but may nest {depth}; ask for the inner ones apart",
                result.depth
            )
        } else if result.complexity > cost {
            format!("the query costs {}, but may cost {cost}; ask for smaller pages", result.complexity)
        } else {
            return Ok(result);
        };
        Err(vec![coded(Code::LimitExceeded, ServerError::new(message, None))])
    }

    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if context.data_opt::<Stop>().is_some_and(Stop::is_asked) {
            return Err(coded(Code::Timeout, ServerError::new("the request was stopped", None)));
        }
        next.run(context, info).await
    }
}
