use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use crate::atlas::Snapshot;
use crate::diagram::{ChartOptions, LinkError};
use crate::drawing::Drawing;
use crate::graph::{PathQuery, SubgraphQuery, When};
use crate::graphql::aggregate::{
    OrganizationAggregate, OrganizationGroupKey, RelationAggregate, RelationGroupKey,
    aggregate_organizations, aggregate_relations,
};
use crate::graphql::coverage::scope;
use crate::graphql::diagram::{
    Diagram, DiagramDetail, DiagramFlow, DiagramFormat, DiagramTheme, DiagramView, MOST_BOXES, MOST_DETAILS,
    draw,
};
use crate::graphql::enums::{OrganizationKind, RelationType};
use crate::graphql::error::bad_input;
use crate::graphql::filter::{ByField, OrganizationFilter, OrganizationOrder};
use crate::graphql::labels::{EnumLabels, enum_labels};
use crate::graphql::neighbourhood::{Path, Subgraph};
use crate::graphql::organization::{Node, Organization, known_organization};
use crate::graphql::page::{Connection, PageArguments, PlannedPage, Shown, page};
use crate::graphql::plain::{Inner, NotPlain, Write};
use crate::graphql::scalar::Date;
use crate::graphql::search::{SearchConnection, search, search_query};
use crate::graphql::{Query, cancellable, cost, snapshot};
use crate::model;

/// The longest path that is looked for.
const MAX_PATH: i32 = 32;

/// The farthest and the largest neighbourhood that is given.
const MAX_SUBGRAPH_DEPTH: i32 = 10;
const MAX_SUBGRAPH: i32 = 10_000;

/// How many organisations a neighbourhood holds where a query does not say.
const DEFAULT_SUBGRAPH: i32 = 1_000;

/// How many ids `nodes` takes at the most.
const MAX_IDS: usize = 1_000;

/// Questions about organisations and their relations.
pub(super) struct OrganizationQuestions;

