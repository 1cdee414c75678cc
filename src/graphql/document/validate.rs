use std::sync::LazyLock;

use apollo_compiler::parser::Parser;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use async_graphql::{Pos, ServerError};

use super::lists::lists_as_texts;
use super::positions::{Misplaced, misplaced};
use crate::graphql::error::{Code, coded};
use crate::graphql::federation::complete_sdl;

/// How many faults of a document are kept; more help no client and make a small request into a large answer.
const MAX_FAULTS: usize = 50;

/// The schema that documents are validated against.
pub(super) static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    // A test holds that there are no errors.
    Schema::parse_and_validate(complete_sdl(), "schema.graphql")
        .unwrap_or_else(|with_errors| Valid::assume_valid(with_errors.partial))
});

/// Validates a document by all rules of the specification but the one that needs the values of variables.
///
/// async-graphql 8.0.0-rc.5 compares fields that are to be merged at one level only, takes fields with other arguments
/// for one where one stands in a fragment, refuses a nullable variable in a position that has a default, and lets
/// repeated fields of input objects pass.
///
/// Takes time in proportion to the document with its fragments written out.
pub(in crate::graphql) fn faults(text: &str) -> Vec<ServerError> {
    let invalid = match ExecutableDocument::parse_and_validate(&SCHEMA, text, "query") {
        Ok(valid) => {
            let misplaced = misplaced(&valid).into_iter().map(|at| place(&valid, at));
            return misplaced.chain(of_lists(text)).take(MAX_FAULTS).collect();
        }
        Err(invalid) => invalid,
    };
    let mut faults = Vec::new();
    for fault in invalid.errors.iter() {
        let name = fault.error.unstable_error_name();
        // apollo-compiler 1.33.1 counts one field in two fragments as two; roots are counted when they are merged.
        if name == Some("SubscriptionUsesMultipleFields") {
            continue;
        }
        let fault = fault.unstable_to_json_compat();
        let code = if name.is_none() { Code::GraphqlParseFailed } else { Code::GraphqlValidationFailed };
        faults.push(of_validator(&fault, code));
        if faults.len() == MAX_FAULTS {
            break;
        }
    }
    faults
}

/// The fields that are to be merged and differ by the length of a list.
///
/// apollo-compiler 1.33.1 takes a list for another one that it begins with: so lists are validated as texts here.
fn of_lists(text: &str) -> Vec<ServerError> {
    let mut parser = Parser::new();
    let Ok(mut document) = parser.parse_ast(text, "query") else { return Vec::new() };
    if !lists_as_texts(&mut document) {
        return Vec::new();
    }
    let Err(invalid) = document.to_executable_validate(&SCHEMA) else { return Vec::new() };
    let conflicts = invalid
        .errors
        .iter()
        .filter(|fault| fault.error.unstable_error_name() == Some("ConflictingFieldArgument"));
    conflicts
        .map(|fault| of_validator(&fault.unstable_to_json_compat(), Code::GraphqlValidationFailed))
        .collect()
}

fn of_validator(fault: &GraphQLError, code: Code) -> ServerError {
    let position = fault.locations.first().map(|at| Pos { line: at.line, column: at.column });
    coded(code, ServerError::new(fault.message.clone(), position))
}

fn place(document: &ExecutableDocument, misplaced: Misplaced) -> ServerError {
    let begin = misplaced.at.and_then(|at| at.line_column(&document.sources));
    let position = begin.map(|at| Pos { line: at.line, column: at.column });
    coded(Code::GraphqlValidationFailed, ServerError::new(misplaced.message, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_that_documents_are_validated_against_is_valid() {
        let validated = Schema::parse_and_validate(complete_sdl(), "schema.graphql");
        assert!(validated.is_ok(), "{}", validated.unwrap_err());
    }

    #[test]
    fn one_root_of_a_subscription_in_two_fragments_is_no_fault() {
        let twice = "subscription { ...A ...B } fragment A on Subscription { changes { version } }
                     fragment B on Subscription { changes { reason } }";
        assert_eq!(faults(twice), []);
    }

    /// Documents that made other validators compare every field with every other.
    #[test]
    fn fields_are_merged_in_time_that_cannot_be_attacked() {
        let repeated = "version ".repeat(10_000);
        assert_eq!(faults(&format!("{{ {repeated} }}")), []);
        let nested =
            (0..60).fold("id".to_owned(), |inner, _| format!("parent {{ {inner} }} parent {{ id }}"));
        assert_eq!(faults(&format!("{{ organization(id: \"a\") {{ {nested} }} }}")), []);
        let fragments: String = (0..300)
            .map(|n| format!("fragment F{n} on Organization {{ parent {{ ...F{} }} }} ", n + 1))
            .collect();
        let query = format!(
            "{{ organization(id: \"a\") {{ ...F0 }} }} {fragments} fragment F300 on Organization {{ id }}"
        );
        assert!(faults(&query).len() <= MAX_FAULTS);
    }
}
