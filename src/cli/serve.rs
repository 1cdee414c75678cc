use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::Failure;
use super::interrupt::stoppable;
use super::listen::{Listen, Listening};
use super::logs::LogArguments;
use super::server::ServerArguments;
use super::store::StoreFolder;
use crate::access::Guard;
use crate::atlas::Atlas;
use crate::http::{Tls, listen, serve as serve_app};

/// Where a server listens where nobody says.
pub(super) const ADDRESS: &str = "127.0.0.1:8080";

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    store: StoreFolder,
    /// The address or the name of a host to listen on, and the port
    #[arg(long, value_name = "ADDR", default_value = ADDRESS)]
    listen: Listen,
    #[command(flatten)]
    server: ServerArguments,
}

impl Serve {
    /// What the operator is told.
    pub(super) fn logs(&self) -> &LogArguments {
        self.server.logs()
    }

    pub(super) fn run(self) -> Result<(), Failure> {
        let listening = self.listen.resolve()?;
        let guard = guard(self.store.path(), listening.widest(), self.logs())?;
        let is_new = self.store.require().is_err();
        let atlas = stoppable(|| self.store.open_or_create())?;
        if is_new {
            let dir = self.store.path().display();
            self.logs().say(&format!("note: there was no store at {dir}; an empty one was made"));
        }
        serve(&atlas, guard, &listening, &self.server)
    }
}

/// Who may ask the server of a store, with a word on standard error where that is nobody.
pub(super) fn guard(store: &Path, address: SocketAddr, logs: &LogArguments) -> Result<Guard, Failure> {
    let guard = Guard::of(store, address.ip().is_loopback())?;
    if guard.admits_nobody() {
        let store = store.display();
        logs.say(&format!(
            "note: reading needs a token at {address}, and there is none yet: `orgatlas token create --data \
             {store} --name NAME --role reader` makes one, also while this server runs"
        ));
    }
    Ok(guard)
}

/// Serves an atlas until the process is told to stop.
pub(super) fn serve(
    atlas: &Arc<Atlas>,
    guard: Guard,
    listening: &Listening,
    server: &ServerArguments,
) -> Result<(), Failure> {
    let mut app = server.app(Arc::clone(atlas), guard, listening)?;
    let tls = server.tls()?;
    if let Some(tls) = &tls {
        app = app.with_tls(Arc::clone(tls));
    }
    let spans = server.spans()?;
    if let Some(spans) = &spans {
        app = app.with_spans(Arc::clone(spans));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listeners = listen(listening.addresses()).await.map_err(|(address, cause)| {
            Failure::new(format!("{address}: {cause}; choose another address with --listen"))
        })?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        // Before anybody can know that it runs.
        let stop = stopped()?;
        #[cfg(unix)]
        if let Some(tls) = tls {
            reload_when_told(tls)?;
        }
        let url = |listener: &TcpListener| Ok(format!("{scheme}://{}", listener.local_addr()?));
        let urls = listeners.iter().map(url).collect::<std::io::Result<Vec<_>>>()?;
        atlas.announce(&urls[0])?;
        let snapshot = atlas.snapshot();
        let (organizations, relations) =
            (snapshot.graph.organization_count(), snapshot.graph.relation_count());
        drop(snapshot);
        server.logs().say(&format!(
            "serving {organizations} organisations and {relations} relations at {} (Ctrl-C stops)",
            urls.join(" and ")
        ));
        serve_app(app, listeners, stop).await?;
        Ok(())
    });
    if let Some(spans) = spans {
        spans.stop();
    }
    served
}

/// Reads certificate and key anew whenever the process is told to (SIGHUP), from now on.
#[cfg(unix)]
fn reload_when_told(tls: Arc<Tls>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut told = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while told.recv().await.is_some() {
            match tls.reload() {
                Ok(()) => tracing::info!("certificate and key are read anew"),
                Err(error) => tracing::error!("certificate and key stay as they were: {error}"),
            }
        }
    });
    Ok(())
}

/// Ends when the process is asked to end, by Ctrl-C or by its service manager, from now on.
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ends when the process is asked to end, by Ctrl-C.
#[cfg(not(unix))]
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async { tokio::signal::ctrl_c().await.unwrap_or_default() })
}
