use std::collections::HashMap;

use crate::graph::{Graph, Slot, When};
use crate::model::{OrganizationCategory, OrganizationKind as K};

/// What a unit has its neighbours in, on the day of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Near {
    /// The nearest community or village.
    pub(super) community: Option<Slot>,
    /// The nearest park, building or other place.
    pub(super) place: Option<Slot>,
    /// Its subdistricts, the nearest first.
    pub(super) subdistricts: Vec<Slot>,
}

/// How near neighbours are to each other, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Community,
    Place,
    Subdistrict,
}

impl Level {
    pub(super) const ALL: [Self; 3] = [Self::Community, Self::Place, Self::Subdistrict];
}

impl Near {
    pub(super) fn of(graph: &Graph, unit: Slot, when: When) -> Self {
        let mut near = Self::default();
        for above in graph.ancestors(unit, when) {
            match graph.kind(above) {
                K::Community | K::Village => _ = near.community.get_or_insert(above),
                K::Subdistrict => near.subdistricts.push(above),
                kind if kind.category() == OrganizationCategory::Place => {
                    near.place.get_or_insert(above);
                }
                _ => {}
            }
        }
        near
    }

    /// What it shares with neighbours of a level.
    pub(super) fn at(&self, level: Level) -> &[Slot] {
        match level {
            Level::Community => self.community.as_slice(),
            Level::Place => self.place.as_slice(),
            Level::Subdistrict => &self.subdistricts,
        }
    }

    /// All that it shares with neighbours of any level.
    pub(super) fn all(&self) -> impl Iterator<Item = Slot> {
        Level::ALL.into_iter().flat_map(|level| self.at(level)).copied()
    }

    /// The widest neighbourhood that it is planned in; `None` where nobody knows where it stands.
    pub(super) fn area(&self) -> Option<Slot> {
        self.subdistricts.first().copied().or(self.place).or(self.community)
    }
}

/// Items by a key that some have, keys in the order in which they are first met.
///
/// The order of slots is the history of the graph; that of first meeting, among items ordered by id, is not.
pub(super) fn pools(
    items: impl IntoIterator<Item = usize>,
    key: impl Fn(usize) -> Option<Slot>,
) -> Vec<(Slot, Vec<usize>)> {
    let mut pools: Vec<(Slot, Vec<usize>)> = Vec::new();
    let mut positions = HashMap::new();
    for item in items {
        let Some(key) = key(item) else { continue };
        let position = *positions.entry(key).or_insert_with(|| {
            pools.push((key, Vec::new()));
            pools.len() - 1
        });
        pools[position].1.push(item);
    }
    pools
}

/// The smallest neighbourhood that several units share, by which what they share is named.
pub(super) fn shared(near: &[&Near]) -> Option<Slot> {
    let first = near.first()?;
    let common = |slot: &Slot| near.iter().all(|other| other.all().any(|s| s == *slot));
    first.all().find(common)
}
