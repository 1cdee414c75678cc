use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::completeness::ValueCompleteness;
use super::condition::{CoverageRuleInput, refuse_small_counts};
use super::enums::OrganizationKind;
use super::error::{Code, bad_input, error, outside};
use super::explain::{Explained, ReasonCount};
use super::group_charge::{GroupCharge, fields_within};
use super::indicator::{Form, Indicator, Target};
use super::organization::{Organization, known_organization};
use super::page::refuse_too_long;
use super::plain::{Argument, Entries, Inner, NotPlain, Plain, Run, Write, leaf, number};
use super::scalar::Date;
use super::{cancellable, cost};
use crate::atlas::Snapshot;
use crate::coverage::{self, Counts, Group, Look, Scope};
use crate::graph::Slot;
use crate::model::{self, AttributeCatalog};

/// How far an indicator is reached.
pub(super) struct Coverage {
    /// The indicator as it is known by its id, if it is.
    definition: Option<Arc<coverage::Indicator>>,
    counted: Arc<Counted>,
}

/// What was counted, shared by its groups.
struct Counted {
    snapshot: Arc<Snapshot>,
    /// What was counted: the definition or the rule, of the filtered units alone.
    indicator: Arc<coverage::Indicator>,
    within: Option<Slot>,
    group_by: Option<model::OrganizationKind>,
    coverage: coverage::Coverage,
    /// The forms that counts of all groups share, made by the first that is asked for.
    forms: OnceLock<Vec<Form>>,
}

/// How many covered units are covered in one form.
#[derive(SimpleObject)]
pub(super) struct FormCount {
    /// The form.
    form: Form,
    /// How many units it is the first form of that holds.
    count: u64,
}

/// The part of a population that stands within one organisation, or is it.
pub(super) struct CoverageGroup {
    counted: Arc<Counted>,
    /// Which of its groups this one is.
    at: usize,
}

/// The indicator that is meant, and whether it is known by its id.
type Chosen = (Arc<coverage::Indicator>, bool);

/// Which indicator is meant: one that is known by its id, or a rule that is written out.
pub(super) fn indicator(
    snapshot: &Snapshot,
    id: Option<&ID>,
    rule: Option<&CoverageRuleInput>,
) -> Result<Chosen> {
    match (id, rule) {
        (Some(id), None) => Ok((known_indicator(snapshot, id)?, true)),
        (None, Some(rule)) => {
            let indicator = rule.indicator(&snapshot.attributes)?;
            refuse_small_counts(snapshot, || Look::of([&indicator]))?;
            Ok((Arc::new(indicator), false))
        }
        _ => Err(bad_input("give an indicator or a rule, and not both")),
    }
}

/// An indicator by its id.
pub(super) fn known_indicator(snapshot: &Snapshot, id: &str) -> Result<Arc<coverage::Indicator>> {
    snapshot.indicators.get(id).cloned().map(Arc::new).ok_or_else(|| {
        let known: Vec<_> = snapshot.indicators.iter().map(|i| i.id.as_str()).collect();
        error(Code::NotFound, format!("there is no indicator \"{id}\"; there are: {}", known.join(", ")))
    })
}

/// The day and the part of the graph that are asked about: for whoever is limited to territories, within these.
pub(super) fn scope(snapshot: &Snapshot, within: Option<&ID>, as_of: Option<Date>) -> Result<Scope> {
    let within = match (within, snapshot.territories()) {
        (Some(id), None) => Some(known_organization(&snapshot.graph, id)?),
        (None, None) => None,
        // What is elsewhere and what is nowhere are refused alike.
        (Some(id), Some(territories)) => {
            let slot = snapshot.graph.slot(id).filter(|slot| snapshot.holds(*slot));
            Some(slot.ok_or_else(|| outside(territories))?)
        }
        (None, Some(territories)) => {
            let only = territories.first().filter(|_| territories.len() == 1);
            let id = only.ok_or_else(|| outside(territories))?;
            Some(known_organization(&snapshot.graph, id.as_str())?)
        }
    };
    Ok(Scope { date: as_of.map_or_else(model::today, |date| date.0), within })
}

