//! Connections: how they are taken, what slow clients are allowed, and how they end.

mod addresses;
mod connection;
mod limits;
mod tls;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::addresses::Addresses;
use self::connection::{Common, answer};
use super::App;
use super::guarding::whose;

pub(super) use self::connection::Peer;
pub use self::limits::ConnectionLimits;
pub use self::tls::{Tls, TlsError};

/// How long those who listen have to hear that the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// How many connections are taken beyond the limit, so that who asks whether the server is there is answered, and others
/// are told that it has no more.
const SURPLUS: usize = 64;

/// How long a server waits that the system gives no connection, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves an atlas until the process is asked to stop, then finishes what has begun; subscriptions are told that
/// they are over.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = Arc::clone(&app.closing);
    let limits = Arc::clone(&app.connection_limits);
    let guarding = Arc::clone(&app.guarding);
    let addresses = Addresses::default();
    let (tls, metrics) = (app.tls.clone(), Arc::clone(&app.metrics));
    let routes = TowerToHyperService::new(app.router());
    let common = Arc::new(Common { routes, limits: Arc::clone(&limits), tls, metrics });
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            // However many clients come.
            biased;
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                // Beyond any measure: it is dropped, which closes it.
                Ok(_) if connections.len() >= limits.total.saturating_add(SURPLUS) => {}
                Ok((stream, address)) => {
                    let from = address.ip().to_canonical();
                    let most = if guarding.trusts(from) { usize::MAX } else { limits.per_address };
                    let Some(counted) = addresses.count(whose(from), most) else { continue };
                    let peer = Peer { address, surplus: connections.len() >= limits.total };
                    let answered = answer(Arc::clone(&common), stream, peer, closing.listen());
                    connections.spawn(async move {
                        let _counted = counted;
                        answered.await;
                    });
                }
                // The client had gone before it was taken.
                Err(error) if is_of_the_connection(error.kind()) => {}
                Err(error) => {
                    tracing::error!("no connection can be taken: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    closing.begin();
    let finished = timeout(limits.stop, async { while connections.join_next().await.is_some() {} });
    if finished.await.is_err() {
        tracing::warn!("{} connections are cut off: their clients take too long", connections.len());
        connections.shutdown().await;
    }
    timeout(FAREWELL, closing.done()).await.ok();
    Ok(())
}

fn is_of_the_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Binds an address.
///
/// # Errors
/// What the system says, such as that the address is in use.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}
