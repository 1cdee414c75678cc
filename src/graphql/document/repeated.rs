use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection};
use async_graphql::{Pos, Positioned, ServerError};

use crate::graphql::error::{Code, coded};

/// Checks that a mutation selects no field twice under one name, fragments written out.
///
/// Such fields are one to GraphQL, but the library would execute each of them, and so write twice.
///
/// # Errors
/// The place of the second field.
pub(in crate::graphql) fn refuse_repeated(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), ServerError> {
    let mut names = HashSet::new();
    match repeated(document, &operation.selection_set.node.items, &mut names) {
        None => Ok(()),
        Some((name, pos)) => {
            let message = format!("the mutation selects {name} twice; give the second one an alias");
            Err(coded(Code::GraphqlValidationFailed, ServerError::new(message, Some(pos))))
        }
    }
}

/// Fragments do not hold themselves, and are few: the document was measured.
fn repeated<'a>(
    document: &'a ExecutableDocument,
    selections: &'a [Positioned<Selection>],
    names: &mut HashSet<&'a str>,
) -> Option<(&'a str, Pos)> {
    selections.iter().find_map(|selection| match &selection.node {
        Selection::Field(field) => {
            let name = field.node.response_key().node.as_str();
            let is_new = field.node.name.node == "__typename" || names.insert(name);
            (!is_new).then_some((name, selection.pos))
        }
        Selection::InlineFragment(fragment) => {
            repeated(document, &fragment.node.selection_set.node.items, names)
        }
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node)?;
            repeated(document, &fragment.node.selection_set.node.items, names)
        }
    })
}
