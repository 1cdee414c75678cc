use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::details::{draw_box, more};
use super::{ChartOptions, View, second_label};
use crate::diagram::{Chart, ChartLine};
use crate::graph::{Direction, Graph, Slot, When, slots};
use crate::model::{
    KindSet, OrganizationCategory, OrganizationKind, OrganizationKind as K, RelationMode, RelationType as T,
};

/// Bodies that have members.
const BODIES: KindSet = KindSet::of(&[
    K::IndustryAssociation,
    K::ChamberOfCommerce,
    K::JointBody,
    K::PartyBuildingConsortium,
    K::PartyBuildingAlliance,
    K::PartyBuildingComplex,
]);

/// Draws a view in which each box hangs from one other.
pub(super) fn draw(graph: &Graph, options: &ChartOptions, chart: &mut Chart) {
    let mut tree = Tree {
        graph,
        options,
        above: BTreeMap::new(),
        preferred: HashMap::new(),
        weights: RefCell::default(),
    };
    tree.explore();
    tree.draw(chart);
}

struct Tree<'a> {
    graph: &'a Graph,
    options: &'a ChartOptions,
    /// What each organisation of the chart hangs from, the first being the one by which it is placed.
    above: BTreeMap<Slot, Vec<Slot>>,
    /// Where not all are shown, these are shown first, the lowest before the others.
    preferred: HashMap<Slot, u8>,
    /// How many stand below an organisation, where that was asked: it decides what is shown where not all are.
    weights: RefCell<HashMap<Slot, u64>>,
}

/// No more than so many are counted below an organisation.
const COUNTED: usize = 20_000;

/// How many others a box names that it hangs from too.
const NAMED: usize = 2;

