use std::any::TypeId;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition,
};
use async_graphql::{Positioned, Request, Response, ServerError, Value, Variables};

use super::Limits;
use super::document::{
    Values, coerce, count, estimate, faults, measure, names_heavy, plain_escapes, resolve, scan,
};
use super::error::{Code, coded};
use super::kept::Known;
use super::plain::{Operation, Run, WrittenAtOnce, merges};
use super::question::Question;
use super::seen::Seen;
use super::writing::QueuedWriter;
use crate::atlas::WritePlace;
use crate::memory::reserve;
use crate::model::Language;
use crate::work::cancellable;

/// How many times as many values as a request may give may be written into its document.
const WRITTEN: usize = 8;

/// A request whose document was read and found within the limits.
pub struct Prepared {
    pub(super) request: Request,
    pub(super) document: Arc<ReadDocument>,
    kind: OperationType,
    /// How many fields its operation selects of its root.
    roots: usize,
    values: Values,
    pub(super) known: Option<Known>,
}

/// About how many bytes a value of an answer takes, its JSON included.
const VALUE_BYTES: usize = 200;

/// An answer of more values may take long.
const HEAVY_VALUES: usize = 10_000;

/// A document that was read and found within the limits that need no schema.
pub(super) struct ReadDocument {
    document: ExecutableDocument,
    /// Whether an answer to it has to be merged of several.
    merges: bool,
    /// By what it is not valid; of a document that is, nothing.
    pub(super) faults: Vec<ServerError>,
    /// Whether it names fields or arguments that may take long.
    names_heavy: bool,
}

impl Prepared {
    /// Reads the document of a request and finds the operation that is meant.
    ///
    /// # Errors
    /// The answer to a request that can never be executed: its document does not parse or goes beyond a limit,
    /// or the value of a variable is not of its type.
    pub fn new(request: Request, limits: &Limits) -> Result<Self, Box<Response>> {
        Self::reading(request, limits, |text| ReadDocument::read(text, limits).map(Arc::new))
    }

    /// The same where the document may have been read already.
    pub(super) fn reading(
        request: Request,
        limits: &Limits,
        read: impl FnOnce(&str) -> Result<Arc<ReadDocument>, ServerError>,
    ) -> Result<Self, Box<Response>> {
        let refused = |error| Box::new(Response::from_errors(vec![error]));
        limit_values(&request, limits).map_err(refused)?;
        let document = read(&request.query).map_err(refused)?;
        let Meant { kind, roots, values } = Meant::find(&document.document, &request).map_err(refused)?;
        Ok(Self { request, document, kind, roots, values, known: None })
    }

    /// The request of a writer that has waited in the queue, for the rest of the request or until it has written.
    #[must_use]
    pub fn queued(mut self, place: WritePlace) -> Self {
        self.request.data.insert(QueuedWriter::new(place, self.roots == 1));
        self
    }

    /// The request, whose answer is going to be written by [`to_json`](super::to_json): lists can be written at once.
    #[must_use]
    pub fn written(mut self) -> Self {
        if !self.document.merges {
            self.request.data.insert(WrittenAtOnce);
        }
        self
    }

    /// The answer by the plan that is kept of the question; none where there is none, where the answer is not going to be
    /// written as the plan does, or where something goes wrong, which the executor says.
    pub(super) fn answer(&self, seen: &Seen) -> Option<Response> {
        let (plan, texts) = self.known.as_ref()?.plan()?;
        let data = |of: TypeId| self.request.data.get(&of);
        data(TypeId::of::<WrittenAtOnce>())?;
        let language = data(TypeId::of::<Language>()).and_then(|data| data.downcast_ref().copied());
        let run = Run::new(language.unwrap_or_default(), Some(seen), texts);
        let mut json = Vec::new();
        cancellable(|| plan.write(&run, &mut json)).ok()?.ok()?;
        Some(Response::new(Value::Binary(json.into())))
    }

    /// The document as it is executed: the operation that is meant with the values of its variables. The document as it
    /// was sent where no operation is meant, which is refused by that.
    ///
    /// # Errors
    /// That the values, written wherever they are used, are too many.
    pub(super) fn executed(&self, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
        self.resolved(&self.values, limits)
    }

