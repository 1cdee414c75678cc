use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Context, OutputType, Result, SimpleObject};
use data_encoding::BASE64URL_NOPAD;

use super::aggregate::{OrganizationGroup, RelationGroup};
use super::error::{Code, bad_input, error};
use super::exemption::Exemption;
use super::gap::Gap;
use super::organization::Organization;
use super::plain::{Argument, Entries, Inner, NotPlain, Plain, Run, Write, leaf, number, text};
use super::plan::{RemedyStep, UnplannedUnit};
use super::relation::Relation;
use super::task::{Task, TaskFault, TaskUnit};

/// How many nodes a page holds where a query does not say.
pub(super) const DEFAULT_PAGE: usize = 50;

/// How many nodes a page holds at the most.
pub(super) const MAX_PAGE: usize = 1_000;

/// How many entries a list without pages has at the most: groups, and organisations side by side.
pub(super) const MAX_LIST: usize = 100_000;

/// How many reasons, witnesses and ancestors are given at the most.
pub(super) const MAX_DETAILS: usize = 1_000;

/// What parts a cursor.
pub(super) const SEPARATOR: &str = "\u{1f}";

/// The arguments of a connection, as the Relay cursor specification names them.
#[derive(Clone, Debug, Default)]
pub(super) struct PageArguments {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
    /// What of the page is going to be shown.
    pub(super) shown: Shown,
}

/// What of a page is going to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its cursors too.
    #[default]
    Cursors,
    /// Nothing that a cursor stands in.
    Nodes,
}

impl Shown {
    /// What is selected of the page that a field gives.
    pub(super) fn by(context: &Context<'_>) -> Self {
        let page = context.look_ahead();
        if page.field("edges").exists() || page.field("pageInfo").exists() {
            Self::Cursors
        } else {
            Self::Nodes
        }
    }
}

/// The arguments of a connection of which a plan is made.
pub(super) struct PlannedPage {
    first: Argument<Option<i32>>,
    after: Argument<Option<String>>,
    last: Argument<Option<i32>>,
    before: Argument<Option<String>>,
    shown: Shown,
}

impl PlannedPage {
    pub(super) fn of(inner: &Inner<'_>) -> Option<Self> {
        let is_shown = inner.selects("edges") || inner.selects("pageInfo");
        Some(Self {
            first: inner.argument("first")?,
            after: inner.argument("after")?,
            // Those that not every connection has are left out where it has none.
            last: inner.argument("last")?,
            before: inner.argument("before")?,
            shown: if is_shown { Shown::Cursors } else { Shown::Nodes },
        })
    }

    pub(super) fn arguments(&self, run: &Run<'_>) -> Result<PageArguments, NotPlain> {
        Ok(PageArguments {
            first: self.first.cloned(run)?,
            after: self.after.cloned(run)?,
            last: self.last.cloned(run)?,
            before: self.before.cloned(run)?,
            shown: self.shown,
        })
    }
}

/// One page of a list, as the Relay cursor specification has it.
#[derive(SimpleObject)]
#[graphql(
    concrete(name = "OrganizationConnection", params(Organization)),
    concrete(name = "OrganizationGroupConnection", params(OrganizationGroup)),
    concrete(name = "RelationGroupConnection", params(RelationGroup)),
    concrete(name = "RelationConnection", params(Relation)),
    concrete(name = "GapConnection", params(Gap)),
    concrete(name = "ExemptionConnection", params(Exemption)),
    concrete(name = "RemedyStepConnection", params(RemedyStep)),
    concrete(name = "UnplannedUnitConnection", params(UnplannedUnit)),
    concrete(name = "TaskConnection", params(Task)),
    concrete(name = "TaskUnitConnection", params(TaskUnit)),
    concrete(name = "TaskFaultConnection", params(TaskFault))
)]
pub(super) struct Connection<Node>
where
    Node: Send + Sync + Plain + 'static,
    Edge<Node>: Plain,
{
    /// The nodes of the page, each with its cursor.
    edges: Entries<Edge<Node>>,
    /// The nodes of the page.
    nodes: Entries<Arc<Node>>,
    /// What comes before and after the page.
    page_info: PageInfo,
    /// How many nodes there are on all pages together.
    total_count: usize,
}

