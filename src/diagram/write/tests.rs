use super::super::layout::Point;
use super::super::{
    Arrangement, Chart, ChartBox, ChartLine, Item, Layout, Links, Mark, Rect, Shape, Size, Sketch, Subject,
    Theme,
};
use super::*;
use crate::diagram::{Font, Ink};
use crate::model::{OrganizationKind, parse_date};

fn chart() -> Chart {
    let drawn = |id: Option<&str>, name: &str, kind| ChartBox {
        kind,
        details: kind.map(|kind: OrganizationKind| kind.name().to_owned()).into_iter().collect(),
        ..ChartBox::named(id.map(str::to_owned), name.to_owned())
    };
    let mut chart = Chart {
        title: "章丘区 · 层级图".to_owned(),
        date: parse_date("2023-12-31").unwrap(),
        boxes: vec![
            drawn(Some("cn-370114"), "章丘区", Some(OrganizationKind::District)),
            drawn(Some("a"), "示例\"甲\\[乙]\" <丙>&", Some(OrganizationKind::Park)),
            drawn(None, "另有 3 个", None),
        ],
        lines: vec![
            ChartLine::tree(0, 1),
            ChartLine { from: 0, to: 2, second: true, label: Some("位于|属于 style:#".to_owned()) },
        ],
        arrangement: Arrangement::Tree,
        second: "第二隶属",
        coverage: None,
        notes: Vec::new(),
        synthetic: true,
    };
    chart.boxes[1].mark = Some(Mark::Uncovered);
    chart.boxes[0].ratio = Some("已覆盖 1/2".to_owned());
    chart
}

fn layout() -> Layout {
    let rect = |x, y| Rect { x, y, size: Size { width: 80, height: 40 } };
    Layout { boxes: vec![rect(50, 0), rect(0, 70), rect(100, 70)], ..Layout::default() }
}

fn sketch() -> Sketch {
    let rect = Rect { x: 10, y: 10, size: Size { width: 80, height: 40 } };
    let text = |at, text: &str| Shape::Text { at, size: 12, ink: Ink::Text, text: text.to_owned() };
    let shapes = vec![
        Shape::Box { rect, fill: Ink::Fill(None), edge: Ink::Edge(None), dashed: true },
        text(Point { x: 18, y: 30 }, "甲 & <乙>"),
        Shape::Line {
            points: vec![Point { x: 50, y: 50 }, Point { x: 50, y: 70 }],
            ink: Ink::Line,
            dotted: false,
        },
    ];
    let subject = Some(Subject { id: "a".to_owned(), text: "甲 & <乙>，PARK".to_owned() });
    Sketch {
        title: "甲".to_owned(),
        description: "截至 2023-12-31".to_owned(),
        size: Size { width: 100, height: 80 },
        items: vec![Item { extent: rect, subject, shapes }],
    }
}

#[test]
fn a_chart_in_dot() {
    insta::assert_snapshot!(dot(&chart()));
}

#[test]
fn a_chart_in_mermaid() {
    insta::assert_snapshot!(mermaid(&chart()));
}

#[test]
fn a_chart_in_drawio() {
    insta::assert_snapshot!(drawio(&chart(), &layout()));
}

#[test]
fn a_sketch_in_svg() {
    insta::assert_snapshot!(svg(
        &sketch(),
        &Font::named("Noto Sans CJK SC"),
        Theme::Print,
        &Links::default()
    ));
    let dark = svg(&sketch(), &Font::named("Noto Sans CJK SC"), Theme::Dark, &"/diagrams/".parse().unwrap());
    assert!(dark.contains("href=\"/diagrams/a\"") && dark.contains("#15181d"), "{dark}");
}
