use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::TaskError;
use crate::model::{Month, OrganizationId};

/// What makes a task itself, written `<month>/<indicator>/<territory>`: a month has one task a gap and territory.
///
/// ```
/// use orgatlas::model::TaskId;
/// let id: TaskId = "2024-06/grid-station/cn-370114001".parse()?;
/// assert_eq!((id.indicator.as_ref(), id.territory.as_str()), ("grid-station", "cn-370114001"));
/// assert_eq!(id.to_string(), "2024-06/grid-station/cn-370114001");
/// # Ok::<(), orgatlas::model::TaskError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId {
    /// The month that it belongs to.
    pub month: Month,
    /// The id of the indicator that has the gap.
    pub indicator: Arc<str>,
    /// The territory that has the gap.
    pub territory: OrganizationId,
}

impl FromStr for TaskId {
    type Err = TaskError;

    fn from_str(text: &str) -> Result<Self, TaskError> {
        let refused = || TaskError::Id(text.to_owned());
        let mut parts = text.split('/');
        let (Some(month), Some(indicator), Some(territory), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refused());
        };
        let month = month.parse().map_err(|_| refused())?;
        let territory = territory.parse().map_err(|_| refused())?;
        if indicator.is_empty() {
            Err(refused())
        } else {
            Ok(Self { month, indicator: indicator.into(), territory })
        }
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.month, self.indicator, self.territory)
    }
}

impl TryFrom<String> for TaskId {
    type Error = TaskError;

    fn try_from(text: String) -> Result<Self, TaskError> {
        text.parse()
    }
}

impl From<TaskId> for String {
    fn from(id: TaskId) -> Self {
        id.to_string()
    }
}
