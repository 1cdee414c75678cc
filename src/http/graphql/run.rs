use std::fmt::Display;
use std::sync::Arc;
use std::time::Instant;

use axum::http::StatusCode;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::answer::{Outcome, Stage};
use super::events::{Events, Place};
use super::refusal::Refusal;
use crate::access::{Access, Role};
use crate::graphql::{
    Answers, Planned, Prepared, Request, Response, execute_prepared, is_unavailable, log_failure, subscribe,
    timed_out, to_json, was_executed,
};
use crate::http::App;
use crate::http::admission::{Class, Client};
use crate::http::authentication::Caller;
use crate::http::turn::{AskOnDrop, Failed, in_turn, in_turn_within};
use crate::model::Language;
use crate::work::Stop;

/// What an operation is answered by.
pub(super) enum Answered {
    /// A query or a mutation: one answer.
    Once(Outcome),
    /// A subscription: answers as they come.
    Again(Box<Events>),
    /// Nothing more.
    Over,
}

impl Answered {
    /// The next answer, for transports on which one operation may have several.
    ///
    /// # Errors
    /// 500 where the program itself fails.
    pub(super) async fn next(&mut self) -> Result<Option<Outcome>, Refusal> {
        if let Self::Again(events) = self {
            return events.next().await;
        }
        Ok(match std::mem::replace(self, Self::Over) {
            Self::Once(outcome) => Some(outcome),
            Self::Again(_) | Self::Over => None,
        })
    }
}

/// An operation whose document was read before, or that has yet to be prepared.
enum Asked {
    Prepared(Box<Prepared>),
    Sent(Box<Request>),
}

/// What was begun with an operation.
enum Begun {
    Done(Outcome),
    /// It writes, and has not waited for its turn to write yet.
    Writes(Box<Prepared>, Access),
    /// A query that may take long, and has not waited among those yet.
    Heavy(Box<Prepared>, Access),
    Subscribed(Answers, Caller, Place),
}

/// Runs an operation, if its transport takes it.
///
/// # Errors
/// Those of `check`, 503 where there are too many subscriptions, and 500 where the program itself fails.
pub(super) async fn run(
    app: &App,
    caller: Caller,
    request: Request,
    check: impl FnOnce(&Prepared) -> Result<(), Refusal> + Send + 'static,
) -> Result<Answered, Refusal> {
    let asked = if app.documents.have_read(&request) {
        match app.documents.prepare(request, app.limits()) {
            Ok(prepared) => Asked::Prepared(Box::new(prepared)),
            Err(refused) => return outcome(&refused, Stage::Refused).map(Answered::Once),
        }
    } else {
        Asked::Sent(Box::new(request))
    };
    let asked = match (asked, app.turns.try_acquire()) {
        (Asked::Prepared(prepared), Ok(_turn)) if prepared.is_known_to_be_quick() => {
            check(&prepared)?;
            let answered = execute_prepared(&app.schema, &app.atlas, caller.access, prepared.written()).await;
            return present(&answered).map(Answered::Once);
        }
        (asked, _) => asked,
    };
    let is_read_mutation = matches!(&asked, Asked::Prepared(prepared) if prepared.is_mutation() && caller.access.may(Role::Editor));
    let started = Instant::now();
    let class = match &asked {
        Asked::Prepared(prepared) if prepared.is_heavy() => Class::Heavy(caller.client),
        _ => Class::Light,
    };
    let is_heavy = matches!(class, Class::Heavy(_));
    let stop = Stop::default();
    // Also where the client goes away and this future is dropped.
    let abandoned = AskOnDrop(stop.clone());
    let own = app.clone();
    let client = caller.client;
    let begin = move || {
        let prepared = match asked {
            Asked::Prepared(prepared) => Ok(*prepared),
            Asked::Sent(request) => own.documents.prepare(*request, own.limits()),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refused) => return outcome(&refused, Stage::Refused).map(Begun::Done),
        };
        check(&prepared)?;
        // Those who may not write are told so without waiting.
        if prepared.is_mutation() && caller.access.may(Role::Editor) {
            return Ok(Begun::Writes(Box::new(prepared), caller.access));
        }
        if prepared.is_heavy() && !is_heavy {
            return Ok(Begun::Heavy(Box::new(prepared), caller.access));
        }
        if !prepared.is_subscription() {
            return execute(&own, caller.access, prepared).map(Begun::Done);
        }
        let place = place(&own, client)?;
        let answers = subscribe(&own.schema, Arc::clone(&own.atlas), caller.access.clone(), prepared);
        Ok(Begun::Subscribed(answers, caller, place))
    };
    // A mutation whose document is known needs no permit before its turn to write.
    let begun = if is_read_mutation {
        Some(begin())
    } else {
        in_turn(app, &stop, class, begin).await.map_err(not_done)?
    };
    Ok(match begun {
        None => Answered::Once(too_late(app)?),
        Some(begun) => match begun? {
            Begun::Done(outcome) => Answered::Once(outcome),
            Begun::Writes(prepared, access) => {
                Answered::Once(write(app, &abandoned.0, started, access, *prepared).await?)
            }
            Begun::Heavy(prepared, access) => {
                let own = app.clone();
                let execute = move || execute(&own, access, *prepared);
                let left = app.limits().time.saturating_sub(started.elapsed());
                let done = in_turn_within(app, &abandoned.0, Class::Heavy(client), left, execute).await;
                Answered::Once(done.map_err(not_done)?.unwrap_or_else(|| too_late(app))?)
            }
            Begun::Subscribed(answers, caller, place) => {
                Answered::Again(Box::new(Events::new(app.clone(), caller, answers, abandoned, place)))
            }
        },
    })
}

