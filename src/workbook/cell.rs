use std::fmt;

use crate::model::{Date, Percentage, rounded_half_up};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Nothing yet: there is room to write by hand.
    ByHand,
    /// Text, whatever it looks like.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number with two decimals.
    Decimal(f64),
    /// A share of 1, shown as a [`Percentage`].
    Percentage(f64),
    /// How much a whole number rose, shown with its sign.
    WholeChange(i64),
    /// How much a number rose, shown with its sign and two decimals.
    DecimalChange(f64),
    /// A day.
    Date(Date),
    /// Text that is judged; what it says must not hang on the colour alone.
    Rated(String, Rating),
}

/// How what a cell says is judged; sheets show it by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rating {
    /// Green: what should be reached is reached.
    Reached,
    /// Yellow: it is open whether it is.
    Open,
    /// Red: it is not.
    Missed,
    /// No colour: there is nothing to reach.
    Free,
}

/// The cell as tables of text show it.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty | Self::ByHand => Ok(()),
            Self::Text(text) | Self::Rated(text, _) => f.write_str(text),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{:.2}", rounded_half_up(*number, 2)),
            Self::Percentage(share) => Percentage::of_ratio(*share).fmt(f),
            Self::WholeChange(rise) => write!(f, "{rise:+}"),
            Self::DecimalChange(rise) => write!(f, "{:+.2}", rounded_half_up(*rise, 2)),
            Self::Date(day) => write!(f, "{day}"),
        }
    }
}