/// The kind by which units of some indicators are grouped, where these can stand in organisations of it.
pub(super) fn grouping<'i>(
    indicators: impl IntoIterator<Item = &'i coverage::Indicator>,
    kind: Option<OrganizationKind>,
) -> Result<Option<model::OrganizationKind>> {
    let kind = kind.map(Into::into);
    let checked = kind.map_or(Ok(()), |kind| coverage::check_grouping(indicators, kind));
    checked.map(|()| kind).map_err(|refused| bad_input(refused.to_string()))
}

impl Coverage {
    pub(super) fn new(
        snapshot: &Arc<Snapshot>,
        (indicator, named): Chosen,
        scope: &Scope,
        group_by: Option<model::OrganizationKind>,
    ) -> Self {
        let mut coverage = coverage::coverage(&indicator, &snapshot.graph, scope, group_by);
        coverage.groups.retain(|group| group.by.is_none_or(|by| snapshot.holds(by)));
        let definition = named.then(|| Arc::clone(&indicator));
        let (snapshot, within) = (Arc::clone(snapshot), scope.within);
        Self {
            definition,
            counted: Arc::new(Counted {
                snapshot,
                indicator,
                within,
                group_by,
                coverage,
                forms: OnceLock::new(),
            }),
        }
    }

    /// Coverage of those units alone that pass a filter.
    pub(super) fn filtered(
        snapshot: &Arc<Snapshot>,
        (indicator, named): Chosen,
        filter: coverage::Condition,
        scope: &Scope,
        group_by: Option<model::OrganizationKind>,
    ) -> Self {
        let definition = named.then(|| Arc::clone(&indicator));
        let among = Arc::new(Arc::unwrap_or_clone(indicator).among(filter));
        Self { definition, ..Self::new(snapshot, (among, named), scope, group_by) }
    }

    /// The numbers of the whole.
    pub(super) fn counts(&self) -> &Counts {
        &self.counted.coverage.counts
    }

    fn explained(&self) -> Explained<'_> {
        self.counted.explained(Group::Whole)
    }
}

impl Counted {
    fn forms(&self) -> &[Form] {
        self.forms.get_or_init(|| Form::all(&self.indicator.forms))
    }

    fn explained(&self, group: Group) -> Explained<'_> {
        let (snapshot, indicator, date) = (&self.snapshot, &self.indicator, self.coverage.date);
        Explained { indicator, snapshot, date, within: self.within, group }
    }
}

/// How far an indicator is reached.
#[Object]
impl Coverage {
    /// The indicator; null where a rule was written out.
    async fn indicator(&self) -> Option<Indicator> {
        self.definition.clone().map(Indicator)
    }

    /// The day that it is said of.
    async fn as_of(&self) -> Date {
        Date(self.counted.coverage.date)
    }

    /// covered + uncovered + unknown + exempt, always.
    async fn population(&self) -> u64 {
        self.counts().population
    }

    /// covered + uncovered, the denominator of the ratio.
    async fn subjects(&self) -> u64 {
        self.counts().subjects()
    }

    /// Units of which a form holds.
    async fn covered(&self) -> u64 {
        self.counts().covered
    }

    /// Units of which no form holds.
    async fn uncovered(&self) -> u64 {
        self.counts().uncovered
    }

    /// Units of which nobody knows whether they belong, or whether a form holds.
    async fn unknown(&self) -> u64 {
        self.counts().unknown
    }

    /// Units that need not be covered.
    async fn exempt(&self) -> u64 {
        self.counts().exempt
    }

    /// covered / subjects; null where there are none.
    async fn ratio(&self) -> Option<f64> {
        self.counts().ratio()
    }

    /// How the covered are covered: by the first form that holds.
    async fn forms(&self) -> Vec<FormCount> {
        form_counts(self.counted.forms(), self.counts())
    }

    /// What should be reached; null where the source gives no figure.
    async fn target(&self) -> Option<Target> {
        self.counted.indicator.target.map(Target::new)
    }

    /// Whether the target is met, however the unknown turn out; null where they decide, without subjects or target.
    async fn met(&self) -> Option<bool> {
        self.counts().met
    }

    /// The fewest uncovered units that must become covered; 0 where the target is met or there is none.
    async fn shortfall(&self) -> u64 {
        self.counts().shortfall
    }

    /// Whether the graph holds units that were generated, so that the numbers may rest on them.
    async fn synthetic(&self) -> bool {
        self.counted.coverage.synthetic
    }