    /// The document as it is validated: without the variables that are null. Where null may not be, it is the field that
    /// fails.
    ///
    /// # Errors
    /// That the values, written wherever they are used, are too many.
    pub(super) fn checked(&self, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
        let mut values = self.values.clone();
        values.retain(|_, value| *value != Value::Null);
        self.resolved(&values, limits)
    }

    fn resolved(&self, values: &Values, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
        let document = &self.document.document;
        match operation(document, self.request.operation_name.as_deref()) {
            Some(operation) => {
                resolve(document, operation, values, &[], limits.tokens.saturating_mul(WRITTEN))
            }
            None => Ok(document.clone()),
        }
    }

    /// The request as it was sent, with its document.
    pub(super) fn as_sent(&self) -> Request {
        let mut request = Request::new("").variables(self.request.variables.clone());
        request.operation_name.clone_from(&self.request.operation_name);
        request.set_parsed_query(self.document.document.clone());
        request
    }

    /// The request for the executor, with its document as it is executed.
    pub(super) fn into_request(mut self, executed: ExecutableDocument) -> Request {
        if matches!(executed.operations, DocumentOperations::Single(_)) {
            self.request.operation_name = None;
        }
        self.request.variables = Variables::default();
        self.request.set_parsed_query(executed);
        self.request
    }

    /// What a plan of it is made of.
    pub(super) fn planning(&self) -> Planning {
        let (document, given) = (Arc::clone(&self.document), self.request.variables.clone());
        Planning { document, given, values: self.values.clone() }
    }

    /// Whether the operation that is meant may change something.
    pub fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// Whether the operation that is meant is answered again and again.
    pub fn is_subscription(&self) -> bool {
        self.kind == OperationType::Subscription
    }

    /// Whether it asks for so much that it may take long: by how long the same took before, else by what it names.
    pub fn is_heavy(&self) -> bool {
        let slow = self.known.as_ref().and_then(Known::is_slow);
        self.kind == OperationType::Query
            && (slow.unwrap_or(self.document.names_heavy) || self.estimated_values() > HEAVY_VALUES)
    }

    /// Reserves memory for the answer, as far as the sizes of pages tell it.
    ///
    /// # Errors
    /// The answer where there is no memory.
    pub fn reserve_answer(&self) -> Result<(), Box<Response>> {
        let bytes = self.estimated_values().saturating_mul(VALUE_BYTES);
        reserve(bytes as u64).map_err(|cause| {
            let error = ServerError::new(cause.to_string(), None);
            Box::new(Response::from_errors(vec![coded(Code::ServiceUnavailable, error)]))
        })
    }

    fn estimated_values(&self) -> usize {
        estimate(&self.document.document, &self.request.variables)
    }

    /// Whether it asks only, and the same was answered so quickly that no other request has to wait for it.
    pub fn is_known_to_be_quick(&self) -> bool {
        self.kind == OperationType::Query && self.known.as_ref().is_some_and(Known::is_quick)
    }
}

/// A question of which a plan can be made.
pub(super) struct Planning {
    document: Arc<ReadDocument>,
    given: Variables,
    values: Values,
}

impl Planning {
    /// A plan of the one operation of the document, if that was found valid and all of it is plain.
    pub(super) fn plan(&self) -> Option<Operation> {
        if self.document.merges {
            return None;
        }
        let late = Question::late(self.document.variables()?, &self.given);
        let document = &self.document.document;
        let (_, operation) = document.operations.iter().next()?;
        // What is written is what was executed, and so within its limit.
        let resolved = resolve(document, operation, &self.values, &late, usize::MAX).ok()?;
        Operation::of(&resolved, &late)
    }
}

impl ReadDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// That it does not parse, or goes beyond a limit that needs no schema.
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, ServerError> {
        scan(text, limits.tokens)?;
        let document = parse_query(plain_escapes(text)?);
        let document = document.map_err(|error| coded(Code::GraphqlParseFailed, error.into()))?;
        measure(&document, limits)?;
        Ok(Self {
            merges: merges(&document),
            names_heavy: names_heavy(&document),
            faults: faults(text),
            document,
        })
    }

    /// The variables of its operation, where it has only one.
    pub(super) fn variables(&self) -> Option<&[Positioned<VariableDefinition>]> {
        let mut operations = self.document.operations.iter();
        let (_, operation) = operations.next()?;
        operations.next().is_none().then_some(&operation.node.variable_definitions)
    }
}

