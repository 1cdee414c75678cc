use serde::Deserialize;
use thiserror::Error;

use super::personal_data_in;

/// The longest classification, in characters: it stands beside titles and in the heads of pages.
const LONGEST: usize = 40;

/// How what leaves a store is marked, and what of it is not told to everybody.
///
/// ```
/// use orgatlas::model::Disclosure;
/// let disclosure = Disclosure::from_toml("classification = \"内部资料\"\nsuppress_below = 3")?;
/// assert_eq!(disclosure.classification.as_deref(), Some("内部资料"));
/// assert_eq!([0, 2, 3].map(|count| disclosure.hides(count)), [false, true, false]);
/// # Ok::<(), orgatlas::model::DisclosureError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// What stands on every page, sheet and chart, and in exports, such as 内部资料; `None` for nothing.
    pub classification: Option<String>,
    /// Counts of members from 1 up to below this are not told to readers; 0 hides none.
    #[serde(default)]
    pub suppress_below: u32,
}

/// Why a disclosure is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DisclosureError {
    /// It is no TOML of the right form.
    #[error("it cannot be read: {0}")]
    Form(String),
    /// The classification cannot stand on a page.
    #[error("the classification {0}")]
    Classification(&'static str),
}

impl Disclosure {
    /// Reads the file of a store.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn from_toml(text: &str) -> Result<Self, DisclosureError> {
        let read: Self = toml::from_str(text)
            .map_err(|error| DisclosureError::Form(error.to_string().trim_end().to_owned()))?;
        let refused = |cause| Err(DisclosureError::Classification(cause));
        match &read.classification {
            Some(label) if label.trim().is_empty() => refused("is empty: leave it out"),
            Some(label) if label.chars().count() > LONGEST => refused("has more than 40 characters"),
            Some(label) if label.chars().any(char::is_control) => {
                refused("holds a character that is not printed")
            }
            Some(label) if personal_data_in(label).is_some() => refused("holds personal data"),
            _ => Ok(read),
        }
    }

    /// Whether a count of members is one that readers are not told.
    pub fn hides(&self, count: u32) -> bool {
        (1..self.suppress_below).contains(&count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_stand_on_a_page_is_refused_with_the_cause() {
        let check = |text: &str| Disclosure::from_toml(text).map_err(|error| error.to_string());
        assert_eq!(check(""), Ok(Disclosure::default()));
        assert_eq!(check("classification = \" \"").unwrap_err(), "the classification is empty: leave it out");
        assert!(
            check(&format!("classification = \"{}\"", "密".repeat(41))).unwrap_err().contains("more than 40")
        );
        assert!(check("classification = \"a\\nb\"").unwrap_err().contains("not printed"));
        assert!(check("classification = \"13812345678\"").unwrap_err().contains("personal data"));
        assert!(check("suppress_bellow = 3").unwrap_err().contains("unknown field"));
        assert!(check("suppress_below = -1").is_err());
    }
}