    /// For which conditions the uncovered units fail and how many do, the most first, 100 at the most.
    async fn reason_counts(
        &self,
        #[graphql(desc = "How many reasons.", default = 10)] first: i32,
    ) -> Result<Vec<ReasonCount>> {
        cancellable(|| self.explained().reason_counts(first))
    }

    /// Which values the rule asks for, and for how many organisations none is recorded, in the order of the rule.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn completeness(&self) -> Result<Vec<ValueCompleteness>> {
        cancellable(|| Ok(self.explained().completeness()))
    }

    /// By the organisations of the kind asked for, in the order of ids; units that stand in none come last.
    /// More than 100000 groups are refused.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn groups(&self, context: &Context<'_>) -> Result<Entries<CoverageGroup>> {
        let groups = self.counted.coverage.groups.len();
        refuse_too_long("groups", groups)?;
        let fields = fields_within(context, &[]);
        GroupCharge { field: "coverage", groups, indicators: 1, fields }.charge(context)?;
        let groups = 0..self.counted.coverage.groups.len();
        Ok(Entries(groups.map(|at| CoverageGroup { counted: Arc::clone(&self.counted), at }).collect()))
    }
}

/// The part of a population that stands within one organisation, or is it.
#[Object]
impl CoverageGroup {
    /// The organisation; null for the units that stand in none of its kind.
    async fn by(&self) -> Option<Organization> {
        self.group().by.map(|slot| Organization::new(&self.counted.snapshot, slot))
    }

    /// covered + uncovered + unknown + exempt, always.
    async fn population(&self) -> u64 {
        self.counts().population
    }

    /// covered + uncovered, the denominator of the ratio.
    async fn subjects(&self) -> u64 {
        self.counts().subjects()
    }

    /// Units of which a form holds.
    async fn covered(&self) -> u64 {
        self.counts().covered
    }

    /// Units of which no form holds.
    async fn uncovered(&self) -> u64 {
        self.counts().uncovered
    }

    /// Units of which nobody knows whether they belong, or whether a form holds.
    async fn unknown(&self) -> u64 {
        self.counts().unknown
    }

    /// Units that need not be covered.
    async fn exempt(&self) -> u64 {
        self.counts().exempt
    }

    /// covered / subjects; null where there are none.
    async fn ratio(&self) -> Option<f64> {
        self.counts().ratio()
    }

    /// How the covered are covered: by the first form that holds.
    async fn forms(&self) -> Vec<FormCount> {
        form_counts(self.counted.forms(), self.counts())
    }

    /// Whether a share is reached in this group; null for a count, which belongs to the whole.
    async fn met(&self) -> Option<bool> {
        self.counts().met
    }

    /// The fewest uncovered units that must become covered for a share; 0 where it is reached.
    async fn shortfall(&self) -> u64 {
        self.counts().shortfall
    }

    /// For which conditions the uncovered units fail and how many do, the most first, 100 at the most.
    async fn reason_counts(
        &self,
        #[graphql(desc = "How many reasons.", default = 10)] first: i32,
    ) -> Result<Vec<ReasonCount>> {
        cancellable(|| self.explained().reason_counts(first))
    }

    /// Which values the rule asks for, and for how many organisations none is recorded, in the order of the rule.
    #[graphql(complexity = "cost::list(cost::FEW, child_complexity)")]
    async fn completeness(&self) -> Result<Vec<ValueCompleteness>> {
        cancellable(|| Ok(self.explained().completeness()))
    }
}

impl Plain for Coverage {
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "asOf" => leaf(|c: &Self| Ok(Date(c.counted.coverage.date))),
            "synthetic" => number(|c: &Self| c.counted.coverage.synthetic),
            "groups" => inner.list(|c: &Self, write| {
                let groups = c.counted.coverage.groups.len();
                refuse_too_long("groups", groups)?;
                let mut group = CoverageGroup { counted: Arc::clone(&c.counted), at: 0 };
                (0..groups).try_for_each(|at| {
                    group.at = at;
                    write(&group)
                })
            }),
            _ => count(name, Self::counts),
        }
    }
}

impl Plain for CoverageGroup {
    fn field(name: &str, inner: &Inner<'_>) -> Option<Write<Self>> {
        match name {
            "by" => inner.part_after(|g: &Self, before| {
                let snapshot = &g.counted.snapshot;
                Ok(g.group().by.map(|slot| Organization::after(before, snapshot, slot)))
            }),
            _ => count(name, Self::counts),
        }
    }
}

