use thiserror::Error;

use super::{Condition, Indicator};
use crate::model::{KindSet, OrganizationKind, relation_rules};

/// Units cannot be grouped by a kind, since none of them can stand in an organisation of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "no unit of {asked} can stand within an organisation of kind {}, so grouping by it would count nothing; group by \
     one of {possible}",
    .kind.name()
)]
pub struct GroupingError {
    /// What was to be grouped, as its user named it.
    pub asked: String,
    /// The kind.
    pub kind: OrganizationKind,
    /// The kinds by which the units can be grouped.
    pub possible: KindSet,
}

/// Checks that units of at least one indicator can stand in an organisation of a kind, or be one.
///
/// # Errors
/// [`GroupingError`] where none can, whatever is recorded.
///
/// ```
/// use orgatlas::coverage::{Indicator, check_grouping};
/// use orgatlas::model::OrganizationKind;
/// let villages: Indicator = toml::from_str(r#"
///     id = "villages"
///     name = { simplified = "村", traditional = "村", english = "villages" }
///     source = "an example"
///     population = { kind = ["VILLAGE"] }
///     form = []
/// "#)?;
/// assert!(check_grouping([&villages], OrganizationKind::District).is_ok());
/// assert!(check_grouping([&villages], OrganizationKind::Enterprise).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check_grouping<'i>(
    indicators: impl IntoIterator<Item = &'i Indicator>,
    kind: OrganizationKind,
) -> Result<(), GroupingError> {
    let (mut asked, mut possible) = (Vec::new(), KindSet::EMPTY);
    for indicator in indicators {
        let kinds = kinds_of(&indicator.population);
        let containing = with_what_contains(kinds);
        // Industries and chains stand nowhere: in any grouping all of them are in the group of none.
        possible = possible.or(if containing == kinds { KindSet::ALL } else { containing });
        asked.push(indicator.id.as_str());
    }
    if possible.contains(kind) || asked.is_empty() {
        return Ok(());
    }
    let asked = if asked == [""] { "this rule".to_owned() } else { asked.join(", ") };
    Err(GroupingError { asked, kind, possible })
}

/// The kinds that an organisation can be of which a condition holds; it may be of fewer.
fn kinds_of(condition: &Condition) -> KindSet {
    match condition {
        Condition::Kind(kinds) => KindSet::of(kinds),
        Condition::All(parts) => parts.iter().map(kinds_of).fold(KindSet::ALL, KindSet::and),
        Condition::Any(parts) => parts.iter().map(kinds_of).fold(KindSet::EMPTY, KindSet::or),
        Condition::Designation(_)
        | Condition::OperatingStatus(_)
        | Condition::Compare(_)
        | Condition::Related(_)
        | Condition::Within(_)
        | Condition::Not(_) => KindSet::ALL,
    }
}

/// Kinds, and those in which organisations of them can stand, directly or through others.
fn with_what_contains(mut kinds: KindSet) -> KindSet {
    let standing = || relation_rules().iter().filter(|rule| rule.relation_type.is_standing());
    loop {
        let joins = standing().flat_map(|rule| rule.joins);
        let reached =
            joins.filter(|(source, _)| kinds.and(*source) != KindSet::EMPTY).map(|(_, target)| *target);
        let more = reached.fold(kinds, KindSet::or);
        if more == kinds {
            return kinds;
        }
        kinds = more;
    }
}
