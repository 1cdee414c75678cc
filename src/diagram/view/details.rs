use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{ChartOptions, View};
use crate::diagram::ChartBox;
use crate::graph::{Direction, Graph, Operand, RelationView, Slot, When};
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
    details.extend(set_up_in(graph, options, slot));
    let overlay = options.overlay.as_ref();
    ChartBox {
        id: Some(graph.id(slot).to_string()),
        kind: Some(graph.kind(slot)),
        name: graph.name(slot).to_string(),
        details,
        mark: overlay.and_then(|overlay| overlay.marks.get(&slot).copied()),
        ratio: overlay.and_then(|overlay| overlay.ratios.get(&slot).cloned()),
        synthetic: graph.synthetic().contains(slot.position()),
    }
}

/// How many kinds are told apart among those that are left out.
const KINDS: usize = 3;

/// The box that stands for those that are left out: how many there are, and of which kinds.
pub(super) fn more(kinds: impl Iterator<Item = OrganizationKind>) -> ChartBox {
    let mut counts: BTreeMap<OrganizationKind, usize> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_by_key(|(kind, count)| (Reverse(*count), *kind));
    let (named, others) = sorted.split_at(sorted.len().min(KINDS));
    let mut details: Vec<String> =
        named.iter().map(|(kind, n)| format!("{} {n}", written("OrganizationKind", kind.name()))).collect();
    if !others.is_empty() {
        details.push(format!("其他 {}", others.iter().map(|(_, count)| count).sum::<usize>()));
    }
    ChartBox { details, ..ChartBox::named(None, format!("另有 {all} 个")) }
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

/// Where a Party organisation is set up: a line for the first place, and how many more there are.
fn set_up_in(graph: &Graph, options: &ChartOptions, slot: Slot) -> Option<String> {
    if !matches!(options.view, View::Party | View::Affiliation) {
        return None;
    }
    let when = When::On(options.date);
    let found = graph.relations_of(slot, Direction::Out, &[RelationType::Organizes], when).map(|r| r.slot);
    let sorted = graph.sorted_relations(found);
    let first: RelationView<'_> = graph.relation_at(*sorted.first()?)?;
    let name = graph.name(first.target);
    Some(match sorted.len() {
        1 => format!("设于 {name}"),
        n => format!("设于 {name} 等 {n} 处"),
    })
}