/// A field that is one of the counts of a value.
fn count<T: 'static>(name: &str, of: fn(&T) -> &Counts) -> Option<Write<T>> {
    match name {
        "population" => number(move |value| of(value).population),
        "subjects" => number(move |value| of(value).subjects()),
        "covered" => number(move |value| of(value).covered),
        "uncovered" => number(move |value| of(value).uncovered),
        "unknown" => number(move |value| of(value).unknown),
        "exempt" => number(move |value| of(value).exempt),
        "ratio" => number(move |value| of(value).ratio()),
        "met" => number(move |value| of(value).met),
        "shortfall" => number(move |value| of(value).shortfall),
        _ => None,
    }
}

/// How coverage is asked for where a plan is made of it: by an indicator or a rule, of all units of the population.
struct PlannedCoverage {
    id: Argument<Option<ID>>,
    rule: Argument<Option<CoverageRuleInput>>,
    /// The rule as it was read when it was first counted by, and the attributes that it was held to.
    read: OnceLock<(Arc<AttributeCatalog>, Arc<coverage::Indicator>)>,
    within: Argument<Option<ID>>,
    group_by: Argument<Option<OrganizationKind>>,
    as_of: Argument<Option<Date>>,
}

/// The field `coverage` of a query, where it is plain.
pub(super) fn planned_coverage<T: 'static>(inner: &Inner<'_>) -> Option<Write<T>> {
    // Units are filtered, and the past is looked up, by the executor.
    if !inner.leaves_out("filter") || !inner.leaves_out("recordedAt") {
        return None;
    }
    let asked = PlannedCoverage {
        id: inner.argument("indicator")?,
        rule: inner.argument("rule")?,
        read: OnceLock::new(),
        within: inner.argument("within")?,
        group_by: inner.argument("groupBy")?,
        as_of: inner.argument("asOf")?,
    };
    inner.part(move |_: &T, run| asked.count(run).map(Some))
}

impl PlannedCoverage {
    fn count(&self, run: &Run<'_>) -> Result<Coverage, NotPlain> {
        let snapshot = run.snapshot()?;
        let as_of = self.as_of.cloned(run)?;
        let scope = self.within.with(run, |within| scope(snapshot, within.as_ref(), as_of))?;
        let chosen = self.indicator(run, snapshot)?;
        let group_by = grouping([chosen.0.as_ref()], self.group_by.cloned(run)?)?;
        Ok(Coverage::new(snapshot, chosen, &scope, group_by))
    }

    fn indicator(&self, run: &Run<'_>, snapshot: &Snapshot) -> Result<Chosen, NotPlain> {
        let attributes = &snapshot.attributes;
        if let Some((held_to, rule)) = self.read.get()
            && Arc::ptr_eq(held_to, attributes)
        {
            // Another may have asked before, who is told more.
            refuse_small_counts(snapshot, || Look::of([rule.as_ref()]))?;
            return Ok((Arc::clone(rule), false));
        }
        let chosen = self
            .id
            .with(run, |id| self.rule.with(run, |rule| indicator(snapshot, id.as_ref(), rule.as_ref())))?;
        if let (Argument::Known(None), Argument::Known(Some(_))) = (&self.id, &self.rule) {
            self.read.get_or_init(|| (Arc::clone(attributes), Arc::clone(&chosen.0)));
        }
        Ok(chosen)
    }
}

impl CoverageGroup {
    fn group(&self) -> &coverage::CoverageGroup {
        &self.counted.coverage.groups[self.at]
    }

    fn counts(&self) -> &Counts {
        &self.group().counts
    }

    fn explained(&self) -> Explained<'_> {
        self.counted.explained(match (self.group().by, self.counted.group_by) {
            (Some(by), _) => Group::In(by),
            (None, Some(kind)) => Group::InNone(kind),
            (None, None) => Group::Whole,
        })
    }
}

pub(super) fn form_counts(forms: &[Form], counts: &Counts) -> Vec<FormCount> {
    let counted = forms.iter().cloned().zip(&counts.forms);
    counted.map(|(form, count)| FormCount { form, count: *count }).collect()
}
