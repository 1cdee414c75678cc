use crate::model::{Date, OrganizationKind};

/// Boxes and lines, ready to be laid out or written in a format that draws by itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// The day of which it is.
    pub date: Date,
    /// The boxes; the first is the root.
    pub boxes: Vec<ChartBox>,
    /// The lines, in the order of their lower boxes.
    pub lines: Vec<ChartLine>,
    /// How it is laid out.
    pub arrangement: Arrangement,
    /// What second lines mean, where there may be any.
    pub second: &'static str,
    /// What states mean, where boxes have any: the name of the indicator.
    pub coverage: Option<String>,
    /// Whether it shows anything that was generated.
    pub synthetic: bool,
}

impl Chart {
    /// Title, day and mark in one line, for formats that draw by themselves.
    pub fn heading(&self) -> String {
        let mark = if self.synthetic { format!(" · {SYNTHETIC_MARK}") } else { String::new() };
        format!("{} · {}{mark}", self.title, self.date)
    }
}

/// How a chart is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Each box but the root hangs from one other by a line that is not a second one.
    #[default]
    Tree,
    /// In layers by distance from the root; lines may join any boxes.
    Layered,
}

/// One box.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartBox {
    /// The id of the organisation; `None` for a box that stands for several left out.
    pub id: Option<String>,
    /// Its kind; `None` for a box that stands for several left out.
    pub kind: Option<OrganizationKind>,
    /// What it is called.
    pub name: String,
    /// What is said below the name, a line each.
    pub details: Vec<String>,
    /// What an indicator says of it.
    pub mark: Option<Mark>,
    /// A ratio of the units that stand within it.
    pub ratio: Option<String>,
    /// Whether it was generated.
    pub synthetic: bool,
}

impl ChartBox {
    /// A box that says a name.
    pub fn named(id: Option<String>, name: String) -> Self {
        Self { id, name, ..Self::default() }
    }

    /// All that it says, a line each.
    pub fn text(&self) -> Vec<String> {
        let mark = self.mark.map(|mark| mark.sign().to_owned());
        let name = match mark {
            Some(sign) => format!("{sign} {}", self.name),
            None => self.name.clone(),
        };
        [name].into_iter().chain(self.details.iter().cloned()).chain(self.ratio.clone()).collect()
    }
}

/// What an indicator says of a unit; each has a sign, so that a chart can be read without colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Mark {
    /// Covered.
    Covered,
    /// Not covered.
    Uncovered,
    /// Nobody knows.
    Unknown,
    /// Exempt.
    Exempt,
}

impl Mark {
    /// A sign that every Chinese font has.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Covered => "●",
            Self::Uncovered => "▲",
            Self::Unknown => "◇",
            Self::Exempt => "□",
        }
    }

    /// What it means.
    pub fn label(self) -> &'static str {
        match self {
            Self::Covered => "已覆盖",
            Self::Uncovered => "未覆盖",
            Self::Unknown => "情况不明",
            Self::Exempt => "豁免",
        }
    }
}

/// One line from an upper box to a lower one, by their positions among the boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartLine {
    /// The upper box.
    pub from: usize,
    /// The lower box.
    pub to: usize,
    /// Whether the lower box hangs from another one too: a second superior or place, drawn dotted.
    pub second: bool,
    /// What is written on it, if anything.
    pub label: Option<String>,
}

impl ChartLine {
    /// A line by which a box hangs from another.
    pub fn tree(from: usize, to: usize) -> Self {
        Self { from, to, second: false, label: None }
    }
}

/// What stands under every chart that shows generated units.
pub(super) const SYNTHETIC_MARK: &str = "含生成数据 generated data";
