use proptest::prelude::*;

use super::*;
use crate::diagram::{ChartBox, ChartLine};

/// A tree in which each box hangs from an earlier one.
fn chart(parents: &[usize]) -> Chart {
    let boxes = (0..=parents.len()).map(|number| ChartBox::named(None, format!("{number}"))).collect();
    let line = |(to, from): (usize, &usize)| ChartLine::tree(*from, to + 1);
    let lines = parents.iter().enumerate().map(line).collect();
    Chart { boxes, lines, ..Chart::default() }
}

fn segments(connector: &Connector) -> impl Iterator<Item = Rect> {
    connector.pieces.iter().map(|ends| {
        let (x, y) = (ends[0].x.min(ends[1].x), ends[0].y.min(ends[1].y));
        let size = Size { width: (ends[0].x - ends[1].x).abs(), height: (ends[0].y - ends[1].y).abs() };
        Rect { x, y, size }
    })
}

/// Whether two pieces meet, ends included.
fn meet(one: &Rect, other: &Rect) -> bool {
    one.x <= other.right() && other.x <= one.right() && one.y <= other.bottom() && other.y <= one.bottom()
}

fn check_layout(layout: &Layout, tree: bool) {
    for (number, one) in layout.boxes.iter().enumerate() {
        assert!(one.x >= 0 && one.y >= 0, "{one:?}");
        assert!(one.right() <= layout.size.width && one.bottom() <= layout.size.height, "{one:?}");
        for other in &layout.boxes[number + 1..] {
            assert!(!one.overlaps(other), "{one:?} {other:?}");
        }
    }
    if !tree {
        return;
    }
    for (number, connector) in layout.connectors.iter().enumerate() {
        for segment in segments(connector) {
            for (position, rect) in layout.boxes.iter().enumerate() {
                let inside = Rect {
                    x: rect.x + 1,
                    y: rect.y + 1,
                    size: Size { width: rect.size.width - 2, height: rect.size.height - 2 },
                };
                assert!(!meet(&segment, &inside), "{segment:?} runs through box {position} {rect:?}");
            }
            for other in layout.connectors[number + 1..].iter().filter(|c| c.from != connector.from) {
                for crossing in segments(other) {
                    assert!(
                        !meet(&segment, &crossing),
                        "{segment:?} of {} meets {crossing:?} of {}",
                        connector.from,
                        other.from
                    );
                }
            }
        }
    }
}

/// Every box but the root is reached by a line of the box that it hangs from.
fn check_reached(chart: &Chart, layout: &Layout) {
    for line in &chart.lines {
        let rect = &layout.boxes[line.to];
        let own = layout.connectors.iter().filter(|c| c.from == line.from);
        assert!(
            own.flat_map(segments).any(|segment| meet(&segment, rect)),
            "no line reaches box {}",
            line.to
        );
    }
}

