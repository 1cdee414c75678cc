use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Annex, AnnexKey, IndicatorDefinition, Organization, OrganizationId, Relation, RelationKey};

/// One step from a graph to the next; the change log is a list of them.
///
/// The stored form is the position in this list: new changes go to the end, none is ever removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Records an organisation, in place of what was recorded under its id.
    PutOrganization(Box<Organization>),
    /// Forgets an organisation that has neither relations nor annexes.
    RemoveOrganization(OrganizationId),
    /// Records a relation, in place of what was recorded under its key.
    PutRelation(Relation),
    /// Forgets a relation.
    RemoveRelation(RelationKey),
    /// Records an annex, in place of what was recorded under its key.
    PutAnnex(Box<Annex>),
    /// Forgets an annex.
    RemoveAnnex(AnnexKey),
    /// Records the definition of an indicator, in place of the one under its id.
    PutIndicator(Box<IndicatorDefinition>),
    /// Withdraws a recorded indicator; which version of it was the last stays known.
    RemoveIndicator(Arc<str>),
}