/// Questions about organisations and their relations.
#[Object]
impl OrganizationQuestions {
    /// Anything with an id, by its id; null where nothing has it.
    async fn node(&self, context: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Option<Result<Node>> {
        snapshot(context).map(|snapshot| Node::find(snapshot, &id)).transpose()
    }

    /// Several by their ids, in the order asked for, 1000 at the most; null where nothing has an id.
    #[graphql(complexity = "cost::list(ids.len(), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        cancellable(|| {
            if ids.len() > MAX_IDS {
                return Err(bad_input(format!("ids has {} entries, but may have {MAX_IDS}", ids.len())));
            }
            let snapshot = snapshot(context)?;
            Ok(ids.iter().map(|id| Node::find(snapshot, id)).collect())
        })
    }

    /// An organisation by its id; null where none has it.
    async fn organization(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id, as ledgers write it.")] id: ID,
    ) -> Option<Result<Organization>> {
        snapshot(context).map(|snapshot| Organization::find(snapshot, &id)).transpose()
    }

    /// All organisations that pass a filter, whatever their dates.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are fixed by the contract")]
    // `last` is read by hand: the cost module says why.
    #[graphql(
        complexity = "cost::QUESTION + cost::page(first, __ctx.param_value(__variables_definition, __field, \"last\", None)?, child_complexity)"
    )]
    async fn organizations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which are meant; all where left out.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "In which order; by id where left out.")] order_by: Option<OrganizationOrder>,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many of the last, 1000 at the most.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Organization>> {
        cancellable(|| {
            let arguments = PageArguments { first, after, last, before, shown: Shown::by(context) };
            selected(snapshot(context)?, filter.as_ref(), order_by.as_ref(), &arguments)
        })
    }

    /// The organisations that a typed text matches: the better match first, then the shorter name, then by id.
    ///
    /// The text may be a name or a part of one, in simplified or traditional characters, in pinyin without tones,
    /// by the initials of its syllables, or by these mixed; also a part of another name or of an id, the beginning
    /// of a division code, the beginning of a credit code or four characters of it in turn. Width, case and
    /// blanks do not matter, each character counts in all its readings, and one character is enough. Blanks alone
    /// find nothing.
    #[graphql(complexity = "2 * cost::QUESTION + cost::page(first, None, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What was typed, 256 characters at the most.")] text: String,
        #[graphql(desc = "Which organisations are looked among; all where left out.")] filter: Option<
            OrganizationFilter,
        >,
        #[graphql(desc = "How many of the first, 50 where left out, 1000 at the most.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> Result<SearchConnection> {
        cancellable(|| {
            let snapshot = snapshot(context)?;
            let query = search_query("text", &text)?;
            let among = filter.unwrap_or_default().select(snapshot)?;
            let arguments = PageArguments { first, after, ..PageArguments::default() };
            search(snapshot, &query, &among, &arguments)
        })
    }

    /// How many organisations pass a filter, what their values come to, and the same by group.
    ///
    /// Grouped by several keys, there is a group for each combination of values that occurs. Groups are of the
    /// same day as the filter: of everything recorded where it names none. More than 100000 groups are refused.
    #[graphql(complexity = "4 * cost::QUESTION + child_complexity")]
    async fn organization_aggregate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which are meant; all where left out.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "By which keys, the first before the second.", default)] group_by: Vec<
            OrganizationGroupKey,
        >,
        #[graphql(
            desc = "Also by the organisations of this kind, after the keys: each unit in every one that it stands within or is, by null in none."
        )]
        level: Option<OrganizationKind>,
    ) -> Result<OrganizationAggregate> {
        cancellable(|| {
            let snapshot = snapshot(context)?;
            let filter = filter.unwrap_or_default();
            let when = filter.when();
            let selected = filter.select(snapshot)?;
            aggregate_organizations(snapshot, &selected, when, group_by, level.map(Into::into))
        })
    }

    /// How many relations there are, implied ones included, and the same by group.
    #[graphql(complexity = "2 * cost::QUESTION + child_complexity")]
    async fn relation_aggregate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only these types; all where none are named.")] types: Option<Vec<RelationType>>,
        #[graphql(desc = "Only those that hold on this day; everything recorded where left out.")]
        as_of: Option<Date>,
        #[graphql(desc = "By which keys, the first before the second.", default)] group_by: Vec<
            RelationGroupKey,
        >,
    ) -> Result<RelationAggregate> {
        cancellable(|| {
            let snapshot = snapshot(context)?;
            let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
            let when = as_of.map_or(When::Ever, |date| When::On(date.0));
            aggregate_relations(snapshot, &types, when, group_by)
        })
    }

    /// A shortest path between two organisations, relations walked in either direction; null where there is none.
    // `maxLength` is read by hand, because null is an error of this field and not of its cost.
    #[graphql(
        complexity = "cost::QUESTION + cost::list(__ctx.param_value::<Option<i32>>(__variables_definition, __field, \"maxLength\", None)?.unwrap_or(8), child_complexity)"
    )]
    async fn path(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Where it starts.")] from: ID,
        #[graphql(desc = "Where it ends.")] to: ID,
        #[graphql(desc = "Only by these types; by all where none are named.")] types: Option<
            Vec<RelationType>,
        >,
        #[graphql(desc = "How many relations it may have, 32 at the most.", default = 8)] max_length: i32,
        #[graphql(desc = "The day on which they hold; today in Asia/Shanghai where left out.")] as_of: Option<
            Date,
        >,
    ) -> Option<Result<Path>> {
        let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
        let find = || {
            let snapshot = snapshot(context)?;
            let graph = &snapshot.graph;
            let query = PathQuery {
                from: known_organization(graph, &from)?,
                to: known_organization(graph, &to)?,
                types: &types,
                max_length: limited("maxLength", max_length, MAX_PATH)?,
                when: on(as_of),
            };
            Ok(graph.path(&query).map(|path| Path::new(snapshot, path)))
        };
        cancellable(find).transpose()
    }

    /// An organisation and what is within some steps of it, relations walked in either direction.
    #[graphql(
        complexity = "cost::QUESTION + cost::list(limit.unwrap_or(DEFAULT_SUBGRAPH), child_complexity)"
    )]
    async fn subgraph(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The organisation in the middle.")] root: ID,
        #[graphql(desc = "How many steps away, 10 at the most.", default = 1)] depth: i32,
        #[graphql(desc = "Only by these types; by all where none are named.")] types: Option<
            Vec<RelationType>,
        >,
        #[graphql(desc = "The day on which they hold; today in Asia/Shanghai where left out.")] as_of: Option<
            Date,
        >,
        #[graphql(desc = "How many organisations, 1000 where left out, 10000 at the most.")] limit: Option<
            i32,
        >,
    ) -> Result<Subgraph> {
        cancellable(|| {
            let snapshot = snapshot(context)?;
            let graph = &snapshot.graph;
            let types: Vec<_> = types.unwrap_or_default().into_iter().map(Into::into).collect();
            let query = SubgraphQuery {
                root: known_organization(graph, &root)?,
                depth: limited("depth", depth, MAX_SUBGRAPH_DEPTH)?,
                types: &types,
                when: on(as_of),
                limit: limited("limit", limit.unwrap_or(DEFAULT_SUBGRAPH), MAX_SUBGRAPH)? as usize,
            };
            Ok(Subgraph::new(snapshot, graph.subgraph(&query)))
        })
    }

    /// A chart as text: what hangs from an organisation, 10000 boxes at the most.
    #[expect(clippy::too_many_arguments, reason = "the options of a chart")]
    #[graphql(complexity = "20 * cost::QUESTION + child_complexity")]
    async fn diagram(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The organisation at the top.")] root: ID,
        #[graphql(desc = "What is shown around it.", default_with = "DiagramView::Hierarchy")]
        view: DiagramView,
        #[graphql(desc = "How many steps away from it, 64 at the most.", default = 2)] depth: i32,
        #[graphql(
            desc = "How many boxes hang from one at the most; the rest is counted in a box of its own.",
            default = 20
        )]
        limit: i32,
        #[graphql(desc = "Only organisations of these kinds; all where left out.")] kinds: Option<
            Vec<OrganizationKind>,
        >,
        #[graphql(desc = "The day; today in Asia/Shanghai where left out.")] as_of: Option<Date>,
        #[graphql(desc = "The indicator whose states are shown.")] indicator: Option<ID>,
        #[graphql(
            desc = "What is said below the names, six lines at the most.",
            default_with = "vec![DiagramDetail::Kind]"
        )]
        details: Vec<DiagramDetail>,
        #[graphql(desc = "Which way it grows; as suits the view where left out.")] flow: Option<DiagramFlow>,
        #[graphql(desc = "The colours of SVG.", default_with = "DiagramTheme::Print")] theme: DiagramTheme,
        #[graphql(desc = "What the links of SVG begin with; the id follows.", default = "#")] links: String,
        #[graphql(desc = "The format of the text.", default_with = "DiagramFormat::Svg")]
        format: DiagramFormat,
    ) -> Result<Diagram> {
        let snapshot = snapshot(context)?;
        let date = as_of.as_ref().map_or_else(model::today, |date| date.0);
        if indicator.is_some() {
            // States are counted, so that the chart has to lie where all is seen.
            scope(snapshot, Some(&root), as_of)?;
        }
        if details.len() > MOST_DETAILS {
            let given = details.len();
            return Err(bad_input(format!("details has {given} entries, but may have {MOST_DETAILS}")));
        }
        let kinds = kinds.map(|kinds| kinds.into_iter().map(model::OrganizationKind::from).collect());
        let drawing = Drawing {
            view: view.into(),
            depth: limited("depth", depth, ChartOptions::DEEPEST as i32)?,
            limit: limited("limit", limit, MOST_BOXES as i32)? as usize,
            kinds,
            indicator: indicator.map(String::from),
            details: details.into_iter().map(Into::into).collect(),
            flow: flow.map(Into::into),
            theme: theme.into(),
            links: links.parse().map_err(|cause: LinkError| bad_input(cause.to_string()))?,
            most_boxes: MOST_BOXES,
            kept_back_below: snapshot.kept_back_below(),
            classification: snapshot.disclosure.classification.clone(),
            ..Drawing::of(root.to_string(), date)
        };
        draw(snapshot, &drawing, format)
    }

    /// The values of enums in three languages: of every enum of this schema, and of the designations of the glossary.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn enum_labels(
        &self,
        #[graphql(desc = "Only these enums, such as OrganizationKind; all where left out.")] enums: Option<
            Vec<String>,
        >,
    ) -> Result<Vec<EnumLabels>> {
        enum_labels(enums)
    }
}

