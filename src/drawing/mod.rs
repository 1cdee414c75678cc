//! Charts on demand: from words to a file, the same for the command line, the server and GraphQL.
//!
//! Floor 3, on top of the diagram, which draws, and of coverage, which colours.

mod error;
mod nothing;
mod overlay;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::coverage::{Indicator, IndicatorCatalog};
use crate::diagram::{
    Chart, ChartOptions, Detail, Fit, Flow, Font, FontError, Links, Paper, Sketch, Theme, View, chart, dot,
    drawio, lay_out, mermaid, pdf, png, put_on_one_line, sketch, svg,
};
use crate::graph::{Graph, Slot, When};
use crate::model::{Date, KindSet};
use crate::work::cancellable;

pub use error::DrawingError;

/// The format of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// Drawn, with text that can be selected and a link per box.
    Svg,
    /// A picture.
    Png,
    /// Sheets to print.
    Pdf,
    /// For Graphviz.
    Dot,
    /// For Mermaid.
    Mermaid,
    /// For draw.io (diagrams.net).
    Drawio,
}

impl Format {
    /// The end of the name of a file.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Mermaid => "mmd",
            other => other.into(),
        }
    }

    /// The format of files whose names end so.
    pub fn of_extension(extension: &str) -> Option<Self> {
        use strum::IntoEnumIterator;
        Self::iter().find(|format| format.extension() == extension)
    }

    /// What it is called on the wire.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
            Self::Dot => "text/vnd.graphviz; charset=utf-8",
            Self::Mermaid => "text/vnd.mermaid; charset=utf-8",
            Self::Drawio => "application/vnd.jgraph.mxfile",
        }
    }
}

/// No chart has more boxes: nobody could read it, and the server has others to answer.
pub const MOST_BOXES: usize = 50_000;

/// The font of charts that a server draws, once it was found: the one that `ORGATLAS_FONT` names, else the first with
/// Chinese characters.
///
/// # Errors
/// [`FontError`] where there is none.
pub fn font() -> Result<Font, FontError> {
    static FOUND: OnceLock<Font> = OnceLock::new();
    if let Some(font) = FOUND.get() {
        return Ok(font.clone());
    }
    let font = Font::find(std::env::var("ORGATLAS_FONT").ok().as_deref())?;
    Ok(FOUND.get_or_init(|| font).clone())
}

/// What is drawn, and how.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// The id of the first box.
    pub root: String,
    /// What is shown around it.
    pub view: View,
    /// How many steps away from it.
    pub depth: u32,
    /// How many boxes hang from one at the most.
    pub limit: usize,
    /// The kinds that are shown, all where `None`.
    pub kinds: Option<KindSet>,
    /// The day.
    pub date: Date,
    /// The id of the indicator whose states are shown.
    pub indicator: Option<String>,
    /// What is said below the names.
    pub details: Vec<Detail>,
    /// Which way it grows; as suits the view where `None`.
    pub flow: Option<Flow>,
    /// Its colours, in SVG and PNG.
    pub theme: Theme,
    /// What a PDF is printed on.
    pub paper: Paper,
    /// How many sheets a PDF takes at the most; as many as its size demands where `None`.
    pub fit: Option<Fit>,
    /// How many pixels of a PNG a pixel of the chart takes.
    pub scale: Option<f32>,
    /// What the links of an SVG begin with; the id follows.
    pub links: Links,
    /// How many boxes it has at the most, [`MOST_BOXES`] or fewer.
    pub most_boxes: usize,
    /// Below how many members a count is not told; 0 where all are.
    pub kept_back_below: u32,
    /// The classification that stands before its title, on each sheet of a PDF too.
    pub classification: Option<String>,
}

/// A chart as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it shows otherwise than it was asked for, in English; the chart itself says so too.
    pub warnings: Vec<String>,
}

impl Drawing {
    /// A drawing of which nothing but the root and the day is said.
    pub fn of(root: impl Into<String>, date: Date) -> Self {
        Self {
            root: root.into(),
            view: View::default(),
            depth: ChartOptions::DEPTH,
            limit: ChartOptions::LIMIT,
            kinds: None,
            date,
            indicator: None,
            details: vec![Detail::Kind],
            flow: None,
            theme: Theme::default(),
            paper: Paper::default(),
            fit: None,
            scale: None,
            links: Links::default(),
            most_boxes: MOST_BOXES,
            kept_back_below: 0,
            classification: None,
        }
    }