/// A node of a page and its cursor.
#[derive(SimpleObject)]
#[graphql(
    concrete(name = "OrganizationEdge", params(Organization)),
    concrete(name = "OrganizationGroupEdge", params(OrganizationGroup)),
    concrete(name = "RelationGroupEdge", params(RelationGroup)),
    concrete(name = "RelationEdge", params(Relation)),
    concrete(name = "GapEdge", params(Gap)),
    concrete(name = "ExemptionEdge", params(Exemption)),
    concrete(name = "RemedyStepEdge", params(RemedyStep)),
    concrete(name = "UnplannedUnitEdge", params(UnplannedUnit)),
    concrete(name = "TaskEdge", params(Task)),
    concrete(name = "TaskUnitEdge", params(TaskUnit)),
    concrete(name = "TaskFaultEdge", params(TaskFault))
)]
pub(super) struct Edge<Node: Send + Sync + Plain> {
    /// The node.
    node: Arc<Node>,
    /// Where it stands in the list: what `after` and `before` take.
    cursor: String,
}

impl<Node> Plain for Connection<Node>
where
    Node: Send + Sync + Plain + 'static,
    Edge<Node>: Plain,
    Self: OutputType,
{
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "edges" => inner.list(|page: &Self, write| page.edges.0.iter().try_for_each(write)),
            "nodes" => inner.list(|page: &Self, write| page.nodes.0.iter().try_for_each(write)),
            "pageInfo" => inner.view(|page: &Self| &page.page_info),
            "totalCount" => number(|page: &Self| page.total_count),
            _ => None,
        }
    }
}

impl Plain for PageInfo {
    fn field(name: &str, _: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "hasPreviousPage" => number(|info: &Self| info.has_previous_page),
            "hasNextPage" => number(|info: &Self| info.has_next_page),
            "startCursor" => leaf(|info: &Self| Ok(info.start_cursor.clone())),
            "endCursor" => leaf(|info: &Self| Ok(info.end_cursor.clone())),
            _ => None,
        }
    }
}

impl<Node> Plain for Edge<Node>
where
    Node: Send + Sync + Plain + 'static,
    Self: OutputType,
{
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "node" => inner.view(|edge: &Self| &*edge.node),
            "cursor" => text(|edge: &Self| Ok(&edge.cursor)),
            _ => None,
        }
    }
}

/// What orders the items of a connection, so that a cursor can say where a page ended.
///
/// A cursor holds the sort key of its item and no position, so pages neither skip nor repeat what has not
/// changed while other items come and go.
pub(super) trait Ordered {
    /// One item of the list.
    type Item: Copy;

    /// Names the list and its order: a cursor of one list is none of another's.
    fn tag(&self) -> String;

    /// The sort key of an item; the last part makes it unique.
    fn key(&self, item: Self::Item) -> Vec<String>;

    /// How an item stands to a sort key.
    fn compare(&self, item: Self::Item, key: &[String]) -> Ordering;
}

/// Cuts a page out of a sorted list.
pub(super) fn page<O: Ordered, Node>(
    items: &[O::Item],
    order: &O,
    arguments: &PageArguments,
    present: impl Fn(O::Item) -> Node,
) -> Result<Connection<Node>>
where
    Node: Send + Sync + Plain + 'static,
    Edge<Node>: Plain,
{
    let page = cut(items, order, arguments)?;
    let nodes: Vec<_> = items[page.items].iter().map(|item| Arc::new(present(*item))).collect();
    let edges = nodes.iter().zip(page.cursors);
    Ok(Connection {
        edges: Entries(edges.map(|(node, cursor)| Edge { node: Arc::clone(node), cursor }).collect()),
        nodes: Entries(nodes),
        page_info: page.info,
        total_count: items.len(),
    })
}

/// Refuses a list without pages that is longer than an answer may be.
pub(super) fn refuse_too_long(what: &str, length: usize) -> Result<()> {
    if length <= MAX_LIST {
        return Ok(());
    }
    let message =
        format!("there are {length} {what}, but may be {MAX_LIST}; ask within a part of the territory");
    Err(error(Code::LimitExceeded, message))
}

/// Where a page lies in its list.
pub(super) struct Cut {
    /// The positions of its items.
    pub(super) items: Range<usize>,
    /// The cursor of each.
    pub(super) cursors: Vec<String>,
    /// What comes before and after it.
    pub(super) info: PageInfo,
}

/// Finds where a page of a sorted list lies.
pub(super) fn cut<O: Ordered>(items: &[O::Item], order: &O, arguments: &PageArguments) -> Result<Cut> {
    let (start, end) = bounds(items, order, arguments)?;
    let tag = order.tag();
    let shown = if arguments.shown == Shown::Nodes { 0..0 } else { start..end };
    let cursors: Vec<_> = items[shown].iter().map(|item| encode(&tag, &order.key(*item))).collect();
    let info = PageInfo {
        has_previous_page: start > 0,
        has_next_page: end < items.len(),
        start_cursor: cursors.first().cloned(),
        end_cursor: cursors.last().cloned(),
    };
    Ok(Cut { items: start..end, cursors, info })
}

