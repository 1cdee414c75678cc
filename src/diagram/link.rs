use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What the links of a chart begin with; the id of an organisation follows.
///
/// Relative, or of a scheme that only leads somewhere: a chart is opened in browsers, and a link must not run anything.
///
/// ```
/// use orgatlas::diagram::Links;
/// assert!("https://example.org/units/".parse::<Links>().is_ok());
/// assert!("javascript:alert(1)//".parse::<Links>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links(String);

/// Why links are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// They would be of a scheme that browsers execute, or that leads nowhere.
    #[error(
        "links begin with \"{0}:\", but may only begin with http:, https: or mailto:, or be relative, such as /units/"
    )]
    Scheme(String),
    /// They hold what no address holds.
    #[error("links hold {0:?}, which no address holds: write it in percent, such as %20")]
    Character(char),
}

/// Schemes of links that only lead somewhere.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

impl Links {
    /// Links within the chart, to the boxes themselves.
    pub const WITHIN: &str = "#";

    /// Links to what stands beside the chart.
    pub fn beside() -> Self {
        Self(String::new())
    }

    /// As they were written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Links {
    fn default() -> Self {
        Self(Self::WITHIN.to_owned())
    }
}

impl FromStr for Links {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        // Browsers pass over controls and blanks, also within the name of a scheme.
        if let Some(character) = text.chars().find(|c| c.is_control() || c.is_whitespace()) {
            return Err(LinkError::Character(character));
        }
        match text.split_once(':') {
            Some((scheme, _))
                if !scheme.contains(['/', '?', '#'])
                    && !SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) =>
            {
                Err(LinkError::Scheme(scheme.to_owned()))
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_somewhere_and_run_nothing() {
        let taken = [
            "",
            "#",
            "/units/",
            "units?id=",
            "https://a.example/x:",
            "HTTP://a/",
            "mailto:a@b.c?subject=",
            "?x=a:b",
            "./a:b",
        ];
        for text in taken {
            assert_eq!(text.parse::<Links>().map(|links| links.to_string()), Ok(text.to_owned()));
        }
        let refused = [
            "javascript:alert(1)//",
            "JaVaScRiPt:x",
            "java\nscript:x",
            "\tjavascript:x",
            "\u{1}javascript:x",
            "javascript\t:x",
            "data:text/html,",
            "vbscript:x",
            "file:///etc/",
            "blob:x",
            " https://a/",
            ":x",
            "view-source:https://a/",
            "ｊavascript:x",
        ];
        for text in refused {
            assert!(text.parse::<Links>().is_err(), "{text:?}");
        }
    }
}
