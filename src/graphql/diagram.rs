use async_graphql::{Enum, Error, SimpleObject};

use super::error::{Code, bad_input, error, internal, stopped, unknown_organization};
use crate::atlas::Snapshot;
use crate::diagram::{self, FontError, PdfError, PngError};
use crate::drawing::{self, Drawing, DrawingError};

/// How many boxes a chart of an answer has at the most.
pub(super) const MOST_BOXES: usize = 10_000;

/// How many lines a box has below its name at the most: each detail once.
pub(super) const MOST_DETAILS: usize = 6;

/// What a chart shows around its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagram::View")]
pub(super) enum DiagramView {
    /// 层级图: what stands within what.
    Hierarchy,
    /// 党组织架构图: Party organisations under each other, and where each is set up.
    Party,
    /// 会员图: bodies with their members.
    Membership,
    /// 产业链图: who leads a chain, and its enterprises.
    Chain,
    /// 隶属关系图: Party organisations under their superiors by territory, those by industry as second lines.
    Affiliation,
    /// 关联图: all that is so many relations away, of any type.
    Neighbourhood,
    /// 覆盖图: what stands within what, as far as an indicator asks about it.
    Coverage,
}

/// What is said of an organisation below its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagram::Detail")]
pub(super) enum DiagramDetail {
    /// 类别: its kind.
    Kind,
    /// 党员人数: its Party members.
    Members,
    /// 职工人数: its employees.
    Employees,
    /// 代码: its credit code, or its division code where it has none.
    Code,
    /// 起止日期: from when to when it exists.
    Dates,
    /// 标识: its id.
    Id,
}

/// Which way a chart grows from its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagram::Flow")]
pub(super) enum DiagramFlow {
    /// 自上而下: the root at the top.
    TopDown,
    /// 自左向右: the root at the left.
    LeftRight,
}

/// The colours of a chart as SVG.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diagram::Theme")]
pub(super) enum DiagramTheme {
    /// 打印配色: dark on white, to be printed.
    Print,
    /// 深色主题: light on dark, for screens.
    Dark,
}

/// The format of a chart that is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum DiagramFormat {
    /// 矢量图: drawn, with text that can be selected.
    Svg,
    /// Graphviz 文本: for Graphviz.
    Dot,
    /// Mermaid 文本: for Mermaid.
    Mermaid,
    /// draw.io 文件: for draw.io (diagrams.net).
    Drawio,
}

/// A chart as text.
#[derive(SimpleObject)]
pub(super) struct Diagram {
    /// The format that was asked for.
    format: DiagramFormat,
    /// What the format is called on the wire.
    media_type: &'static str,
    /// The chart.
    text: String,
    /// What it shows otherwise than it was asked for, such as characters that no font has; the chart says so too.
    warnings: Vec<String>,
}

/// Draws a chart of what a snapshot shows.
pub(super) fn draw(snapshot: &Snapshot, drawing: &Drawing, format: DiagramFormat) -> Result<Diagram, Error> {
    let form = match format {
        DiagramFormat::Svg => drawing::Format::Svg,
        DiagramFormat::Dot => drawing::Format::Dot,
        DiagramFormat::Mermaid => drawing::Format::Mermaid,
        DiagramFormat::Drawio => drawing::Format::Drawio,
    };
    let drawn =
        drawing.draw(&snapshot.graph, &snapshot.indicators, form, |slot| snapshot.holds(slot), drawing::font);
    let drawn = drawn.map_err(|cause| match cause {
        DrawingError::Root(id) => unknown_organization(&id),
        // Nothing that the client could mend, but he can tell whoever runs the server what to install.
        DrawingError::Stopped(cause)
        | DrawingError::Font(FontError::Stopped(cause))
        | DrawingError::Png(PngError::Stopped(cause))
        | DrawingError::Pdf(PdfError::Stopped(cause)) => stopped(cause),
        DrawingError::Font(FontError::None | FontError::Character { .. }) => {
            error(Code::Internal, cause.to_string())
        }
        DrawingError::Font(_) => internal(&cause),
        other => bad_input(other.to_string()),
    })?;
    let text = String::from_utf8(drawn.bytes).map_err(|cause| internal(&cause))?;
    Ok(Diagram { format, media_type: form.media_type(), text, warnings: drawn.warnings })
}