/// Sees to it that the variables do not hold too many values.
fn limit_values(request: &Request, limits: &Limits) -> Result<(), ServerError> {
    let values = request.variables.values().map(count).sum::<usize>();
    if values > limits.tokens {
        let message = format!(
            "the variables hold {values} values, but may hold {}; ask for less at a time",
            limits.tokens
        );
        return Err(coded(Code::LimitExceeded, ServerError::new(message, None)));
    }
    Ok(())
}

/// The operation that a request means.
struct Meant {
    kind: OperationType,
    /// How many fields it selects of its root; of a query they are not counted.
    roots: usize,
    values: Values,
}

impl Meant {
    fn find(document: &ExecutableDocument, request: &Request) -> Result<Self, ServerError> {
        // An operation that cannot be told is refused later, with the other errors of its document.
        let Some(found) = operation(document, request.operation_name.as_deref()) else {
            return Ok(Self { kind: OperationType::Query, roots: 0, values: Values::new() });
        };
        let kind = found.node.ty;
        let values = coerce(&found.node.variable_definitions, &request.variables)?;
        if kind == OperationType::Query {
            return Ok(Self { kind, roots: 0, values });
        }
        let resolved = resolve(document, found, &values, &[], usize::MAX)?;
        let roots = operation(&resolved, None).map_or(0, |of| of.node.selection_set.node.items.len());
        if kind == OperationType::Subscription && roots != 1 {
            let message = format!("a subscription has one field, not {roots}; subscribe to each apart");
            let error = ServerError::new(message, Some(found.node.selection_set.pos));
            return Err(coded(Code::GraphqlValidationFailed, error));
        }
        Ok(Self { kind, roots, values })
    }
}

fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a Positioned<OperationDefinition>> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => {
            operations.values().next().filter(|_| operations.len() == 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(query: &str, name: Option<&str>, variables: Value) -> String {
        let mut request = Request::new(query).variables(Variables::from_json(variables));
        request.operation_name = name.map(str::to_owned);
        match Prepared::new(request, &Limits::DEFAULT) {
            Ok(prepared) if prepared.is_mutation() => "mutation".to_owned(),
            Ok(prepared) if prepared.is_subscription() => "subscription".to_owned(),
            Ok(_) => "query".to_owned(),
            Err(refused) => refused.errors[0].message.clone(),
        }
    }

    #[test]
    fn the_operation_that_is_meant_decides() {
        let both = "query Q { a } mutation M { b }";
        assert_eq!(check("{ a }", None, json!({})), "query");
        assert_eq!(check("mutation { b }", None, json!({})), "mutation");
        assert_eq!(check("mutation M { b }", None, json!({})), "mutation");
        assert_eq!(check(both, Some("M"), json!({})), "mutation");
        assert_eq!(check(both, Some("Q"), json!({})), "query");
        // Refused when it is executed.
        assert_eq!(check(both, None, json!({})), "query");
        assert_eq!(check(both, Some("X"), json!({})), "query");
    }

    #[test]
    fn a_subscription_has_one_field() {
        assert_eq!(check("subscription { a { b c } }", None, json!({})), "subscription");
        assert_eq!(check("subscription { ...A } fragment A on S { a }", None, json!({})), "subscription");
        let two = "a subscription has one field, not 2; subscribe to each apart";
        assert_eq!(check("subscription { a b: a }", None, json!({})), two);
        assert_eq!(check("subscription { ...A ... { b } } fragment A on S { a }", None, json!({})), two);
        let merged = "subscription { ...A ... { a { c } } } fragment A on S { a { b } }";
        assert_eq!(check(merged, None, json!({})), "subscription");
    }

    #[test]
    fn a_variable_that_may_not_be_null_is_not() {
        let missing = "variable $v of type Int! is missing or null";
        assert_eq!(check("query ($v: Int!) { a(v: $v) }", None, json!({})), missing);
        assert_eq!(check("query ($v: Int!) { a(v: $v) }", None, json!({ "v": null })), missing);
        assert_eq!(check("query ($v: Int! = 3) { a(v: $v) }", None, json!({ "v": null })), missing);
        assert_eq!(check("query ($v: Int! = 3) { a(v: $v) }", None, json!({})), "query");
        assert_eq!(check("query ($v: Int) { a(v: $v) }", None, json!({})), "query");
        assert_eq!(check("query ($v: Int!) { a(v: $v) }", None, json!({ "v": 0 })), "query");
    }
}
