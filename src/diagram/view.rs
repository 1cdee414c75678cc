use std::collections::HashMap;

use crate::graph::{Direction, Graph, RelationView, Slot, When};
use crate::model::{Date, RelationType};

use super::{Chart, ChartBox, ChartLine};

/// What a chart shows below its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum View {
    /// What stands within what: `PART_OF` and `LOCATED_IN`.
    Hierarchy,
    /// Party organisations under each other, and where each is set up: `SUBORDINATE_TO` and `ORGANIZES`.
    Party,
}

/// What part is shown.
#[derive(Clone, Copy, Debug)]
pub struct ChartOptions {
    /// What is shown below the root.
    pub view: View,
    /// The box at the top.
    pub root: Slot,
    /// How many steps below the root.
    pub depth: u32,
    /// How many boxes hang from one at the most; the rest is counted in a box of its own.
    pub limit: usize,
    /// The day on which all of it exists and holds.
    pub date: Date,
}

impl ChartOptions {
    /// How many steps below the root where nobody says.
    pub const DEPTH: u32 = 2;

    /// How many boxes hang from one where nobody says.
    pub const LIMIT: usize = 20;
}

/// Draws up a chart.
pub fn chart(graph: &Graph, options: &ChartOptions) -> Chart {
    let mut drawing = Drawing { graph, options, chart: empty(graph, options), drawn: HashMap::new() };
    if graph.exists(options.root, When::On(options.date)) {
        drawing.draw();
    }
    drawing.chart
}

fn empty(graph: &Graph, options: &ChartOptions) -> Chart {
    let view: &str = options.view.into();
    let title = format!("{} · {view} · {}", graph.name(options.root), options.date);
    Chart { title, boxes: Vec::new(), lines: Vec::new(), synthetic: false }
}

struct Drawing<'a> {
    graph: &'a Graph,
    options: &'a ChartOptions,
    chart: Chart,
    /// The box of each organisation that has one.
    drawn: HashMap<Slot, usize>,
}

impl Drawing<'_> {
    fn draw(&mut self) {
        let mut level = vec![self.draw_box(self.options.root)];
        for _ in 0..self.options.depth {
            level = level.into_iter().flat_map(|(slot, upper)| self.draw_below(slot, upper)).collect();
        }
    }

    /// Draws what hangs from a box; gives back what is new.
    fn draw_below(&mut self, slot: Slot, upper: usize) -> Vec<(Slot, usize)> {
        let below = self.below(slot);
        let mut new = Vec::new();
        let shown = below.len().min(self.options.limit);
        for lower in &below[..shown] {
            let standing = self.drawn.get(lower).copied();
            let to = standing.unwrap_or_else(|| {
                let drawn = self.draw_box(*lower);
                new.push(drawn);
                drawn.1
            });
            self.chart.lines.push(ChartLine { from: upper, to, second: standing.is_some() });
        }
        let omitted = below.len() - shown;
        if omitted > 0 {
            self.chart.lines.push(ChartLine { from: upper, to: self.chart.boxes.len(), second: false });
            self.chart.boxes.push(ChartBox { id: None, text: vec![format!("+{omitted} …")] });
        }
        new
    }

    fn draw_box(&mut self, slot: Slot) -> (Slot, usize) {
        let position = self.chart.boxes.len();
        let mut text = vec![self.graph.name(slot).to_string(), self.graph.kind(slot).label().simplified];
        text.extend(self.set_up_in(slot));
        self.chart.boxes.push(ChartBox { id: Some(self.graph.id(slot).to_string()), text });
        self.chart.synthetic |= self.graph.synthetic().contains(slot.position());
        self.drawn.insert(slot, position);
        (slot, position)
    }

    /// What hangs from an organisation in this view: by kind, so that committees come before branches and
    /// territories before places, then by id.
    fn below(&self, slot: Slot) -> Vec<Slot> {
        let when = When::On(self.options.date);
        let mut below = match self.options.view {
            View::Hierarchy => self.graph.children(slot, when),
            View::Party => {
                let subordinate = [RelationType::SubordinateTo];
                let sources = self.graph.relations_of(slot, Direction::In, &subordinate, when);
                self.graph.sorted_by_id(sources.map(|r| r.source))
            }
        };
        below.dedup();
        below.sort_by_key(|lower| self.graph.kind(*lower));
        below
    }

    /// Where a Party organisation is set up: a line for the first place, and how many more there are.
    fn set_up_in(&self, slot: Slot) -> Option<String> {
        if self.options.view != View::Party {
            return None;
        }
        let organizes = [RelationType::Organizes];
        let when = When::On(self.options.date);
        let found = self.graph.relations_of(slot, Direction::Out, &organizes, when).map(|r| r.slot);
        let sorted = self.graph.sorted_relations(found);
        let first: RelationView<'_> = self.graph.relation_at(*sorted.first()?)?;
        let name = self.graph.name(first.target);
        Some(match sorted.len() {
            1 => format!("▸ {name}"),
            n => format!("▸ {name} +{}", n - 1),
        })
    }
}
