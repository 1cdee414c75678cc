use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Whether an answer has to be merged of several: somewhere a field with parts is selected twice under one name,
/// fragments written out, whatever they apply to.
///
/// The document was measured: fragments do not hold themselves, and what is selected is limited.
pub(in crate::graphql) fn merges(document: &ExecutableDocument) -> bool {
    document
        .operations
        .iter()
        .any(|(_, operation)| of(document, &operation.node.selection_set.node, &mut HashSet::new()))
}

fn of<'a>(
    document: &'a ExecutableDocument,
    selected: &'a SelectionSet,
    names: &mut HashSet<&'a str>,
) -> bool {
    selected.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            let (field, parts) = (&field.node, &field.node.selection_set.node);
            let repeated = !parts.items.is_empty() && !names.insert(field.response_key().node.as_str());
            repeated || of(document, parts, &mut HashSet::new())
        }
        Selection::InlineFragment(fragment) => of(document, &fragment.node.selection_set.node, names),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| of(document, &fragment.node.selection_set.node, names)),
    })
}
