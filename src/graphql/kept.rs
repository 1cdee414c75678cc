//! What is kept of documents between requests, never of their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_graphql::{Request, Response, ServerError};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::plain::{Operation, Run};
use super::question::{Given, Question, Sent};
use super::request::ReadDocument;
use super::seen::Seen;
use super::{Limits, Prepared};
use crate::access::Access;
use crate::atlas::Atlas;
use crate::model::Language;

/// How many bytes are kept of each sort; a document that was read, and a plan, are reckoned as several times their text.
const KEPT: u64 = 4 << 20;

/// How many entries there usually are; there is room for more.
const USUAL: usize = 1_000;

/// How many times as much as its text a document is that was read, about; and a plan beside that of its question.
const READ: usize = 16;

/// What an entry costs beside its name, in bytes.
const OVERHEAD: u64 = 200;

/// The longest text, and the longest question with its values, of which anything is kept.
pub(super) const LONGEST: usize = 16 << 10;

/// How long a question may take, on average, that is answered without a thread of its own.
const QUICK: Duration = Duration::from_millis(1);

/// How long a question may take, on average, that does not wait among heavy ones.
const SLOW: Duration = Duration::from_millis(20);

/// Documents that were read, and questions that were found valid.
pub(super) struct Kept {
    limits: Limits,
    read: Cache<String, Arc<ReadDocument>, OfDocument>,
    asked: Asked,
}

type Asked = Arc<Cache<String, Arc<Answering>, OfQuestion>>;

#[derive(Clone)]
struct OfDocument;

impl Weighter<String, Arc<ReadDocument>> for OfDocument {
    fn weight(&self, text: &String, _: &Arc<ReadDocument>) -> u64 {
        (text.len() * READ) as u64 + OVERHEAD
    }
}

#[derive(Clone)]
struct OfQuestion;

impl Weighter<String, Arc<Answering>> for OfQuestion {
    fn weight(&self, key: &String, answering: &Arc<Answering>) -> u64 {
        // The arguments of a plan are read from its question.
        let planned = |plan: &Operation| (key.len() * READ) as u64 + plan.weight();
        key.len() as u64 + answering.plan.as_ref().map_or(0, planned) + OVERHEAD
    }
}

impl Kept {
    /// Nothing yet; what is kept will have been read within these limits.
    pub(super) fn new(limits: &Limits) -> Self {
        let read = Cache::with_weighter(USUAL, KEPT, OfDocument);
        let asked = Arc::new(Cache::with_weighter(USUAL, KEPT, OfQuestion));
        Self { limits: limits.clone(), read, asked }
    }

    /// Prepares a request whose document may have been read already.
    ///
    /// # Errors
    /// As [`Prepared::new`] has it.
    pub(super) fn prepare(&self, request: Request, limits: &Limits) -> Result<Prepared, Box<Response>> {
        if *limits != self.limits || request.query.len() > LONGEST {
            return Prepared::new(request, limits);
        }
        let mut prepared = Prepared::reading(request, limits, |text| self.document(text))?;
        let (request, document) = (&prepared.request, &prepared.document);
        // What a write says is hardly ever said again, and would take the place of questions that are.
        let variables = if prepared.is_mutation() { None } else { document.variables() };
        let question = variables.and_then(|variables| {
            let given = |name: &str| request.variables.get(name).map(Given::Read);
            Question::new(&request.query, request.operation_name.as_deref(), variables, given)
        });
        prepared.known = question.map(|question| Known {
            answering: self.asked.get(&question.key),
            question,
            asked: Arc::clone(&self.asked),
        });
        Ok(prepared)
    }

    /// Whether a document was read already.
    pub(super) fn has_read(&self, text: &str) -> bool {
        text.len() <= LONGEST && self.read.get(text).is_some()
    }

