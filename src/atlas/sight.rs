//! What whoever is limited to territories sees: a graph of its own, of which everything that is asked is right.
//!
//! It holds, in full, what stands within his territories, at any recorded date, and all relations of it. Beside that it
//! holds what these relations lead to and what the indicators of the store look at from there, so that the state of
//! every unit of his is what it is for everybody. Of such an organisation outside there is only what indicators ask
//! for: its kind, its life, whether it works, its designations, the values that they compare. Its id and its names
//! are there
//!
//! - of what his territories stand within,
//! - and of what a relation of his own leads to, if it is no one else's: if it stands nowhere, or directly in one of
//!   the territories above his.
//!
//! What an indicator names has its id alone: the indicator tells that already, and looks for it by that.
//! All else has a name that says no more than that it is outside, and an id that means nothing anywhere else. Since no
//! question can reach what is not in the graph, a field that is new need not know of territories. What counts
//! is asked within his territories only ([`Snapshot::holds`] tells), since outside the graph holds but a part.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use crate::access::{Access, Role};
use crate::coverage::{Look, Seen};
use crate::graph::{Direction, Graph, Operand, OrganizationSet, PartQuery, RelationSlot, Slot, When, slots};
use crate::model::{Annex, DatedAttribute, DatedValue, Organization, OrganizationId, RelationType};

use super::Snapshot;
use super::restricted_view::RestrictedView;

/// To what a snapshot is limited, and the organisations that are within.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    territories: BTreeSet<OrganizationId>,
    inside: OrganizationSet,
}

impl Sight {
    pub(super) fn of(territories: &BTreeSet<OrganizationId>, graph: &Graph) -> Self {
        Self { territories: territories.clone(), inside: inside(graph, territories) }
    }
}

impl Snapshot {
    /// What somebody sees of it: all, or what his territories allow.
    #[must_use]
    pub fn seen_by(self: &Arc<Self>, access: &Access) -> Arc<Self> {
        let seen = match &access.territories {
            None => Arc::clone(self),
            Some(territories) => self.limited_to(territories),
        };
        if access.may(Role::Editor) { seen } else { seen.for_readers() }
    }

    /// The same with small counts of members kept back, where the store asks for that.
    pub(super) fn for_readers(self: &Arc<Self>) -> Arc<Self> {
        if self.keeps_back || self.disclosure.suppress_below == 0 {
            return Arc::clone(self);
        }
        let made = self.readers.get_or_init(|| {
            let (graph, sight) = (self.graph.clone(), self.sight.clone());
            Arc::new(Self { keeps_back: true, sight, ..self.with_graph(graph, self.version) })
        });
        Arc::clone(made)
    }

    /// Below how many members a count is kept back, but for 0; 0 where none is.
    ///
    /// What is asked of the graph is answered by all of it. Whoever presents a count asks this first.
    pub fn kept_back_below(&self) -> u32 {
        if self.keeps_back { self.disclosure.suppress_below } else { 0 }
    }

    /// The territories to which it is limited; `None` where it is not.
    pub fn territories(&self) -> Option<&BTreeSet<OrganizationId>> {
        self.sight.as_ref().map(|sight| &sight.territories)
    }

    /// Whether an organisation is there as a whole: within the territories to which it is limited, if it is.
    pub fn holds(&self, slot: Slot) -> bool {
        self.sight.as_ref().is_none_or(|sight| sight.inside.contains(slot.position()))
    }

    /// Leaves of some organisations those that are there as a whole.
    pub fn retain_held(&self, organizations: &mut OrganizationSet) {
        if let Some(sight) = &self.sight {
            *organizations &= &sight.inside;
        }
    }

    pub(super) fn limited_to(self: &Arc<Self>, territories: &BTreeSet<OrganizationId>) -> Arc<Self> {
        self.views.view_for(self, territories, || self.restricted_to(territories))
    }

