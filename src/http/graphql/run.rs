use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::answer::{Outcome, Stage};
use super::refusal::Refusal;
use crate::access::Access;
use crate::atlas::Atlas;
use crate::graphql::{
    Prepared, Request, Response, Schema, Stop, execute_prepared, limits, log_failure, timed_out, was_executed,
};
use crate::http::App;

/// Runs any operation.
///
/// # Errors
/// 500 where the program itself fails.
pub(super) async fn run(app: &App, request: Request) -> Result<Outcome, Refusal> {
    run_with(app, request, |_| Ok(())).await
}

/// Runs an operation that came in an address: what a link or an image can call must not change anything.
///
/// # Errors
/// 405 where it is a mutation, and those of [`run`].
pub(super) async fn run_query(app: &App, request: Request) -> Result<Outcome, Refusal> {
    run_with(app, request, |prepared| {
        if prepared.is_mutation() {
            return Err(Refusal::method("a mutation is sent by POST, not by GET", "POST"));
        }
        Ok(())
    })
    .await
}

/// Runs an operation on a thread of its own kind, so that the workers go on answering others; only some at a
/// time, so that a crowd of them shares the processors and no more memory than these need.
async fn run_with(
    app: &App,
    request: Request,
    check: fn(&Prepared) -> Result<(), Refusal>,
) -> Result<Outcome, Refusal> {
    let stop = Stop::default();
    // Also where the client goes away and this future is dropped.
    let _abandoned = AskOnDrop(stop.clone());
    let (schema, atlas, access) = (app.schema.clone(), Arc::clone(&app.atlas), app.visitor.clone());
    let asked_to_stop = stop.clone();
    let answered = async {
        let turn = Arc::clone(&app.turns).acquire_owned().await.map_err(|e| failed(&e))?;
        let work = spawn_blocking(move || {
            let _turn = turn;
            let prepared = match Prepared::new(request, limits(&schema)) {
                Ok(prepared) => prepared,
                Err(refused) => return outcome(&refused, Stage::Refused),
            };
            check(&prepared)?;
            execute(&schema, &atlas, access, prepared.stopped_by(stop))
        });
        work.await.map_err(|e| failed(&e))?
    };
    let mut answered = pin!(answered);
    match timeout(app.limits().time, &mut answered).await {
        Ok(answered) => answered,
        Err(_) if asked_to_stop.ask() => outcome(&timed_out(app.limits()), Stage::TimedOut),
        // It writes, and its client must learn what came of that.
        Err(_) => answered.await,
    }
}

fn execute(
    schema: &Schema,
    atlas: &Arc<Atlas>,
    access: Access,
    prepared: Prepared,
) -> Result<Outcome, Refusal> {
    let response = Handle::current().block_on(execute_prepared(schema, atlas, access, prepared));
    let stage = if was_executed(&response) { Stage::Executed } else { Stage::Refused };
    outcome(&response, stage)
}

fn outcome(response: &Response, stage: Stage) -> Result<Outcome, Refusal> {
    let written = match stage {
        Stage::Executed => serde_json::to_vec(response),
        // What was not executed has no data, not even null.
        Stage::Refused | Stage::TimedOut => serde_json::to_vec(&json!({ "errors": response.errors })),
    };
    Ok(Outcome { stage, body: written.map_err(|e| failed(&e))? })
}

/// What a client is told of a fault of the program: that it is none of the client's.
fn failed(cause: &dyn Display) -> Refusal {
    let id = log_failure(cause);
    let message = format!(
        "the server failed to answer this request; its operator finds the cause in its log under {id}"
    );
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// Asks a request to stop as soon as nobody waits for it.
struct AskOnDrop(Stop);

impl Drop for AskOnDrop {
    fn drop(&mut self) {
        self.0.ask();
    }
}
