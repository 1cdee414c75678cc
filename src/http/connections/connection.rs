use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;

use super::head::{is_too_large, refuse};
use super::open::{Activity, Noted};
use super::{ConnectionLimits, Tls};
use crate::http::closing::Listening;
use crate::http::observing::Metrics;

/// Who is at the other end of a connection; each of its requests has it among its extensions.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Peer {
    /// Where it is: a client, or a proxy before clients.
    pub(in crate::http) address: SocketAddr,
    /// Whether the server has as many connections as it may without this one.
    pub(in crate::http) surplus: bool,
}

/// What all connections of a server have in common.
pub(super) struct Common {
    pub(super) routes: TowerToHyperService<Router>,
    pub(super) limits: Arc<ConnectionLimits>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) metrics: Arc<Metrics>,
}

/// Answers the requests that come on a connection, until its client or the server ends it.
pub(super) async fn answer(
    common: Arc<Common>,
    stream: TcpStream,
    peer: Peer,
    activity: Arc<Activity>,
    closing: Listening,
) {
    let _connected = common.metrics.connected();
    // An answer is written in one piece; nothing is won by waiting for another.
    stream.set_nodelay(true).ok();
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(common.limits.stall));
    let stream = Noted::new(Box::pin(stream), Arc::clone(&activity));
    let Some(tls) = &common.tls else { return answer_http(&common, stream, peer, activity, closing).await };
    // Here and not where connections are taken: who is slow to agree keeps nobody waiting.
    if let Ok(Ok(stream)) = timeout(common.limits.head_time, tls.acceptor().accept(stream)).await {
        answer_http(&common, stream, peer, activity, closing).await;
    }
}

async fn answer_http(
    common: &Common,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: Peer,
    activity: Arc<Activity>,
    mut closing: Listening,
) {
    let limits = &common.limits;
    let most = limits.head;
    let routes = common.routes.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let activity = Arc::clone(&activity);
        request.extensions_mut().insert(peer);
        let answered = (!is_too_large(&request, most)).then(|| routes.call(request));
        async move {
            let _answering = activity.answering();
            match answered {
                Some(answered) => answered.await,
                None => Ok(refuse(most)),
            }
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(limits.head.max(ConnectionLimits::LEAST_HEAD))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    // What ends a connection before its time is the client's affair: it went away, or was too slow.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = closing.begun() => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
