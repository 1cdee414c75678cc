use std::collections::VecDeque;

use super::{Flow, Layout, Point, Rect, Route, Size};
use crate::diagram::Chart;
use crate::work::go_on;

/// Between two layers: room for lines and what is written on them.
const LAYER_GAP: i32 = 130;
/// Between neighbours of a layer.
const SIBLING_GAP: i32 = 18;
/// How wide a line is that passes through a layer.
const PASSAGE: i32 = 10;
/// How often the layers are gone through, there and back.
const SWEEPS: usize = 6;

/// Lays out a chart in layers by the distance of its boxes from the first: what the first leads to on one side, what
/// leads to the first on the other, and beyond each what is reached from there.
///
/// After the boxes there are those that stand for places where lines pass through a layer; [`pass`] makes lines of them.
pub(super) fn layered(chart: &Chart, sizes: &[Size], flow: Flow) -> (Layout, Vec<Passing>) {
    let sizes: Vec<Size> = match flow {
        Flow::TopDown => sizes.to_vec(),
        Flow::LeftRight => sizes.iter().map(|size| size.transposed()).collect(),
    };
    let mut drawing = Layers::new(chart, &sizes);
    drawing.order();
    let layout = drawing.place();
    let layout = match flow {
        Flow::TopDown => layout,
        Flow::LeftRight => layout.transposed(),
    };
    (layout, drawing.passing)
}

/// Lets lines pass through their places, wherever these have been moved, and takes the places away.
pub(super) fn pass(layout: &mut Layout, count: usize, passing: Vec<Passing>, flow: Flow) {
    let places = layout.boxes.split_off(count);
    let ends = |place: &usize| {
        let rect = places[place - count];
        match flow {
            Flow::TopDown => [rect.y, rect.bottom()].map(|y| Point { x: rect.centre_x(), y }),
            Flow::LeftRight => [rect.x, rect.right()].map(|x| Point { x, y: rect.centre_y() }),
        }
    };
    let route = |Passing { line, places, backwards }: Passing| {
        let mut points: Vec<Point> = places.iter().flat_map(ends).collect();
        if backwards {
            points.reverse();
        }
        Route { line, points }
    };
    layout.routes = passing.into_iter().map(route).collect();
}

/// A line that passes through layers.
pub(super) struct Passing {
    line: usize,
    /// The places where it does, from the first layer to the last.
    places: Vec<usize>,
    /// Whether it leads from the last to the first.
    backwards: bool,
}

struct Layers {
    /// How many boxes there are; the rest are places.
    count: usize,
    /// Of the boxes, and of the places where lines pass through a layer, so that these find room between them.
    sizes: Vec<Size>,
    neighbours: Vec<Vec<usize>>,
    level: Vec<usize>,
    /// The boxes of each layer from left to right.
    layers: Vec<Vec<usize>>,
    passing: Vec<Passing>,
}

impl Layers {
    fn new(chart: &Chart, boxes: &[Size]) -> Self {
        let mut sizes = boxes.to_vec();
        let mut neighbours = vec![Vec::new(); sizes.len()];
        for line in chart.lines.iter().filter(|line| line.from != line.to) {
            neighbours[line.from].push(line.to);
            neighbours[line.to].push(line.from);
        }
        let mut led_to = vec![false; sizes.len()];
        for line in chart.lines.iter().filter(|line| line.from == 0) {
            led_to[line.to] = true;
        }
        let mut level = levels(&neighbours, &led_to);
        let mut passing = Vec::new();
        for (number, line) in chart.lines.iter().enumerate() {
            let (from, to) = (level[line.from], level[line.to]);
            let between = from.min(to) + 1..from.max(to);
            if between.is_empty() {
                continue;
            }
            neighbours[line.from].retain(|other| *other != line.to);
            neighbours[line.to].retain(|other| *other != line.from);
            let mut places: Vec<usize> = Vec::new();
            for passed in between {
                places.push(sizes.len());
                sizes.push(Size { width: PASSAGE, height: 0 });
                level.push(passed);
                neighbours.push(Vec::new());
            }
            let (first, last) = if from < to { (line.from, line.to) } else { (line.to, line.from) };
            let all: Vec<usize> = [&[first], places.as_slice(), &[last]].concat();
            for pair in all.windows(2) {
                neighbours[pair[0]].push(pair[1]);
                neighbours[pair[1]].push(pair[0]);
            }
            passing.push(Passing { line: number, places, backwards: from > to });
        }
        let mut layers = vec![Vec::new(); level.iter().max().map_or(0, |deepest| deepest + 1)];
        for (position, level) in level.iter().enumerate() {
            layers[*level].push(position);
        }
        Self { count: boxes.len(), sizes, neighbours, level, layers, passing }
    }

