use std::cmp::Ordering;

use async_graphql::Result;
use async_graphql::resolver_utils::{EnumType, enum_value};

use crate::graph::{Graph, GroupValue};
use crate::graphql::error::bad_input;
use crate::graphql::page::Ordered;

/// What comes after every text: the place of groups that have no value.
const LAST: &str = "\u{10ffff}";

/// Groups by their values, key by key; what has none comes last.
pub(super) struct ByValues<'a, Values> {
    pub(super) graph: &'a Graph,
    pub(super) list: String,
    pub(super) values: Values,
}

impl<'v, Values: Fn(usize) -> &'v [Option<GroupValue>]> Ordered for ByValues<'_, Values> {
    type Item = usize;

    fn tag(&self) -> String {
        self.list.clone()
    }

    fn key(&self, item: usize) -> Vec<String> {
        sort_key(self.graph, (self.values)(item))
    }

    fn compare(&self, item: usize, key: &[String]) -> Ordering {
        self.key(item).as_slice().cmp(key)
    }
}

pub(super) fn sort_key(graph: &Graph, values: &[Option<GroupValue>]) -> Vec<String> {
    let key = |value: &Option<GroupValue>| {
        value.as_ref().map_or_else(|| LAST.to_owned(), |value| value.sort_key(graph))
    };
    values.iter().map(key).collect()
}

/// The list of groups by some keys, so that its cursors are none of another's.
pub(super) fn tag(keys: &[impl std::fmt::Debug]) -> String {
    format!("groups {keys:?}")
}

/// Refuses keys of which one is named twice.
pub(super) fn refuse_repeats<K: EnumType + Copy>(keys: &[K]) -> Result<()> {
    match keys.iter().enumerate().find(|(at, key)| keys[..*at].contains(key)) {
        Some((_, key)) => Err(bad_input(format!("groupBy names {} twice", enum_value(*key)))),
        None => Ok(()),
    }
}
