//! Files that are whole before they are sent: written to the disk, and read from there as slowly as a client likes.
//!
//! Whoever is told that a file comes, and how long it is, gets it; what fails before is answered as a failure. A slow reader
//! holds no processor and no graph, but a file that goes away with him.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::Span;

use super::App;
use super::file::NoFile;
use super::turn::AskOnDrop;
use crate::work::{Stop, run};

/// How much is read before it is sent.
const PIECE: u64 = 1 << 16;

/// Places for files.
pub(super) struct Places {
    /// For those that are being written; each has a processor to itself.
    written: Arc<Semaphore>,
    /// For those that lie on the disk until their clients have read them.
    kept: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self { written: Arc::new(Semaphore::new(2)), kept: Arc::new(Semaphore::new(64)) }
    }
}

/// A place to write a file in.
pub(super) struct Place {
    written: OwnedSemaphorePermit,
    kept: OwnedSemaphorePermit,
}

/// A file that is whole.
pub(super) struct Spooled {
    file: File,
    length: u64,
    _kept: OwnedSemaphorePermit,
}

impl Place {
    /// Waits for a place, no longer than a request may take.
    ///
    /// # Errors
    /// 503 where there is none.
    pub(super) async fn wait(app: &App) -> Result<Self, NoFile> {
        let none = |message: &str| NoFile::new(StatusCode::SERVICE_UNAVAILABLE, message);
        let kept = Arc::clone(&app.files.kept).try_acquire_owned();
        let kept = kept.map_err(|_| {
            none("clients are still reading as many exports as the server keeps for them; try again later")
        })?;
        match timeout(app.limits().time, Arc::clone(&app.files.written).acquire_owned()).await {
            Ok(Ok(written)) => Ok(Self { written, kept }),
            _ => Err(none("the server is writing as many exports as it does at a time; try again later")),
        }
    }

    /// Writes a file, on a thread of its own kind; that ends when nobody waits for it any more.
    ///
    /// # Errors
    /// 500 where the disk or the program itself fails.
    pub(super) async fn write(
        self,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()> + Send + 'static,
    ) -> Result<Spooled, NoFile> {
        let Self { written, kept } = self;
        let abandoned = AskOnDrop(Stop::default());
        let (stop, span) = (abandoned.0.clone(), Span::current());
        let work = spawn_blocking(move || {
            let _written = written;
            span.in_scope(|| run(&stop, None, || spool(write)))
        });
        match work.await {
            Ok(Ok((file, length))) => Ok(Spooled { file, length, _kept: kept }),
            Ok(Err(cause)) => Err(NoFile::failed(&cause)),
            Err(panicked) => Err(NoFile::failed(&panicked)),
        }
    }
}

/// Writes a file that has no name and goes away with whoever holds it.
fn spool(write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<(File, u64)> {
    let mut to = BufWriter::new(tempfile::tempfile()?);
    write(&mut to)?;
    to.flush()?;
    let mut file = to.into_inner()?;
    let length = file.stream_position()?;
    file.rewind()?;
    Ok((file, length))
}

impl Spooled {
    fn piece(&mut self) -> io::Result<Bytes> {
        let mut piece = Vec::new();
        (&self.file).take(PIECE).read_to_end(&mut piece)?;
        Ok(piece.into())
    }
}

impl IntoResponse for Spooled {
    fn into_response(self) -> Response {
        let length = HeaderValue::from(self.length);
        let next = async |sent: Option<Self>| {
            let mut sent = sent?;
            let read = spawn_blocking(move || (sent.piece(), sent)).await;
            match read {
                Ok((Ok(piece), _)) if piece.is_empty() => None,
                Ok((Ok(piece), rest)) => Some((Ok(piece), Some(rest))),
                // The connection ends before as much was sent as was promised.
                Ok((Err(cause), _)) => Some((Err(cause), None)),
                Err(panicked) => Some((Err(io::Error::other(panicked)), None)),
            }
        };
        ([(header::CONTENT_LENGTH, length)], Body::from_stream(unfold(Some(self), next))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;
    use crate::access::Guard;
    use crate::atlas::Atlas;
    use crate::graphql::Limits;

    fn app() -> (tempfile::TempDir, App) {
        let folder = tempfile::tempdir().unwrap();
        let atlas = Arc::new(Atlas::open(folder.path()).unwrap().0);
        let app = App::new(atlas, Guard::of(folder.path(), true).unwrap(), &Limits::DEFAULT);
        (folder, app)
    }

    async fn written(
        app: &App,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()> + Send + 'static,
    ) -> Response {
        let written = async { Place::wait(app).await?.write(write).await };
        written.await.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
    }

    #[tokio::test]
    async fn what_fails_while_it_is_written_is_answered_as_a_failure_and_frees_its_place() {
        let (_folder, app) = app();
        for _ in 0..3 {
            let panicked = written(&app, |to| {
                to.write_all(&vec![b'a'; 1 << 20])?;
                std::panic::resume_unwind(Box::new("in the middle"))
            });
            assert_eq!(panicked.await.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let full = written(&app, |to| {
                to.write_all(&vec![b'a'; 1 << 20])?;
                Err(io::ErrorKind::StorageFull.into())
            });
            let full = full.await;
            assert_eq!(full.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let told = to_bytes(full.into_body(), 1 << 20).await.unwrap();
            assert!(told.starts_with(b"the server failed to make this"));
        }
    }

    #[tokio::test]
    async fn who_reads_slowly_keeps_nobody_waiting_and_too_many_are_told_so() {
        let (_folder, app) = app();
        let text = vec![b'a'; 3 * PIECE as usize + 1];
        let mut unread = Vec::new();
        for _ in 0..64 {
            let (text, length) = (text.clone(), text.len().to_string());
            let answer = written(&app, move |to| to.write_all(&text)).await;
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.headers()[header::CONTENT_LENGTH], length.as_str());
            unread.push(answer);
        }
        let refused = written(&app, |_| Ok(())).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        let read = to_bytes(unread.pop().unwrap().into_body(), 1 << 20).await.unwrap();
        assert_eq!(read, text);
        assert_eq!(
            written(&app, |_| Ok(())).await.status(),
            StatusCode::OK,
            "a file that was read makes room"
        );
    }
}
