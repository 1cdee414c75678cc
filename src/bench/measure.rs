use std::hint::black_box;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::digest::{digest, json};
use super::{Digests, Parameters, Question, Report, Rule, Timings};
use crate::graph::Graph;
use crate::work::{Steps, Stopped};

/// How long the rounds of one question may take before no other is begun.
const BUDGET: Duration = Duration::from_secs(30);

/// How many characters of the first answer a report shows.
const SAMPLE: usize = 160;

/// Why a measurement is worth nothing.
#[derive(Debug, Error)]
pub enum BenchError {
    /// It was cancelled.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The graph does not know an organisation.
    #[error(
        "{name}: {question:?} names an organisation that the store does not hold; are these its parameters?"
    )]
    Unknown {
        /// The name of the question.
        name: &'static str,
        /// The question, as it was asked.
        question: String,
    },
    /// A question was answered in two ways.
    #[error("{name}: {question:?} was answered differently when it was asked again")]
    Unsteady {
        /// The name of the question.
        name: &'static str,
        /// The question, as it was asked.
        question: String,
    },
    /// An answer cannot be written.
    #[error(transparent)]
    Answer(#[from] serde_json::Error),
}

/// Asks all questions with all parameters, once and then in rounds, and enters in a report how long each took.
///
/// # Errors
/// [`BenchError`] at the first parameter that the graph does not know, or the first answer that changes.
pub fn measure(
    graph: &Graph,
    rule: &Rule,
    parameters: &Parameters,
    rounds: usize,
    report: &mut Report,
) -> Result<Digests, BenchError> {
    let mut digests = Digests::new();
    let mut writings = 1..;
    for (name, questions) in parameters.questions() {
        let mut ask = |question: &Question<'_>| {
            let unseen = name.ends_with("_unseen").then(|| writings.next()).flatten();
            match unseen.map(|number| rule.in_writing(number)) {
                Some(rule) => ask(name, question, graph, &rule),
                None => ask(name, question, graph, rule),
            }
        };
        let mut steps = Steps::begin(name, (questions.len() * (1 + rounds)) as u64);
        let mut timings = Timings::default();
        let mut kept = Vec::with_capacity(questions.len());
        for question in &questions {
            let (time, digest) = ask(question)?;
            steps.try_add(1)?;
            timings.first.push(time);
            kept.push(digest);
        }
        if let Some(answer) = questions.first().and_then(|question| question.ask(graph, rule)) {
            let text = String::from_utf8_lossy(&json(&answer)?).chars().take(SAMPLE).collect();
            report.sample.insert(name, text);
        }
        let started = Instant::now();
        for _ in 0..rounds {
            for (question, first) in questions.iter().zip(&kept) {
                let (time, digest) = ask(question)?;
                if digest != *first {
                    return Err(BenchError::Unsteady { name, question: format!("{question:?}") });
                }
                steps.try_add(1)?;
                timings.rounds.push(time);
            }
            if started.elapsed() > BUDGET {
                break;
            }
        }
        report.enter(name, timings);
        digests.insert(name, kept);
    }
    Ok(digests)
}

/// Asks a question; how long the answer took, and its digest, which is not timed.
fn ask(
    name: &'static str,
    question: &Question<'_>,
    graph: &Graph,
    rule: &Rule,
) -> Result<(Duration, String), BenchError> {
    let started = Instant::now();
    let answer = black_box(question.ask(graph, rule));
    let time = started.elapsed();
    match answer {
        Some(answer) => Ok((time, digest(&answer)?)),
        None => Err(BenchError::Unknown { name, question: format!("{question:?}") }),
    }
}
