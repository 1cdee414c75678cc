use thiserror::Error;

use crate::graph::{Graph, Slot, When, slots};
use crate::model::{Date, OrganizationId, OrganizationKind};

/// The territories whose tasks are issued on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskAreas {
    /// The part of the graph that is looked at; `None` for all of it.
    pub within: Option<Slot>,
    /// The subdistricts, by id; each has its own tasks.
    pub subdistricts: Vec<Slot>,
    /// Who has the tasks of units that stand in none of them.
    pub rest: Slot,
}

/// Why nobody can be given tasks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AreaError {
    /// Tasks are issued by whole subdistricts.
    #[error(
        "{id} is a {kind}: tasks are issued by whole subdistricts, so name a SUBDISTRICT or what they stand in"
    )]
    Part {
        /// The organisation named.
        id: OrganizationId,
        /// Its kind.
        kind: OrganizationKind,
    },
    /// There is nobody for the units that stand in no subdistrict.
    #[error("no territory holds all subdistricts on {0}: name the territory that tasks are issued within")]
    NoCommon(Date),
}

impl TaskAreas {
    /// The subdistricts of a territory, or of the whole graph, as they stand on a day.
    ///
    /// # Errors
    /// [`AreaError`] when the territory is smaller than a subdistrict, or none is named and none holds all.
    pub fn find(graph: &Graph, date: Date, within: Option<Slot>) -> Result<Self, AreaError> {
        let day = graph.day(date);
        let inside = within.map_or_else(|| day.everywhere(), |root| day.standing_in(root));
        let subdistricts = slots(graph.of_kind(OrganizationKind::Subdistrict))
            .filter(|slot| day.position(*slot).is_some_and(|position| inside.contains(position)));
        let subdistricts = graph.sorted_by_id(subdistricts);
        let rest = match within {
            Some(root) => whole(graph, root)?,
            None => common(graph, date, &subdistricts).ok_or(AreaError::NoCommon(date))?,
        };
        Ok(Self { within, subdistricts, rest })
    }
}

/// A territory, if it has whole subdistricts.
fn whole(graph: &Graph, root: Slot) -> Result<Slot, AreaError> {
    let kind = graph.kind(root);
    let subdistrict = OrganizationKind::Subdistrict.level();
    if kind.level().is_some() && kind.level() <= subdistrict {
        Ok(root)
    } else {
        Err(AreaError::Part { id: graph.id(root).clone(), kind })
    }
}

/// The lowest territory that all subdistricts stand in; of one alone, the territory above it.
fn common(graph: &Graph, date: Date, subdistricts: &[Slot]) -> Option<Slot> {
    let above = |slot: &Slot| graph.ancestors(*slot, When::On(date));
    let (first, others) = subdistricts.split_first()?;
    let mut shared = above(first);
    shared.retain(|slot| graph.kind(*slot).level().is_some());
    for other in others {
        let of_other = above(other);
        shared.retain(|slot| of_other.contains(slot));
    }
    // The nearest comes first, and of one level the lowest id; a higher number is a lower level.
    shared.sort_by_key(|slot| std::cmp::Reverse(graph.kind(*slot).level()));
    shared.first().copied()
}
