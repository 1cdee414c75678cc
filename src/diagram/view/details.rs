use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{ChartOptions, View};
use crate::diagram::ChartBox;
use crate::graph::{Direction, Graph, Operand, Slot, When};
use crate::model::{Date, EnumLabels, OrganizationKind, RelationType};

/// What may be said of an organisation below its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Detail {
    /// Its kind.
    Kind,
    /// Its Party members.
    Members,
    /// Its employees.
    Employees,
    /// Its credit code, or its division code where it has none.
    Code,
    /// From when to when it exists.
    Dates,
    /// Its id.
    Id,
}

/// The box of an organisation.
pub(super) fn draw_box(graph: &Graph, options: &ChartOptions, slot: Slot) -> ChartBox {
    let mut details: Vec<String> =
        options.details.iter().filter_map(|detail| detail.text(graph, slot, options)).collect();
    let places = set_up_in(graph, options, slot);
    details.extend(set_up_text(graph, &places));
    let is_synthetic = |slot: &Slot| graph.synthetic().contains(slot.position());
    ChartBox {
        id: Some(graph.id(slot).to_string()),
        kind: Some(graph.kind(slot)),
        name: graph.name(slot).to_string(),
        details,
        synthetic: is_synthetic(&slot) || places.iter().any(is_synthetic),
        ..ChartBox::default()
    }
}

/// How many kinds are told apart among those that are left out.
const KINDS: usize = 3;

/// The box that stands for those that are left out: how many there are, and of which kinds.
pub(super) fn more(graph: &Graph, hidden: &[Slot]) -> ChartBox {
    let mut counts: BTreeMap<OrganizationKind, usize> = BTreeMap::new();
    for slot in hidden {
        *counts.entry(graph.kind(*slot)).or_default() += 1;
    }
    let synthetic = hidden.iter().any(|slot| graph.synthetic().contains(slot.position()));
    let all: usize = counts.values().sum();
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by_key(|(kind, count)| (Reverse(*count), *kind));
    let (named, others) = sorted.split_at(sorted.len().min(KINDS));
    let mut details: Vec<String> =
        named.iter().map(|(kind, n)| format!("{} {n}", written("OrganizationKind", kind.name()))).collect();
    if !others.is_empty() {
        details.push(format!("其他 {}", others.iter().map(|(_, count)| count).sum::<usize>()));
    }
    ChartBox { details, synthetic, ..ChartBox::named(None, format!("另有 {all} 个")) }
}

impl Detail {
    fn text(self, graph: &Graph, slot: Slot, options: &ChartOptions) -> Option<String> {
        match self {
            Self::Kind => Some(written("OrganizationKind", graph.kind(slot).name()).to_owned()),
            Self::Members => number(graph, slot, "members", options).map(|count| format!("党员 {count}")),
            Self::Employees => number(graph, slot, "employees", options).map(|count| format!("职工 {count}")),
            Self::Code => {
                let division = || graph.division(slot).map(|code| code.to_string());
                graph.credit_code(slot).map(|code| code.to_string()).or_else(division)
            }
            Self::Dates => {
                let life = graph.record(slot)?.life;
                match (life.from(), life.to()) {
                    (None, None) => None,
                    (from, to) => {
                        let day = |day: Option<Date>| day.map_or_else(String::new, |d| d.to_string());
                        Some(format!("{}—{}", day(from), day(to)))
                    }
                }
            }
            Self::Id => Some(graph.id(slot).to_string()),
        }
    }
}

/// How readers of simplified Chinese write a value of an enum.
pub(super) fn written(of: &str, value: &'static str) -> &'static str {
    EnumLabels::of(of).and_then(|labels| labels.simplified(value)).unwrap_or(value)
}

fn number(graph: &Graph, slot: Slot, operand: &str, options: &ChartOptions) -> Option<String> {
    let (when, below) = (When::On(options.date), options.kept_back_below);
    graph.told_value(slot, &Operand::named(operand)?, when, below).map(|value| value.to_string())
}

/// Where a Party organisation is set up, in the order of ids.
fn set_up_in(graph: &Graph, options: &ChartOptions, slot: Slot) -> Vec<Slot> {
    if !matches!(options.view, View::Party | View::Affiliation) {
        return Vec::new();
    }
    let when = When::On(options.date);
    let found = graph.relations_of(slot, Direction::Out, &[RelationType::Organizes], when);
    let sorted = graph.sorted_relations(found.map(|relation| relation.slot));
    sorted.into_iter().filter_map(|relation| graph.relation_at(relation)).map(|r| r.target).collect()
}

/// The first place of some, and how many there are.
fn set_up_text(graph: &Graph, places: &[Slot]) -> Option<String> {
    let name = graph.name(*places.first()?);
    Some(match places.len() {
        1 => format!("设于 {name}"),
        n => format!("设于 {name} 等 {n} 处"),
    })
}
