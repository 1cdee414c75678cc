use crate::graph::{Direction, Graph, Slot, When};
use crate::model::{Date, KindSet, OrganizationKind, RelationType};

/// Who has to see to the gaps of a territory on a day: the Party organisation that is set up in it, a working
/// committee before a committee before others, by id among several; the territory itself where there is none.
pub fn responsible(graph: &Graph, territory: Slot, date: Date) -> Slot {
    let set_up = graph
        .relations_of(territory, Direction::In, &[RelationType::Organizes], When::On(date))
        .map(|relation| relation.source)
        .filter(|party| KindSet::PARTY_ORGANIZATIONS.contains(graph.kind(*party)));
    let precedence = |party: &Slot| match graph.kind(*party) {
        OrganizationKind::PartyWorkingCommittee => 0,
        OrganizationKind::PartyCommittee => 1,
        _ => 2,
    };
    set_up.min_by_key(|party| (precedence(party), graph.id(*party))).unwrap_or(territory)
}
