use async_graphql::{InputType, Value};

use super::{NotPlain, Run};

/// An argument of a field.
pub(in crate::graphql) enum Argument<T> {
    /// It was known when the plan was made.
    Known(T),
    /// It holds texts that are known only when the plan is used; of these it is made.
    Late(Box<OfTexts>),
}

/// Makes a value of the texts of a question.
type OfTexts = dyn Fn(&[String]) -> Option<Value> + Send + Sync;

impl<T: InputType> Argument<T> {
    /// Does something with the value.
    pub(in crate::graphql) fn with<R, E>(
        &self,
        run: &Run<'_>,
        take: impl FnOnce(&T) -> Result<R, E>,
    ) -> Result<R, NotPlain>
    where
        NotPlain: From<E>,
    {
        Ok(match self {
            Self::Known(value) => take(value)?,
            Self::Late(of) => take(&T::parse(of(run.texts)).map_err(|_| NotPlain)?)?,
        })
    }
}

impl<T: InputType + Clone> Argument<T> {
    pub(in crate::graphql) fn cloned(&self, run: &Run<'_>) -> Result<T, NotPlain> {
        self.with(run, |value| Ok::<_, NotPlain>(value.clone()))
    }
}
