use std::fmt::Write;

use super::Chart;
use super::chart::SYNTHETIC_MARK;

/// Writes a chart in the DOT language of Graphviz.
pub fn dot(chart: &Chart) -> String {
    let mut out = String::from("digraph orgatlas {\n");
    let mut title = chart.title.clone();
    if chart.synthetic {
        title = format!("{title} · {SYNTHETIC_MARK}");
    }
    // Writing to a string cannot fail.
    writeln!(out, "  graph [label={}, labelloc=t, rankdir=LR];", quoted(&title)).ok();
    out += "  node [shape=box, fontname=\"Noto Sans CJK SC\"];\n  edge [arrowhead=none];\n";
    for (position, drawn) in chart.boxes.iter().enumerate() {
        let tooltip = drawn.id.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  b{position} [label={}, tooltip={}];",
            quoted(&drawn.text.join("\n")),
            quoted(tooltip)
        )
        .ok();
    }
    for line in &chart.lines {
        let style = if line.second { " [style=dotted]" } else { "" };
        writeln!(out, "  b{} -> b{}{style};", line.from, line.to).ok();
    }
    out + "}\n"
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
