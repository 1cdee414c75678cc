use std::num::NonZeroU32;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};

use super::coverage::known_indicator;
use super::error::bad_input;
use super::group_charge::{GroupCharge, fields_within, groups_of};
use super::indicator::{Indicator, Target};
use super::organization::Organization;
use super::page::refuse_too_long;
use super::scalar::Date;
use crate::atlas::Snapshot;
use crate::coverage::tasks::responsible;
use crate::coverage::{self, Condition, Counts, Scope, Weighed};
use crate::model::{self, OrganizationKind};

/// The most indicators that a scoreboard shows.
const MAX_INDICATORS: usize = 50;

/// An organisation of a level and how it stands among the others.
pub(super) struct ScoreboardRow {
    board: Arc<Board>,
    row: coverage::ScoreboardRow,
}

/// How far an organisation has come in one indicator.
pub(super) struct ScoreboardEntry {
    indicator: Arc<coverage::Indicator>,
    weight: NonZeroU32,
    now: coverage::ScoreboardEntry,
    before: Option<coverage::ScoreboardEntry>,
}

/// How far a target is reached, at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::Light")]
pub(super) enum Light {
    /// The target is met.
    Green,
    /// It is missed by at most ten points of a hundred, or the unknown decide.
    Yellow,
    /// It is missed by more.
    Red,
}

/// What the rows of one scoreboard share.
struct Board {
    snapshot: Arc<Snapshot>,
    indicators: Vec<(Arc<coverage::Indicator>, NonZeroU32)>,
    date: model::Date,
}

/// The rows of a scoreboard: of the key indicators, or of those named, which then weigh the same; of the units that
/// pass a filter, if there is one.
pub(super) fn scoreboard(
    context: &Context<'_>,
    snapshot: &Arc<Snapshot>,
    scope: &Scope,
    level: OrganizationKind,
    ids: Option<Vec<ID>>,
    filter: Option<&Condition>,
) -> Result<Vec<ScoreboardRow>> {
    let indicators = chosen(snapshot, ids)?;
    coverage::check_grouping(indicators.iter().map(|(indicator, _)| &**indicator), level)
        .map_err(|refused| bad_input(refused.to_string()))?;
    let (groups, fields) = (groups_of(&snapshot.graph, scope, Some(level)), fields_within(context, &[]));
    let charge = GroupCharge { field: "scoreboard", groups, indicators: indicators.len(), fields };
    charge.charge(context)?;
    let among = |indicator: &Arc<coverage::Indicator>| match filter {
        Some(filter) => Arc::new(coverage::Indicator::clone(indicator).among(filter.clone())),
        None => Arc::clone(indicator),
    };
    let counted: Vec<_> = indicators.iter().map(|(indicator, weight)| (among(indicator), *weight)).collect();
    let weighed: Vec<_> =
        counted.iter().map(|(indicator, weight)| Weighed { indicator, weight: *weight }).collect();
    let rows = coverage::scoreboard(&weighed, &snapshot.graph, scope, level);
    refuse_too_long("organisations of that level", rows.len())?;
    let board = Arc::new(Board { snapshot: Arc::clone(snapshot), indicators, date: scope.date });
    Ok(rows.into_iter().map(|row| ScoreboardRow { board: Arc::clone(&board), row }).collect())
}

fn chosen(snapshot: &Snapshot, ids: Option<Vec<ID>>) -> Result<Vec<(Arc<coverage::Indicator>, NonZeroU32)>> {
    let Some(ids) = ids else {
        let keys = snapshot.programme.key_indicators.iter();
        return keys.map(|key| Ok((known_indicator(snapshot, &key.indicator)?, key.weight))).collect();
    };
    if ids.is_empty() || ids.len() > MAX_INDICATORS {
        let found = ids.len();
        return Err(bad_input(format!("indicators has {found} entries, but may have 1 to {MAX_INDICATORS}")));
    }
    if let Some(twice) = ids.iter().enumerate().find(|(i, id)| ids[..*i].contains(id)) {
        return Err(bad_input(format!("indicators names \"{}\" twice", **twice.1)));
    }
    ids.iter().map(|id| Ok((known_indicator(snapshot, id)?, NonZeroU32::MIN))).collect()
}

/// An organisation of a level and how it stands among the others.
#[Object]
impl ScoreboardRow {
    /// The organisation.
    async fn organization(&self) -> Organization {
        Organization::new(&self.board.snapshot, self.row.organization)
    }

