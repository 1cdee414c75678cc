use super::{Answer, Record, Related};
use crate::coverage::{
    Compare, Comparison, Condition, CoverageState, Form, Indicator, Operand, Quantifier, RuleValue, Scope,
    coverage, first_units_in_states,
};
use crate::graph::{Direction, Graph, Slot, When};
use crate::model::{Date, Label, OrganizationKind, RelationMode, RelationType};

/// How many gaps are listed.
const GAPS: usize = 100;

/// How many relations a path may have.
const PATH_LENGTH: u32 = 8;

/// How many relations away a neighbour may be.
const NEIGHBOURHOOD: u32 = 2;

/// A question about one organisation, or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'p> {
    /// For every subdistrict of this city: its enterprises with three or more members, and how many of these
    /// have a Party branch of their own.
    Coverage(&'p str),
    /// The first of these enterprises, by id, that have none.
    Gaps(&'p str),
    /// How many organisations of each kind stand within this one.
    Kinds(&'p str),
    /// How long a shortest path between these two is, whatever its relations and their directions.
    Path(&'p str, &'p str),
    /// How many organisations are one or two relations away from this one.
    Neighbourhood(&'p str),
    /// This organisation with all its relations and the names of their other ends.
    Record(&'p str),
}

/// What the questions of coverage ask for: a rule that no catalogue knows, and a day.
#[derive(Clone, Debug)]
pub struct Rule {
    indicator: Indicator,
    date: Date,
}

impl Rule {
    /// The rule on a day: enterprises with three or more members should have a Party branch of their own.
    pub fn on(date: Date) -> Self {
        let label = || Label {
            simplified: "三名以上党员的企业单独组建党支部".into(),
            traditional: "三名以上黨員的企業單獨組建黨支部".into(),
            english: "enterprises with three or more members have a branch of their own".into(),
        };
        let members = Compare {
            operand: Operand::Members,
            comparison: Comparison::AtLeast,
            value: RuleValue::Integer(3),
        };
        let branch = crate::coverage::Related {
            relation_type: RelationType::Organizes,
            direction: Direction::In,
            modes: vec![RelationMode::Standalone],
            quantifier: Quantifier::Some,
            count: None,
            to: Condition::Kind(vec![OrganizationKind::PartyBranch]),
        };
        let indicator = Indicator {
            id: "own-branch".to_owned(),
            version: std::num::NonZeroU32::MIN,
            name: label(),
            source: "bench".to_owned(),
            due: None,
            population: Condition::All(vec![
                Condition::Kind(vec![OrganizationKind::Enterprise]),
                Condition::Compare(members),
            ]),
            forms: vec![Form {
                id: "own".to_owned(),
                name: label(),
                when: Condition::Related(Box::new(branch)),
            }],
            target: None,
            origin: crate::coverage::IndicatorOrigin::default(),
        };
        Self { indicator, date }
    }

    /// The same rule in another writing, one for each number, so that nothing is known of it: it is to hold alone (`all`)
    /// or as the only choice (`any`), and that again, bit by bit.
    pub fn in_writing(&self, number: usize) -> Self {
        let mut rule = self.clone();
        let bits = (0..usize::BITS - number.leading_zeros()).map(|bit| number >> bit & 1);
        rule.indicator.population = bits.fold(rule.indicator.population, |population, bit| match bit {
            0 => Condition::All(vec![population]),
            _ => Condition::Any(vec![population]),
        });
        rule
    }
}

impl Question<'_> {
    /// Answers the question; `None` when the graph does not know an organisation that it names.
    pub fn ask<'g>(&self, graph: &'g Graph, rule: &Rule) -> Option<Answer<'g>> {
        let when = When::On(rule.date);
        Some(match *self {
            Self::Coverage(city) => covered(graph, rule, graph.slot(city)?),
            Self::Gaps(city) => gaps(graph, rule, graph.slot(city)?),
            Self::Kinds(district) => {
                let kinds = graph.day(rule.date).kinds_within(graph.slot(district)?);
                Answer::Kinds(kinds.into_iter().map(|(kind, count)| (kind.name(), count)).collect())
            }
            Self::Path(from, to) => {
                let (from, to) = (graph.slot(from)?, graph.slot(to)?);
                Answer::Length(graph.day(rule.date).distance(from, to, PATH_LENGTH))
            }
            Self::Neighbourhood(id) => {
                Answer::Count(graph.day(rule.date).count_around(graph.slot(id)?, NEIGHBOURHOOD))
            }
            Self::Record(id) => record(graph, graph.slot(id)?, when),
        })
    }
}

fn covered<'g>(graph: &'g Graph, rule: &Rule, city: Slot) -> Answer<'g> {
    let scope = Scope { date: rule.date, within: Some(city) };
    let coverage = coverage(&rule.indicator, graph, &scope, Some(OrganizationKind::Subdistrict));
    let groups = coverage.groups.into_iter().filter_map(|group| {
        let by = graph.id(group.by?).as_str();
        Some((by, group.counts.subjects(), group.counts.covered))
    });
    Answer::Coverage(groups.collect())
}

fn gaps<'g>(graph: &'g Graph, rule: &Rule, city: Slot) -> Answer<'g> {
    let when = When::On(rule.date);
    let scope = Scope { date: rule.date, within: Some(city) };
    let gaps = first_units_in_states(&rule.indicator, graph, &scope, &[CoverageState::Uncovered], GAPS);
    let rows = gaps.into_iter().map(|(slot, _)| {
        let above = graph.ancestors(slot, when);
        let subdistrict = above.into_iter().find(|s| graph.kind(*s) == OrganizationKind::Subdistrict);
        (graph.id(slot).as_str(), graph.name(slot), subdistrict.map(|s| graph.id(s).as_str()))
    });
    Answer::Gaps(rows.collect())
}

fn record<'g>(graph: &'g Graph, slot: Slot, when: When) -> Answer<'g> {
    let relations = graph.relations_of(slot, Direction::Both, &[], when).map(|relation| {
        let (direction, other) =
            if relation.source == slot { ("out", relation.target) } else { ("in", relation.source) };
        let mode = relation.mode.map_or("", RelationMode::name);
        let (id, name) = (graph.id(other).as_str(), graph.name(other));
        Related(direction, relation.relation_type.name(), mode, id, name)
    });
    let mut relations: Vec<_> = relations.collect();
    relations.sort_unstable();
    let columns = Record(
        graph.id(slot).as_str(),
        graph.kind(slot).name(),
        graph.name(slot),
        graph.division(slot),
        graph.credit_code(slot),
    );
    Answer::Record(columns, relations)
}