    /// Draws it; `font` is asked for only by formats that measure text.
    ///
    /// An indicator marks only organisations of which `is_whole` says that the reader sees all of them.
    ///
    /// # Errors
    /// [`DrawingError`] where the root or the indicator is not known, no font fits, or the picture is too large.
    pub fn draw(
        &self,
        graph: &Graph,
        indicators: &IndicatorCatalog,
        format: Format,
        is_whole: impl Fn(Slot) -> bool,
        font: impl FnOnce() -> Result<Font, FontError>,
    ) -> Result<Drawn, DrawingError> {
        let (options, indicator) = cancellable(|| self.options(graph, indicators))??;
        let mut chart = cancellable(|| chart(graph, &options))?;
        if chart.boxes.len() == 1 && options.depth > 0 {
            return Err(nothing::nothing(graph, &options, indicator));
        }
        if let Some(classification) = &self.classification {
            chart.title = format!("【{classification}】{}", chart.title);
            put_on_one_line(&mut chart.title);
        }
        if chart.boxes.len() > options.most {
            return Err(DrawingError::Boxes(options.most));
        }
        if let Some(indicator) = indicator {
            overlay::mark(&mut chart, indicator, graph, self.date, is_whole);
        }
        let flow = self.flow.unwrap_or_else(|| self.view.flow());
        let complete = |chart: &mut Chart| -> Result<(Font, Vec<String>), FontError> {
            let (font, missing) = font()?.completed_for(chart)?;
            Ok((font, missing.iter().map(ToString::to_string).collect()))
        };
        let (bytes, warnings) = match format {
            Format::Dot => (dot(&chart).into_bytes(), Vec::new()),
            Format::Mermaid => (mermaid(&chart).into_bytes(), Vec::new()),
            Format::Drawio => {
                // Its reader's fonts draw it: only the measures are of this machine.
                let mut measured = chart.clone();
                let (font, _) = complete(&mut measured)?;
                let draw = || lay_out(&measured, &font, flow, None).map(|layout| drawio(&chart, &layout));
                (cancellable(draw)??.into_bytes(), Vec::new())
            }
            Format::Svg => {
                let (font, warnings) = complete(&mut chart)?;
                let draw = |sketch: &Sketch| svg(sketch, &font, self.theme, &self.links);
                let drawn = cancellable(|| sketch(&chart, &font, flow).map(|sketch| draw(&sketch)))??;
                (drawn.into_bytes(), warnings)
            }
            Format::Png => {
                let (font, warnings) = complete(&mut chart)?;
                let sketch = cancellable(|| sketch(&chart, &font, flow))??;
                (png(&sketch, &font, self.theme, self.scale)?, warnings)
            }
            Format::Pdf => {
                let (font, warnings) = complete(&mut chart)?;
                (pdf(&chart, &font, flow, self.paper, self.fit)?, warnings)
            }
        };
        Ok(Drawn { bytes, warnings })
    }

    fn options<'i>(
        &self,
        graph: &Graph,
        indicators: &'i IndicatorCatalog,
    ) -> Result<(ChartOptions, Option<&'i Indicator>), DrawingError> {
        let root = graph.slot(&self.root).ok_or_else(|| DrawingError::Root(self.root.clone()))?;
        if self.depth > ChartOptions::DEEPEST {
            return Err(DrawingError::Depth(self.depth));
        }
        let unknown = |id: &String| DrawingError::Indicator(id.clone());
        let indicator = self.indicator.as_ref().map(|id| indicators.get(id).ok_or_else(|| unknown(id)));
        let indicator = indicator.transpose()?;
        if !graph.exists(root, When::On(self.date)) {
            return Err(self.absent(graph, root));
        }
        let asked = match (indicator, self.view) {
            (Some(indicator), View::Coverage) => Some(overlay::asked(indicator, graph, root, self.date)),
            (None, View::Coverage) => return Err(DrawingError::NoIndicator),
            _ => None,
        };
        let options = ChartOptions {
            view: self.view,
            root,
            depth: self.depth,
            limit: self.limit,
            most: self.most_boxes.min(MOST_BOXES),
            kinds: self.kinds,
            date: self.date,
            details: self.details.clone(),
            kept_back_below: self.kept_back_below,
            asked,
        };
        Ok((options, indicator))
    }

    fn absent(&self, graph: &Graph, root: Slot) -> DrawingError {
        let life = graph.record(root).map(|record| record.life).unwrap_or_default();
        let from = life.from().map(|from| format!(", but from {from}"));
        let to = life.to().map(|to| format!("{} before {to}", if from.is_some() { "" } else { ", but" }));
        let life = format!("{}{}", from.unwrap_or_default(), to.unwrap_or_default());
        DrawingError::Absent { id: self.root.clone(), date: self.date, life }
    }
}