    /// What is known of the question that a request asks with a document, if it is answered by a plan.
    pub(super) fn planned(&self, document: &str, sent: &Sent<'_>, limits: &Limits) -> Option<Planned> {
        if *limits != self.limits {
            return None;
        }
        let read = self.read.get(document)?;
        let (variables, given) = (read.variables()?, sent.variables.as_ref());
        // What is given beside these counts against a limit.
        if given.is_some_and(|given| !given.are_of(variables)) {
            return None;
        }
        let given = |name: &str| given?.get(name);
        let question = Question::new(document, sent.operation(), variables, given)?;
        let answering = self.asked.get(&question.key)?;
        answering.plan.is_some().then_some(Planned { answering, texts: question.texts })
    }

    fn document(&self, text: &str) -> Result<Arc<ReadDocument>, ServerError> {
        if let Some(read) = self.read.get(text) {
            return Ok(read);
        }
        let read = Arc::new(ReadDocument::read(text, &self.limits)?);
        self.read.insert(text.to_owned(), Arc::clone(&read));
        Ok(read)
    }
}

/// What is known of the question that a request asks.
pub(super) struct Known {
    question: Question,
    /// How it is answered; none where it was not found valid yet.
    answering: Option<Arc<Answering>>,
    asked: Asked,
}

impl Known {
    /// Whether it was found valid before.
    pub(super) fn is_valid(&self) -> bool {
        self.answering.is_some()
    }

    /// Whether it took long before; none where it was not answered yet.
    pub(super) fn is_slow(&self) -> Option<bool> {
        let pace = self.answering.as_ref()?.pace.load(Ordering::Relaxed);
        Some(pace >= nanoseconds(SLOW))
    }

    /// Whether it is valid and answered quickly.
    pub(super) fn is_quick(&self) -> bool {
        self.answering.as_ref().is_some_and(|answering| answering.is_quick())
    }

    /// The plan by which it is answered, if it has one, and the texts for it.
    pub(super) fn plan(&self) -> Option<(&Operation, &[String])> {
        Some((self.answering.as_ref()?.plan.as_ref()?, &self.question.texts))
    }

    /// Keeps that it is valid, how long it took, and, when it is new, how it is answered.
    pub(super) fn answered_in(self, taken: Duration, plan: impl FnOnce() -> Option<Operation>) {
        match self.answering {
            Some(answering) => answering.add(taken),
            None => self.asked.insert(self.question.key, Arc::new(Answering::new(taken, plan()))),
        }
    }
}

/// How a question is answered, and how long that takes, in nanoseconds: the latest answers count most.
struct Answering {
    plan: Option<Operation>,
    pace: AtomicU64,
}

impl Answering {
    fn new(taken: Duration, plan: Option<Operation>) -> Self {
        Self { plan, pace: AtomicU64::new(nanoseconds(taken)) }
    }

    fn add(&self, taken: Duration) {
        // Of two that are answered at once, one may be left out.
        let before = self.pace.load(Ordering::Relaxed);
        self.pace.store(before - before / 8 + nanoseconds(taken) / 8, Ordering::Relaxed);
    }

    fn is_quick(&self) -> bool {
        self.pace.load(Ordering::Relaxed) < nanoseconds(QUICK)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}

/// A question that was answered before, and of which a plan is kept, as it is asked now.
pub struct Planned {
    answering: Arc<Answering>,
    texts: Vec<String>,
}

impl Planned {
    /// Whether it is answered so quickly that no other request has to wait for it.
    pub fn is_quick(&self) -> bool {
        self.answering.is_quick()
    }

    /// The answer as JSON; none where something goes wrong, which the executor says.
    pub fn answer(&self, atlas: &Arc<Atlas>, access: &Access, language: Language) -> Option<Vec<u8>> {
        let started = Instant::now();
        let seen = Seen::new(Arc::clone(atlas), access.clone());
        let run = Run::new(language, Some(&seen), &self.texts);
        let mut json = br#"{"data":"#.to_vec();
        self.answering.plan.as_ref()?.write(&run, &mut json).ok()?;
        json.push(b'}');
        self.answering.add(started.elapsed());
        Some(json)
    }
}
