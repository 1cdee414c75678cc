//! Conditions in words, for reasons and pages: what was needed, in the names that rules are written in.

use std::fmt;

use crate::graph::Direction;
use crate::model::{KindSet, OrganizationKind};

use super::{Compare, Condition, Quantifier, Related};

/// Kinds by name; the two groups that the glossary names go by their names.
fn kind_names(kinds: &[OrganizationKind]) -> String {
    let set: KindSet = kinds.iter().copied().collect();
    let groups = [
        (KindSet::PARTY_ORGANIZATIONS, "Party organisation"),
        (KindSet::COVERING_ORGANIZATIONS, "covering organisation"),
    ];
    for (group, name) in groups {
        if group.without(set) == KindSet::EMPTY {
            let others = set.without(group).iter().map(OrganizationKind::name);
            return std::iter::once(name).chain(others).collect::<Vec<_>>().join(" | ");
        }
    }
    join(kinds, " | ", |kind| kind.name().to_owned())
}

fn join<T>(items: &[T], between: &str, write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(between)
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kinds) => f.write_str(&kind_names(kinds)),
            Self::Designation(designation) => write!(f, "designated {designation}"),
            Self::OperatingStatus(statuses) => f.write_str(&join(statuses, " | ", |s| s.name().to_owned())),
            Self::Compare(compare) => compare.fmt(f),
            Self::Related(related) => related.fmt(f),
            Self::Within(id) => write!(f, "within {id}"),
            Self::All(parts) if parts.is_empty() => f.write_str("anything"),
            Self::All(parts) => f.write_str(&join(parts, ", ", |p| part(p, matches!(p, Self::Any(_))))),
            Self::Any(parts) if parts.is_empty() => f.write_str("nothing"),
            Self::Any(parts) => f.write_str(&join(parts, " or ", |p| part(p, matches!(p, Self::All(_))))),
            Self::Not(inner) => write!(f, "not ({inner})"),
        }
    }
}

fn part(condition: &Condition, bracketed: bool) -> String {
    if bracketed { format!("({condition})") } else { condition.to_string() }
}

impl fmt::Display for Compare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.operand.name(), self.comparison.sign(), self.value)
    }
}

impl fmt::Display for Related {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Quantifier::Some => {}
            Quantifier::Every => f.write_str("every ")?,
            Quantifier::None => f.write_str("no ")?,
            Quantifier::AtLeast => write!(f, "at least {} ", self.count())?,
            Quantifier::AtMost => write!(f, "at most {} ", self.count())?,
        }
        f.write_str(match self.direction {
            Direction::In => "← ",
            Direction::Out => "→ ",
            Direction::Both => "↔ ",
        })?;
        f.write_str(self.relation_type.name())?;
        if !self.modes.is_empty() {
            write!(f, " ({})", join(&self.modes, " | ", |m| m.name().to_owned()))?;
        }
        if self.to != Condition::always() {
            write!(f, " [{}]", self.to)?;
        }
        Ok(())
    }
}
