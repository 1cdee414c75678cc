use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::http::StatusCode;
use futures_util::SinkExt;
use serde_json::{Map, Value};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, sleep_until, timeout};

use super::PROTOCOL;
use super::message::{Received, Sent, answer};
use crate::access::Unauthenticated;
use crate::http::App;
use crate::http::admission::Client;
use crate::http::authentication::{Caller, authenticate_as};
use crate::http::graphql::refusal::Refusal;
use crate::http::graphql::request::from_parameters;
use crate::http::graphql::run::run;
use crate::model::{Language, Origin};

/// How long a connection stays open after the server has said why it ends.
const LINGER: Duration = Duration::from_millis(250);

/// How long a client has to agree that a conversation is over.
const FAREWELL: Duration = Duration::from_secs(1);

/// The most bytes of a reason that a closing frame has room for.
const MAX_REASON: usize = 123;

/// A conversation with a client.
pub(super) struct Connection {
    app: App,
    socket: WebSocket,
    /// Who the client is, as far as it has said.
    caller: Result<Caller, Unauthenticated>,
    said: Said,
    /// Whether the client has said who it is.
    initialised: bool,
    /// Whether it has said anything since it was asked last.
    heard: bool,
    /// When something was last asked or answered.
    active: Instant,
    operations: HashMap<String, Operation>,
    begun: u64,
    /// Dropped with the connection, which ends them all.
    tasks: JoinSet<()>,
    /// Answers on their way from the operations: each waits until its own is taken, and computes none ahead.
    answers: (mpsc::Sender<Answer>, mpsc::Receiver<Answer>),
}

/// What the request that began a conversation says of all its operations.
pub(super) struct Said {
    /// In which language answers are, where an operation does not say.
    pub(super) language: Language,
    /// From where changes come.
    pub(super) origin: Origin,
    /// Who it is where it shows no token.
    pub(super) client: Client,
}

/// An operation that runs, told by its number from earlier ones of the same id.
struct Operation {
    number: u64,
    task: AbortHandle,
}

/// A message from an operation.
struct Answer {
    id: String,
    number: u64,
    text: String,
    /// Whether it is the last one.
    ends: bool,
}

/// How a conversation ends.
enum End {
    /// The server says so, and why.
    Close(u16, String),
    /// The client has gone, or has said so.
    Gone,
}

impl End {
    fn close(code: u16, reason: impl Into<String>) -> Self {
        Self::Close(code, reason.into())
    }
}

impl Connection {
    pub(super) fn new(
        app: App,
        caller: Result<Caller, Unauthenticated>,
        socket: WebSocket,
        said: Said,
    ) -> Self {
        Self {
            app,
            socket,
            caller,
            said,
            initialised: false,
            heard: true,
            active: Instant::now(),
            operations: HashMap::new(),
            begun: 0,
            tasks: JoinSet::new(),
            answers: mpsc::channel(1),
        }
    }

