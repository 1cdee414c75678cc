use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::work::Watch;

/// How long a stage takes before it is worth a bar.
const SHORT: Duration = Duration::from_millis(500);

/// How often bars are drawn.
const TICK: Duration = Duration::from_millis(100);

/// The progress of a command, as a bar on a terminal: that of the stage which began last.
#[derive(Default)]
pub(super) struct Progress {
    stages: Mutex<Vec<Stage>>,
    last: AtomicU64,
}

struct Stage {
    number: u64,
    name: &'static str,
    steps: u64,
    done: u64,
    begun: Instant,
    /// What is on the terminal, if anything is.
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Shows bars on standard error from now on; `None` where that is no terminal.
    pub(super) fn on_terminal() -> Option<Arc<dyn Watch>> {
        if ProgressDrawTarget::stderr().is_hidden() {
            return None;
        }
        let progress = Arc::new(Self::default());
        let shown = Arc::downgrade(&progress);
        thread::spawn(move || {
            while let Some(progress) = shown.upgrade() {
                progress.draw(SHORT, ProgressDrawTarget::stderr);
                drop(progress);
                thread::sleep(TICK);
            }
        });
        Some(progress)
    }

    fn stages(&self) -> MutexGuard<'_, Vec<Stage>> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Draws the stage that began last, unless it is younger than that.
    fn draw(&self, age: Duration, target: impl FnOnce() -> ProgressDrawTarget) {
        if let Some(stage) = self.stages().last_mut().filter(|stage| stage.begun.elapsed() >= age) {
            let done = stage.done;
            let bar = stage.bar.get_or_insert_with(|| bar(stage.name, stage.steps, target()));
            bar.set_position(done);
            bar.tick();
        }
    }
}

fn bar(stage: &'static str, steps: u64, target: ProgressDrawTarget) -> ProgressBar {
    let style = if steps > 0 { "{msg} {wide_bar} {percent}% {eta}" } else { "{spinner} {msg} {elapsed}" };
    let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(steps), target).with_style(style).with_message(stage)
}

impl Watch for Progress {
    fn begin(&self, name: &'static str, steps: u64) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let mut stages = self.stages();
        if let Some(bar) = stages.last_mut().and_then(|outer| outer.bar.take()) {
            bar.finish_and_clear();
        }
        stages.push(Stage { number, name, steps, done: 0, begun: Instant::now(), bar: None });
        number
    }

    fn reached(&self, stage: u64, done: u64) {
        if let Some(stage) = self.stages().iter_mut().find(|other| other.number == stage) {
            stage.done = done;
        }
    }

    fn end(&self, stage: u64) {
        let mut stages = self.stages();
        let Some(place) = stages.iter().position(|other| other.number == stage) else { return };
        if let Some(bar) = stages.remove(place).bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Progress {
        /// What is on the terminal, once it was drawn: the stages that have a bar, and how far each has come.
        fn shown(&self, age: Duration) -> Vec<String> {
            self.draw(age, ProgressDrawTarget::hidden);
            let stages = self.stages();
            let bars = stages.iter().filter_map(|stage| stage.bar.as_ref());
            bars.map(|bar| format!("{} {}", bar.message(), bar.position())).collect()
        }
    }

    #[test]
    fn a_stage_has_a_bar_once_it_is_old_enough() {
        let progress = Progress::default();
        let stage = progress.begin("reading", 400);
        progress.reached(stage, 100);
        assert_eq!(progress.shown(Duration::MAX), Vec::<String>::new());
        assert_eq!(progress.shown(Duration::ZERO), ["reading 100"]);
        progress.reached(stage, 300);
        assert_eq!(progress.shown(Duration::ZERO), ["reading 300"]);
        progress.end(stage);
        assert_eq!(progress.shown(Duration::ZERO), Vec::<String>::new());
    }

    #[test]
    fn of_stages_within_each_other_the_inner_one_is_shown() {
        let progress = Progress::default();
        let outer = progress.begin("outer", 10);
        assert_eq!(progress.shown(Duration::ZERO), ["outer 0"]);
        let inner = progress.begin("inner", 0);
        progress.reached(outer, 5);
        assert_eq!(progress.shown(Duration::ZERO), ["inner 0"]);
        progress.end(inner);
        assert_eq!(progress.shown(Duration::ZERO), ["outer 5"]);
        progress.end(outer);
    }
}