    /// What is there for those who are limited to some territories, made anew.
    pub(super) fn restricted_to(&self, territories: &BTreeSet<OrganizationId>) -> RestrictedView {
        let limiting = Limiting::new(self, territories);
        let graph = limiting.graph();
        RestrictedView {
            sight: Sight::of(territories, &graph),
            graph,
            footprint: limiting.footprint(),
            is_complete: territories.iter().all(|id| self.graph.slot(id.as_str()).is_some()),
        }
    }
}

/// All that stands, at any recorded date, within some territories, and they themselves.
fn inside(graph: &Graph, territories: &BTreeSet<OrganizationId>) -> OrganizationSet {
    let mut inside = OrganizationSet::new();
    for territory in territories.iter().filter_map(|id| graph.slot(id.as_str())) {
        inside |= graph.within(territory, When::Ever);
        inside.insert(territory.position());
    }
    inside
}

/// All that some territories stand within, at any recorded date, they themselves not.
pub(super) fn above(graph: &Graph, territories: &BTreeSet<OrganizationId>) -> OrganizationSet {
    let territories = territories.iter().filter_map(|id| graph.slot(id.as_str()));
    territories.flat_map(|slot| graph.ancestors(slot, When::Ever)).map(Slot::position).collect()
}

/// Whether an organisation is no one's: it is above, or stands nowhere or in what is above alone, and is no territory.
pub(super) fn is_common(graph: &Graph, above: &OrganizationSet, slot: Slot) -> bool {
    let is_above = |slot: Slot| above.contains(slot.position());
    let stands_above = || graph.ancestors(slot, When::Ever).into_iter().all(is_above);
    is_above(slot) || graph.kind(slot).level().is_none() && stands_above()
}

/// An id that says nothing of an organisation but that it is the same one, as long as the program runs.
pub(super) fn pseudonym(id: &OrganizationId) -> OrganizationId {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    OrganizationId::outside(KEY.hash_one(id))
}

/// A snapshot on its way to be limited.
struct Limiting<'a> {
    graph: &'a Graph,
    inside: OrganizationSet,
    above: OrganizationSet,
    /// What the indicators name.
    named: BTreeSet<OrganizationId>,
    seen: Seen,
    /// What a relation of something inside leads to.
    near: OrganizationSet,
    relations: BTreeSet<RelationSlot>,
}

impl<'a> Limiting<'a> {
    fn new(snapshot: &'a Snapshot, territories: &BTreeSet<OrganizationId>) -> Self {
        let graph = &snapshot.graph;
        let (inside, above) = (inside(graph, territories), above(graph, territories));
        let look = Look::of(snapshot.indicators.iter());
        let seen = look.from(graph, &inside);
        let mut near = OrganizationSet::new();
        let mut relations = seen.relations.clone();
        for relation in
            slots(&inside).flat_map(|slot| graph.relations_of(slot, Direction::Both, &[], When::Ever))
        {
            near.extend([relation.source.position(), relation.target.position()]);
            relations.insert(relation.slot);
        }
        let standing = [RelationType::PartOf, RelationType::LocatedIn];
        let upwards = |slot| graph.relations_of(slot, Direction::Out, &standing, When::Ever);
        relations.extend(slots(&above).flat_map(upwards).map(|relation| relation.slot));
        Self { graph, inside, above, named: look.named(), seen, near, relations }
    }

    /// All organisations that are looked at: a change of relations is one of both their ends, and what comes or goes comes
    /// with relations or lies within already.
    fn footprint(&self) -> OrganizationSet {
        let seen = self.seen.values.keys().map(|slot| slot.position());
        &self.inside | &self.above | &self.near | seen.collect::<OrganizationSet>()
    }

    fn graph(&self) -> Graph {
        let organizations = self.footprint();
        self.graph.part(&PartQuery {
            organizations: &organizations,
            relations: &self.relations,
            record: &|slot| self.record(slot),
            annexes: &|slot| self.annexes(slot),
            is_cited: &|relation| self.has_name(relation.source) && self.has_name(relation.target),
        })
    }

