//! Connections: how they are taken, what slow clients are allowed, and how they end.

mod addresses;
mod connection;
mod head;
mod limits;
mod open;
mod tls;

use std::future::poll_fn;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout};

use self::addresses::Addresses;
use self::connection::{Common, answer};
use self::open::OpenConnections;
use super::App;
use super::guarding::whose;

pub(super) use self::connection::Peer;
pub use self::limits::ConnectionLimits;
pub use self::tls::{Tls, TlsError};

/// How long those who listen have to hear that the server stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// How many connections are taken beyond the limit, so that `/healthz` is answered and other requests are told 503.
///
/// When all are taken, a new one takes the place of the one that was idle the longest: idle clients do not shut out a
/// health check, which sends its request at once.
const SURPLUS: usize = 64;

/// How long a server waits where the system gives it no connection and none that it has is idle.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves an atlas until the process is asked to stop, then finishes what has begun; subscriptions are told that
/// they are over.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    app: App,
    listeners: Vec<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let closing = Arc::clone(&app.closing);
    let limits = Arc::clone(&app.connection_limits);
    let guarding = Arc::clone(&app.guarding);
    let addresses = Addresses::default();
    let (tls, metrics) = (app.tls.clone(), Arc::clone(&app.metrics));
    let routes = TowerToHyperService::new(app.router());
    let common = Arc::new(Common { routes, limits: Arc::clone(&limits), tls, metrics });
    let mut connections = OpenConnections::new();
    let mut scarcity = Scarcity::default();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            // However many clients come.
            biased;
            () = &mut stop => break,
            () = connections.ended() => {}
            accepted = accept(&listeners) => match accepted {
                Ok((stream, address)) => {
                    let surplus = connections.count(false) >= limits.total;
                    if surplus && connections.count(true) >= SURPLUS && !connections.close_idle(true) {
                        // Each of them is being answered: this one is dropped, which closes it.
                        continue;
                    }
                    let from = address.ip().to_canonical();
                    let most = if guarding.trusts(from) { usize::MAX } else { limits.per_address };
                    let Some(counted) = addresses.count(whose(from), most) else { continue };
                    let peer = Peer { address, surplus };
                    let (common, closing) = (Arc::clone(&common), closing.listen());
                    connections.spawn(surplus, |activity| async move {
                        let _counted = counted;
                        answer(common, stream, peer, activity, closing).await;
                    });
                }
                // The client had gone before it was taken.
                Err(error) if is_of_the_connection(error.kind()) => {}
                // Such as for want of file descriptors, of which an idle connection has one.
                Err(error) => {
                    scarcity.tell(&error);
                    let freed = connections.close_idle(false);
                    let waited = timeout(PAUSE, connections.ended());
                    if freed { waited.await.ok(); } else { sleep(PAUSE).await; }
                }
            }
        }
    }
    drop(listeners);
    closing.begin();
    let finished = timeout(limits.stop, async {
        while !connections.is_empty() {
            connections.ended().await;
        }
    });
    if finished.await.is_err() {
        tracing::warn!("{} connections are cut off: their clients take too long", connections.left());
        connections.shutdown().await;
    }
    timeout(FAREWELL, closing.done()).await.ok();
    Ok(())
}

/// Says in the log that the system gives no connections, at most once a minute.
#[derive(Default)]
struct Scarcity(Option<Instant>);

impl Scarcity {
    fn tell(&mut self, error: &std::io::Error) {
        const MINUTE: Duration = Duration::from_secs(60);
        if self.0.is_none_or(|told| told.elapsed() >= MINUTE) {
            self.0 = Some(Instant::now());
            tracing::error!(
                "no connection can be taken: {error}; the one that was idle the longest is closed instead. Allow the \
                 process more open files (ulimit -n, LimitNOFILE), or fewer connections (--max-connections)"
            );
        }
    }
}

fn is_of_the_connection(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Takes the next connection that comes to any of some listeners.
async fn accept(listeners: &[TcpListener]) -> std::io::Result<(TcpStream, SocketAddr)> {
    poll_fn(|context| {
        let mut polled = listeners.iter().map(|listener| listener.poll_accept(context));
        polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
}

/// Binds addresses, all that there are on this machine: a name may stand for one of IPv6 where there is no IPv6.
///
/// # Errors
/// What the system says of an address, such as that it is in use; or of the last, if none is on this machine.
pub async fn listen(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, (SocketAddr, std::io::Error)> {
    let mut listeners = Vec::new();
    let mut missing = None;
    for address in addresses {
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) => {
                return Err((*address, error));
            }
            Err(error) => missing = Some((*address, error)),
        }
    }
    match missing {
        Some(missing) if listeners.is_empty() => Err(missing),
        _ => Ok(listeners),
    }
}
