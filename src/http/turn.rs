use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::Span;

use super::App;
use crate::work::{Stop, run};

/// Does work for a request on a thread of its own kind, so that the workers go on answering others; only some at a
/// time, so that a crowd of requests shares the processors and no more memory than these need.
///
/// `None` where it was asked to stop, as it is when it takes longer than a request may.
///
/// # Errors
/// What the program itself failed by.
pub(super) async fn in_turn<T: Send + 'static>(
    app: &App,
    stop: &Stop,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, String> {
    in_turn_within(app, stop, app.limits().time, work).await
}

/// The same for work that has less time, since some of it is spent.
pub(super) async fn in_turn_within<T: Send + 'static>(
    app: &App,
    stop: &Stop,
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, String> {
    let own = stop.clone();
    let done = async {
        let turn = Arc::clone(&app.turns).acquire_owned().await.map_err(|error| error.to_string())?;
        // What is logged meanwhile is of this request.
        let span = Span::current();
        let work = spawn_blocking(move || {
            let _turn = turn;
            span.in_scope(|| run(&own, None, work))
        });
        work.await.map(Some).map_err(|error| error.to_string())
    };
    let mut done = std::pin::pin!(done);
    match timeout(time, &mut done).await {
        Ok(done) => done,
        Err(_) if stop.ask() => Ok(None),
        // It writes, and its client must learn what came of that.
        Err(_) => done.await,
    }
}

/// Asks work to stop as soon as nobody waits for it.
pub(super) struct AskOnDrop(pub(super) Stop);

impl Drop for AskOnDrop {
    fn drop(&mut self) {
        self.0.ask();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::access::Guard;
    use crate::atlas::Atlas;
    use crate::graphql::Limits;
    use crate::work::check;

    /// Tells when it is dropped.
    struct Ends(std::sync::mpsc::Sender<()>);

    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.send(()).unwrap_or_default();
        }
    }

    #[test]
    fn work_ends_when_nobody_waits_for_it_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let atlas = Arc::new(Atlas::open(folder.path()).unwrap().0);
        let app = App::new(atlas, Guard::of(folder.path(), true).unwrap(), &Limits::NONE);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (begin, begun) = channel();
        let (end, ended) = channel();
        let request = runtime.spawn(async move {
            let abandoned = AskOnDrop(Stop::default());
            in_turn(&app, &abandoned.0, move || {
                let _ends = Ends(end);
                begin.send(()).unwrap();
                while check().is_ok() {}
            })
            .await
            .map(|done: Option<()>| done.is_some())
        });
        begun.recv().unwrap();
        // As hyper does with the future of a connection that was closed.
        request.abort();
        ended.recv().unwrap();
    }
}
