use std::fmt::Write;

use crate::diagram::font::Font;
use crate::diagram::layout::{Point, Rect};
use crate::diagram::link::Links;
use crate::diagram::sketch::{Item, Shape, Sketch};
use crate::diagram::theme::{Ink, Rgb, Theme};
use crate::work::counted;

/// Writes a sketch as SVG 1.1 whose text can be selected and read aloud.
///
/// Every box is a link: to `links` followed by the id of its organisation, so that `#` leads to the box itself. The ids of
/// elements begin with a hash of the chart, so that several charts can stand in one page.
pub fn svg(sketch: &Sketch, font: &Font, theme: Theme, links: &Links) -> String {
    let mut out = String::new();
    let (width, height) = (sketch.size.width, sketch.size.height);
    let families = font.families().map(|family| format!("'{}',", escaped(family))).collect::<String>();
    // Writing to a string cannot fail.
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" lang=\"zh-Hans\" role=\"graphics-document document\" \
         font-family=\"{families}'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif\">"
    )
    .ok();
    writeln!(out, "<title>{}</title>", escaped(&sketch.title)).ok();
    writeln!(out, "<desc>{}</desc>", escaped(&sketch.description)).ok();
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>", colour(theme, Ink::Paper))
        .ok();
    let prefix = prefix(sketch, theme, links);
    for item in counted("drawing", sketch.items.len() as u64, sketch.items.iter()) {
        write_item(&mut out, item, theme, (&prefix, links));
    }
    out + "</svg>\n"
}

/// What the ids of a chart begin with: charts that differ have others.
fn prefix(sketch: &Sketch, theme: Theme, links: &Links) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    };
    [&sketch.title, sketch.description.as_str(), links.as_str(), theme.into()].into_iter().for_each(&mut add);
    for item in &sketch.items {
        item.subject.iter().flat_map(|subject| [&subject.id, &subject.text]).for_each(|text| add(text));
        add(&format!("{:?}", item.extent));
    }
    format!("c{}-", &hasher.finalize().to_hex()[..12])
}

fn write_item(out: &mut String, item: &Item, theme: Theme, (prefix, links): (&str, &Links)) {
    let Some(subject) = &item.subject else {
        for shape in &item.shapes {
            write_shape(out, shape, theme);
        }
        return;
    };
    let (id, text) = (escaped(&subject.id), escaped(&subject.text));
    // A link within the chart leads to where the box really is.
    let href = match links.as_str() {
        Links::WITHIN => format!("#{prefix}"),
        other => escaped(other),
    };
    writeln!(
        out,
        "<a id=\"{prefix}{id}\" data-organization=\"{id}\" href=\"{href}{id}\" role=\"graphics-symbol img\" aria-label=\"{text}\"><title>{text}</title>"
    )
    .ok();
    for shape in &item.shapes {
        write_shape(out, shape, theme);
    }
    *out += "</a>\n";
}

fn write_shape(out: &mut String, shape: &Shape, theme: Theme) {
    match shape {
        Shape::Box { rect: Rect { x, y, size }, fill, edge, dashed } => {
            let dash = if *dashed { " stroke-dasharray=\"4 3\"" } else { "" };
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"3\" fill=\"{}\" stroke=\"{}\"{dash}/>",
                size.width,
                size.height,
                colour(theme, *fill),
                colour(theme, *edge)
            )
        }
        Shape::Line { points, ink, dotted } => {
            let dots = if *dotted { " stroke-dasharray=\"3 3\" stroke-width=\"1.4\"" } else { "" };
            let points: Vec<_> = points.iter().map(|Point { x, y }| format!("{x},{y}")).collect();
            writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\"{dots}/>",
                points.join(" "),
                colour(theme, *ink)
            )
        }
        Shape::Curve { points: [a, b, c, d], ink } => writeln!(
                out,
                "<path d=\"M{} {}C{} {} {} {} {} {}\" fill=\"none\" stroke=\"{}\"/>",
                a.x,
                a.y,
                b.x,
                b.y,
                c.x,
                c.y,
                d.x,
                d.y,
                colour(theme, *ink)
            ),
        Shape::Text { at, size, ink, text } => writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{size}\" fill=\"{}\">{}</text>",
            at.x,
            at.y,
            colour(theme, *ink),
            escaped(text)
        ),
    }
    .ok();
}

fn colour(theme: Theme, ink: Ink) -> String {
    let Rgb(red, green, blue) = theme.colour(ink);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text as XML holds it; characters that XML cannot hold become the replacement character.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            control if control.is_control() => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}