impl Tree<'_> {
    /// Finds all that the view reaches, and what each hangs from.
    fn explore(&mut self) {
        let (root, depth) = (self.options.root, self.options.depth);
        if !matches!(self.options.view, View::Affiliation | View::Chain) {
            self.explore_shown();
            return;
        }
        // What a box hangs from may be farther from the root than what it is reached from first.
        self.above = self.graph.reached(root, depth, |upper| self.below(upper));
        if self.options.view == View::Affiliation {
            let graph = self.graph;
            let when = When::On(self.options.date);
            for (lower, above) in &mut self.above {
                above.sort_by_cached_key(|upper| {
                    (superiority(graph, *lower, *upper, when), graph.id(*upper).clone())
                });
            }
            self.prefer_joints();
        }
        if self.options.view == View::Chain {
            self.prefer_party_bodies();
        }
    }

    /// Places what is no Party body under the first Party body that led to it and does not hang from it.
    fn prefer_party_bodies(&mut self) {
        let party = |slot: Slot| self.is_party(slot);
        let others: Vec<Slot> = self.above.keys().copied().filter(|slot| !party(*slot)).collect();
        for lower in others {
            let above = self.above.get(&lower).into_iter().flatten();
            let is_free = |upper: Slot| upper != lower && self.hangs_from(upper).all(|over| over != lower);
            let bodies = above.enumerate().filter(|(_, upper)| self.is_party(**upper));
            let chosen = bodies.map(|(at, upper)| (at, *upper)).find(|(_, upper)| is_free(*upper));
            if let (Some((at, _)), Some(above)) = (chosen, self.above.get_mut(&lower)) {
                above[..=at].rotate_right(1);
            }
        }
    }

    /// Second superiors are what the view of superiors is about: first those by industry, who are few, then who has one and
    /// all that both hang from.
    fn prefer_joints(&mut self) {
        let when = When::On(self.options.date);
        let mut ends: Vec<(Slot, u8)> = Vec::new();
        for (lower, above) in self.above.iter().filter(|(_, above)| above.len() > 1) {
            ends.push((*lower, 1));
            let by_industry = |upper: Slot| superiority(self.graph, *lower, upper, when) == BY_INDUSTRY;
            ends.extend(above.iter().map(|upper| (*upper, u8::from(!by_industry(*upper)))));
        }
        for (end, rank) in ends {
            let line: Vec<Slot> = std::iter::once(end).chain(self.hangs_from(end)).collect();
            for slot in line {
                let known = self.preferred.entry(slot).or_insert(rank);
                *known = rank.min(*known);
            }
        }
    }

    /// Goes no further from what is not shown, so that a wide chart costs no more than its boxes and their neighbours.
    fn explore_shown(&mut self) {
        self.above.insert(self.options.root, Vec::new());
        let mut queue = VecDeque::from([(self.options.root, 0)]);
        let mut shown = 1;
        while let Some((upper, level)) = queue.pop_front() {
            if level == self.options.depth || shown > self.options.most {
                continue;
            }
            let lowers = self.below(upper);
            let new = lowers.iter().copied().filter(|lower| !self.above.contains_key(lower)).collect();
            let (new, _) = self.chosen(new);
            queue.extend(new.iter().map(|lower| (*lower, level + 1)));
            shown += new.len();
            // The root hangs from nothing, also where what hangs from it leads back.
            for lower in lowers.into_iter().filter(|lower| *lower != self.options.root) {
                self.above.entry(lower).or_default().push(upper);
            }
        }
    }

    /// Neighbours in the order in which they stand: by kind, then by id.
    fn ordered(&self, lowers: Vec<Slot>) -> Vec<Slot> {
        let mut lowers = self.graph.sorted_by_id(lowers);
        lowers.sort_by_key(|lower| self.place(*lower));
        lowers
    }

    /// Which of some neighbours are shown, in the order in which they stand, and which are not.
    ///
    /// Where not all can be, those with most below them are, of equals those of the higher kind.
    fn chosen(&self, lowers: Vec<Slot>) -> (Vec<Slot>, Vec<Slot>) {
        let mut shown = self.ordered(lowers);
        if shown.len() <= self.options.limit {
            return (shown, Vec::new());
        }
        shown.sort_by_cached_key(|lower| {
            (self.preferred.get(lower).copied().unwrap_or(u8::MAX), Reverse(self.weight(*lower)))
        });
        let hidden = shown.split_off(self.options.limit);
        (self.ordered(shown), hidden)
    }

    /// How many stand below an organisation in this view.
    fn weight(&self, slot: Slot) -> u64 {
        if let Some(weight) = self.weights.borrow().get(&slot) {
            return *weight;
        }
        let weight = match self.options.view {
            View::Hierarchy | View::Coverage => self.graph.within(slot, When::On(self.options.date)).len(),
            _ => {
                let (mut met, mut open) = (HashSet::from([slot]), vec![slot]);
                while let Some(upper) = open.pop().filter(|_| met.len() < COUNTED) {
                    open.extend(self.below(upper).into_iter().filter(|lower| met.insert(*lower)));
                }
                met.len() as u64
            }
        };
        self.weights.borrow_mut().insert(slot, weight);
        weight
    }

    /// Draws the boxes level by level, so that those above come first.
    fn draw(&self, chart: &mut Chart) {
        let mut hanging: BTreeMap<Slot, Vec<Slot>> = BTreeMap::new();
        for (lower, above) in &self.above {
            if let Some(first) = above.first() {
                hanging.entry(*first).or_default().push(*lower);
            }
        }
        let mut drawn: HashMap<Slot, usize> = HashMap::new();
        let mut queue = VecDeque::from([self.options.root]);
        self.put(chart, &mut drawn, self.options.root);
        while let Some(upper) = queue.pop_front() {
            let from = drawn[&upper];
            if chart.boxes.len() > self.options.most {
                return;
            }
            let (shown, hidden) = self.chosen(hanging.remove(&upper).unwrap_or_default());
            for lower in shown {
                let to = self.put(chart, &mut drawn, lower);
                chart.lines.push(ChartLine::tree(from, to));
                queue.push_back(lower);
            }
            if !hidden.is_empty() {
                chart.lines.push(ChartLine::tree(from, chart.boxes.len()));
                let more = more(self.graph, &hidden);
                chart.synthetic |= more.synthetic;
                chart.boxes.push(more);
            }
        }
        for lower in self.above.keys() {
            let Some(to) = drawn.get(lower) else { continue };
            let others: BTreeSet<_> =
                self.second_above(*lower).iter().filter_map(|upper| drawn.get(upper)).copied().collect();
            let second = |from: usize| ChartLine { from, to: *to, second: true, label: None };
            chart.lines.extend(others.into_iter().map(second));
        }
    }

    /// What an organisation hangs from besides the one by which it is placed, whether that is drawn or not.
    fn second_above(&self, lower: Slot) -> Vec<Slot> {
        let first = self.above.get(&lower).and_then(|above| above.first());
        match self.options.view {
            View::Hierarchy | View::Party | View::Coverage | View::Neighbourhood => Vec::new(),
            View::Affiliation => {
                let when = When::On(self.options.date);
                let found = self.graph.relations_of(lower, Direction::Out, &[T::SubordinateTo], when);
                let mut above = self.graph.sorted_by_id(found.map(|relation| relation.target));
                above.dedup();
                above.retain(|upper| Some(upper) != first);
                above
            }
            // That it is also joined to what it stands under anyway says nothing new.
            View::Membership | View::Chain => {
                let under: Vec<Slot> = self.hangs_from(lower).collect();
                let others = self.above.get(&lower).into_iter().flatten().skip(1);
                others.filter(|upper| !under.contains(upper)).copied().collect()
            }
        }
    }

    /// What an organisation hangs from in the chart, the nearest first, up to the root.
    fn hangs_from(&self, slot: Slot) -> impl Iterator<Item = Slot> {
        let above = |slot: &Slot| self.above.get(slot).and_then(|above| above.first()).copied();
        std::iter::successors(above(&slot), above)
    }

    /// Where an organisation stands among its neighbours: by kind, those who lead a chain before all others.
    fn place(&self, slot: Slot) -> (bool, OrganizationKind) {
        let kind = self.graph.kind(slot);
        (self.options.view == View::Chain && kind.category() != OrganizationCategory::Party, kind)
    }

    fn put(&self, chart: &mut Chart, drawn: &mut HashMap<Slot, usize>, slot: Slot) -> usize {
        let position = chart.boxes.len();
        let mut drawn_box = draw_box(self.graph, self.options, slot);
        let others = self.second_above(slot);
        drawn_box.details.extend(self.second_line(slot, &others));
        drawn_box.synthetic |= others.iter().any(|upper| self.graph.synthetic().contains(upper.position()));
        chart.synthetic |= drawn_box.synthetic;
        chart.boxes.push(drawn_box);
        drawn.insert(slot, position);
        position
    }

    /// The same that dotted lines say, in words: a line may lead to another sheet, or to what is not drawn.
    fn second_line(&self, slot: Slot, others: &[Slot]) -> Option<String> {
        let named: Vec<&str> = others.iter().take(NAMED).map(|upper| self.graph.name(*upper)).collect();
        let rest = match others.len() {
            0 => return None,
            all if all > NAMED => format!(" 等 {all} 个"),
            _ => String::new(),
        };
        // The root hangs from nothing here, and what is set up in a territory is not below it.
        let above = self.above.get(&slot).and_then(|above| above.first());
        let is_first = above.is_none_or(|upper| !self.is_party(*upper));
        let what = match self.options.view {
            View::Affiliation if is_first => "上级",
            view => second_label(view),
        };
        Some(format!("{what}：{}{rest}", named.join("、")))
    }

    /// What hangs from an organisation in this view, each once.
    fn below(&self, slot: Slot) -> Vec<Slot> {
        let when = When::On(self.options.date);
        let mut below = match self.options.view {
            View::Hierarchy | View::Neighbourhood => self.graph.children(slot, when),
            View::Coverage => {
                let asked = self.options.asked.as_ref();
                let mut children = self.graph.children(slot, when);
                children.retain(|lower| asked.is_some_and(|asked| asked.contains(lower)));
                children
            }
            View::Party | View::Affiliation if slot == self.options.root && !self.is_party(slot) => {
                self.party_bodies_of(slot)
            }
            View::Party | View::Affiliation => self.sources(slot, &[T::SubordinateTo]),
            View::Membership => self.members(slot),
            View::Chain => self.chained(slot),
        };
        below.dedup();
        below.retain(|lower| self.options.shows(self.graph.kind(*lower)));
        below
    }

    fn sources(&self, slot: Slot, types: &[T]) -> Vec<Slot> {
        let when = When::On(self.options.date);
        let found = self.graph.relations_of(slot, Direction::In, types, when);
        self.graph.sorted_by_id(found.map(|relation| relation.source))
    }

    fn is_party(&self, slot: Slot) -> bool {
        self.graph.kind(slot).category() == OrganizationCategory::Party
    }

    /// The Party bodies with which a chart of something else begins: the highest of those set up in it, or else of those
    /// that stand within it.
    fn party_bodies_of(&self, slot: Slot) -> Vec<Slot> {
        let set_up = self.sources(slot, &[T::Organizes]);
        let bodies = match set_up.is_empty() {
            true => self.within(slot, OrganizationCategory::Party),
            false => set_up,
        };
        let among: HashSet<Slot> = bodies.iter().copied().collect();
        let when = When::On(self.options.date);
        let is_highest = |body: &Slot| {
            let mut above = self.graph.relations_of(*body, Direction::Out, &[T::SubordinateTo], when);
            self.is_party(*body) && !above.any(|relation| among.contains(&relation.target))
        };
        bodies.into_iter().filter(is_highest).collect()
    }

    /// The members of a body; of a territory or a place, the bodies that stand within it.
    fn members(&self, slot: Slot) -> Vec<Slot> {
        let category = self.graph.kind(slot).category();
        if slot == self.options.root
            && matches!(category, OrganizationCategory::Territory | OrganizationCategory::Place)
        {
            return self.of_kinds_within(slot, BODIES);
        }
        self.sources(slot, &[T::MemberOf])
    }

    /// Who leads a chain, and what is in it; of a body that leads it, who chairs it and who is in it.
    fn chained(&self, slot: Slot) -> Vec<Slot> {
        let category = self.graph.kind(slot).category();
        match category {
            OrganizationCategory::Sector => self.sources(slot, &[T::Leads, T::InChain, T::OperatesIn]),
            OrganizationCategory::Territory if slot == self.options.root => {
                self.of_kinds_within(slot, KindSet::of(&[K::IndustrialChain]))
            }
            OrganizationCategory::Party => self.sources(slot, &[T::Chairs, T::MemberOf]),
            _ => Vec::new(),
        }
    }

    fn of_kinds_within(&self, slot: Slot, kinds: KindSet) -> Vec<Slot> {
        self.all_within(slot, |kind| kinds.contains(kind))
    }

    fn within(&self, slot: Slot, category: OrganizationCategory) -> Vec<Slot> {
        self.all_within(slot, |kind| kind.category() == category)
    }

    fn all_within(&self, slot: Slot, is_wanted: impl Fn(OrganizationKind) -> bool) -> Vec<Slot> {
        let within = self.graph.within(slot, When::On(self.options.date));
        self.graph
            .sorted_by_id(slots(&within).filter(|found| *found != slot && is_wanted(self.graph.kind(*found))))
    }
}

/// Where superiors by industry stand among others.
const BY_INDUSTRY: u8 = 2;

/// Territorial superiors before those of which nobody says, and these before superiors by industry.
fn superiority(graph: &Graph, lower: Slot, upper: Slot, when: When) -> u8 {
    let relations = graph.relations_of(lower, Direction::Out, &[T::SubordinateTo], when);
    let rank = |mode: Option<RelationMode>| match mode {
        Some(RelationMode::Territorial) => 0,
        Some(RelationMode::Industry) => BY_INDUSTRY,
        _ => 1,
    };
    relations
        .filter(|relation| relation.target == upper)
        .map(|relation| rank(relation.mode))
        .min()
        .unwrap_or(3)
}
