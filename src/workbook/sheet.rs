use super::Cell;

/// What a sheet is printed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// As many pages of A4 as it takes.
    #[default]
    A4,
    /// One page of A3, lying, for a wall.
    A3Page,
}

/// A table that a clerk can print, with what stands above and below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The name on the tab; what no tab may hold is left out.
    pub name: String,
    /// The title of the printed page.
    pub title: String,
    /// Lines under the title: what, where, as of which day, which unit reports.
    pub subtitle: Vec<String>,
    /// The headings of the columns; they stay in sight and stand on every printed page.
    pub headings: Vec<String>,
    /// The rows; each has as many cells as there are headings.
    pub rows: Vec<Vec<Cell>>,
    /// Lines under the table.
    pub notes: Vec<String>,
    /// What is filled in by hand below, such as 审核: units and functions, never names.
    pub signatures: Vec<String>,
    /// Whether generated units are counted, which every printed page then says.
    pub synthetic: bool,
    /// What it is printed on.
    pub paper: Paper,
}

impl Sheet {
    /// The name as a tab may have it: at most 31 characters, none of those that stand for something else.
    pub(super) fn tab(&self) -> String {
        const LONGEST: usize = 31;
        let mut tab = String::new();
        let mut length = 0;
        for character in self.name.chars().filter(|c| !c.is_control() && !"*?:[]\\/'".contains(*c)) {
            length += character.len_utf16();
            if length > LONGEST {
                break;
            }
            tab.push(character);
        }
        tab
    }
}
