use std::cmp::Ordering;
use std::num::NonZeroU32;

use crate::graph::{Graph, Slot};
use crate::model::{OrganizationKind, month_before};

use super::settled::Settled;
use super::{Counts, Indicator, Scope};

/// An indicator of a scoreboard, and how much it counts.
#[derive(Clone, Copy, Debug)]
pub struct Weighed<'a> {
    /// The indicator.
    pub indicator: &'a Indicator,
    /// How much it counts in the score, against the others.
    pub weight: NonZeroU32,
}

/// An organisation of the level, how far it has come in each indicator, and how it stands among the others.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreboardRow {
    /// The organisation.
    pub organization: Slot,
    /// The score; `None` where no indicator has a value.
    pub score: Option<Score>,
    /// By the score, the highest first; `None` without a score.
    pub rank: Option<u32>,
    /// How it stood a month before, at a month's end on the last day; `None` where it did not exist then.
    pub before: Option<Box<ScoreboardRow>>,
    /// By indicator, in the order asked for.
    pub entries: Vec<ScoreboardEntry>,
    /// Whether units that were generated are among those counted.
    pub synthetic: bool,
}

/// How far an organisation has come in one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreboardEntry {
    /// The units that stand within it, or are it.
    pub counts: Counts,
    /// By the exact share covered, the highest first; `None` without subjects.
    pub rank: Option<u32>,
}

/// The mean of the shares covered by weight, in hundredths of a point, of 100 points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u32);

impl Score {
    /// In points, from 0 to 100.
    pub fn points(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// How many points more than another; negative for less.
    pub fn change_since(self, before: Self) -> f64 {
        (f64::from(self.0) - f64::from(before.0)) / 100.0
    }

    /// The score of the indicators that have a value; `None` where none has.
    ///
    /// Reckoned in whole numbers, so that every machine and every order gives the same.
    fn of<'a>(shares: impl Iterator<Item = (NonZeroU32, &'a Counts)>) -> Option<Self> {
        const SCALE: u128 = 1_000_000_000_000;
        let (mut sum, mut weights) = (0, 0);
        for (weight, counts) in shares.filter(|(_, counts)| counts.subjects() > 0) {
            let weight = u128::from(weight.get());
            sum += weight * rounded(u128::from(counts.covered) * SCALE, u128::from(counts.subjects()));
            weights += weight;
        }
        let hundredths = (weights > 0).then(|| rounded(sum * 10_000, weights * SCALE))?;
        u32::try_from(hundredths).ok().map(Self)
    }
}

/// A quotient to the nearest whole number, halves upwards.
fn rounded(dividend: u128, divisor: u128) -> u128 {
    (2 * dividend + divisor) / (2 * divisor)
}

