use std::fmt::Write;

use crate::diagram::{Arrangement, Chart};

/// Writes a chart as a Mermaid flowchart.
pub fn mermaid(chart: &Chart) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", title(&chart.heading()));
    for (position, drawn) in chart.boxes.iter().enumerate() {
        let lines: Vec<_> = drawn.text().iter().map(|line| escaped(line)).collect();
        // Writing to a string cannot fail.
        writeln!(out, "  b{position}[\"{}\"]", lines.join("<br/>")).ok();
    }
    for line in &chart.lines {
        let stroke = match (line.second, chart.arrangement) {
            (true, _) => "-.-",
            (false, Arrangement::Tree) => "---",
            (false, Arrangement::Layered) => "-->",
        };
        let label = line.label.as_ref().map_or_else(String::new, |label| format!("|\"{}\"|", escaped(label)));
        writeln!(out, "  b{} {stroke}{label} b{}", line.from, line.to).ok();
    }
    out
}

/// A title as YAML, without the signs by which Mermaid finds directives and tags in the whole source.
fn title(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.replace('%', "\\u0025").replace('{', "\\u007b").replace('<', "\\u003c").replace('>', "\\u003e")
}

/// Text that Mermaid shows as it is: every sign of ASCII becomes a character reference.
///
/// Some end a label or begin markup; others do so only together, such as the colon after the word `style`, upon
/// which Mermaid takes the end of the next reference away, or a number with a dot, which begins a list in
/// Markdown. The signs by which Mermaid itself writes references are written so too.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.trim().chars() {
        if character.is_ascii_punctuation() || matches!(character, 'ﬂ' | '°' | '¶' | 'ß') {
            write!(out, "#{};", u32::from(character)).ok();
        } else {
            out.push(character);
        }
    }
    out
}