/// Executes a mutation after those that came before, within what is left of the time of a request.
///
/// It waits before it takes an execution permit, so that waiting writers keep no reader from being answered.
async fn write(
    app: &App,
    stop: &Stop,
    started: Instant,
    access: Access,
    prepared: Prepared,
) -> Result<Outcome, Refusal> {
    let left = || app.limits().time.saturating_sub(started.elapsed());
    let Ok(entered) = timeout(left(), app.atlas.write_queue().enter()).await else {
        stop.ask();
        return too_late(app);
    };
    let place = entered.map_err(|full| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, full.to_string()))?;
    let own = app.clone();
    let execute = move || execute(&own, access, prepared.queued(place));
    let done = in_turn_within(app, stop, Class::Light, left(), execute).await;
    done.map_err(not_done)?.unwrap_or_else(|| too_late(app))
}

fn too_late(app: &App) -> Result<Outcome, Refusal> {
    outcome(&timed_out(app.limits()), Stage::TimedOut)
}

/// The answer to the operation in a body, where it is the question of one that was answered quickly before and a plan of
/// it is kept; else nothing is done.
pub(super) fn run_planned(app: &App, caller: &Caller, body: &[u8], language: Language) -> Option<Outcome> {
    let planned = app.documents.planned(body, app.limits()).filter(Planned::is_quick)?;
    let _turn = app.turns.try_acquire().ok()?;
    let body = planned.answer(&app.atlas, &caller.access, language)?;
    Some(Outcome { stage: Stage::Executed, body })
}

fn execute(app: &App, access: Access, prepared: Prepared) -> Result<Outcome, Refusal> {
    if let Err(refused) = prepared.reserve_answer() {
        return outcome(&refused, Stage::Unavailable);
    }
    let answered = execute_prepared(&app.schema, &app.atlas, access, prepared.written());
    present(&Handle::current().block_on(answered))
}

/// An answer as JSON, and how far its request came.
pub(super) fn present(response: &Response) -> Result<Outcome, Refusal> {
    let stage = match () {
        () if is_unavailable(response) => Stage::Unavailable,
        () if was_executed(response) => Stage::Executed,
        () => Stage::Refused,
    };
    outcome(response, stage)
}

pub(super) fn outcome(response: &Response, stage: Stage) -> Result<Outcome, Refusal> {
    Ok(Outcome { stage, body: to_json(response).map_err(|e| failed(&e))? })
}

/// What a client is told of a fault of the program: that it is none of the client's.
pub(super) fn failed(cause: &dyn Display) -> Refusal {
    let id = log_failure(cause);
    let message = format!(
        "the server failed to answer this request; its operator finds the cause in its log under {id}"
    );
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// Why work was not done, as an answer.
pub(super) fn not_done(cause: Failed) -> Refusal {
    match cause {
        Failed::Full(full) => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, full.to_string()),
        Failed::Program(cause) => failed(&cause),
    }
}

/// A place for a subscription of a client.
fn place(app: &App, client: Client) -> Result<Place, Refusal> {
    let refuse = |message| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message);
    let (total, of_client) = (app.subscription_limits.total, app.subscription_limits.per_client);
    let own = app.admission.subscribers.take(client, of_client).ok_or_else(|| {
        refuse(format!(
            "this client has {of_client} subscriptions already, and may have no more; complete one first"
        ))
    })?;
    let place = Arc::clone(&app.subscriptions).try_acquire_owned().map_err(|_| {
        refuse(format!("this server has {total} subscriptions already, and no more; try again later"))
    })?;
    Ok((place, own))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::*;
    use crate::access::Guard;
    use crate::atlas::Atlas;
    use crate::graphql::Limits;
    use crate::http::authentication::authenticate;

    const WRITERS: usize = 64;

    async fn answered(app: App, document: String) -> Outcome {
        let caller = authenticate(&app, &HeaderMap::new()).await.unwrap();
        let mut answered = run(&app, caller, Request::new(document), |_| Ok(())).await.unwrap();
        answered.next().await.unwrap().unwrap()
    }

    fn founds(number: usize) -> String {
        format!(
            r#"mutation {{ applyChanges(reason: "founded", changes: [{{ putOrganization: {{
                id: "ent-{number}", kind: ENTERPRISE, name: "示例制造" }} }}]) {{ version }} }}"#
        )
    }

    #[test]
    fn waiting_writers_hold_no_permit_and_readers_are_answered_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let atlas = Arc::new(Atlas::open(folder.path()).unwrap().0);
        let guard = Guard::of(folder.path(), true).unwrap().open_to(Access::operator());
        let app = App::new(Arc::clone(&atlas), guard, &Limits::DEFAULT).with_turns(Some(1), 128);
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let first = atlas.write_queue().enter().await.unwrap();
            let writers: Vec<_> =
                (0..WRITERS).map(|number| tokio::spawn(answered(app.clone(), founds(number)))).collect();
            while atlas.write_queue().waiting() < WRITERS {
                tokio::task::yield_now().await;
            }
            assert_eq!(app.turns.available_permits(), 1);
            let read = answered(app.clone(), "{ organizations { totalCount } }".to_owned()).await;
            assert_eq!(read.text(), r#"{"data":{"organizations":{"totalCount":0}}}"#);
            drop(first);
            for writer in writers {
                let written = writer.await.unwrap();
                assert!(
                    written.text().starts_with(r#"{"data":{"applyChanges":{"version":"#),
                    "{}",
                    written.text()
                );
            }
        });
        assert_eq!(atlas.snapshot().version, WRITERS as u64);
    }
}