/// Ranks the organisations of a kind that exist on a day within a scope: by rank, then by id, the unranked last.
pub fn scoreboard(
    indicators: &[Weighed<'_>],
    graph: &Graph,
    scope: &Scope,
    level: OrganizationKind,
) -> Vec<ScoreboardRow> {
    let mut rows = standing(indicators, graph, scope, level);
    let before = standing(indicators, graph, &Scope { date: month_before(scope.date), ..*scope }, level);
    for row in &mut rows {
        let before = before.iter().find(|before| before.organization == row.organization);
        row.before = before.cloned().map(Box::new);
    }
    // They come in the order of ids, which a stable sort keeps among equals.
    rows.sort_by_key(|row| row.rank.unwrap_or(u32::MAX));
    rows
}

/// The rows of one day, in the order of ids.
fn standing(
    indicators: &[Weighed<'_>],
    graph: &Graph,
    scope: &Scope,
    level: OrganizationKind,
) -> Vec<ScoreboardRow> {
    let rows = level_rows(graph, scope, level);
    let day = graph.day(scope.date);
    let asked = scope.ranges(&day);
    let members: Vec<_> = rows.iter().map(|row| day.standing_in(*row)).collect();
    let mut rows: Vec<_> = rows
        .into_iter()
        .map(|organization| ScoreboardRow {
            organization,
            score: None,
            rank: None,
            before: None,
            entries: Vec::with_capacity(indicators.len()),
            synthetic: false,
        })
        .collect();
    for weighed in indicators {
        let state = Settled::of(weighed.indicator, &day, &asked);
        // A target that is a count belongs to the whole.
        let target = weighed.indicator.target.filter(|target| target.is_share());
        let of_rows: Vec<_> = members.iter().map(|within| Counts::of(&state, within, target)).collect();
        let ranks = competition_ranks(&of_rows, |counts| counts.subjects() > 0, by_share);
        for (((row, within), counts), rank) in rows.iter_mut().zip(&members).zip(of_rows).zip(ranks) {
            row.synthetic |= state.holds_any(within, &day, graph.synthetic());
            row.entries.push(ScoreboardEntry { counts, rank });
        }
    }
    for row in &mut rows {
        let weights = indicators.iter().map(|weighed| weighed.weight);
        row.score = Score::of(weights.zip(row.entries.iter().map(|entry| &entry.counts)));
    }
    let scores: Vec<_> = rows.iter().map(|row| row.score).collect();
    let ranks = competition_ranks(&scores, Option::is_some, Ord::cmp);
    for (row, rank) in rows.iter_mut().zip(ranks) {
        row.rank = rank;
    }
    rows
}

/// The organisations of a kind that exist on the day and stand within the scope, or are it, by id.
fn level_rows(graph: &Graph, scope: &Scope, level: OrganizationKind) -> Vec<Slot> {
    let day = graph.day(scope.date);
    let inside = scope.ranges(&day);
    let rows = crate::graph::slots(graph.of_kind(level))
        .filter(|slot| day.position(*slot).is_some_and(|position| inside.contains(position)));
    graph.sorted_by_id(rows)
}

/// How two shares covered stand to each other, exactly.
fn by_share(one: &Counts, other: &Counts) -> Ordering {
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    product(one.covered, other.subjects()).cmp(&product(other.covered, one.subjects()))
}

/// Ranks by competition: the highest is first, equals share a rank, and as many ranks are left out after them.
fn competition_ranks<T>(
    items: &[T],
    is_ranked: impl Fn(&T) -> bool,
    order: impl Fn(&T, &T) -> Ordering,
) -> Vec<Option<u32>> {
    let mut ranked: Vec<_> = items.iter().enumerate().filter(|(_, item)| is_ranked(item)).collect();
    ranked.sort_by(|(_, a), (_, b)| order(b, a));
    let mut ranks = vec![None; items.len()];
    let mut previous: Option<(&T, u32)> = None;
    for ((position, item), place) in ranked.into_iter().zip(1..) {
        let shared = previous.filter(|(last, _)| order(last, item).is_eq());
        let rank = shared.map_or(place, |(_, rank)| rank);
        ranks[position] = Some(rank);
        previous = Some((item, rank));
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(covered: u64, uncovered: u64) -> Counts {
        Counts {
            population: covered + uncovered,
            covered,
            uncovered,
            unknown: 0,
            exempt: 0,
            forms: std::iter::once(covered).collect(),
            met: None,
            shortfall: 0,
        }
    }

    #[test]
    fn ties_share_a_rank_and_who_has_no_subjects_has_none() {
        let shares = [counts(1, 1), counts(0, 0), counts(2, 2), counts(3, 0), counts(0, 9)];
        let ranks = competition_ranks(&shares, |c| c.subjects() > 0, by_share);
        assert_eq!(ranks, [Some(2), None, Some(2), Some(1), Some(4)]);
    }

    #[test]
    fn a_score_is_the_mean_by_weight_of_what_has_a_value() {
        let weight = |n| NonZeroU32::new(n).unwrap();
        let table = [
            (vec![(1, counts(1, 1)), (1, counts(3, 0))], Some(75.0)),
            (vec![(3, counts(1, 1)), (1, counts(3, 0))], Some(62.5)),
            (vec![(3, counts(0, 0)), (1, counts(1, 2))], Some(33.33)),
            (vec![(3, counts(0, 0))], None),
        ];
        for (shares, points) in table {
            let score = Score::of(shares.iter().map(|(w, counts)| (weight(*w), counts)));
            assert_eq!(score.map(Score::points), points);
        }
    }

    proptest! {
        /// Straight from the definition: one more than there are better ones.
        #[test]
        fn ranks_agree_with_a_naive_sort(shares in prop::collection::vec((0u64..5, 0u64..5), 0..20)) {
            let shares: Vec<_> = shares.into_iter().map(|(c, u)| counts(c, u)).collect();
            let better = |a: &Counts, b: &Counts| a.covered * b.subjects() > b.covered * a.subjects();
            let ranked = |c: &Counts| c.subjects() > 0;
            let expected: Vec<_> = shares
                .iter()
                .map(|own| {
                    let ahead = shares.iter().filter(|other| ranked(other) && better(other, own)).count();
                    ranked(own).then_some(ahead as u32 + 1)
                })
                .collect();
            prop_assert_eq!(competition_ranks(&shares, ranked, by_share), expected);
        }
    }
}
