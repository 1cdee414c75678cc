use std::any::TypeId;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    VariableDefinition,
};
use async_graphql::{Positioned, Request, Response, ServerError, Value, Variables};

use super::Limits;
use super::document::{measure, refuse_repeated, scan};
use super::error::{Code, coded};
use super::kept::Known;
use super::plain::{Operation, Run, WrittenAtOnce, merges};
use super::question::Question;
use super::seen::Seen;
use super::writing::QueuedWriter;
use crate::atlas::WritePlace;
use crate::model::Language;

/// A request whose document was read and found within the limits.
pub struct Prepared {
    pub(super) request: Request,
    pub(super) document: Arc<ReadDocument>,
    kind: OperationType,
    /// How many fields its operation selects, where it is a mutation.
    writes: usize,
    pub(super) known: Option<Known>,
}

/// A document that was read and found within the limits that need no schema.
pub(super) struct ReadDocument {
    document: ExecutableDocument,
    /// Whether an answer to it has to be merged of several.
    merges: bool,
}

impl Prepared {
    /// Reads the document of a request and finds the operation that is meant.
    ///
    /// # Errors
    /// The answer to a request that can never be executed: its document does not parse or goes beyond a limit,
    /// or a variable that may not be null is.
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
        let kind = check(&document.document, &request).map_err(refused)?;
        let operation = operation(&document.document, request.operation_name.as_deref());
        let writes = operation
            .filter(|operation| operation.ty == OperationType::Mutation)
            .map_or(0, |operation| root_fields(&document.document, &operation.selection_set.node));
        Ok(Self { request, document, kind, writes, known: None })
    }

    /// The request of a writer that has waited in the queue, for the rest of the request or until it has written.
    #[must_use]
    pub fn queued(mut self, place: WritePlace) -> Self {
        self.request.data.insert(QueuedWriter::new(place, self.writes == 1));
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
        plan.write(&run, &mut json).ok()?;
        Some(Response::new(Value::Binary(json.into())))
    }

    /// The request with its document, for the executor.
    pub(super) fn parsed(mut self) -> Request {
        self.request.set_parsed_query(self.document.document.clone());
        self.request
    }

    /// Whether the operation that is meant may change something.
    pub fn is_mutation(&self) -> bool {
        self.kind == OperationType::Mutation
    }

    /// Whether the operation that is meant is answered again and again.
    pub fn is_subscription(&self) -> bool {
        self.kind == OperationType::Subscription
    }

    /// Whether it asks only, and the same was answered so quickly that no other request has to wait for it.
    pub fn is_known_to_be_quick(&self) -> bool {
        self.kind == OperationType::Query && self.known.as_ref().is_some_and(Known::is_quick)
    }
}

impl ReadDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// That it does not parse, or goes beyond a limit that needs no schema.
    pub(super) fn read(text: &str, limits: &Limits) -> Result<Self, ServerError> {
        scan(text, limits.tokens)?;
        let document = parse_query(text).map_err(|error| coded(Code::GraphqlParseFailed, error.into()))?;
        measure(&document, limits)?;
        Ok(Self { merges: merges(&document), document })
    }

    /// A plan of its one operation, if that was found valid with these values of its variables and all of it is plain.
    pub(super) fn plan(&self, given: &Variables) -> Option<Operation> {
        let late = Question::late(self.variables()?, given);
        if self.merges { None } else { Operation::of(&self.document, given, &late) }
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
    let values = request.variables.values().map(count_values).sum::<usize>();
    if values > limits.tokens {
        let message = format!(
            "the variables hold {values} values, but may hold {}; ask for less at a time",
            limits.tokens
        );
        return Err(coded(Code::LimitExceeded, ServerError::new(message, None)));
    }
    Ok(())
}

/// Says which kind of operation is meant, and that its variables have the values that it needs.
fn check(document: &ExecutableDocument, request: &Request) -> Result<OperationType, ServerError> {
    // An operation that cannot be told is refused later, with the other errors of its document.
    let name = request.operation_name.as_deref();
    let Some(operation) = operation(document, name) else { return Ok(OperationType::Query) };
    for definition in operation.variable_definitions.iter().map(|definition| &definition.node) {
        let name = &definition.name;
        let given = request.variables.get(&name.node);
        let given = given.or(definition.default_value.as_ref().map(|value| &value.node));
        if !definition.var_type.node.nullable && given.is_none_or(|value| *value == Value::Null) {
            let message =
                format!("variable ${} of type {} is missing or null", name.node, definition.var_type.node);
            return Err(coded(Code::BadUserInput, ServerError::new(message, Some(name.pos))));
        }
    }
    if operation.ty == OperationType::Mutation {
        refuse_repeated(document, operation)?;
    }
    if operation.ty == OperationType::Subscription {
        let fields = root_fields(document, &operation.selection_set.node);
        if fields != 1 {
            let message = format!("a subscription has one field, not {fields}; subscribe to each apart");
            let error = ServerError::new(message, Some(operation.selection_set.pos));
            return Err(coded(Code::GraphqlValidationFailed, error));
        }
    }
    Ok(operation.ty)
}

/// How many fields are selected, fragments written out; the document was measured, so they are few.
fn root_fields(document: &ExecutableDocument, selected: &SelectionSet) -> usize {
    let of = |selection: &Selection| match selection {
        Selection::Field(_) => 1,
        Selection::InlineFragment(fragment) => root_fields(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .map_or(0, |fragment| root_fields(document, &fragment.node.selection_set.node)),
    };
    selected.items.iter().map(|selection| of(&selection.node)).sum()
}

fn count_values(value: &Value) -> usize {
    1 + match value {
        Value::List(values) => values.iter().map(count_values).sum(),
        Value::Object(fields) => fields.values().map(count_values).sum(),
        _ => 0,
    }
}

fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => {
            operations.values().next().filter(|_| operations.len() == 1)
        }
    };
    operation.map(|operation| &operation.node)
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
    }

    #[test]
    fn a_mutation_selects_no_field_twice() {
        let twice = "the mutation selects b twice; give the second one an alias";
        assert_eq!(check("mutation { b b }", None, json!({})), twice);
        assert_eq!(check("mutation { b ... { b } }", None, json!({})), twice);
        assert_eq!(check("mutation { ...F ...F } fragment F on M { b }", None, json!({})), twice);
        assert_eq!(
            check("mutation { c: b b c: b }", None, json!({})),
            twice.replace("selects b", "selects c")
        );
        assert_eq!(check("mutation { b c: b __typename __typename }", None, json!({})), "mutation");
        assert_eq!(check("{ b b }", None, json!({})), "query");
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
