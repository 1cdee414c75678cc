use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::ChartOptions;
use super::details::{draw_box, more, written};
use crate::diagram::{Arrangement, Chart, ChartLine};
use crate::graph::{Direction, Graph, RelationView, Slot, When};
use crate::model::RelationType;

/// Draws an organisation and all that is so many relations away from it.
pub(super) fn draw(graph: &Graph, options: &ChartOptions, chart: &mut Chart) {
    chart.arrangement = Arrangement::Layered;
    let mut drawn: HashMap<Slot, usize> = HashMap::new();
    let mut queue = VecDeque::from([(options.root, 0)]);
    put(graph, options, chart, &mut drawn, options.root);
    let mut omitted = Vec::new();
    while let Some((slot, level)) = queue.pop_front() {
        if level == options.depth {
            continue;
        }
        if chart.boxes.len() > options.most {
            return;
        }
        let mut new = BTreeSet::new();
        for relation in relations(graph, options, slot) {
            let other = if relation.source == slot { relation.target } else { relation.source };
            if !drawn.contains_key(&other) && options.shows(graph.kind(other)) {
                new.insert(other);
            }
        }
        let mut new = graph.sorted_by_id(new);
        new.sort_by_key(|other| graph.kind(*other));
        if new.len() > options.limit {
            // Those with most relations are shown, in the same order.
            let mut chosen = new.clone();
            chosen.sort_by_cached_key(|other| Reverse(relations(graph, options, *other).count()));
            let hidden: HashSet<Slot> = chosen.split_off(options.limit).into_iter().collect();
            let (hidden, shown): (Vec<_>, Vec<_>) = new.into_iter().partition(|other| hidden.contains(other));
            new = shown;
            omitted.push((drawn[&slot], hidden));
        }
        for other in new {
            put(graph, options, chart, &mut drawn, other);
            queue.push_back((other, level + 1));
        }
    }
    // Every relation between two boxes, those of the same two together.
    let mut lines: BTreeMap<(usize, usize), Vec<RelationType>> = BTreeMap::new();
    for (slot, from) in &drawn {
        for relation in relations(graph, options, *slot).filter(|relation| relation.source == *slot) {
            if let Some(to) = drawn.get(&relation.target) {
                lines.entry((*from, *to)).or_default().push(relation.relation_type);
            }
        }
    }
    for ((from, to), mut types) in lines {
        types.sort();
        types.dedup();
        let names: Vec<&str> = types.iter().map(|t| written("RelationType", t.name())).collect();
        chart.lines.push(ChartLine { from, to, second: false, label: Some(names.join("、")) });
    }
    for (from, mut hidden) in omitted {
        // What is reached another way is not left out.
        hidden.retain(|other| !drawn.contains_key(other));
        if !hidden.is_empty() {
            let more = more(graph, &hidden);
            chart.synthetic |= more.synthetic;
            chart.lines.push(ChartLine::tree(from, chart.boxes.len()));
            chart.boxes.push(more);
        }
    }
}

fn relations<'a>(
    graph: &'a Graph,
    options: &ChartOptions,
    slot: Slot,
) -> impl Iterator<Item = RelationView<'a>> {
    graph.relations_of(slot, Direction::Both, &[], When::On(options.date))
}

fn put(
    graph: &Graph,
    options: &ChartOptions,
    chart: &mut Chart,
    drawn: &mut HashMap<Slot, usize>,
    slot: Slot,
) {
    drawn.insert(slot, chart.boxes.len());
    let drawn_box = draw_box(graph, options, slot);
    chart.synthetic |= drawn_box.synthetic;
    chart.boxes.push(drawn_box);
}
