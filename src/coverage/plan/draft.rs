use std::collections::HashMap;

use crate::graph::{Graph, Slot, When};
use crate::model::{
    Change, Date, Organization, OrganizationCategory as C, OrganizationId, OrganizationKind, Relation,
    RelationMode, RelationType, Validity,
};
use crate::work::go_on;

/// What names of generated organisations begin with.
const EXAMPLE: &str = "示例";

/// Makes up the organisations and relations of one plan: ids that nobody has, dated from the plan's day.
pub(super) struct Draft<'a> {
    pub(super) graph: &'a Graph,
    pub(super) date: Date,
    /// Below how many members a count is suppressed; 0 for none.
    pub(super) suppress_below: u32,
    stem: String,
    /// The number of the last id.
    last: u32,
    /// How many organisations of a sort were named after an organisation.
    named: HashMap<(Slot, &'static str), u32>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(graph: &'a Graph, date: Date, stem: &str) -> Self {
        Self { graph, date, suppress_below: 0, stem: stem.to_owned(), last: 0, named: HashMap::new() }
    }

    /// The same for a reader from whom small counts of members are suppressed.
    pub(super) fn suppressing(self, below: u32) -> Self {
        Self { suppress_below: below, ..self }
    }

    pub(super) fn when(&self) -> When {
        When::On(self.date)
    }

    /// A new organisation for some units; generated, and named so, where one of them is.
    pub(super) fn found(&mut self, kind: OrganizationKind, name: String, units: &[Slot]) -> Organization {
        go_on();
        let synthetic = units.iter().any(|unit| self.graph.synthetic().contains(unit.position()));
        let name = if synthetic && !name.starts_with(EXAMPLE) { format!("{EXAMPLE}{name}") } else { name };
        let mut organization = Organization::new(self.free_id(), kind, name);
        organization.life = self.validity();
        organization.synthetic = synthetic;
        organization.sources = vec!["plan".into()];
        organization
    }

    /// A relation that holds from the plan's day.
    pub(super) fn relate(
        &self,
        source: &OrganizationId,
        relation_type: RelationType,
        target: &OrganizationId,
        mode: Option<RelationMode>,
    ) -> Change {
        let mut relation = Relation::new(source.clone(), relation_type, target.clone());
        relation.mode = mode;
        relation.validity = self.validity();
        relation.citation = Some("plan".into());
        Change::PutRelation(relation)
    }

    /// The change that puts an organisation where others are.
    pub(super) fn locate(&self, organization: &OrganizationId, place: Slot) -> Change {
        self.relate(organization, RelationType::LocatedIn, self.graph.id(place), None)
    }

    /// The territory or place where something for a unit would stand: the unit, or the nearest that it stands in.
    pub(super) fn seat(&self, unit: Slot) -> Option<Slot> {
        go_on();
        let stands = |slot: &Slot| matches!(self.graph.kind(*slot).category(), C::Territory | C::Place);
        Some(unit).filter(stands).or_else(|| {
            let above = self.graph.ancestors(unit, self.when());
            above.into_iter().find(stands)
        })
    }

    /// A name made of a territory's, a running number and what the thing is.
    pub(super) fn numbered(&mut self, area: Slot, what: &'static str) -> String {
        let number = self.named.entry((area, what)).or_default();
        *number += 1;
        format!("{}第{number}{what}", self.graph.name(area))
    }

    fn free_id(&mut self) -> OrganizationId {
        loop {
            self.last += 1;
            let id = OrganizationId::proposed(&self.stem, self.last);
            if self.graph.slot(id.as_str()).is_none() {
                return id;
            }
        }
    }

    fn validity(&self) -> Validity {
        // An interval without an end holds a day always.
        Validity::new(Some(self.date), None).unwrap_or_default()
    }
}