/// A page of the organisations that pass a filter, in some order.
fn selected(
    snapshot: &Arc<Snapshot>,
    filter: Option<&OrganizationFilter>,
    order: Option<&OrganizationOrder>,
    arguments: &PageArguments,
) -> Result<Connection<Organization>> {
    let selected = filter.unwrap_or(&OrganizationFilter::default()).select(snapshot)?;
    let order = ByField::new(snapshot, order);
    page(&order.sorted(&selected), &order, arguments, |slot| Organization::new(snapshot, slot))
}

/// The field `organization`, where it is plain.
pub(super) fn planned_organization(inner: &Inner<'_>) -> Option<Write<Query>> {
    let id = inner.argument::<ID>("id")?;
    inner.part(move |_, run| {
        let snapshot = run.snapshot()?;
        id.with(run, |id| Ok::<_, NotPlain>(Organization::find(snapshot, id)))
    })
}

/// The field `organizations`, where it is plain.
pub(super) fn planned_organizations(inner: &Inner<'_>) -> Option<Write<Query>> {
    let filter = inner.argument::<Option<OrganizationFilter>>("filter")?;
    let order = inner.argument::<Option<OrganizationOrder>>("orderBy")?;
    let page = PlannedPage::of(inner)?;
    inner.part(move |_, run| {
        let (snapshot, page) = (run.snapshot()?, page.arguments(run)?);
        let found = filter.with(run, |filter| {
            order.with(run, |order| selected(snapshot, filter.as_ref(), order.as_ref(), &page))
        });
        found.map(Some)
    })
}

fn on(as_of: Option<Date>) -> When {
    When::On(as_of.map_or_else(model::today, |date| date.0))
}

fn limited(argument: &str, given: i32, most: i32) -> Result<u32> {
    match u32::try_from(given).ok().filter(|_| given <= most) {
        Some(given) => Ok(given),
        None => Err(bad_input(format!("{argument} is {given}, but may be from 0 to {most}"))),
    }
}
