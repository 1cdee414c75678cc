use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::Span;

use super::App;
use super::admission::{Class, Full, HeavyPermit};
use crate::memory::RequestMemory;
use crate::work::{Stop, run};

/// How long a reservation of memory may wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Does work for a request on a thread of its own kind, so that the workers go on answering others; only some at a
/// time, so that a crowd of requests shares the processors and no more memory than these need.
///
/// `None` where it was asked to stop, as it is when it takes longer than a request may.
///
/// What it reserves of memory is released when it is done.
///
/// # Errors
/// That too many wait, and what the program itself failed by.
pub(super) async fn in_turn<T: Send + 'static>(
    app: &App,
    stop: &Stop,
    class: Class,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Failed> {
    in_turn_within(app, stop, class, app.limits().time, work).await
}

/// The same for work that has less time, since some of it is spent.
pub(super) async fn in_turn_within<T: Send + 'static>(
    app: &App,
    stop: &Stop,
    class: Class,
    time: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, Failed> {
    let own = stop.clone();
    let done = async {
        let permits = Permits::acquire(app, class).await?;
        let memory = Arc::new(RequestMemory::new(&app.budget, PATIENCE));
        // What is logged meanwhile is of this request.
        let span = Span::current();
        let work = spawn_blocking(move || {
            let _permits = permits;
            memory.enter(|| span.in_scope(|| run(&own, None, work)))
        });
        work.await.map(Some).map_err(Failed::program)
    };
    let mut done = std::pin::pin!(done);
    match timeout(time, &mut done).await {
        Ok(done) => done,
        Err(_) if stop.ask() => Ok(None),
        // It writes, and its client must learn what came of that.
        Err(_) => done.await,
    }
}

/// Why work was not done.
pub(super) enum Failed {
    /// Too many requests wait already.
    Full(Full),
    /// The program itself failed.
    Program(String),
}

impl Failed {
    fn program(cause: impl std::fmt::Display) -> Self {
        Self::Program(cause.to_string())
    }
}

/// What work holds while it is executed.
struct Permits {
    /// One of a few, for heavy work.
    _heavy: Option<HeavyPermit>,
    _executed: OwnedSemaphorePermit,
}

impl Permits {
    /// Waits for the permits of a class: heavy work waits among heavy work first, and holds nothing meanwhile that light
    /// work needs.
    async fn acquire(app: &App, class: Class) -> Result<Self, Failed> {
        let (heavy, executed) = match class {
            Class::Light => (None, &app.turns),
            Class::Heavy(client) => {
                (Some(app.admission.heavy.acquire(client).await.map_err(Failed::Full)?), &app.turns)
            }
            Class::Notice => (None, &app.admission.notices),
        };
        let executed = Arc::clone(executed).acquire_owned().await.map_err(Failed::program)?;
        Ok(Self { _heavy: heavy, _executed: executed })
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
            in_turn(&app, &abandoned.0, Class::Light, move || {
                let _ends = Ends(end);
                begin.send(()).unwrap();
                while check().is_ok() {}
            })
            .await
            .is_ok_and(|done: Option<()>| done.is_some())
        });
        begun.recv().unwrap();
        // As hyper does with the future of a connection that was closed.
        request.abort();
        ended.recv().unwrap();
    }
}
