use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::documents::DocumentArguments;
use super::limits::LimitArguments;
use super::subscriptions::SubscriptionArguments;
use crate::access::Guard;
use crate::atlas::Atlas;
use crate::http::App;

/// What a server answers, and how much of it.
#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    #[command(flatten)]
    documents: DocumentArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    subscriptions: SubscriptionArguments,
}

impl ServerArguments {
    /// The resources of an atlas for those whom a guard lets in, as they were asked for.
    pub(super) fn app(&self, atlas: Arc<Atlas>, guard: Guard) -> Result<App, Failure> {
        let limits = self.limits.limits();
        let documents = self.documents.documents(&limits)?;
        let app = App::new(atlas, guard, &limits).with_documents(documents);
        Ok(app.with_subscriptions(self.subscriptions.limits()))
    }
}
