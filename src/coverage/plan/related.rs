use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::coverage::{Condition, Indicator, Quantifier, Related, select};
use crate::graph::{Direction, Slot, slots};
use crate::model::{OrganizationCategory as C, OrganizationId, OrganizationKind as K, RelationType as T};

use super::area::Near;
use super::draft::Draft;
use super::recipe::{found_related, founded, kinds, relation, single_relation};
use super::sentence::Action;
use super::{Bound, Counted, Drafted, Remedy, RemedyKind, Unplanned};

/// How a missing relation can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To an organisation founded for the unit.
    Found,
    /// To one that exists and stands near by.
    Near,
    /// To one that exists and stands near by, or to one that is founded for the subdistrict.
    NearOrFound,
    /// To what the unit stands within.
    Above,
}

impl Way {
    /// How a relation of a type can be made; `None` where no default rule says whom to choose.
    pub(super) fn of(related: &Related) -> Option<Self> {
        match (related.relation_type, related.direction) {
            (T::Organizes | T::Serves | T::ManagedBy, Direction::In) => Some(Self::Found),
            (T::LocatedIn, Direction::In | Direction::Both) => Some(Self::Found),
            (T::Instructs, Direction::In) | (T::GuidedBy, Direction::Out) => Some(Self::Near),
            (T::MemberOf, Direction::Out) => Some(Self::NearOrFound),
            (T::JoinsLocality | T::ManagedBy, Direction::Out) => Some(Self::Above),
            _ => None,
        }
    }
}

/// The relation that closes a gap with the least effort, among the forms that ask for one relation alone.
pub(super) fn simplest(indicator: &Indicator) -> Option<(&Related, Way)> {
    let ways = indicator.forms.iter().filter_map(|form| {
        let related = single_relation(form)?;
        let way = Way::of(related)?;
        let rank = match way {
            Way::Found => founded(kinds(&related.to))?.0,
            _ => 0,
        };
        Some((rank, related, way))
    });
    ways.min_by_key(|(rank, ..)| *rank).map(|(_, related, way)| (related, way))
}

/// Plans the missing relation of as many units as are needed, in the order of ids, one step an organisation.
pub(super) fn relations(
    (related, way): (&Related, Way),
    uncovered: &[Slot],
    needed: u64,
    draft: &mut Draft<'_>,
) -> Drafted {
    let near = near_by(related, way, draft);
    let mut maker = Maker::new(related, way, &near);
    let mut remedies: Vec<Remedy> = Vec::new();
    let mut by_other: BTreeMap<OrganizationId, usize> = BTreeMap::new();
    let mut unplanned = Vec::new();
    let mut covered = 0;
    for unit in uncovered {
        if covered == needed {
            break;
        }
        let Some((other, remedy)) = maker.remedy(draft, *unit) else {
            unplanned.push((*unit, if way == Way::Found { Unplanned::NoRule } else { Unplanned::NoneNear }));
            continue;
        };
        covered += 1;
        match by_other.get(&other) {
            Some(position) => {
                let step = &mut remedies[*position];
                step.units.extend(remedy.units);
                step.changes.extend(remedy.changes);
            }
            None => {
                by_other.insert(other, remedies.len());
                remedies.push(remedy);
            }
        }
    }
    for remedy in remedies.iter_mut().filter(|remedy| remedy.units.len() > 1) {
        remedy.text.and_more(remedy.units.len() - 1);
    }
    let bound = Bound { counted: Counted::Relations, planned: covered, at_least: covered };
    Drafted { remedies, bound: Some(bound), unplanned, note: None }
}

/// Who can be chosen, by where it works: first by how well, then by id.
pub(super) type NearBy = HashMap<Slot, (u8, OrganizationId, Slot)>;

