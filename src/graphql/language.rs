use async_graphql::Context;

use super::enums::Language;
use crate::model::{self, Label};

/// The language asked for by an argument, else that of the request, else simplified Chinese.
pub(super) fn language(context: &Context<'_>, asked: Option<Language>) -> model::Language {
    let of_request = || context.data_opt().copied().unwrap_or_default();
    asked.map_or_else(of_request, Into::into)
}

/// A name in the language asked for.
pub(super) fn written<'l>(context: &Context<'_>, label: &'l Label, asked: Option<Language>) -> &'l str {
    label.written(language(context, asked))
}
