use std::fmt::Write;

use super::svg::escaped;
use crate::diagram::layout::Layout;
use crate::diagram::theme::{Ink, Rgb, Theme};
use crate::diagram::{Arrangement, Chart};

/// Writes a chart as an uncompressed draw.io (diagrams.net) file, boxes where the layout puts them.
pub fn drawio(chart: &Chart, layout: &Layout) -> String {
    let mut out = String::from("<mxfile host=\"Orgatlas\">\n");
    // Writing to a string cannot fail.
    writeln!(out, "<diagram id=\"chart\" name=\"{}\">", escaped(&chart.title)).ok();
    out += "<mxGraphModel grid=\"0\" page=\"0\"><root><mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/>\n";
    writeln!(
        out,
        "<mxCell id=\"heading\" vertex=\"1\" parent=\"1\" value=\"{}\" \
         style=\"text;html=1;align=left;verticalAlign=bottom;fontSize=14;\">\
         <mxGeometry x=\"0\" y=\"-40\" width=\"{}\" height=\"30\" as=\"geometry\"/></mxCell>",
        escaped(&escaped(&chart.heading())),
        layout.size.width.max(400)
    )
    .ok();
    for (position, (drawn, rect)) in chart.boxes.iter().zip(&layout.boxes).enumerate() {
        let category = drawn.kind.map(crate::model::OrganizationKind::category);
        let (fill, edge) = match drawn.mark {
            Some(mark) => (Ink::MarkFill(mark), Ink::MarkEdge(mark)),
            None => (Ink::Fill(category), Ink::Edge(category)),
        };
        // The label is HTML within XML, so it is escaped twice.
        let label = drawn.text().iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
        writeln!(
            out,
            "<UserObject id=\"b{position}\" label=\"{}\" organization=\"{}\"><mxCell vertex=\"1\" parent=\"1\" \
             style=\"rounded=1;arcSize=6;whiteSpace=wrap;html=1;fontSize=11;fillColor={};strokeColor={};\">\
             <mxGeometry x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" as=\"geometry\"/></mxCell></UserObject>",
            escaped(&label),
            escaped(drawn.id.as_deref().unwrap_or_default()),
            colour(fill),
            colour(edge),
            rect.x,
            rect.y,
            rect.size.width,
            rect.size.height
        )
        .ok();
    }
    for (number, line) in chart.lines.iter().enumerate() {
        let shape = match chart.arrangement {
            Arrangement::Tree if !line.second => "edgeStyle=orthogonalEdgeStyle;endArrow=none;",
            Arrangement::Tree => "edgeStyle=orthogonalEdgeStyle;dashed=1;dashPattern=3 3;endArrow=open;",
            Arrangement::Layered => "endArrow=open;",
        };
        writeln!(
            out,
            "<mxCell id=\"l{number}\" edge=\"1\" parent=\"1\" source=\"b{}\" target=\"b{}\" value=\"{}\" \
             style=\"{shape}\"><mxGeometry relative=\"1\" as=\"geometry\"/></mxCell>",
            line.from,
            line.to,
            escaped(line.label.as_deref().unwrap_or_default())
        )
        .ok();
    }
    out + "</root></mxGraphModel></diagram></mxfile>\n"
}

fn colour(ink: Ink) -> String {
    let Rgb(red, green, blue) = Theme::Print.colour(ink);
    format!("#{red:02x}{green:02x}{blue:02x}")
}