fn bounds<O: Ordered>(items: &[O::Item], order: &O, arguments: &PageArguments) -> Result<(usize, usize)> {
    let first = size("first", arguments.first)?;
    let last = size("last", arguments.last)?;
    if first.is_some() && last.is_some() {
        return Err(bad_input("give first or last, not both"));
    }
    let mut start = 0;
    let mut end = items.len();
    if let Some(after) = &arguments.after {
        let key = decode(&order.tag(), "after", after)?;
        start = items.partition_point(|item| order.compare(*item, &key).is_le());
    }
    if let Some(before) = &arguments.before {
        let key = decode(&order.tag(), "before", before)?;
        end = items.partition_point(|item| order.compare(*item, &key).is_lt()).max(start);
    }
    match last {
        Some(last) => start = start.max(end.saturating_sub(last)),
        None => end = end.min(start + first.unwrap_or(DEFAULT_PAGE)),
    }
    Ok((start, end))
}

fn size(argument: &str, given: Option<i32>) -> Result<Option<usize>> {
    let Some(given) = given else { return Ok(None) };
    match usize::try_from(given).ok().filter(|size| *size <= MAX_PAGE) {
        Some(size) => Ok(Some(size)),
        None => Err(bad_input(format!("{argument} is {given}, but a page holds from 0 to {MAX_PAGE}"))),
    }
}

fn encode(tag: &str, key: &[String]) -> String {
    let mut parts = vec![tag];
    parts.extend(key.iter().map(String::as_str));
    BASE64URL_NOPAD.encode(parts.join(SEPARATOR).as_bytes())
}

fn decode(tag: &str, argument: &str, cursor: &str) -> Result<Vec<String>> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let key = text.as_deref().and_then(|text| text.strip_prefix(tag)?.strip_prefix(SEPARATOR));
    key.map(|key| key.split(SEPARATOR).map(str::to_owned).collect())
        .ok_or_else(|| bad_input(format!("{argument} is \"{cursor}\", which is no cursor of this list")))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers;

    impl Ordered for Numbers {
        type Item = i32;

        fn tag(&self) -> String {
            "numbers".into()
        }

        fn key(&self, item: i32) -> Vec<String> {
            vec![item.to_string()]
        }

        fn compare(&self, item: i32, key: &[String]) -> Ordering {
            item.cmp(&key[0].parse().unwrap())
        }
    }

    fn check(first: Option<i32>, after: Option<i32>, last: Option<i32>, before: Option<i32>) -> String {
        let cursor = |item: Option<i32>| item.map(|item| encode("numbers", &Numbers.key(item)));
        let shown = Shown::Cursors;
        let arguments = PageArguments { first, after: cursor(after), last, before: cursor(before), shown };
        let items = [10, 20, 30, 40, 50];
        match bounds(&items, &Numbers, &arguments) {
            Ok((start, end)) => {
                let nodes: Vec<_> = items[start..end].iter().map(i32::to_string).collect();
                let mark = |more| if more { "…" } else { "" };
                format!("{}{}{}", mark(start > 0), nodes.join(" "), mark(end < items.len()))
            }
            Err(error) => error.message,
        }
    }

    #[test]
    fn pages_are_cut_by_key_also_where_the_item_of_the_cursor_is_gone() {
        assert_eq!(check(None, None, None, None), "10 20 30 40 50");
        assert_eq!(check(Some(2), None, None, None), "10 20…");
        assert_eq!(check(Some(2), Some(20), None, None), "…30 40…");
        assert_eq!(check(Some(2), Some(25), None, None), "…30 40…");
        assert_eq!(check(Some(9), Some(50), None, None), "…");
        assert_eq!(check(None, None, Some(2), None), "…40 50");
        assert_eq!(check(None, None, Some(2), Some(35)), "…20 30…");
        assert_eq!(check(Some(0), None, None, None), "…");
    }

    #[test]
    fn a_page_that_cannot_be_cut_is_an_error() {
        assert_eq!(check(Some(-1), None, None, None), "first is -1, but a page holds from 0 to 1000");
        assert_eq!(check(None, None, Some(1001), None), "last is 1001, but a page holds from 0 to 1000");
        assert_eq!(check(Some(1), None, Some(1), None), "give first or last, not both");
        for foreign in ["", "x", "bnVtYmVycw", &encode("letters", &["10".into()])] {
            let message = decode("numbers", "after", foreign).unwrap_err().message;
            assert_eq!(message, format!("after is \"{foreign}\", which is no cursor of this list"));
        }
    }
}
