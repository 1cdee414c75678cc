use async_graphql::{Context, Object, Result, SimpleObject};

use super::enums::Language;
use super::error::bad_input;
use super::language::written;
use crate::model::{self, Label};

/// The values of one enum as users read them.
#[derive(SimpleObject)]
pub(super) struct EnumLabels {
    /// The enum's name in this schema; Designation for the designations that the glossary knows.
    r#enum: &'static str,
    /// Every value, in the order of the enum.
    values: Vec<ValueLabel>,
}

/// One value of an enum as users read it.
pub(super) struct ValueLabel {
    value: &'static str,
    label: Label,
}

/// One value of an enum as users read it.
#[Object]
impl ValueLabel {
    /// The value as queries and answers have it.
    async fn value(&self) -> &str {
        self.value
    }

    /// The label in one language.
    async fn label(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The writing; that of the request where left out.")] language: Option<Language>,
    ) -> &str {
        written(context, &self.label, language)
    }

    /// The label in simplified Chinese.
    async fn simplified(&self) -> &str {
        &self.label.simplified
    }

    /// The label in traditional Chinese.
    async fn traditional(&self) -> &str {
        &self.label.traditional
    }

    /// The label in English.
    async fn english(&self) -> &str {
        &self.label.english
    }
}

impl EnumLabels {
    fn new(labels: &model::EnumLabels) -> Self {
        let values = labels.iter().map(|(value, label)| ValueLabel { value, label }).collect();
        Self { r#enum: labels.name, values }
    }
}

/// The labels of some enums, of all where none are named.
pub(super) fn enum_labels(names: Option<Vec<String>>) -> Result<Vec<EnumLabels>> {
    let Some(names) = names else { return Ok(model::EnumLabels::all().map(EnumLabels::new).collect()) };
    let most = model::EnumLabels::all().count();
    if names.len() > most {
        return Err(bad_input(format!("enums has {} entries, but may have {most}", names.len())));
    }
    let of = |name: &String| {
        let known = || model::EnumLabels::all().map(|labels| labels.name).collect::<Vec<_>>().join(", ");
        let labels = model::EnumLabels::of(name);
        labels
            .map(EnumLabels::new)
            .ok_or_else(|| bad_input(format!("enums: \"{name}\" is none of {}", known())))
    };
    names.iter().map(of).collect()
}
