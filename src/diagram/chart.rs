use crate::model::{Date, OrganizationKind, breaks_line, changes_direction};

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
    /// What its readers have to know besides, such as which characters could not be drawn.
    pub notes: Vec<String>,
    /// Whether it shows anything that was generated.
    pub synthetic: bool,
}

impl Chart {
    /// Title, day, mark and notes in one line, for formats that draw by themselves.
    pub fn heading(&self) -> String {
        let mark = if self.synthetic { format!(" · {SYNTHETIC_MARK}") } else { String::new() };
        let notes: String = self.notes.iter().map(|note| format!(" · {note}")).collect();
        format!("{} · {}{mark}{notes}", self.title, self.date)
    }

    /// Applies a function to every text that comes from data.
    pub(super) fn for_each_text(&mut self, mut edit: impl FnMut(&mut String)) {
        edit(&mut self.title);
        self.coverage.iter_mut().for_each(&mut edit);
        self.notes.iter_mut().for_each(&mut edit);
        for drawn in &mut self.boxes {
            edit(&mut drawn.name);
            drawn.details.iter_mut().chain(&mut drawn.ratio).for_each(&mut edit);
        }
        self.lines.iter_mut().filter_map(|line| line.label.as_mut()).for_each(&mut edit);
    }

    /// All texts that it shows and that come from data.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let of_boxes = self
            .boxes
            .iter()
            .flat_map(|drawn| std::iter::once(&drawn.name).chain(&drawn.details).chain(&drawn.ratio));
        let of_lines = self.lines.iter().filter_map(|line| line.label.as_ref());
        let of_chart = std::iter::once(&self.title).chain(&self.coverage).chain(&self.notes);
        of_chart.chain(of_boxes).chain(of_lines).map(String::as_str)
    }
}

/// Puts a text on one line: breaks become blanks, and characters that change its direction are left out.
pub fn put_on_one_line(text: &mut String) {
    if !text.contains(|c| breaks_line(c) || changes_direction(c)) {
        return;
    }
    let kept = text.chars().filter(|c| !changes_direction(*c));
    let kept: String = kept.map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    *text = kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
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
    /// How many of the units that stand within it are covered.
    pub ratio: Option<String>,
    /// Whether it, or anything that it names or counts, was generated.
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

/// What an indicator says of a unit, or of how far its target is reached; each has a sign, so that a chart can be read without colours.
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
    /// Of what units stand within: the target is met.
    TargetMet,
    /// The target is missed by little, or the unknown decide.
    TargetNear,
    /// The target is missed.
    TargetMissed,
}

impl Mark {
    /// A sign that every Chinese font has.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Covered => "●",
            Self::Uncovered => "▲",
            Self::Unknown => "◇",
            Self::Exempt => "□",
            Self::TargetMet => "◎",
            Self::TargetNear => "△",
            Self::TargetMissed => "■",
        }
    }

    /// What it means.
    pub fn label(self) -> &'static str {
        match self {
            Self::Covered => "已覆盖",
            Self::Uncovered => "未覆盖",
            Self::Unknown => "情况不明",
            Self::Exempt => "豁免",
            Self::TargetMet => "达到目标",
            Self::TargetNear => "接近目标或未定",
            Self::TargetMissed => "未达目标",
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

#[cfg(test)]
mod tests {
    use super::put_on_one_line;

    #[test]
    fn texts_of_charts_stand_on_one_line_and_turn_nothing_round() {
        let table = [
            ("甲厂", "甲厂"),
            ("甲\n乙\r\n\t丙\u{2028}丁\u{85}", "甲 乙 丙 丁"),
            ("\u{202E}gpj.exe\u{2066}", "gpj.exe"),
            ("甲  乙\u{7}", "甲 乙"),
            ("\n", ""),
        ];
        for (text, expected) in table {
            let mut text = text.to_owned();
            put_on_one_line(&mut text);
            assert_eq!(text, expected);
        }
    }
}
