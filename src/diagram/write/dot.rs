use std::fmt::Write;

use crate::diagram::{Arrangement, Chart};

/// Writes a chart in the DOT language of Graphviz.
pub fn dot(chart: &Chart) -> String {
    let mut out = String::from("digraph orgatlas {\n");
    // Writing to a string cannot fail.
    writeln!(out, "  graph [label={}, labelloc=t, rankdir=LR];", quoted(&chart.heading())).ok();
    out += "  node [shape=box, fontname=\"Noto Sans CJK SC\"];\n";
    if chart.arrangement == Arrangement::Tree {
        out += "  edge [arrowhead=none];\n";
    }
    for (position, drawn) in chart.boxes.iter().enumerate() {
        let tooltip = drawn.id.as_deref().unwrap_or_default();
        let text = drawn.text().join("\n");
        writeln!(out, "  b{position} [label={}, tooltip={}];", quoted(&text), quoted(tooltip)).ok();
    }
    for line in &chart.lines {
        let mut attributes = Vec::new();
        if line.second {
            attributes.push("style=dotted, constraint=false".to_owned());
        }
        attributes.extend(line.label.as_ref().map(|label| format!("label={}", quoted(label))));
        let attributes = match attributes.as_slice() {
            [] => String::new(),
            some => format!(" [{}]", some.join(", ")),
        };
        writeln!(out, "  b{} -> b{}{attributes};", line.from, line.to).ok();
    }
    out + "}\n"
}

/// A quoted string of which Graphviz decodes neither escapes nor the entities of HTML.
fn quoted(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}
