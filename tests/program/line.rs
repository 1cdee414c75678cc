//! A server in the test's own process, so that the test can commit, and clients that stay on the line.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use orgatlas::access::Guard;
use orgatlas::atlas::{Atlas, Proposal};
use orgatlas::graphql::Limits;
use orgatlas::http::{App, SubscriptionLimits, listen, serve};
use orgatlas::model::{Change, Organization, OrganizationKind};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A server that answers until it is told to stop.
pub(crate) struct Line {
    pub(crate) atlas: Arc<Atlas>,
    address: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

/// A client on a WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// A client that reads events.
pub(crate) struct Events {
    stream: TcpStream,
    read: String,
}

impl Line {
    pub(crate) async fn open(limits: SubscriptionLimits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let atlas = Arc::new(Atlas::open(folder.path()).unwrap().0);
        let listener = listen(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
        let address = listener[0].local_addr().unwrap().to_string();
        let guard = Guard::of(folder.path(), true).unwrap();
        let app = App::new(Arc::clone(&atlas), guard, &Limits::DEFAULT).with_subscriptions(limits);
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.unwrap_or_default() };
        let serving = tokio::spawn(serve(app, listener, stopped));
        Self { atlas, address, stop, serving, _folder: folder }
    }

    /// Stops the server, which must end by itself.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.serving.await.unwrap().unwrap();
    }

    /// Records organisations of a kind, in one commit.
    pub(crate) fn record(&self, kind: OrganizationKind, ids: &[&str]) {
        self.record_for(kind, ids, "a test");
    }

    pub(crate) fn record_for(&self, kind: OrganizationKind, ids: &[&str], reason: &str) {
        let put = |id: &&str| {
            Change::PutOrganization(Box::new(Organization::new(id.parse().unwrap(), kind, "示例")))
        };
        let changes = ids.iter().map(put).collect();
        let (actor, reason) = ("clerk".to_owned(), reason.to_owned());
        self.atlas
            .commit(Proposal {
                changes,
                actor,
                reason,
                origin: orgatlas::model::Origin::default(),
                expected: None,
            })
            .unwrap();
    }

    /// Opens a WebSocket that asks for a subprotocol and comes from an origin, if any.
    pub(crate) async fn dial(&self, protocol: Option<&str>, origin: Option<&str>) -> Result<Socket, Error> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request().unwrap();
        let headers = [("sec-websocket-protocol", protocol), ("origin", origin)];
        for (name, value) in headers {
            if let Some(value) = value {
                request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        Ok(Socket(connect_async(request).await?.0))
    }

    /// Opens a WebSocket on which operations can be begun.
    pub(crate) async fn converse(&self) -> Socket {
        let mut socket = self.dial(Some("graphql-transport-ws"), None).await.unwrap();
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }

    /// Sends an operation by POST, to be answered by events.
    pub(crate) async fn events(&self, query: &str) -> Events {
        let body = json!({ "query": query }).to_string();
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n\
             Content-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        Events { stream, read: String::new() }
    }
}

impl Socket {
    pub(crate) async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// Sends anything; that the server has hung up meanwhile is heard when its answer is read.
    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.ok();
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message of the protocol.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            let message = self.0.next().await.unwrap().unwrap();
            assert!(!message.is_close(), "{message}");
            if let Message::Text(text) = message {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// What the next message answers to an operation.
    pub(crate) async fn hear_next(&mut self, id: &str) -> Value {
        let mut heard = self.hear().await;
        assert_eq!((&heard["type"], &heard["id"]), (&json!("next"), &json!(id)), "{heard}");
        assert!(heard["payload"]["errors"].is_null(), "{heard}");
        heard["payload"]["data"].take()
    }

    /// By which code the server hangs up, whatever it says before.
    pub(crate) async fn hear_close(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.0.next().await.unwrap().unwrap() {
                return frame.unwrap().code.into();
            }
        }
    }
}

impl Events {
    /// The next event: its name and its data.
    pub(crate) async fn hear(&mut self) -> (String, Value) {
        loop {
            // An event ends with an empty line; chunks and headers stand around it.
            if let Some(at) = self.read.find("event: ")
                && let Some(end) = self.read[at..].find("\n\n")
            {
                let event = self.read[at..at + end].to_owned();
                self.read.drain(..at + end);
                let (name, data) = event["event: ".len()..].split_once('\n').unwrap();
                let data = data.strip_prefix("data:").unwrap().trim();
                return (name.to_owned(), serde_json::from_str(data).unwrap_or_default());
            }
            let mut bytes = vec![0; 64 << 10];
            let count = self.stream.read(&mut bytes).await.unwrap();
            assert!(count > 0, "the stream ends with {:?}", self.read);
            self.read.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
        }
    }
}
