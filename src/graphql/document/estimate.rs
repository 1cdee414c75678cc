//! How much a document asks for, as far as that can be told before it is executed.

use async_graphql::parser::types::{ExecutableDocument, Field, Selection};
use async_graphql::{Positioned, Value, Variables};

use super::MAX_NESTING;
use crate::graphql::page::{DEFAULT_PAGE, MAX_PAGE};

/// The fields of a query that are answered by looking up little.
const LIGHT: [&str; 9] = [
    "__schema",
    "__type",
    "__typename",
    "indicator",
    "indicators",
    "organization",
    "organizations",
    "programme",
    "version",
];

/// Arguments by which much is looked at.
const HEAVY_ARGUMENTS: [&str; 4] = ["filter", "groupBy", "recordedAt", "rule"];

/// Whether a document names fields or arguments that may take long where nobody knows how long it took before.
pub(in crate::graphql) fn names_heavy(document: &ExecutableDocument) -> bool {
    let root = document.operations.iter().flat_map(|(_, operation)| &operation.node.selection_set.node.items);
    let is_root_light = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            LIGHT.contains(&name) || name == "coverage"
        }
        // Fragments at the root are rare: they are not looked into.
        Selection::InlineFragment(_) | Selection::FragmentSpread(_) => false,
    };
    !root.clone().all(is_root_light) || root.clone().any(has_heavy_argument)
}

fn has_heavy_argument(selection: &Positioned<Selection>) -> bool {
    let Selection::Field(field) = &selection.node else { return true };
    field.node.arguments.iter().any(|(name, value)| {
        let is_null = value.node.clone().into_const_with(|_| Err(())) == Ok(Value::Null);
        HEAVY_ARGUMENTS.contains(&name.node.as_str()) && !is_null
    })
}

/// About how many values an answer has: fields as often as their pages may have entries.
pub(in crate::graphql) fn estimate(document: &ExecutableDocument, variables: &Variables) -> usize {
    let estimator = Estimator { document, variables };
    let operations = document.operations.iter();
    let of = |items: &[Positioned<Selection>]| estimator.selections(items, 0);
    operations
        .map(|(_, operation)| of(&operation.node.selection_set.node.items))
        .fold(0, usize::saturating_add)
}

struct Estimator<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
}

impl Estimator<'_> {
    fn selections(&self, selections: &[Positioned<Selection>], level: usize) -> usize {
        if level > MAX_NESTING {
            return 0;
        }
        let of = |selection: &Positioned<Selection>| match &selection.node {
            Selection::Field(field) => self.field(&field.node, level + 1),
            Selection::InlineFragment(fragment) => {
                self.selections(&fragment.node.selection_set.node.items, level + 1)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment
                    .map_or(0, |fragment| self.selections(&fragment.node.selection_set.node.items, level + 1))
            }
        };
        selections.iter().map(of).fold(0, usize::saturating_add)
    }

    /// Whether the entries of a page are selected, fragments written out.
    fn is_page(&self, selections: &[Positioned<Selection>], level: usize) -> bool {
        level <= MAX_NESTING
            && selections.iter().any(|selection| match &selection.node {
                Selection::Field(field) => matches!(field.node.name.node.as_str(), "nodes" | "edges"),
                Selection::InlineFragment(fragment) => {
                    self.is_page(&fragment.node.selection_set.node.items, level + 1)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    fragment.is_some_and(|fragment| {
                        self.is_page(&fragment.node.selection_set.node.items, level + 1)
                    })
                }
            })
    }

    fn field(&self, field: &Field, level: usize) -> usize {
        let inner = self.selections(&field.selection_set.node.items, level);
        if inner == 0 {
            return 1;
        }
        let size = ["first", "last"].iter().find_map(|name| {
            let given = field.get_argument(name)?.node.clone();
            let known = given.into_const_with(|name| self.variables.get(&name).cloned().ok_or(()));
            let Ok(Value::Number(number)) = known else { return None };
            Some(usize::try_from(number.as_u64()?).unwrap_or(MAX_PAGE).min(MAX_PAGE))
        });
        let selected = &field.selection_set.node.items;
        let times = size.unwrap_or_else(|| if self.is_page(selected, level) { DEFAULT_PAGE } else { 1 });
        inner.saturating_mul(times).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_estimated_by_the_sizes_of_pages() {
        let variables = Variables::from_json(json!({ "n": 200 }));
        let table = [
            ("{ version }", 1),
            ("{ organization(id: \"x\") { id name } }", 3),
            ("{ organizations { nodes { id } } }", 50 * 2 + 1),
            ("query ($n: Int) { organizations(first: $n) { nodes { id } } }", 200 * 2 + 1),
            (
                "{ organizations(first: 99999) { nodes { ...F } } } fragment F on Organization { id name }",
                3_001,
            ),
        ];
        for (text, expected) in table {
            assert_eq!(estimate(&parse_query(text).unwrap(), &variables), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_to_be_light_is_heavy() {
        let table = [
            ("{ version organization(id: \"x\") { id } }", false),
            ("{ coverage(indicator: \"x\") { ratio } }", false),
            ("{ coverage(indicator: \"x\", groupBy: VILLAGE) { ratio } }", true),
            ("{ coverage(indicator: \"x\", recordedAt: null) { ratio } }", false),
            ("{ organizations(filter: {}) { totalCount } }", true),
            ("{ rates(indicators: []) { asOf } }", true),
            ("{ ... { version } }", true),
        ];
        for (text, expected) in table {
            assert_eq!(names_heavy(&parse_query(text).unwrap()), expected, "{text}");
        }
    }
}
