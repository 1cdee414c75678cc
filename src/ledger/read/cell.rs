use std::borrow::Cow;

/// A cell as a file holds it.
pub(super) enum Cell<'a> {
    /// Text, or what can be written as text without loss.
    Text(Cow<'a, str>),
    /// A number in floating point: in a workbook every number is one.
    Number(f64),
    /// A list, written with `;` between its items.
    Items(String),
    /// What no cell may hold, with the reason.
    Unreadable(String),
}

/// How many bytes a cell may hold; a spreadsheet takes fewer characters.
const MOST_BYTES: usize = 128 * 1024;

/// From here on floating point may not hold a whole number as it was typed.
const INEXACT: f64 = 1e15;

impl<'a> Cell<'a> {
    /// Text without the white space around it, also the wide space of Chinese writing.
    pub(super) fn trimmed(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text.trim()))
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// What stands in the cell, for a column that may hold decimals or lists.
    ///
    /// # Errors
    /// Why a column such as this cannot hold it.
    pub(super) fn text(self, is_decimal: bool, is_list: bool) -> Result<Cow<'a, str>, String> {
        let length = match &self {
            Self::Text(text) => text.len(),
            Self::Items(items) => items.len(),
            Self::Number(_) | Self::Unreadable(_) => 0,
        };
        if length > MOST_BYTES {
            return Err(format!(
                "the cell holds {length} bytes, and one may hold {MOST_BYTES}; perhaps a quote is left open before it"
            ));
        }
        match self {
            Self::Text(text) => Ok(text),
            Self::Number(n) if !is_decimal && n.abs() >= INEXACT => {
                Err("the number has more than 15 digits and may not be exact: write it as text".to_owned())
            }
            Self::Number(n) => Ok(Cow::Owned(n.to_string())),
            Self::Items(items) if is_list => Ok(Cow::Owned(items)),
            Self::Items(_) => Err("a list stands where one value belongs".to_owned()),
            Self::Unreadable(cause) => Err(cause),
        }
    }
}
