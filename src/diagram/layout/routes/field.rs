use crate::diagram::layout::{Layout, Point, Rect, Size};

/// The distance of grid lines, in pixels: every gap between boxes has one that touches neither.
pub(super) const CELL: i32 = 4;
/// How near to a box no way comes.
const CLEAR: i32 = 2;
/// How far beyond the layout ways may lead.
const BEYOND: i32 = 16;
/// A chart that has more places has no room for lines that anybody could follow.
const MOST_PLACES: usize = 1 << 25;

const BLOCKED: u8 = 1;
const BESIDE_UPRIGHT: u8 = 2;
const BESIDE_LEVEL: u8 = 4;
const USED_UPRIGHT: u8 = 8;
const USED_LEVEL: u8 = 16;

/// What a step costs: where nothing is, and more where it lies on lines of others or crosses them.
pub(super) const STEP: u32 = 2;
const ALONG_TREE: u32 = 24;
const ACROSS_TREE: u32 = 5;
const ALONG_OTHER: u32 = 16;
const ACROSS_OTHER: u32 = 3;

/// Which way a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Level,
    Upright,
}

/// The places that ways lead through, row by row, and what is there.
pub(super) struct Field {
    /// The upper left place, in steps of the grid.
    first: (i32, i32),
    columns: i32,
    rows: i32,
    places: Vec<u8>,
}

/// Where a way may leave or reach a box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    /// The place before the edge.
    pub(super) place: u32,
    /// The direction in which it is left.
    pub(super) axis: Axis,
    /// Where the way touches the edge.
    pub(super) edge: Point,
}

impl Field {
    /// A field around a layout; `None` where it would have too many places.
    pub(super) fn new(layout: &Layout) -> Option<Self> {
        let first = (-BEYOND).div_euclid(CELL);
        let columns = (layout.size.width + BEYOND).div_euclid(CELL) - first + 1;
        let rows = (layout.size.height + BEYOND).div_euclid(CELL) - first + 1;
        let count = usize::try_from(i64::from(columns) * i64::from(rows)).ok()?;
        if count > MOST_PLACES {
            return None;
        }
        let mut field = Self { first: (first, first), columns, rows, places: vec![0; count] };
        for rect in &layout.boxes {
            field.mark(around(*rect, CLEAR), BLOCKED);
        }
        for [one, other] in layout.connectors.iter().flat_map(|connector| &connector.pieces) {
            let flag = if one.x == other.x { BESIDE_UPRIGHT } else { BESIDE_LEVEL };
            field.mark(around(spanned(*one, *other), CELL), flag);
        }
        Some(field)
    }

    /// Marks every place that is inside a rectangle and not on its edge.
    fn mark(&mut self, rect: Rect, flag: u8) {
        let least = |from: i32| from.div_euclid(CELL) + 1;
        let most = |to: i32| (to - 1).div_euclid(CELL);
        for row in least(rect.y).max(self.first.1)..=most(rect.bottom()).min(self.first.1 + self.rows - 1) {
            for column in
                least(rect.x).max(self.first.0)..=most(rect.right()).min(self.first.0 + self.columns - 1)
            {
                if let Some(place) = self.place(column, row) {
                    self.places[place as usize] |= flag;
                }
            }
        }
    }

    /// The place of a column and a row of the grid.
    fn place(&self, column: i32, row: i32) -> Option<u32> {
        let (column, row) = (column - self.first.0, row - self.first.1);
        let inside = (0..self.columns).contains(&column) && (0..self.rows).contains(&row);
        // No more than MOST_PLACES.
        inside.then(|| u32::try_from(i64::from(row) * i64::from(self.columns) + i64::from(column)).ok())?
    }

    /// The column and the row of a place.
    pub(super) fn at(&self, place: u32) -> (i32, i32) {
        let (columns, place) = (self.columns.unsigned_abs(), place);
        let (row, column) = (place / columns, place % columns);
        (column.cast_signed() + self.first.0, row.cast_signed() + self.first.1)
    }

