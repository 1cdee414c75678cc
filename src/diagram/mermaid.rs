use std::fmt::Write;

use super::Chart;
use super::chart::SYNTHETIC_MARK;

/// Writes a chart as a Mermaid flowchart.
pub fn mermaid(chart: &Chart) -> String {
    let mut title = chart.title.clone();
    if chart.synthetic {
        title = format!("{title} · {SYNTHETIC_MARK}");
    }
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", serde_json::Value::from(title));
    for (position, drawn) in chart.boxes.iter().enumerate() {
        let lines: Vec<_> = drawn.text.iter().map(|line| escaped(line)).collect();
        // Writing to a string cannot fail.
        writeln!(out, "  b{position}[\"{}\"]", lines.join("<br/>")).ok();
    }
    for line in &chart.lines {
        let stroke = if line.second { "-.-" } else { "---" };
        writeln!(out, "  b{} {stroke} b{}", line.from, line.to).ok();
    }
    out
}

/// Text that Mermaid shows as it is: what would end a label or begin markup becomes a character reference.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '<' | '>' | '&' | '#' | ';' | '`' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '\\' => {
                write!(out, "#{};", u32::from(character)).ok();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{ChartBox, ChartLine, dot};
    use super::*;

    fn chart() -> Chart {
        let drawn = |id: Option<&str>, text: &[&str]| ChartBox {
            id: id.map(str::to_owned),
            text: text.iter().map(|t| (*t).to_owned()).collect(),
        };
        Chart {
            title: "章丘区 · hierarchy · 2023-12-31".to_owned(),
            boxes: vec![
                drawn(Some("cn-370114"), &["章丘区", "DISTRICT"]),
                drawn(Some("a"), &["示例\"甲\\[乙]\"", "PARK"]),
                drawn(None, &["+3 …"]),
            ],
            lines: vec![
                ChartLine { from: 0, to: 1, second: false },
                ChartLine { from: 0, to: 2, second: true },
            ],
            synthetic: true,
        }
    }

    #[test]
    fn a_chart_in_mermaid() {
        insta::assert_snapshot!(mermaid(&chart()), @r##"
        ---
        title: "章丘区 · hierarchy · 2023-12-31 · 含生成数据 generated data"
        ---
        flowchart LR
          b0["章丘区<br/>DISTRICT"]
          b1["示例#34;甲#92;#91;乙#93;#34;<br/>PARK"]
          b2["+3 …"]
          b0 --- b1
          b0 -.- b2
        "##);
    }

    #[test]
    fn a_chart_in_dot() {
        insta::assert_snapshot!(dot(&chart()), @r#"
        digraph orgatlas {
          graph [label="章丘区 · hierarchy · 2023-12-31 · 含生成数据 generated data", labelloc=t, rankdir=LR];
          node [shape=box, fontname="Noto Sans CJK SC"];
          edge [arrowhead=none];
          b0 [label="章丘区\nDISTRICT", tooltip="cn-370114"];
          b1 [label="示例\"甲\\[乙]\"\nPARK", tooltip="a"];
          b2 [label="+3 …", tooltip=""];
          b0 -> b1;
          b0 -> b2 [style=dotted];
        }
        "#);
    }
}
