use std::io::{self, Write};
use std::process;
use std::sync::mpsc;
use std::thread;

use tokio::sync::oneshot;

use super::Failure;
use super::progress::Progress;
use crate::work::{Stop, run};

/// Does the work of a command, with its progress on a terminal; it ends soon after the process is asked to end, and
/// leaves all as it was.
///
/// Asked once more, the process ends at once, which a store bears as it bears a loss of power.
pub(super) fn stoppable<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let stop = Stop::default();
    let listener = Listener::begin(stop.clone())?;
    let outcome = run(&stop, Progress::on_terminal(), work);
    let heard = listener.end();
    match (outcome, heard) {
        // Whatever error came of it.
        (Err(_), Some(signal)) if stop.is_asked() => Err(Failure::stopped(signal)),
        (outcome, _) => outcome,
    }
}

/// A thread that hears when the process is asked to end.
struct Listener {
    end: oneshot::Sender<()>,
    thread: thread::JoinHandle<Option<Signal>>,
}

/// A number of a signal, as exit codes say by which one a process ended.
type Signal = u8;

impl Listener {
    /// Listens from now on, and asks some work to stop.
    fn begin(stop: Stop) -> io::Result<Self> {
        let (end, ended) = oneshot::channel();
        let (listening, is_listening) = mpsc::channel();
        let listen = async move {
            let mut signals = match Signals::new() {
                Ok(signals) => signals,
                Err(cause) => {
                    listening.send(Err(cause)).unwrap_or_default();
                    return None;
                }
            };
            listening.send(Ok(())).unwrap_or_default();
            let mut ended = ended;
            let mut heard = None;
            loop {
                let signal = tokio::select! {
                    signal = signals.next() => signal,
                    _ = &mut ended => return heard,
                };
                if heard.is_some() {
                    process::exit(128 + i32::from(signal));
                }
                heard = Some(signal);
                // Whoever reads this may have gone away; the work stops all the same.
                let told = match stop.ask() {
                    true => "stopping; what was there stays as it is (once more ends at once)",
                    false => "it is recorded already, and comes to its end (once more ends at once)",
                };
                writeln!(io::stderr(), "{told}").unwrap_or_default();
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = thread::spawn(move || runtime.block_on(listen));
        is_listening.recv().map_err(io::Error::other)??;
        Ok(Self { end, thread })
    }

    /// Stops listening; gives back what was heard.
    fn end(self) -> Option<Signal> {
        self.end.send(()).unwrap_or_default();
        self.thread.join().unwrap_or_default()
    }
}

/// By what a process is asked to end: Ctrl-C, and its service manager.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]))
    }

    async fn next(&mut self) -> Signal {
        let [interrupted, terminated] = &mut self.0;
        tokio::select! {
            _ = interrupted.recv() => 2,
            _ = terminated.recv() => 15,
        }
    }
}

/// By what a process is asked to end: Ctrl-C.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        tokio::signal::ctrl_c().await.unwrap_or_default();
        2
    }
}