    /// Who has to see to its gaps: the Party organisation that is set up in it, a working committee before a
    /// committee before others; itself where there is none.
    async fn responsible(&self) -> Organization {
        let responsible = responsible(&self.board.snapshot.graph, self.row.organization, self.board.date);
        Organization::new(&self.board.snapshot, responsible)
    }

    /// The day that it is said of.
    async fn as_of(&self) -> Date {
        Date(self.board.date)
    }

    /// The mean of the values by weight, of 100 points, to hundredths, over the indicators that have a value;
    /// null where none has.
    async fn score(&self) -> Option<f64> {
        self.row.score.map(coverage::Score::points)
    }

    /// By the score, the highest first; equal scores share a rank and the next is left out as often: 1, 2, 2, 4;
    /// null without a score.
    async fn rank(&self) -> Option<u32> {
        self.row.rank
    }

    /// How many points more than a month before, as now known of then; null where one of the two is missing.
    async fn score_change(&self) -> Option<f64> {
        let before = self.row.before.as_ref()?.score?;
        self.row.score.map(|score| score.change_since(before))
    }

    /// How many ranks higher than a month before, as now known of then; negative for lower; null where one of
    /// the two is missing.
    async fn rank_change(&self) -> Option<i64> {
        risen(self.row.before.as_ref().and_then(|before| before.rank), self.row.rank)
    }

    /// Whether units that were generated are among those counted.
    async fn synthetic(&self) -> bool {
        self.row.synthetic
    }

    /// By indicator, in the order asked for.
    async fn entries(&self) -> Vec<ScoreboardEntry> {
        let before = |number| self.row.before.as_ref().and_then(|b| b.entries.get(number)).cloned();
        let entries = self.board.indicators.iter().zip(&self.row.entries).enumerate();
        let entries = entries.map(|(number, ((indicator, weight), now))| ScoreboardEntry {
            indicator: Arc::clone(indicator),
            weight: *weight,
            now: now.clone(),
            before: before(number),
        });
        entries.collect()
    }
}

/// How far an organisation has come in one indicator.
#[Object]
impl ScoreboardEntry {
    /// The indicator.
    async fn indicator(&self) -> Indicator {
        Indicator(Arc::clone(&self.indicator))
    }

    /// How much it counts in the score, against the others.
    async fn weight(&self) -> u32 {
        self.weight.get()
    }

    /// covered / subjects of the organisation's own units; null where there are none.
    async fn value(&self) -> Option<f64> {
        self.now.counts.ratio()
    }

    /// Units of which a form holds.
    async fn covered(&self) -> u64 {
        self.now.counts.covered
    }

    /// covered + uncovered, the denominator of the value.
    async fn subjects(&self) -> u64 {
        self.now.counts.subjects()
    }

    /// Units of which nobody knows whether they belong, or whether a form holds.
    async fn unknown(&self) -> u64 {
        self.now.counts.unknown
    }

    /// What should be reached; null where the source gives no figure.
    async fn target(&self) -> Option<Target> {
        self.indicator.target.map(Target::new)
    }

    /// Whether a share is reached here; null for a count, which belongs to the whole, and where the unknown decide.
    async fn met(&self) -> Option<bool> {
        self.now.counts.met
    }

    /// The light of a wall chart: GREEN where the target is met, YELLOW where it is missed by at most ten points of a
    /// hundred or the unknown decide, RED where by more. That nothing may be uncovered is judged here too. Null
    /// without such a target, and without units.
    async fn light(&self) -> Option<Light> {
        coverage::Light::of(&self.now.counts, self.indicator.target).map(Into::into)
    }

    /// The fewest uncovered units that must become covered for a share; 0 where it is reached.
    async fn shortfall(&self) -> u64 {
        self.now.counts.shortfall
    }

    /// By the exact value, the highest first; equal values share a rank and the next is left out as often:
    /// 1, 2, 2, 4; null without a value.
    async fn rank(&self) -> Option<u32> {
        self.now.rank
    }

    /// How much more than a month before, as now known of then; null where one of the two is missing.
    async fn value_change(&self) -> Option<f64> {
        let ratio = |entry: &coverage::ScoreboardEntry| Counts::ratio(&entry.counts);
        Some(ratio(&self.now)? - self.before.as_ref().and_then(ratio)?)
    }

    /// How many ranks higher than a month before, as now known of then; negative for lower; null where one of
    /// the two is missing.
    async fn rank_change(&self) -> Option<i64> {
        risen(self.before.as_ref().and_then(|before| before.rank), self.now.rank)
    }
}

fn risen(before: Option<u32>, now: Option<u32>) -> Option<i64> {
    Some(i64::from(before?) - i64::from(now?))
}