    fn has_name(&self, slot: Slot) -> bool {
        let at = slot.position();
        self.is_inside(slot)
            || (self.above.contains(at) || self.near.contains(at)) && is_common(self.graph, &self.above, slot)
    }

    fn is_inside(&self, slot: Slot) -> bool {
        self.inside.contains(slot.position())
    }

    /// The id of an organisation in the limited graph.
    fn id(&self, slot: Slot) -> OrganizationId {
        let id = self.graph.id(slot);
        if self.has_name(slot) || self.named.contains(id) { id.clone() } else { pseudonym(id) }
    }

    /// What is there of an organisation: all, or of one outside what indicators ask for.
    fn record(&self, slot: Slot) -> Option<Organization> {
        let record = self.graph.record(slot)?;
        if self.is_inside(slot) {
            return Some(record);
        }
        let mut reduced = Organization::new(self.id(slot), record.kind, record.name);
        (reduced.name_hant, reduced.name_en) = (record.name_hant, record.name_en);
        if !self.has_name(slot) {
            reduced.name = "辖区外组织".into();
            reduced.name_hant = Some("轄區外組織".into());
            reduced.name_en = Some("outside your territories".into());
        }
        reduced.life = record.life;
        reduced.operating_status = record.operating_status;
        reduced.designations = record.designations;
        reduced.synthetic = record.synthetic;
        let compared = self.seen.values.get(&slot);
        if compared.is_some_and(|operands| operands.contains(&Operand::Industry)) {
            reduced.industry = record.industry;
        }
        for attribute in self.looked_at(slot) {
            match attribute {
                DatedAttribute::PartyMembers => reduced.party_members = record.party_members,
                DatedAttribute::FullMembers => reduced.full_members = record.full_members,
                DatedAttribute::Employees => reduced.employees = record.employees,
                DatedAttribute::FloorAreaM2 => reduced.floor_area_m2 = record.floor_area_m2,
                DatedAttribute::AnnualIncomeCny => reduced.annual_income_cny = record.annual_income_cny,
                DatedAttribute::Declared(id) => {
                    let value = record.attributes.get(&id).cloned();
                    reduced.attributes.extend(value.map(|value| (id, value)));
                }
            }
        }
        Some(reduced)
    }

    fn annexes(&self, slot: Slot) -> Vec<Annex> {
        if self.is_inside(slot) {
            return self.graph.annexes_of(slot).to_vec();
        }
        let organization = self.id(slot);
        let looked_at = self.looked_at(slot);
        let values = self.graph.values_of(slot).filter(|value| looked_at.contains(&value.attribute));
        let reduced = |value: &DatedValue| DatedValue {
            organization: organization.clone(),
            source: None,
            ..value.clone()
        };
        values.map(|value| Annex::Value(reduced(value))).collect()
    }

    /// The attributes that indicators compare of an organisation outside.
    fn looked_at(&self, slot: Slot) -> BTreeSet<DatedAttribute> {
        let operands = self.seen.values.get(&slot).into_iter().flatten();
        let attributes = operands.flat_map(|operand| match operand {
            Operand::Members => vec![DatedAttribute::FullMembers, DatedAttribute::PartyMembers],
            Operand::PartyMembers => vec![DatedAttribute::PartyMembers],
            Operand::FullMembers => vec![DatedAttribute::FullMembers],
            Operand::Employees => vec![DatedAttribute::Employees],
            Operand::FloorAreaM2 => vec![DatedAttribute::FloorAreaM2],
            Operand::AnnualIncomeCny => vec![DatedAttribute::AnnualIncomeCny],
            // Lives are there in any case, and an industry has no dates.
            Operand::EstablishedOn | Operand::DissolvedOn | Operand::Industry => Vec::new(),
            Operand::Declared(id) => vec![DatedAttribute::Declared(id.clone())],
        });
        attributes.collect()
    }
}
