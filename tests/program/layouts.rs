//! How the charts of the district are laid out: every view, both ways, whole and on sheets. Nothing overlaps, no lines of a
//! tree cross, and no sheet cuts a box. Random charts are tested beside the layout itself.

use orgatlas::atlas::{Atlas, Snapshot};
use orgatlas::diagram::{
    Arrangement, Chart, ChartOptions, Detail, Flow, Font, Grid, Layout, Mark, Point, Rect, Size, View, chart,
    lay_out,
};
use orgatlas::model::parse_date;

use crate::desk::{Desk, desk_with_district};

/// Room on an A3 sheet in landscape, in pixels of the chart.
const SHEET: Size = Size { width: 1511, height: 1046 };

/// A view of the district from a root, and so many boxes at the least.
fn drawn(snapshot: &Snapshot, view: View, root: &str, (depth, limit): (u32, usize), least: usize) -> Chart {
    let root = snapshot.graph.slot(root).unwrap();
    let date = parse_date("2024-06-30").unwrap();
    let asked = (view == View::Coverage).then(|| snapshot.graph.slots_by_id().collect());
    let options = ChartOptions {
        view,
        root,
        depth,
        limit,
        most: 50_000,
        kinds: None,
        date,
        details: vec![Detail::Kind, Detail::Code, Detail::Dates],
        asked,
        kept_back_below: 0,
    };
    let mut chart = chart(&snapshot.graph, &options);
    if view == View::Coverage {
        let marks = [Mark::Covered, Mark::Uncovered, Mark::Unknown, Mark::Exempt].into_iter().cycle();
        chart.coverage = Some("示例指标".to_owned());
        chart.boxes.iter_mut().zip(marks).for_each(|(drawn, mark)| drawn.mark = Some(mark));
    }
    assert!(chart.boxes.len() >= least, "{view:?} has {} boxes", chart.boxes.len());
    chart
}

fn font(desk: &Desk) -> Font {
    Font::find(desk.path().join(desk.font()).to_str()).unwrap()
}

#[test]
fn second_superiors_are_dotted_lines_between_the_boxes_that_move_none() {
    let desk = desk_with_district();
    let font = font(&desk);
    let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
    let chart = drawn(&atlas.snapshot(), View::Affiliation, "zq-party-committee", (2, 20), 300);
    let seconds: Vec<_> = chart.lines.iter().enumerate().filter(|(_, line)| line.second).collect();
    assert!(seconds.len() > 80, "{} second superiors", seconds.len());
    for (_, line) in &seconds {
        let [upper, lower] = [line.from, line.to].map(|position| &chart.boxes[position]);
        let told =
            lower.details.iter().any(|said| said.starts_with("另一上级：") && said.contains(&upper.name));
        assert!(told, "{} does not say that it is under {}: {:?}", lower.name, upper.name, lower.details);
    }
    // A branch of a firm that delivers food: under its subdistrict, and by industry under the committee of the trade.
    let by_industry = seconds.iter().any(|(_, line)| {
        let [upper, lower] = [line.from, line.to].map(|position| chart.boxes[position].id.as_deref());
        (upper, lower) == (Some("zq-ipc-food-delivery"), Some("gen-branch-00427"))
    });
    assert!(by_industry);
    let mut alone = chart.clone();
    alone.lines.retain(|line| !line.second);
    for flow in [Flow::TopDown, Flow::LeftRight] {
        let layout = lay_out(&chart, &font, flow, None).unwrap();
        assert_eq!(layout.boxes, lay_out(&alone, &font, flow, None).unwrap().boxes, "no box is moved");
        let drawn: Vec<_> = layout.routes.iter().map(|route| route.line).collect();
        let wanted: Vec<_> = seconds.iter().map(|(position, _)| *position).collect();
        assert_eq!(drawn, wanted, "{flow:?}");
        for route in &layout.routes {
            let end = route.points.last().unwrap();
            let lower = layout.boxes[chart.lines[route.line].to];
            assert!(meet(&spanned(*end, *end), &lower), "{route:?} does not reach {lower:?}");
        }
    }
}

