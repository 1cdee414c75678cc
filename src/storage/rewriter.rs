use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde_json::Value;

use super::Redaction;
use crate::model::{Change, OrganizationId, Origin};

/// What stands where text was taken out.
pub const REDACTED: &str = "〔已隐去 redacted〕";

/// Takes a text out of what is recorded, wherever a text may stand.
pub(super) struct Rewriter<'t> {
    text: &'t str,
    /// Ids that hold the text, each with what it is called from now on.
    ids: BTreeMap<String, String>,
}

impl<'t> Rewriter<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, ids: BTreeMap::new() }
    }

    /// Whether bytes hold the text.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        memchr::memmem::find(bytes, self.text.as_bytes()).is_some()
    }

    /// Remembers the ids of a change that hold the text, and tells each place at which the text stands.
    pub(super) fn learn(&mut self, change: &Change, tell: &mut dyn FnMut(&str)) -> serde_json::Result<()> {
        if let Change::PutOrganization(organization) = change {
            self.learn_id(&organization.id).map_err(serde_json::Error::io)?;
        }
        let mut value = serde_json::to_value(change)?;
        walk(&mut value, "", &mut |place, text| {
            for _ in text.matches(self.text) {
                tell(place);
            }
        });
        Ok(())
    }

    fn learn_id(&mut self, id: &OrganizationId) -> std::io::Result<()> {
        if id.as_str().contains(self.text) && !self.ids.contains_key(id.as_str()) {
            let mut random = [0; 8];
            getrandom::fill(&mut random).map_err(std::io::Error::other)?;
            self.ids.insert(id.to_string(), format!("redacted-{}", HEXLOWER.encode(&random)));
        }
        Ok(())
    }

    /// How often the text stands in another.
    pub(super) fn count(&self, text: &str) -> u64 {
        text.matches(self.text).count() as u64
    }

    /// Whether a redaction took this text out.
    pub(super) fn is_of(&self, redaction: &Redaction) -> bool {
        redaction.is_of(self.text)
    }

    /// A text without the text: ids go as a whole, all else leaves a mark.
    pub(super) fn text(&self, text: &str) -> String {
        let mut rewritten = text.to_owned();
        // The longest first: one id may be the beginning of another.
        let mut ids: Vec<_> = self.ids.iter().collect();
        ids.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        for (id, name) in ids {
            rewritten = rewritten.replace(id, name);
        }
        rewritten.replace(self.text, REDACTED)
    }

    /// An origin without the text.
    pub(super) fn origin(&self, origin: &Origin) -> Origin {
        let credential = origin.credential.as_ref().map(|credential| self.text(credential).into());
        let files = origin.files.iter().map(|name| self.text(name).into()).collect();
        Origin { credential, files, ..origin.clone() }
    }

    /// A change without the text.
    ///
    /// # Errors
    /// What is wrong with the change that would be left.
    pub(super) fn change(&self, change: &Change) -> serde_json::Result<Change> {
        let mut value = serde_json::to_value(change)?;
        walk(&mut value, "", &mut |_, text| {
            if text.contains(self.text) {
                *text = self.text(text);
            }
        });
        serde_json::from_value(value)
    }
}

/// Visits every text of a value, with the names of the fields that lead to it.
fn walk(value: &mut Value, place: &str, visit: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::String(text) => visit(place, text),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, place, visit)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                walk(value, &below, visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::fixture::{every_annex, every_change, every_definition, every_task};

    #[test]
    fn what_does_not_hold_the_text_comes_out_as_it_went_in() {
        let rewriter = Rewriter::new("nowhere in it");
        for commit in [every_change(), every_annex(1), every_definition(1), every_task(1)] {
            for change in &commit.changes {
                assert_eq!(rewriter.change(change).unwrap(), *change);
            }
        }
    }
}