    /// Converses until one side ends it.
    pub(super) async fn serve(mut self) {
        let Err(end) = self.converse().await;
        self.tasks.abort_all();
        let is_told = matches!(end, End::Close(..));
        if let End::Close(code, mut reason) = end {
            reason.truncate(reason.floor_char_boundary(MAX_REASON));
            let frame = CloseFrame { code, reason: reason.into() };
            if !matches!(timeout(FAREWELL, self.socket.send(Message::Close(Some(frame)))).await, Ok(Ok(()))) {
                return;
            }
        }
        // What was said last is sent while the client's own farewell is awaited.
        timeout(FAREWELL, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await.ok();
        if is_told {
            // What was sent and never read makes the system reset the connection, and the client lose the reason.
            sleep(LINGER).await;
        }
    }

    async fn converse(&mut self) -> Result<Infallible, End> {
        if self.socket.protocol().is_none_or(|spoken| spoken != PROTOCOL) {
            return Err(End::close(4406, format!("the subprotocol is {PROTOCOL}; ask for it")));
        }
        let limits = self.app.subscription_limits.clone();
        let mut closing = self.app.closing.listen();
        let init = self.active + limits.init;
        let mut ping = interval_at(self.active + limits.ping, limits.ping);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = closing.begun() => return Err(End::close(close_code::AWAY, "the server stops")),
                () = sleep_until(init), if !self.initialised => {
                    return Err(End::close(4408, "connection_init did not come in time"));
                }
                _ = ping.tick() => self.ask_whether_it_is_there(limits.idle).await?,
                received = self.socket.recv() => self.receive(received).await?,
                Some(answer) = self.answers.1.recv() => self.pass_on(answer).await?,
            }
        }
    }

    async fn ask_whether_it_is_there(&mut self, idle: Duration) -> Result<(), End> {
        if !std::mem::take(&mut self.heard) {
            return Err(End::Gone);
        }
        if self.operations.is_empty() && self.active.elapsed() >= idle {
            return Err(End::close(close_code::NORMAL, "nothing was asked for a long time"));
        }
        self.send(Message::Ping(Vec::new().into())).await
    }

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match received {
            None => return Err(End::Gone),
            // Above all a message that is too large.
            Some(Err(error)) => return Err(End::close(close_code::SIZE, error.to_string())),
            Some(Ok(message)) => message,
        };
        self.heard = true;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(End::close(4400, "messages are text")),
            // The pong is sent before anything else is read: a client that reads none of them cannot pile them up.
            Message::Ping(_) => return self.flush().await,
            Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Gone),
        };
        let received = serde_json::from_str(&text).map_err(|error| End::close(4400, error.to_string()))?;
        match received {
            Received::ConnectionInit { .. } if self.initialised => {
                Err(End::close(4429, "connection_init came twice"))
            }
            Received::ConnectionInit { payload } => {
                self.authenticate(payload.unwrap_or_default()).await?;
                self.initialised = true;
                self.say(&Sent::ConnectionAck {}).await
            }
            Received::Ping { payload } => self.say(&Sent::Pong { payload }).await,
            Received::Pong {} => Ok(()),
            Received::Subscribe { .. } if !self.initialised => {
                Err(End::close(4401, "connection_init must come before subscribe"))
            }
            Received::Subscribe { id, payload } => self.begin(id, payload).await,
            Received::Complete { id } => {
                self.end(&id);
                Ok(())
            }
        }
    }

    /// Takes the client for whom it says it is.
    async fn authenticate(&mut self, payload: Map<String, Value>) -> Result<(), End> {
        let said = payload.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if let Some((_, authorization)) = said {
            let caller = authenticate_as(&self.app, authorization.as_str().unwrap_or_default()).await;
            self.caller = caller.map(|caller| caller.at(self.said.client));
        }
        self.caller.as_ref().map_err(|refused| End::close(4403, refused.to_string()))?;
        Ok(())
    }

    /// Begins an operation, which then runs beside the conversation.
    async fn begin(&mut self, id: String, payload: Map<String, Value>) -> Result<(), End> {
        if self.operations.contains_key(&id) {
            return Err(End::close(4409, format!("subscriber {id} is there already")));
        }
        let request = from_parameters(payload).map_err(|refusal| End::close(4400, refusal.message()))?;
        let request = request.data(self.said.language).data(self.said.origin.clone());
        let most = self.app.subscription_limits.per_connection;
        if self.operations.len() >= most {
            let message = format!("this connection runs {most} operations already; complete one first");
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, message).outcome();
            let (text, _) = answer(&id, &refusal).map_err(broken)?;
            return self.send(Message::text(text)).await;
        }
        let caller = self.caller.clone().map_err(|refused| End::close(4403, refused.to_string()))?;
        self.begun += 1;
        let (app, number, answers) = (self.app.clone(), self.begun, self.answers.0.clone());
        let own = id.clone();
        let task = self.tasks.spawn(async move {
            let say = async |text, ends| {
                answers.send(Answer { id: own.clone(), number, text, ends }).await.map_err(|_| ())
            };
            let told = async {
                // A conversation may outlast what was shown at its beginning.
                caller.ask_again(&app).await?;
                let mut answered = run(&app, caller, request, |_| Ok(())).await?;
                while let Some(outcome) = answered.next().await? {
                    let Ok((text, ends)) = answer(&own, &outcome) else { break };
                    if say(text, ends).await.is_err() || ends {
                        return Ok(());
                    }
                }
                let text = Sent::Complete { id: &own }.text().unwrap_or_default();
                say(text, true).await.ok();
                Ok::<_, Refusal>(())
            };
            if let Err(refusal) = told.await
                && let Ok((text, _)) = answer(&own, &refusal.outcome())
            {
                say(text, true).await.ok();
            }
        });
        self.operations.insert(id, Operation { number, task });
        Ok(())
    }

    fn end(&mut self, id: &str) {
        self.active = Instant::now();
        if let Some(operation) = self.operations.remove(id) {
            operation.task.abort();
        }
        while self.tasks.try_join_next().is_some() {}
    }

    /// Passes an answer on to the client, unless it has completed the operation meanwhile.
    async fn pass_on(&mut self, answer: Answer) -> Result<(), End> {
        if self.operations.get(&answer.id).is_none_or(|operation| operation.number != answer.number) {
            return Ok(());
        }
        if answer.ends {
            self.end(&answer.id);
        }
        self.send(Message::text(answer.text)).await
    }

    async fn say(&mut self, message: &Sent<'_>) -> Result<(), End> {
        self.send(Message::text(message.text().map_err(broken)?)).await
    }

    /// Sends what is written already; a client that does not take it for too long has gone.
    async fn flush(&mut self) -> Result<(), End> {
        match timeout(self.app.subscription_limits.ping, self.socket.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Sends a message; a client that does not take it for too long has gone.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.app.subscription_limits.ping, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

fn broken(_: serde_json::Error) -> End {
    End::close(close_code::ERROR, "the server failed to write an answer")
}