#[test]
fn nothing_overlaps_or_crosses_or_is_cut_in_any_view_of_the_district() {
    let desk = desk_with_district();
    let font = font(&desk);
    let (atlas, _) = Atlas::open(&desk.path().join("store")).unwrap();
    let snapshot = atlas.snapshot();
    let views = [
        (View::Hierarchy, "cn-370114", (2, 20), 200),
        (View::Party, "zq-party-committee", (12, 100_000), 3_000),
        (View::Party, "zq-party-committee", (3, 12), 300),
        (View::Membership, "cn-370114001", (2, 20), 50),
        (View::Chain, "zq-chain-high-end-equipment", (2, 60), 50),
        (View::Affiliation, "zq-party-committee", (2, 40), 300),
        (View::Neighbourhood, "zq-ipc-food-delivery", (2, 20), 50),
        (View::Coverage, "cn-370114001", (2, 20), 100),
    ];
    for (view, root, extent, least) in views {
        let chart = drawn(&snapshot, view, root, extent, least);
        for flow in [Flow::TopDown, Flow::LeftRight] {
            check(&chart, &lay_out(&chart, &font, flow, None).unwrap());
            let grid = Grid { sheet: SHEET, origin: Point { x: 32, y: 120 } };
            let layout = lay_out(&chart, &font, flow, Some(&grid)).unwrap();
            check(&chart, &layout);
            for rect in &layout.boxes {
                let moved = Rect { x: rect.x + grid.origin.x, y: rect.y + grid.origin.y, ..*rect };
                let of = |x: i32, y: i32| (x.div_euclid(SHEET.width), y.div_euclid(SHEET.height));
                let corners = [of(moved.x, moved.y), of(moved.right(), moved.bottom())];
                assert_eq!(corners[0], corners[1], "{view:?} {flow:?}: {moved:?} is cut");
            }
        }
    }
}

/// No two boxes overlap; in a tree, no line runs through a box, and none but dotted ones meets one that comes from another.
fn check(chart: &Chart, layout: &Layout) {
    let boxes: Vec<(usize, Rect)> = layout.boxes.iter().copied().enumerate().collect();
    pairs(&boxes, &boxes, |(one, rect), (other, beside)| {
        assert!(one == other || !rect.overlaps(&beside), "{rect:?} overlaps {beside:?}");
    });
    if chart.arrangement == Arrangement::Layered {
        return;
    }
    let segments: Vec<(usize, Rect)> = layout
        .connectors
        .iter()
        .flat_map(|connector| {
            connector.pieces.iter().map(|[one, other]| (connector.from, spanned(*one, *other)))
        })
        .collect();
    let inner: Vec<(usize, Rect)> = boxes.iter().map(|(position, rect)| (*position, shrunk(*rect))).collect();
    pairs(&segments, &inner, |(from, segment), (position, rect)| {
        assert!(!meet(&segment, &rect), "a line of box {from} runs through box {position}");
    });
    let dotted: Vec<(usize, Rect)> = layout
        .routes
        .iter()
        .flat_map(|route| route.points.windows(2).map(|ends| (route.line, spanned(ends[0], ends[1]))))
        .collect();
    pairs(&dotted, &inner, |(line, segment), (position, rect)| {
        assert!(!meet(&segment, &rect), "the dotted line {line} runs through box {position}");
    });
    pairs(&segments, &segments, |(from, segment), (other, beside)| {
        assert!(
            from == other || !meet(&segment, &beside),
            "lines of boxes {from} and {other} meet: {segment:?} {beside:?}"
        );
    });
}

/// Looks at all that may touch, from left to right.
fn pairs(
    ones: &[(usize, Rect)],
    others: &[(usize, Rect)],
    mut look: impl FnMut((usize, Rect), (usize, Rect)),
) {
    let mut sorted = others.to_vec();
    sorted.sort_by_key(|(_, rect)| rect.x);
    let widest = sorted.iter().map(|(_, rect)| rect.size.width).max().unwrap_or_default();
    for one in ones {
        let from = sorted.partition_point(|(_, rect)| rect.x < one.1.x - widest);
        for other in sorted[from..].iter().take_while(|(_, rect)| rect.x <= one.1.right()) {
            look(*one, *other);
        }
    }
}

fn spanned(one: Point, other: Point) -> Rect {
    let size = Size { width: (one.x - other.x).abs(), height: (one.y - other.y).abs() };
    Rect { x: one.x.min(other.x), y: one.y.min(other.y), size }
}

fn shrunk(rect: Rect) -> Rect {
    let size = Size { width: rect.size.width - 2, height: rect.size.height - 2 };
    Rect { x: rect.x + 1, y: rect.y + 1, size }
}

/// Whether two rectangles meet, edges included.
fn meet(one: &Rect, other: &Rect) -> bool {
    one.x <= other.right() && other.x <= one.right() && one.y <= other.bottom() && other.y <= one.bottom()
}
