use std::sync::Arc;

use clap::Args;

use super::Failure;
use super::connections::ConnectionArguments;
use super::documents::DocumentArguments;
use super::limits::LimitArguments;
use super::listen::Listening;
use super::logs::LogArguments;
use super::memory::MemoryArguments;
use super::protection::ProtectionArguments;
use super::spans::SpanArguments;
use super::subscriptions::SubscriptionArguments;
use super::tls::TlsArguments;
use crate::access::Guard;
use crate::atlas::Atlas;
use crate::http::{App, Spans, Tls};

/// What a server answers, and how much of it.
#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    #[command(flatten)]
    protection: ProtectionArguments,
    #[command(flatten)]
    connections: ConnectionArguments,
    #[command(flatten)]
    documents: DocumentArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    memory: MemoryArguments,
    #[command(flatten)]
    subscriptions: SubscriptionArguments,
    #[command(flatten)]
    tls: TlsArguments,
    #[command(flatten)]
    logs: LogArguments,
    #[command(flatten)]
    spans: SpanArguments,
}

impl ServerArguments {
    /// What the operator is told.
    pub(super) fn logs(&self) -> &LogArguments {
        &self.logs
    }

    /// How connections are encrypted, if they are.
    pub(super) fn tls(&self) -> Result<Option<Arc<Tls>>, Failure> {
        self.tls.tls()
    }

    /// Where spans of requests are sent, if they are.
    pub(super) fn spans(&self) -> Result<Option<Arc<Spans>>, Failure> {
        self.spans.spans()
    }

    /// The resources of an atlas for those whom a guard lets in at some addresses, as they were asked for.
    pub(super) fn app(&self, atlas: Arc<Atlas>, guard: Guard, listening: &Listening) -> Result<App, Failure> {
        let address = listening.widest();
        let limits = self.limits.limits();
        let documents = self.documents.documents(&limits)?;
        let app = App::new(atlas, guard, &limits)
            .with_documents(documents)
            .with_budget(self.memory.budget(&self.logs));
        let app = app
            .with_protection(self.protection.protection(address, listening.name.as_ref()))
            .with_connections(self.connections.limits(address));
        let app = self.protection.with_turns(app);
        Ok(app.with_subscriptions(self.subscriptions.limits()))
    }
}
