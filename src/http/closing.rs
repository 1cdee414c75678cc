use tokio::sync::watch;

/// Tells those who answer without an end that the server stops.
#[derive(Debug, Default)]
pub(super) struct Closing(watch::Sender<bool>);

/// Waits for the server to stop; the server waits until it is dropped.
#[derive(Clone, Debug)]
pub(super) struct Listening(watch::Receiver<bool>);

impl Closing {
    pub(super) fn listen(&self) -> Listening {
        Listening(self.0.subscribe())
    }

    pub(super) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Returns when nobody listens any more.
    pub(super) async fn done(&self) {
        self.0.closed().await;
    }
}

impl Listening {
    /// Returns when the server has begun to stop.
    pub(super) async fn begun(&mut self) {
        // The sender is kept by every resource, so it is there.
        self.0.wait_for(|stopping| *stopping).await.ok();
    }
}