/// No way of a line leads through a box.
fn check_routes(layout: &Layout) {
    for route in &layout.routes {
        for ends in route.points.windows(2).filter(|ends| ends[0].x == ends[1].x || ends[0].y == ends[1].y) {
            for segment in segments(&Connector { from: 0, pieces: vec![[ends[0], ends[1]]] }) {
                for rect in &layout.boxes {
                    let inside = Rect {
                        x: rect.x + 1,
                        y: rect.y + 1,
                        size: Size { width: rect.size.width - 2, height: rect.size.height - 2 },
                    };
                    assert!(!meet(&segment, &inside), "{segment:?} of {route:?} runs through {rect:?}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn second_lines_lead_between_the_boxes_and_move_none(
        parents in proptest::collection::vec(any::<prop::sample::Index>(), 1..60),
        sizes in proptest::collection::vec((40..200i32, 20..80i32), 60),
        seconds in proptest::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 1..12),
        flow in prop::sample::select(vec![Flow::TopDown, Flow::LeftRight]),
    ) {
        let above = |(number, index): (usize, &prop::sample::Index)| index.index(number + 1);
        let parents: Vec<usize> = parents.iter().enumerate().map(above).collect();
        let tree = chart(&parents);
        let count = tree.boxes.len();
        let mut both = tree.clone();
        let line = |(from, to): &(prop::sample::Index, prop::sample::Index)| ChartLine {
            from: from.index(count),
            to: to.index(count),
            second: true,
            label: None,
        };
        both.lines.extend(seconds.iter().map(line).filter(|line| line.from != line.to));
        let sizes: Vec<Size> = sizes[..count].iter().map(|(width, height)| Size { width: *width, height: *height }).collect();
        let layout = arrange(&both, &sizes, flow, None);
        check_routes(&layout);
        let second = both.lines.iter().filter(|line| line.second).count();
        prop_assert_eq!(layout.routes.len(), second, "each finds a way");
        for route in &layout.routes {
            let end = *route.points.last().unwrap();
            let rect = layout.boxes[both.lines[route.line].to];
            prop_assert!(meet(&Rect { x: end.x, y: end.y, size: Size::default() }, &rect), "{:?}", route);
        }
        prop_assert_eq!(layout.boxes, arrange(&tree, &sizes, flow, None).boxes);
    }

    #[test]
    fn nothing_overlaps_and_no_lines_of_a_tree_cross(
        parents in proptest::collection::vec(any::<prop::sample::Index>(), 1..160),
        sizes in proptest::collection::vec((40..200i32, 20..80i32), 160),
        wide in any::<bool>(),
        flow in prop::sample::select(vec![Flow::TopDown, Flow::LeftRight]),
    ) {
        // A wide tree hangs from few boxes, so that rows are folded.
        let above = |(number, index): (usize, &prop::sample::Index)| {
            let index = index.index(number + 1);
            if wide { index % 4.min(number + 1) } else { index }
        };
        let parents: Vec<usize> = parents.iter().enumerate().map(above).collect();
        let chart = chart(&parents);
        let sizes: Vec<Size> = sizes[..chart.boxes.len()].iter().map(|(width, height)| Size { width: *width, height: *height }).collect();
        let layout = arrange(&chart, &sizes, flow, None);
        check_layout(&layout, true);
        check_reached(&chart, &layout);
    }

    #[test]
    fn no_sheet_cuts_a_box_that_fits_on_it(
        parents in proptest::collection::vec(any::<prop::sample::Index>(), 1..160),
        sizes in proptest::collection::vec((40..200i32, 20..80i32), 160),
        wide in any::<bool>(),
        tree in any::<bool>(),
        flow in prop::sample::select(vec![Flow::TopDown, Flow::LeftRight]),
        sheet in (700..1600i32, 450..1100i32),
        origin in (5..80i32, 5..300i32),
    ) {
        let above = |(number, index): (usize, &prop::sample::Index)| {
            let index = index.index(number + 1);
            if wide { index % 4.min(number + 1) } else { index }
        };
        let parents: Vec<usize> = parents.iter().enumerate().map(above).collect();
        let mut chart = chart(&parents);
        if !tree {
            chart.arrangement = Arrangement::Layered;
        }
        let sizes: Vec<Size> = sizes[..chart.boxes.len()].iter().map(|(width, height)| Size { width: *width, height: *height }).collect();
        let sheet = Size { width: sheet.0, height: sheet.1 };
        let grid = Grid { sheet, origin: Point { x: origin.0, y: origin.1 } };
        let layout = arrange(&chart, &sizes, flow, Some(&grid));
        check_layout(&layout, tree);
        if tree {
            check_reached(&chart, &layout);
        }
        for rect in &layout.boxes {
            let cut = |from: i32, to: i32, step: i32| from.div_euclid(step) != (to - 1).div_euclid(step);
            let (x, y) = (rect.x + grid.origin.x, rect.y + grid.origin.y);
            prop_assert!(!cut(x, x + rect.size.width, sheet.width), "{rect:?} is cut from left to right");
            prop_assert!(!cut(y, y + rect.size.height, sheet.height), "{rect:?} is cut from top to bottom");
        }
    }

    #[test]
    fn layers_do_not_overlap(
        lines in proptest::collection::vec((0..40usize, 0..40usize), 1..80),
        sizes in proptest::collection::vec((40..200i32, 20..80i32), 40),
        flow in prop::sample::select(vec![Flow::TopDown, Flow::LeftRight]),
    ) {
        let mut chart = chart(&[0; 39]);
        chart.arrangement = Arrangement::Layered;
        chart.lines = lines.into_iter().map(|(from, to)| ChartLine::tree(from, to)).collect();
        let sizes: Vec<Size> = sizes.iter().map(|(width, height)| Size { width: *width, height: *height }).collect();
        let layout = arrange(&chart, &sizes, flow, None);
        check_layout(&layout, false);
        check_routes(&layout);
    }
}
