use std::fmt::Write;

use crate::diagram::{Arrangement, Chart};

/// Writes a chart as a Mermaid flowchart.
pub fn mermaid(chart: &Chart) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", serde_json::Value::from(chart.heading()));
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

/// Text that Mermaid shows as it is: every sign of ASCII but those that are harmless anywhere becomes a character
/// reference.
///
/// Some end a label or begin markup; others do so only together, such as the colon after the word `style`, upon
/// which Mermaid takes the end of the next reference away.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() && !matches!(character, ',' | '-' | '.' | '/') {
            write!(out, "#{};", u32::from(character)).ok();
        } else {
            out.push(character);
        }
    }
    out
}