    /// Where a place is on the chart.
    pub(super) fn point(&self, place: u32) -> Point {
        let (column, row) = self.at(place);
        Point { x: column * CELL, y: row * CELL }
    }

    /// The places beside one that are free, each with the direction of the step and what it costs.
    pub(super) fn beside(&self, place: u32) -> impl Iterator<Item = (u32, Axis, u32)> + use<'_> {
        let (column, row) = self.at(place);
        let steps =
            [(1, 0, Axis::Level), (-1, 0, Axis::Level), (0, 1, Axis::Upright), (0, -1, Axis::Upright)];
        steps.into_iter().filter_map(move |(across, down, axis)| {
            let next = self.place(column + across, row + down)?;
            Some((next, axis, self.cost(next, axis)?))
        })
    }

    /// What a step to a place costs; `None` where a box is.
    fn cost(&self, place: u32, axis: Axis) -> Option<u32> {
        let flags = self.places[place as usize];
        if flags & BLOCKED != 0 {
            return None;
        }
        let of = |flag: u8, cost: u32| if flags & flag != 0 { cost } else { 0 };
        Some(
            STEP + match axis {
                Axis::Upright => {
                    of(BESIDE_UPRIGHT, ALONG_TREE)
                        + of(BESIDE_LEVEL, ACROSS_TREE)
                        + of(USED_UPRIGHT, ALONG_OTHER)
                        + of(USED_LEVEL, ACROSS_OTHER)
                }
                Axis::Level => {
                    of(BESIDE_LEVEL, ALONG_TREE)
                        + of(BESIDE_UPRIGHT, ACROSS_TREE)
                        + of(USED_LEVEL, ALONG_OTHER)
                        + of(USED_UPRIGHT, ACROSS_OTHER)
                }
            },
        )
    }

    /// The middles of the sides of a box, as far as there is room before them.
    pub(super) fn ports(&self, rect: Rect) -> Vec<Port> {
        let nearest = |middle: i32| (middle + CELL / 2).div_euclid(CELL);
        let before = |edge: i32| (edge - CLEAR).div_euclid(CELL);
        let behind = |edge: i32| (edge + CLEAR + CELL - 1).div_euclid(CELL);
        let (column, row) = (nearest(rect.centre_x()), nearest(rect.centre_y()));
        let (x, y) = (column * CELL, row * CELL);
        let sides = [
            (behind(rect.right()), row, Axis::Level, Point { x: rect.right(), y }),
            (column, behind(rect.bottom()), Axis::Upright, Point { x, y: rect.bottom() }),
            (before(rect.x), row, Axis::Level, Point { x: rect.x, y }),
            (column, before(rect.y), Axis::Upright, Point { x, y: rect.y }),
        ];
        let port = |(column, row, axis, edge)| {
            let place = self.place(column, row)?;
            self.cost(place, axis).map(|_| Port { place, axis, edge })
        };
        sides.into_iter().filter_map(port).collect()
    }

    /// Keeps lines of other boxes off ways that are taken.
    pub(super) fn use_up(&mut self, ways: impl Iterator<Item = (u32, Axis)>) {
        for (place, axis) in ways {
            self.places[place as usize] |= match axis {
                Axis::Upright => USED_UPRIGHT,
                Axis::Level => USED_LEVEL,
            };
        }
    }
}

fn around(rect: Rect, by: i32) -> Rect {
    let size = Size { width: rect.size.width + 2 * by, height: rect.size.height + 2 * by };
    Rect { x: rect.x - by, y: rect.y - by, size }
}

fn spanned(one: Point, other: Point) -> Rect {
    let size = Size { width: (one.x - other.x).abs(), height: (one.y - other.y).abs() };
    Rect { x: one.x.min(other.x), y: one.y.min(other.y), size }
}
