use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

/// The open connections of a server, which can be closed in the order in which they became idle.
#[derive(Debug)]
pub(super) struct OpenConnections {
    tasks: JoinSet<()>,
    /// Those that count towards the limit.
    counted: HashMap<Id, OpenConnection>,
    /// Those beyond it.
    surplus: HashMap<Id, OpenConnection>,
    began: Instant,
}

#[derive(Debug)]
struct OpenConnection {
    task: AbortHandle,
    activity: Arc<Activity>,
}

/// When bytes last went over a connection, and whether one of its requests is being answered.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    /// Microseconds after `began`.
    last: AtomicU64,
    answering: AtomicBool,
}

/// Marks a connection as busy until it is dropped.
pub(super) struct Answering<'a>(&'a Activity);

/// A stream that notes when bytes go over it.
#[derive(Debug)]
pub(super) struct Noted<S> {
    stream: S,
    activity: Arc<Activity>,
}

impl OpenConnections {
    pub(super) fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            counted: HashMap::new(),
            surplus: HashMap::new(),
            began: Instant::now(),
        }
    }

    /// How many connections there are of those that count towards the limit, or of those beyond it.
    pub(super) fn count(&self, surplus: bool) -> usize {
        if surplus { self.surplus.len() } else { self.counted.len() }
    }

    /// Whether no connection is left.
    pub(super) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many connections are left, those included that are just being closed.
    pub(super) fn left(&self) -> usize {
        self.tasks.len()
    }

    /// Begins to answer a connection.
    pub(super) fn spawn<F>(&mut self, surplus: bool, answer: impl FnOnce(Arc<Activity>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let activity = Arc::new(Activity {
            began: self.began,
            last: AtomicU64::default(),
            answering: AtomicBool::default(),
        });
        activity.note();
        let task = self.tasks.spawn(answer(Arc::clone(&activity)));
        let connections = if surplus { &mut self.surplus } else { &mut self.counted };
        connections.insert(task.id(), OpenConnection { task, activity });
    }

    /// Waits until a connection has ended; forever where there is none.
    pub(super) async fn ended(&mut self) {
        match self.tasks.join_next_with_id().await {
            Some(ended) => {
                let id = ended.map_or_else(|error: JoinError| error.id(), |(id, ())| id);
                self.counted.remove(&id);
                self.surplus.remove(&id);
            }
            None => std::future::pending().await,
        }
    }

    /// Closes the connection that was idle the longest, among all or among those beyond the limit; `false` where none
    /// is idle.
    pub(super) fn close_idle(&mut self, only_surplus: bool) -> bool {
        let counted = if only_surplus { None } else { Some(&mut self.counted) };
        let connections = [Some(&mut self.surplus), counted].into_iter().flatten();
        let idle = connections.filter_map(|connections| {
            let idle = connections.iter().filter(|(_, connection)| !connection.activity.is_answering());
            let (id, idlest) = idle.min_by_key(|(_, connection)| connection.activity.last())?;
            Some((idlest.activity.last(), *id, connections))
        });
        let Some((_, id, connections)) = idle.min_by_key(|(last, _, _)| *last) else { return false };
        if let Some(connection) = connections.remove(&id) {
            connection.task.abort();
        }
        true
    }

    /// Closes all connections and waits until they are closed.
    pub(super) async fn shutdown(&mut self) {
        self.tasks.shutdown().await;
        self.counted.clear();
        self.surplus.clear();
    }
}

impl Activity {
    fn note(&self) {
        let elapsed = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last.store(elapsed, Ordering::Relaxed);
    }

    fn last(&self) -> u64 {
        self.last.load(Ordering::Relaxed)
    }

    fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Relaxed)
    }

    pub(super) fn answering(&self) -> Answering<'_> {
        self.answering.store(true, Ordering::Relaxed);
        Answering(self)
    }
}

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.note();
        self.0.answering.store(false, Ordering::Relaxed);
    }
}

impl<S> Noted<S> {
    pub(super) fn new(stream: S, activity: Arc<Activity>) -> Self {
        Self { stream, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Noted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, bytes);
        if polled.is_ready() {
            self.activity.note();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Noted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if polled.is_ready() {
            self.activity.note();
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        if polled.is_ready() {
            self.activity.note();
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn the_connection_that_was_idle_the_longest_is_closed_first() {
        let mut connections = OpenConnections::new();
        let (end, ended) = channel();
        // By number: beyond the limit, when bytes came last, answering a request.
        let table = [(false, 1, false), (true, 4, false), (true, 3, false), (true, 2, true)];
        for (number, (surplus, last, answering)) in table.into_iter().enumerate() {
            connections.spawn(surplus, |activity| {
                activity.last.store(last, Ordering::Relaxed);
                activity.answering.store(answering, Ordering::Relaxed);
                let ends = Ends(number, end.clone());
                async move {
                    let _ends = ends;
                    std::future::pending::<()>().await;
                }
            });
        }
        for (only_surplus, expected) in [(true, 2), (true, 1), (false, 0)] {
            assert!(connections.close_idle(only_surplus));
            connections.ended().await;
            assert_eq!(ended.recv().unwrap(), expected);
        }
        assert!(!connections.close_idle(false), "a request that is being answered is seen through");
        assert_eq!((connections.count(false), connections.count(true)), (0, 1));
    }

    struct Ends(usize, std::sync::mpsc::Sender<usize>);

    impl Drop for Ends {
        fn drop(&mut self) {
            self.1.send(self.0).unwrap_or_default();
        }
    }
}