    /// Orders each layer by where the neighbours of its boxes stand, on average, in the layer before.
    fn order(&mut self) {
        let mut place = vec![0; self.sizes.len()];
        for layer in &self.layers {
            number(layer, &mut place);
        }
        for _ in 0..SWEEPS {
            let there = 1..self.layers.len();
            let back = (0..self.layers.len().saturating_sub(1)).rev();
            let steps = there.map(|layer| (layer, layer - 1)).chain(back.map(|layer| (layer, layer + 1)));
            for (layer, beside) in steps {
                go_on();
                let centre = |position: &usize| {
                    let near = self.neighbours[*position].iter().filter(|n| self.level[**n] == beside);
                    let (sum, count) = near.fold((0, 0), |(sum, count), n| (sum + place[*n], count + 1));
                    if count == 0 { place[*position] * 1000 } else { sum * 1000 / count }
                };
                let mut ordered = self.layers[layer].clone();
                ordered.sort_by_cached_key(centre);
                number(&ordered, &mut place);
                self.layers[layer] = ordered;
            }
        }
    }

    /// Puts each box as near to the middle of its neighbours as those beside it allow.
    fn place(&self) -> Layout {
        let mut left = vec![0; self.sizes.len()];
        for layer in &self.layers {
            let wanted = vec![0; layer.len()];
            self.settle(layer, &wanted, &mut left);
        }
        for _ in 0..SWEEPS {
            let there = 0..self.layers.len();
            for layer in there.clone().chain(there.rev()) {
                go_on();
                let boxes = &self.layers[layer];
                let wanted: Vec<i32> = boxes.iter().map(|position| self.wanted(*position, &left)).collect();
                self.settle(boxes, &wanted, &mut left);
            }
        }
        let least = left.iter().min().copied().unwrap_or_default();
        let mut layout = Layout { boxes: vec![Rect::default(); self.sizes.len()], ..Layout::default() };
        let mut y = self.aside(0);
        for layer in &self.layers {
            let height = layer.iter().map(|position| self.sizes[*position].height).max().unwrap_or_default();
            for position in layer {
                let mut size = self.sizes[*position];
                if *position >= self.count {
                    // Straight through the layer, from one side of it to the other.
                    size.height = height;
                }
                let rect = Rect { x: left[*position] - least, y: y + (height - size.height) / 2, size };
                layout.size.width = layout.size.width.max(rect.right());
                layout.boxes[*position] = rect;
            }
            layout.size.height = y + height;
            y += height + LAYER_GAP;
        }
        layout.size.height += self.aside(self.layers.len() - 1);
        layout
    }

    /// Room beside the first or the last layer, if lines join boxes of it.
    fn aside(&self, layer: usize) -> i32 {
        let joined = |position: &usize| {
            let near = self.neighbours[*position].iter();
            near.into_iter().any(|other| self.level[*other] == layer)
        };
        if self.layers[layer].iter().any(joined) { LAYER_GAP } else { 0 }
    }

    /// Where the left edge of a box would best be.
    fn wanted(&self, position: usize, left: &[i32]) -> i32 {
        let near: Vec<i32> = self.neighbours[position]
            .iter()
            .filter(|other| self.level[**other] != self.level[position])
            .map(|other| left[*other] + self.sizes[*other].width / 2)
            .collect();
        let count = i32::try_from(near.len()).unwrap_or(i32::MAX);
        if count == 0 {
            return left[position];
        }
        near.iter().sum::<i32>() / count - self.sizes[position].width / 2
    }

    /// Moves the boxes of a layer to where they want to be, without changing their order or letting them overlap:
    /// those that want the same room share the distance (pool adjacent violators).
    fn settle(&self, layer: &[usize], wanted: &[i32], left: &mut [i32]) {
        let mut offset = 0;
        let mut pools: Vec<(i64, i64)> = Vec::new();
        let mut offsets = Vec::with_capacity(layer.len());
        for (position, wanted) in layer.iter().zip(wanted) {
            offsets.push(offset);
            pools.push((i64::from(wanted - offset), 1));
            offset += self.sizes[*position].width + SIBLING_GAP;
            while let [.., (before, many), (sum, count)] = pools.as_slice()
                && before * count > sum * many
            {
                let joined = (before + sum, many + count);
                pools.truncate(pools.len() - 2);
                pools.push(joined);
            }
        }
        let mut places = layer.iter().zip(offsets);
        for (sum, count) in pools {
            let shift = i32::try_from(sum.div_euclid(count)).unwrap_or_default();
            for (position, offset) in places.by_ref().take(usize::try_from(count).unwrap_or_default()) {
                left[*position] = shift + offset;
            }
        }
    }
}

/// The layer of each box: before that of the first box what leads to it, after it what it leads to. What is not joined to
/// it stands beside it.
fn levels(neighbours: &[Vec<usize>], led_to: &[bool]) -> Vec<usize> {
    let mut level = vec![0_i32; neighbours.len()];
    let mut seen = vec![false; neighbours.len()];
    let mut queue = VecDeque::from([0]);
    seen[0] = true;
    while let Some(position) = queue.pop_front() {
        for other in &neighbours[position] {
            if !seen[*other] {
                seen[*other] = true;
                let onwards = match position {
                    0 if led_to[*other] => 1,
                    0 => -1,
                    _ => level[position].signum(),
                };
                level[*other] = level[position] + onwards;
                queue.push_back(*other);
            }
        }
    }
    let first = level.iter().min().copied().unwrap_or_default();
    level.into_iter().map(|level| level.abs_diff(first) as usize).collect()
}

fn number(layer: &[usize], place: &mut [i64]) {
    for (number, position) in (0..).zip(layer) {
        place[*position] = number;
    }
}
