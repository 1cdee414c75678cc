use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::model::{EnumLabels, Label};

/// How far a task has come, from its issue to its end.
///
/// The stored form is the position in this list: new states go to the end, none is ever removed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskState {
    /// 待交办: issued, and not yet with the unit responsible.
    ToHandOver,
    /// 已交办: with the unit responsible.
    HandedOver,
    /// 整改中: being put right.
    Rectifying,
    /// 已整改: said to be put right; the graph has not been asked.
    Rectified,
    /// 已销号: the graph agrees that the gap is gone.
    Closed,
}

impl TaskState {
    /// The name that users meet, such as `TO_HAND_OVER`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every state, in the order of the loop.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// How users read it.
    pub fn label(self) -> Label {
        EnumLabels::of("TaskState").and_then(|labels| labels.get(self.name())).unwrap_or_else(|| {
            let name = self.name().to_owned();
            Label { simplified: name.clone(), traditional: name.clone(), english: name }
        })
    }

    /// The states that may follow: what is rectified goes back where the graph or an office contradicts.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::ToHandOver => &[Self::HandedOver],
            Self::HandedOver => &[Self::Rectifying],
            Self::Rectifying => &[Self::Rectified],
            Self::Rectified => &[Self::Closed, Self::Rectifying],
            Self::Closed => &[],
        }
    }
}
