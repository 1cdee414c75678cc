//! Digits of a text in groups, and the numbers that neighbouring groups may be together.

use std::ops::Range;

use super::digits::{Script, digit, is_invisible, is_separator, is_x};

/// Digits of one script that stand together.
pub(super) struct Group {
    pub(super) digits: Vec<u8>,
    pub(super) range: Range<usize>,
    /// What stands between it and the group before.
    pub(super) link: Link,
    /// Where an X that comes next ends.
    x_end: Option<usize>,
    script: Script,
}

/// How a group hangs on the group before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Not at all: it is the first, or letters or many separators are between.
    Apart,
    /// It stands close to it, in another script.
    Close,
    /// A few separators are between.
    Separated,
}

/// How many separators may be between the parts of a number.
const MOST_SEPARATORS: usize = 3;

/// The groups of digits of a text, in their order.
pub(super) fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // How many separators came since the last digit; `None` where something else did.
    let mut separators = None;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        if let Some(digit) = digit(character) {
            let link = match separators {
                None => Link::Apart,
                Some(0) => Link::Close,
                Some(_) => Link::Separated,
            };
            match groups.last_mut().filter(|last| link == Link::Close && last.script == digit.script) {
                Some(group) => {
                    group.digits.push(digit.value);
                    group.range.end = end;
                }
                None => groups.push(Group {
                    digits: vec![digit.value],
                    range: at..end,
                    link,
                    x_end: None,
                    script: digit.script,
                }),
            }
            separators = Some(0);
        } else if is_invisible(character) {
            // As if it were not there.
        } else {
            if let Some(group) = groups.last_mut().filter(|_| is_x(character) && separators.is_some()) {
                group.x_end = Some(end);
            }
            let counted = separators.map(|count| count + 1);
            separators = counted.filter(|count| is_separator(character) && *count <= MOST_SEPARATORS);
        }
    }
    groups
}

/// Neighbouring groups, taken for one number.
pub(super) struct Candidate<'a> {
    pub(super) text: &'a str,
    /// The groups before it, the last one nearest.
    pub(super) before: &'a [Group],
    /// Its own groups.
    pub(super) groups: &'a [Group],
    /// The groups after it.
    pub(super) after: &'a [Group],
    /// Its digits.
    pub(super) digits: Vec<u8>,
    /// How many digits stand together, part by part.
    pub(super) parts: Vec<usize>,
}

impl<'a> Candidate<'a> {
    /// The candidate that begins at a group; it has no more digits than that group.
    pub(super) fn at(text: &'a str, groups: &'a [Group], first: usize) -> Self {
        let own = &groups[first..=first];
        Self {
            text,
            before: &groups[..first],
            groups: own,
            after: &groups[first + 1..],
            digits: own[0].digits.clone(),
            parts: vec![own[0].digits.len()],
        }
    }

    /// The candidate with the next group too; `None` where that group stands apart.
    pub(super) fn longer(mut self, all: &'a [Group]) -> Option<Self> {
        let next = self.after.first().filter(|next| next.link != Link::Apart)?;
        let first = self.before.len();
        self.digits.extend_from_slice(&next.digits);
        match (next.link, self.parts.last_mut()) {
            (Link::Close, Some(part)) => *part += next.digits.len(),
            _ => self.parts.push(next.digits.len()),
        }
        let end = first + self.groups.len() + 1;
        self.groups = &all[first..end];
        self.after = &all[end..];
        Some(self)
    }

    /// Its place in the text, from the first digit to the last.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.groups.first().map_or(0, |group| group.range.start);
        start..self.groups.last().map_or(start, |group| group.range.end)
    }

    /// Where the X that comes next ends, if one does.
    pub(super) fn x_end(&self) -> Option<usize> {
        self.groups.last().and_then(|group| group.x_end)
    }

    /// The text before it.
    pub(super) fn text_before(&self) -> &'a str {
        &self.text[..self.range().start]
    }

    /// The text after it.
    pub(super) fn text_after(&self) -> &'a str {
        &self.text[self.range().end..]
    }

    /// Whether the groups around it, where they hang on it, have this many digits each.
    pub(super) fn has_neighbour_of(&self, digits: usize) -> bool {
        let own = self.groups.first().filter(|group| group.link == Link::Separated);
        let before = own.and(self.before.last());
        let after = self.after.first().filter(|group| group.link == Link::Separated);
        before.into_iter().chain(after).any(|group| group.digits.len() == digits)
    }
}
