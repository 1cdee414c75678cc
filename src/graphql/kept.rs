//! What is kept of documents between requests, never of their answers.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_graphql::parser::types::BaseType;
use async_graphql::{Request, Response, ServerError, Value};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::request::ReadDocument;
use super::{Limits, Prepared};

/// How many bytes are kept of each sort; a document that was read is reckoned as several times its text.
const KEPT: u64 = 4 << 20;

/// How many entries there usually are; there is room for more.
const USUAL: usize = 1_000;

/// How many times as much as its text a document is that was read, about.
const READ: usize = 16;

/// What an entry costs beside its name, in bytes.
const OVERHEAD: u64 = 200;

/// The longest text, and the longest question with its values, of which anything is kept.
const LONGEST: usize = 16 << 10;

/// How long a question may take, on average, that is answered without a thread of its own.
const QUICK: Duration = Duration::from_millis(1);

/// Documents that were read, and questions that were found valid.
pub(super) struct Kept {
    limits: Limits,
    read: Cache<String, Arc<ReadDocument>, Size>,
    asked: Asked,
}

type Asked = Arc<Cache<String, Arc<Pace>, Size>>;

#[derive(Clone)]
struct Size(usize);

impl<T> Weighter<String, T> for Size {
    fn weight(&self, name: &String, _: &T) -> u64 {
        (name.len() * self.0) as u64 + OVERHEAD
    }
}

impl Kept {
    /// Nothing yet; what is kept will have been read within these limits.
    pub(super) fn new(limits: &Limits) -> Self {
        let read = Cache::with_weighter(USUAL, KEPT, Size(READ));
        let asked = Arc::new(Cache::with_weighter(USUAL, KEPT, Size(1)));
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
        prepared.known = question(&prepared).map(|question| Known {
            pace: self.asked.get(&question),
            question,
            asked: Arc::clone(&self.asked),
        });
        Ok(prepared)
    }

    /// Whether a document was read already.
    pub(super) fn has_read(&self, text: &str) -> bool {
        text.len() <= LONGEST && self.read.get(text).is_some()
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

/// What is known of a question: a document and those values of its variables on which its validity and its cost hang.
pub(super) struct Known {
    question: String,
    /// How quickly it is answered; none where it was not found valid yet.
    pace: Option<Arc<Pace>>,
    asked: Asked,
}

impl Known {
    /// Whether it was found valid before.
    pub(super) fn is_valid(&self) -> bool {
        self.pace.is_some()
    }

    /// Whether it is valid and answered quickly.
    pub(super) fn is_quick(&self) -> bool {
        self.pace.as_ref().is_some_and(|pace| pace.is_quick())
    }

    /// Keeps that it is valid, and how long it took.
    pub(super) fn answered_in(self, taken: Duration) {
        match self.pace {
            Some(pace) => pace.add(taken),
            None => self.asked.insert(self.question, Arc::new(Pace::new(taken))),
        }
    }
}

/// How long a question takes, in nanoseconds: the latest answers count most.
struct Pace(AtomicU64);

impl Pace {
    fn new(taken: Duration) -> Self {
        Self(AtomicU64::new(nanoseconds(taken)))
    }

    fn add(&self, taken: Duration) {
        // Of two that are answered at once, one may be left out.
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(before - before / 8 + nanoseconds(taken) / 8, Ordering::Relaxed);
    }

    fn is_quick(&self) -> bool {
        self.0.load(Ordering::Relaxed) < nanoseconds(QUICK)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    duration.as_nanos().try_into().unwrap_or(u64::MAX)
}

/// A question as text: whatever validity and cost hang on. Of ids and texts it is of no account which they are, so
/// that one document that is asked of many organisations is one question.
fn question(prepared: &Prepared) -> Option<String> {
    // What a write says is hardly ever said again, and would take the place of questions that are.
    if prepared.is_mutation() {
        return None;
    }
    let request = &prepared.request;
    let mut question = request.operation_name.clone().unwrap_or_default();
    for variable in prepared.document.variables()? {
        question.push('\0');
        let (name, declared) = (&variable.node.name.node, &variable.node.var_type.node.base);
        match (declared, request.variables.get(name)) {
            (_, None) => {}
            (BaseType::Named(named), Some(Value::String(_))) if matches!(named.as_str(), "ID" | "String") => {
                question.push('s');
            }
            (_, Some(value)) => write!(question, "{value}").ok()?,
        }
        if question.len() > LONGEST {
            return None;
        }
    }
    question.push('\0');
    question.push_str(&request.query);
    Some(question)
}
