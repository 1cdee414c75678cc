/// Boxes and lines, ready to be written in a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What it shows, and of which day.
    pub title: String,
    /// The boxes, each above those that hang from it.
    pub boxes: Vec<ChartBox>,
    /// The lines, in the order of their lower boxes.
    pub lines: Vec<ChartLine>,
    /// Whether it shows anything that was generated.
    pub synthetic: bool,
}

/// One box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartBox {
    /// The id of the organisation; `None` for a box that stands for several left out.
    pub id: Option<String>,
    /// What it says, a line each.
    pub text: Vec<String>,
}

/// One line from an upper box to a lower one, by their positions among the boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartLine {
    /// The upper box.
    pub from: usize,
    /// The lower box.
    pub to: usize,
    /// Whether the lower box hangs from another one too: a second superior or place, drawn dotted.
    pub second: bool,
}

/// What stands under every chart that shows generated units.
pub(super) const SYNTHETIC_MARK: &str = "含生成数据 generated data";
