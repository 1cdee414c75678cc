//! A graph as RDF on the W3C Organization ontology, in two writings of the same triples.
//!
//! What the ontology has a term for is said with it; the rest with terms of `urn:orgatlas:vocabulary:`. Every relation
//! is a resource with its days, a membership an `org:Membership`; a triple between both ends is there beside it unless
//! the relation has ended, since a triple cannot say when it holds.

mod describe;
mod json_ld;
mod name;
mod organization;
mod relation;
mod turtle;

use super::field::FieldType;
use super::left_out::LeftOut;
use crate::model::{Label, Language};
use name::{Name, Term};

pub use name::{Base, BaseError};

pub(super) use json_ld::write as write_json_ld;
pub(super) use turtle::write as write_turtle;

/// Something with all that is said of it.
struct Resource {
    id: Name,
    /// The classes that it is of.
    classes: Vec<Name>,
    statements: Vec<(Term, Object)>,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Object {
    Resource(Name),
    /// A text in a language.
    Named(String, &'static str),
    /// A value in the form that ledgers have, and what it is.
    Value(String, FieldType),
}

impl Resource {
    fn new(id: Name, classes: impl Into<Vec<Name>>) -> Self {
        Self { id, classes: classes.into(), statements: Vec::new() }
    }

    fn says(&mut self, term: Term, object: Object) {
        self.statements.push((term, object));
    }

    fn leads_to(&mut self, term: Term, other: Name) {
        self.says(term, Object::Resource(other));
    }

    fn has(&mut self, term: Term, value: &(impl ToString + ?Sized), value_type: FieldType) {
        self.says(term, Object::Value(value.to_string(), value_type));
    }

    /// Says what is there of a value that need not be.
    fn may_have(&mut self, term: Term, value: Option<impl ToString>, value_type: FieldType) {
        if let Some(value) = value {
            self.has(term, &value, value_type);
        }
    }

    fn is_named(&mut self, label: &Label) {
        for language in [Language::ZhHans, Language::ZhHant, Language::En] {
            let named = Object::Named(label.written(language).to_owned(), language.tag());
            self.says(Term::PREF_LABEL, named);
        }
    }
}

/// How XML Schema calls what a field holds.
fn datatype(value_type: FieldType) -> &'static str {
    match value_type {
        FieldType::Text | FieldType::Texts => "string",
        FieldType::Flag => "boolean",
        FieldType::Count | FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Day => "date",
    }
}
