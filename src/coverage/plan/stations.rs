use std::cmp::Reverse;

use crate::graph::Slot;
use crate::model::{Change, OrganizationKind as K, RelationType as T};

use super::area::{Near, pools, shared};
use super::bound::fewest;
use super::draft::Draft;
use super::sentence::Action;
use super::{Bound, Counted, Drafted, Limits, Remedy, RemedyKind, Unplanned};

/// What names of stations end with.
const STATION: &str = "党群服务站";

/// Plans stations for grids: whole ones in each community, then of what is left in each subdistrict, and of all
/// these the greatest first. Stations that exist stay as they are.
pub(super) fn stations(uncovered: &[Slot], needed: u64, limits: &Limits, draft: &mut Draft<'_>) -> Drafted {
    let near: Vec<_> = uncovered.iter().map(|grid| Near::of(draft.graph, *grid, draft.when())).collect();
    let placed = |grid: &usize| near[*grid].area().is_some();
    let (known, lost): (Vec<_>, Vec<_>) = (0..uncovered.len()).partition(placed);
    let limit = limits.grids_per_station;
    let mut served = Vec::new();
    let mut rest = Vec::new();
    for (_, mut pool) in pools(known.iter().copied(), |grid| near[grid].community.or(near[grid].area())) {
        let left = pool.split_off(pool.len() - pool.len() % limit);
        served.extend(pool.chunks(limit).map(<[usize]>::to_vec));
        rest.extend(left);
    }
    // The rest comes community by community, so that grids of one stay together where they can.
    for (_, pool) in pools(rest, |grid| near[grid].area()) {
        served.extend(pool.chunks(limit).map(<[usize]>::to_vec));
    }
    served.sort_by_key(|grids| Reverse(grids.len()));
    let at_least = if known.len() as u64 > needed {
        let mut open = needed as usize;
        served.retain(|grids| {
            let wanted = open > 0;
            open = open.saturating_sub(grids.len());
            wanted
        });
        needed.div_ceil(limit as u64)
    } else {
        fewest(known.iter().map(|grid| &near[*grid]), std::iter::empty(), limit)
    };
    let bound = Bound { counted: Counted::Stations, planned: served.len() as u64, at_least };
    let remedies = served.into_iter().map(|mut grids| {
        grids.sort_unstable();
        let place = shared(&grids.iter().map(|grid| &near[*grid]).collect::<Vec<_>>());
        let grids: Vec<_> = grids.into_iter().map(|grid| uncovered[grid]).collect();
        station(draft, place, grids)
    });
    Drafted {
        remedies: remedies.collect(),
        bound: Some(bound),
        unplanned: lost.into_iter().map(|grid| (uncovered[grid], Unplanned::UnknownPlace)).collect(),
        note: None,
    }
}

/// A new station for grids that share a territory.
pub(super) fn station(draft: &mut Draft<'_>, place: Option<Slot>, grids: Vec<Slot>) -> Remedy {
    let name = match place {
        Some(place) => draft.numbered(place, STATION),
        None => STATION.to_owned(),
    };
    let text = Action::Station { station: name.clone(), grids: grids.len() }.into();
    let station = draft.found(K::ServiceStation, name, &grids);
    let id = station.id.clone();
    let mut changes = vec![Change::PutOrganization(Box::new(station))];
    changes.extend(place.map(|place| draft.locate(&id, place)));
    changes.extend(grids.iter().map(|grid| draft.relate(&id, T::Serves, draft.graph.id(*grid), None)));
    Remedy { kind: RemedyKind::NewStation, text, units: grids, changes }
}
