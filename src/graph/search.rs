use super::{Graph, Slot};

/// A text that organisations are matched against: part of a name, an id, a credit code, or a division code's start.
///
/// Width and case of letters are folded on both sides.
#[derive(Clone, Debug)]
pub struct TextMatcher {
    needle: String,
}

impl TextMatcher {
    /// A matcher for a text as a user typed it.
    pub fn new(text: &str) -> Self {
        Self { needle: fold(text.trim()) }
    }

    /// Whether an organisation matches.
    pub fn matches(&self, graph: &Graph, slot: Slot) -> bool {
        let holds = |text: &str| fold(text).contains(&self.needle);
        holds(graph.name(slot))
            || holds(graph.id(slot).as_str())
            || graph.columns.other_names(slot).any(|name| holds(name))
            || graph.columns.credit_code(slot).is_some_and(|code| holds(code.as_str()))
            || graph.columns.division(slot).is_some_and(|code| code.to_string().starts_with(&self.needle))
    }
}

/// Half-width lower-case letters.
fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_are_folded() {
        assert_eq!(fold("ＡＢＣ　示例"), "abc 示例");
    }
}
