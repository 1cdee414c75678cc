use super::super::Layout;
use super::frontier::Frontier;
use super::groups::{Bodies, Body};
use super::{INSET, LINE_INSET};

/// What is kept between neighbours that move towards each other, where there was as much: room for the line from a box to
/// the next level.
const GAP: i32 = 28;
/// So often everything is gone through; a chart needs two or three.
const ROUNDS: usize = 200;

/// Moves to the right what would be cut where sheets of this width meet, the first of them beginning `origin` left of
/// the layout; what is wider than a sheet is cut, and so may be what hangs beside others on sheets narrower than three
/// boxes.
pub(super) fn push(mut layout: Layout, sheet: i32, origin: i32) -> Layout {
    let bodies = Bodies::of(&layout);
    let shifts = Pushing { bodies: &bodies, sheet, origin }.shifts();
    let moved = |body: usize| shifts[bodies.group(body)];
    // Upright pieces are bodies, in their order behind the boxes.
    let mut piece_body = layout.boxes.len()..;
    for connector in &mut layout.connectors {
        for piece in &mut connector.pieces {
            piece.sort_unstable_by_key(|end| (end.x, end.y));
            let [left, right] = *piece;
            let by = if left.x == right.x {
                let by = piece_body.next().map_or(0, moved);
                [by, by]
            } else {
                // Where several pieces meet, a level one reaches to the outermost of them.
                let holders = |end| bodies.holders(connector.from, end).into_iter().map(moved);
                [holders(left).min().unwrap_or_default(), holders(right).max().unwrap_or_default()]
            };
            for (end, by) in piece.iter_mut().zip(by) {
                end.x += by;
            }
        }
    }
    for (position, rect) in layout.boxes.iter_mut().enumerate() {
        rect.x += moved(position);
        layout.size.width = layout.size.width.max(rect.right());
    }
    layout
}

struct Pushing<'a> {
    bodies: &'a Bodies,
    sheet: i32,
    origin: i32,
}

impl Pushing<'_> {
    /// How far each group moves, by the body that it is named by.
    fn shifts(&self) -> Vec<i32> {
        let all = &self.bodies.all;
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by_key(|body| (all[*body].left, all[*body].right, all[*body].top, *body));
        let before = self.neighbours(&order);
        let groups: Vec<usize> = (0..all.len()).map(|body| self.bodies.group(body)).collect();
        let mut shifts = vec![0; all.len()];
        for _ in 0..ROUNDS {
            let mut changed = false;
            for body in &order {
                let mut shift = shifts[groups[*body]];
                for other in &before[*body] {
                    let apart = (all[*body].left - all[*other].right).min(GAP);
                    shift = shift.max(all[*other].right + shifts[groups[*other]] + apart - all[*body].left);
                }
                shift = self.whole(&all[*body], shift);
                changed |= shift > shifts[groups[*body]];
                shifts[groups[*body]] = shift;
            }
            if !changed {
                return shifts;
            }
        }
        // Boxes that keep together enclose one that finds no room between them, on sheets hardly wider than a box.
        vec![0; all.len()]
    }

    /// What stands directly left of each body at any height; what keeps together needs no distance.
    fn neighbours(&self, order: &[usize]) -> Vec<Vec<usize>> {
        let all = &self.bodies.all;
        let mut frontier = Frontier::default();
        let mut before = vec![Vec::new(); all.len()];
        for body in order {
            let mut hidden = frontier.put(all[*body].top, all[*body].bottom + 1, *body);
            hidden.sort_unstable();
            hidden.dedup();
            let apart = |other: &usize| {
                self.bodies.group(*other) != self.bodies.group(*body) && all[*other].right <= all[*body].left
            };
            before[*body] = hidden.into_iter().filter(apart).collect();
        }
        before
    }

    /// The least shift from `shift` on by which a box is cut nowhere.
    fn whole(&self, body: &Body, shift: i32) -> i32 {
        let width = body.right - body.left + LINE_INSET + INSET;
        if !body.whole || width > self.sheet {
            return shift;
        }
        let left = self.origin + body.left + shift - LINE_INSET;
        if left < 0 {
            return shift - left;
        }
        let beyond = left % self.sheet + width - self.sheet;
        if beyond > 0 { shift + self.sheet - left % self.sheet } else { shift }
    }
}
