use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use tokio::sync::{Notify, OwnedSemaphorePermit};

use super::answer::{Outcome, Stage};
use super::refusal::Refusal;
use super::run::{not_done, outcome, present};
use crate::graphql::{Answers, timed_out};
use crate::http::App;
use crate::http::admission::{Class, Share};
use crate::http::authentication::Caller;
use crate::http::turn::{AskOnDrop, in_turn};

/// The answers to a subscription, each computed when it is asked for.
///
/// Nothing is computed ahead: while a client does not read, nothing is held for it but its place.
pub(super) struct Events {
    app: App,
    /// Asked again before each answer: what holds no more ends it.
    caller: Caller,
    /// None once it is over.
    answers: Option<Answers>,
    woken: Arc<Woken>,
    abandoned: AskOnDrop,
    _place: Place,
}

/// A place among all subscriptions, and among those of the client.
pub(super) type Place = (OwnedSemaphorePermit, Share);

/// Is told when it is worth asking for an answer again.
#[derive(Default)]
struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

impl Events {
    pub(super) fn new(
        app: App,
        caller: Caller,
        answers: Answers,
        abandoned: AskOnDrop,
        place: Place,
    ) -> Self {
        Self { app, caller, answers: Some(answers), woken: Arc::default(), abandoned, _place: place }
    }

    /// The next answer; none when it is over, which it is after one that was not executed.
    ///
    /// Each takes its turn among the answers to subscribers, and no longer than a request may.
    ///
    /// # Errors
    /// 401 where who asks is let in no more, 500 where the program itself fails.
    pub(super) async fn next(&mut self) -> Result<Option<Outcome>, Refusal> {
        loop {
            let Some(mut answers) = self.answers.take() else { return Ok(None) };
            self.caller.ask_again(&self.app).await?;
            let woken = Waker::from(Arc::clone(&self.woken));
            let asked = in_turn(&self.app, &self.abandoned.0, Class::Notice, move || {
                let polled = answers.poll(&woken).map(|answer| answer.as_ref().map(present).transpose());
                (answers, polled)
            });
            let Some((answers, polled)) = asked.await.map_err(not_done)? else {
                return outcome(&timed_out(self.app.limits()), Stage::TimedOut).map(Some);
            };
            match polled {
                Poll::Pending => {
                    self.answers = Some(answers);
                    self.woken.0.notified().await;
                }
                Poll::Ready(answer) => {
                    let answer = answer?;
                    if answer.as_ref().is_some_and(|answer| answer.stage == Stage::Executed) {
                        self.answers = Some(answers);
                    }
                    return Ok(answer);
                }
            }
        }
    }
}
