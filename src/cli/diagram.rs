use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::argument;
use super::output::write_file;
use super::store::StoreFolder;
use crate::diagram::{ChartOptions, Detail, Fit, Flow, Font, Links, Paper, Theme, View};
use crate::drawing::{Drawing, Drawn, Format};
use crate::model::{Date, KindSet, OrganizationKind, parse_date, today};
use crate::work::Steps;

/// The arguments of `diagram`.
#[derive(Debug, Args)]
pub(super) struct Diagram {
    #[command(flatten)]
    store: StoreFolder,
    /// The organisation at the top
    #[arg(long, value_name = "ID")]
    root: String,
    /// What is shown around it: hierarchy, party, membership, chain, affiliation, neighbourhood or coverage
    #[arg(long, default_value = "hierarchy", value_parser = argument::name::<View>)]
    view: View,
    /// How many steps away from it
    #[arg(long, value_name = "N", default_value_t = ChartOptions::DEPTH)]
    depth: u32,
    /// How many boxes hang from one at the most; the rest is counted in a box of its own
    #[arg(long, value_name = "N", default_value_t = ChartOptions::LIMIT)]
    limit: usize,
    /// Only organisations of these kinds, such as PARTY_BRANCH, separated by commas
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = argument::kind)]
    kinds: Vec<OrganizationKind>,
    /// The day; today in Asia/Shanghai where left out
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
    /// Colours and signs the boxes by the states of this indicator, with ratios at territories
    #[arg(long, value_name = "ID")]
    indicator: Option<String>,
    /// What is said below the names: kind, members, employees, code, dates, id, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "kind", value_parser = argument::name::<Detail>)]
    details: Vec<Detail>,
    /// Which way the chart grows: top-down or left-right; as suits the view where left out
    #[arg(long, value_parser = argument::name::<Flow>)]
    flow: Option<Flow>,
    /// The colours of SVG and PNG: print or dark
    #[arg(long, default_value = "print", value_parser = argument::name::<Theme>)]
    theme: Theme,
    /// What a PDF is printed on: a3, a4, or chart for one sheet as large as the chart
    #[arg(long, default_value = "a3", value_parser = argument::name::<Paper>)]
    paper: Paper,
    /// Makes the chart of a PDF as large as so many sheets allow; as many sheets as it needs where left out
    #[arg(long, value_name = "SHEETS", value_parser = clap::value_parser!(u32).range(1..=400))]
    fit: Option<u32>,
    /// How many pixels of a PNG a pixel of the chart takes; 2, or as much less as fits, where left out
    #[arg(long, value_name = "FACTOR", value_parser = argument::scale)]
    scale: Option<f32>,
    /// What the links of an SVG begin with; the id follows
    #[arg(long, value_name = "URL", default_value = Links::WITHIN)]
    links: Links,
    /// The font: a file or a family; the first on this machine with Chinese characters where left out
    #[arg(long, value_name = "FONT", env = "ORGATLAS_FONT")]
    font: Option<String>,
    /// The format of the file: svg, png, pdf, dot, mermaid or drawio
    #[arg(long, value_parser = argument::name::<Format>)]
    format: Format,
    /// The file; standard output where left out
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Diagram {
    pub(super) fn run(self) -> Result<(), Failure> {
        let snapshot = self.store.open()?.snapshot();
        let drawing = Drawing {
            view: self.view,
            depth: self.depth,
            limit: self.limit,
            kinds: (!self.kinds.is_empty()).then(|| KindSet::of(&self.kinds)),
            indicator: self.indicator,
            details: self.details,
            flow: self.flow,
            theme: self.theme,
            paper: self.paper,
            fit: self.fit.map(Fit),
            scale: self.scale,
            links: self.links,
            classification: snapshot.disclosure.classification.clone(),
            ..Drawing::of(self.root, self.as_of.unwrap_or_else(today))
        };
        let drawing_up = Steps::begin("drawing up", 0);
        let font = || Font::find(self.font.as_deref());
        let file = drawing.draw(&snapshot.graph, &snapshot.indicators, self.format, |_| true, font);
        drop(drawing_up);
        let Drawn { bytes, warnings } = file.map_err(|cause| Failure::new(cause.to_string()))?;
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        match self.output {
            Some(path) => write_file(&path, &bytes),
            None if matches!(self.format, Format::Png | Format::Pdf) && std::io::stdout().is_terminal() => {
                Err(Failure::new("a terminal cannot show this format: name a file with --output".to_owned()))
            }
            None => Ok(std::io::stdout().write_all(&bytes)?),
        }
    }
}
