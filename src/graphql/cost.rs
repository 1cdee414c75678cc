//! What fields cost, for the limit on the cost of a query; the attributes of the fields name these.
//!
//! An attribute names one argument at the most. Of several, the macro reads any first, a different one in each build
//! (async-graphql 7.2 keeps them in a hashed set), and the same commit would not give the same program. So a
//! second one is read by the words that the macro reads the first by.

use super::page::{DEFAULT_PAGE, MAX_PAGE};

/// What a question to the whole graph costs beside its answer.
pub(super) const QUESTION: usize = 50;

/// How many entries are reckoned with in a list that has no page: indicators, ancestors, groups.
pub(super) const FEW: usize = 20;

/// No field costs more, so that sums of costs stay far from overflowing.
const MOST: usize = 1 << 40;

/// What a page costs whose entries cost `entry` each.
pub(super) fn page(first: Option<i32>, last: Option<i32>, entry: usize) -> usize {
    let size = first.or(last).map_or(DEFAULT_PAGE, |size| usize::try_from(size).unwrap_or(0));
    list(size.min(MAX_PAGE), entry)
}

/// What a list costs whose entries cost `entry` each.
pub(super) fn list(size: impl TryInto<usize>, entry: usize) -> usize {
    size.try_into().unwrap_or(0).saturating_mul(entry).saturating_add(1).min(MOST)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_list_costs_what_its_entries_cost() {
        assert_eq!(page(None, None, 3), 151);
        assert_eq!(page(Some(10), None, 3), 31);
        assert_eq!(page(None, Some(2), 3), 7);
        assert_eq!(page(Some(0), None, 3), 1);
        // Such pages are refused when they are cut.
        assert_eq!(page(Some(-1), None, 3), 1);
        assert_eq!(page(Some(i32::MAX), None, 3), 3001);
        assert_eq!(list(1_000, MOST), MOST);
        assert_eq!(list(-1, 3), 1);
    }

    /// The names that the macro takes for arguments: paths of one word that are no constant, each once.
    fn arguments(expression: &str) -> BTreeSet<&str> {
        let inside = |c: char| c.is_alphanumeric() || c == '_';
        let begins = expression.char_indices().filter(|(at, c)| {
            inside(*c) && !expression[..*at].ends_with(|c| inside(c) || ".:\"".contains(c))
        });
        let words = begins.map(|(at, _)| {
            let rest = &expression[at..];
            rest.split_at(rest.find(|c| !inside(c)).unwrap_or(rest.len()))
        });
        words
            .filter(|(word, after)| {
                word.starts_with(|c: char| c.is_lowercase())
                    && !after.starts_with(|c| "(:".contains(c))
                    && *word != "child_complexity"
            })
            .map(|(word, _)| word)
            .collect()
    }

    #[test]
    fn no_cost_names_two_arguments_so_that_every_build_is_the_same() {
        let found = arguments("QUESTION * a::b(first, x.y(\"c\")?) + 2 * last.len() + child_complexity");
        assert_eq!(found, ["first", "last", "x"].into());
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/graphql")];
        let mut expressions = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                for attribute in text.split("complexity = \"").skip(1) {
                    let expression = attribute.split("\")").next().unwrap().split("\"\n").next().unwrap();
                    let named = arguments(expression);
                    assert!(named.len() < 2, "{}: {expression} names {named:?}", path.display());
                    expressions += 1;
                }
            }
        }
        assert!(expressions > 50, "{expressions}");
    }
}
