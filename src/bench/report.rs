use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

/// What was measured, in the form that comparisons read; all times of questions in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Who answered.
    pub peer: &'static str,
    /// Which version of it.
    pub version: &'static str,
    /// Seconds from the ledgers to ready, or from the store where nothing was imported.
    pub load_s: f64,
    /// Seconds from the store, closed, to ready again.
    pub open_s: f64,
    /// Resident memory at the end.
    pub rss_mib: Option<u64>,
    /// Bytes of the store's files in MiB.
    pub disk_mib: u64,
    /// The median of all rounds, by question.
    pub q: BTreeMap<&'static str, f64>,
    /// The time that 95 of 100 answers stayed within.
    pub p95: BTreeMap<&'static str, f64>,
    /// The median of asking once with each parameter.
    pub first: BTreeMap<&'static str, f64>,
    /// How many answers the median is of.
    pub n: BTreeMap<&'static str, usize>,
    /// How the first answer starts.
    pub sample: BTreeMap<&'static str, String>,
    /// What the figures do not say.
    pub notes: String,
}

/// The digests of all answers, by question in the order of its parameters.
pub type Digests = BTreeMap<&'static str, Vec<String>>;

/// The times of one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Asked once with each parameter.
    pub first: Vec<Duration>,
    /// Asked again, all parameters a round.
    pub rounds: Vec<Duration>,
}

impl Report {
    /// Enters the times of a question.
    pub(super) fn enter(&mut self, name: &'static str, mut timings: Timings) {
        if timings.rounds.is_empty() {
            timings.rounds.clone_from(&timings.first);
        }
        timings.first.sort_unstable();
        timings.rounds.sort_unstable();
        let (Some(first), Some(median)) = (median(&timings.first), median(&timings.rounds)) else { return };
        let at = (timings.rounds.len() * 95 / 100).min(timings.rounds.len() - 1);
        self.first.insert(name, first);
        self.q.insert(name, median);
        self.p95.insert(name, milliseconds(timings.rounds[at]));
        self.n.insert(name, timings.rounds.len());
    }
}

/// The median of sorted times; of an even number, the middle of the two in the middle.
fn median(sorted: &[Duration]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(milliseconds(*lower), milliseconds(*upper)))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e6
}