/// Makes missing relations, and remembers what it founded.
pub(super) struct Maker<'a> {
    related: &'a Related,
    way: Way,
    near: &'a NearBy,
    /// What was founded, by subdistrict.
    founded: HashMap<Slot, (OrganizationId, K)>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(related: &'a Related, way: Way, near: &'a NearBy) -> Self {
        Self { related, way, near, founded: HashMap::new() }
    }

    /// What covers a unit, and the organisation that does; `None` where there is none to be had.
    pub(super) fn remedy(&mut self, draft: &mut Draft<'_>, unit: Slot) -> Option<(OrganizationId, Remedy)> {
        let graph = draft.graph;
        let this = (graph.id(unit), graph.kind(unit));
        let exists = |other: Slot| {
            let change = relation(draft, self.related, (graph.id(other), graph.kind(other)), this)?;
            let text = Action::Relate {
                unit: graph.name(unit).to_string(),
                other: graph.name(other).to_string(),
                relation_type: self.related.relation_type,
            };
            let text = text.into();
            let kind = RemedyKind::ExistingOrganization;
            Some((graph.id(other).clone(), Remedy { kind, text, units: vec![unit], changes: vec![change] }))
        };
        let above = graph.ancestors(unit, draft.when());
        match self.way {
            Way::Above => {
                let wanted = kinds(&self.related.to);
                above.into_iter().find(|slot| wanted.contains(&graph.kind(*slot))).and_then(exists)
            }
            Way::Near | Way::NearOrFound => {
                let nearest = above.iter().find_map(|slot| self.near.get(slot)).map(|(_, _, other)| *other);
                match nearest {
                    Some(other) => exists(other),
                    None if self.way == Way::NearOrFound => self.found_for_area(draft, unit),
                    None => None,
                }
            }
            Way::Found => {
                if let Some(completed) = self.complete(draft, unit) {
                    return Some(completed);
                }
                let stem = graph.name(unit).to_string();
                let seat = draft.seat(unit);
                let (founded, changes) = found_related(draft, self.related, this, seat, &stem, &[unit])?;
                let (name, other) = (founded.name.to_string(), graph.name(unit).to_string());
                let text = Action::Found { founded: name, other }.into();
                let kind = RemedyKind::NewOrganization;
                Some((founded.id, Remedy { kind, text, units: vec![unit], changes }))
            }
        }
    }

    /// Founds what one that is related to the unit already lacks, such as the Party branch of its chamber.
    fn complete(&self, draft: &mut Draft<'_>, unit: Slot) -> Option<(OrganizationId, Remedy)> {
        let graph = draft.graph;
        let Condition::All(parts) = &self.related.to else { return None };
        let mut lacking = parts.iter().filter(|part| !matches!(part, Condition::Kind(_)));
        let (Some(Condition::Related(lacking)), None) = (lacking.next(), lacking.next()) else { return None };
        if lacking.quantifier != Quantifier::Some {
            return None;
        }
        let types = [self.related.relation_type];
        let others = graph
            .relations_of(unit, self.related.direction, &types, draft.when())
            .filter(|r| {
                self.related.modes.is_empty() || r.mode.is_some_and(|m| self.related.modes.contains(&m))
            })
            .map(|relation| if relation.source == unit { relation.target } else { relation.source })
            .filter(|other| kinds(&self.related.to).contains(&graph.kind(*other)));
        let other = others.min_by_key(|other| graph.id(*other))?;
        let (this, seat) = ((graph.id(other), graph.kind(other)), draft.seat(other));
        let stem = graph.name(other).to_string();
        let (founded, changes) = found_related(draft, lacking, this, seat, &stem, &[other])?;
        let text =
            Action::Found { founded: founded.name.to_string(), other: graph.name(other).to_string() }.into();
        let kind = RemedyKind::NewOrganization;
        Some((founded.id, Remedy { kind, text, units: vec![unit], changes }))
    }

    /// Relates a unit to what is founded for its subdistrict, founding it for the first unit that needs it.
    fn found_for_area(&mut self, draft: &mut Draft<'_>, unit: Slot) -> Option<(OrganizationId, Remedy)> {
        let graph = draft.graph;
        let area = Near::of(graph, unit, draft.when()).area()?;
        let this = (graph.id(unit), graph.kind(unit));
        let kind = RemedyKind::NewOrganization;
        if let Some((id, of_kind)) = self.founded.get(&area) {
            let change = relation(draft, self.related, (id, *of_kind), this)?;
            return Some((
                id.clone(),
                Remedy { kind, text: Action::Also.into(), units: vec![unit], changes: vec![change] },
            ));
        }
        let stem = graph.name(area).to_string();
        let (founded, changes) = found_related(draft, self.related, this, Some(area), &stem, &[unit])?;
        self.founded.insert(area, (founded.id.clone(), founded.kind));
        let (name, unit_name) = (founded.name.to_string(), graph.name(unit).to_string());
        let text = Action::FoundWith { founded: name, unit: unit_name }.into();
        Some((founded.id, Remedy { kind, text, units: vec![unit], changes }))
    }
}

/// Who can be chosen near by; nobody where that is not the way. A Party organisation where it is set up in a
/// territory or a place, a body also in the subdistrict that it stands in.
pub(super) fn near_by(related: &Related, way: Way, draft: &Draft<'_>) -> NearBy {
    if !matches!(way, Way::Near | Way::NearOrFound) {
        return NearBy::new();
    }
    let graph = draft.graph;
    let mut near = NearBy::new();
    let mut enter = |key: Slot, rank: u8, other: Slot| {
        let entry = (rank, graph.id(other).clone(), other);
        let known = near.entry(key).or_insert_with(|| entry.clone());
        if entry < *known {
            *known = entry;
        }
    };
    for other in slots(&select(&related.to, graph, draft.when())) {
        for organizes in graph.relations_of(other, Direction::Out, &[T::Organizes], draft.when()) {
            if matches!(graph.kind(organizes.target).category(), C::Territory | C::Place) {
                enter(organizes.target, 0, other);
            }
        }
        if way == Way::NearOrFound {
            for above in graph.ancestors(other, draft.when()) {
                let wide = graph.kind(above).level().is_some_and(|level| level < subdistrict_level());
                if !wide {
                    enter(above, 1, other);
                }
            }
        }
    }
    near
}

fn subdistrict_level() -> u8 {
    K::Subdistrict.level().unwrap_or(u8::MAX)
}
