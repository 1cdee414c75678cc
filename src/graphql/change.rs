//! Changes as GraphQL input, one at a time: what is put, what is forgotten.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};

use super::change_annexes::{DatedValueInput, DatedValueKeyInput, ExemptionInput, ExemptionKeyInput};
use super::enums::{OperatingStatus, OrganizationKind, RelationMode, RelationType};
use super::scalar::{Date, RuleValue};

/// One change: exactly one of these.
#[derive(OneofObject)]
pub(super) enum ChangeInput {
    /// Records an organisation, or what is new about one: a field left out keeps what is recorded, null clears it.
    PutOrganization(Box<OrganizationInput>),
    /// Forgets an organisation that has no relations, exemptions and dated values.
    RemoveOrganization(ID),
    /// Records a relation, or what is new about one: a field left out keeps what is recorded, null clears it.
    PutRelation(RelationInput),
    /// Forgets a relation.
    RemoveRelation(RelationKeyInput),
    /// Grants an exemption, or what is new about one: a field left out keeps what is recorded, null clears it.
    PutExemption(ExemptionInput),
    /// Revokes an exemption: it is then as if it had never been granted, and stays in the log.
    RemoveExemption(ExemptionKeyInput),
    /// Records a dated value, or what is new about one: a field left out keeps what is recorded, null clears it.
    PutValue(DatedValueInput),
    /// Forgets a dated value.
    RemoveValue(DatedValueKeyInput),
}

/// What is recorded of an organisation: the columns of ledgers.
#[derive(InputObject)]
pub(super) struct OrganizationInput {
    /// Its id, as ledgers write it.
    pub(super) id: ID,
    /// What it is; required of a new one.
    pub(super) kind: Option<OrganizationKind>,
    /// Name in simplified Chinese; required of a new one.
    pub(super) name: Option<String>,
    /// Name in traditional Chinese.
    pub(super) name_hant: MaybeUndefined<String>,
    /// Name in English.
    pub(super) name_en: MaybeUndefined<String>,
    /// Other names.
    pub(super) aliases: MaybeUndefined<Vec<String>>,
    /// Division code of where it stands.
    pub(super) division: MaybeUndefined<String>,
    /// Unified social credit code (GB 32100-2015).
    pub(super) uscc: MaybeUndefined<String>,
    /// Industry, as text.
    pub(super) industry: MaybeUndefined<String>,
    /// Party members, probationary ones included.
    pub(super) party_members: MaybeUndefined<u32>,
    /// Full Party members.
    pub(super) full_members: MaybeUndefined<u32>,
    /// People employed.
    pub(super) employees: MaybeUndefined<u32>,
    /// Floor area in square metres.
    pub(super) floor_area_m2: MaybeUndefined<f64>,
    /// Income of a year in yuan.
    pub(super) annual_income_cny: MaybeUndefined<f64>,
    /// Designations such as TWO_NEW.
    pub(super) designations: MaybeUndefined<Vec<String>>,
    /// Whether it works; OPERATING where null.
    pub(super) operating_status: MaybeUndefined<OperatingStatus>,
    /// First day of its life.
    pub(super) established_on: MaybeUndefined<Date>,
    /// First day after its life.
    pub(super) dissolved_on: MaybeUndefined<Date>,
    /// Whether it was generated and stands for nothing real.
    pub(super) synthetic: Option<bool>,
    /// Where the record comes from.
    pub(super) sources: MaybeUndefined<Vec<String>>,
    /// Values of declared attributes; those not named keep what is recorded.
    #[graphql(default)]
    pub(super) attributes: Vec<AttributeInput>,
}

/// A value of a declared attribute.
#[derive(InputObject)]
pub(super) struct AttributeInput {
    /// The attribute's id.
    pub(super) id: String,
    /// The value; null clears it, left out it keeps what is recorded.
    pub(super) value: MaybeUndefined<RuleValue>,
}

/// What is recorded of a relation; all but its end and its citation is what makes it itself.
#[derive(InputObject)]
pub(super) struct RelationInput {
    /// Where it starts.
    pub(super) source: ID,
    /// What it says.
    pub(super) r#type: RelationType,
    /// Where it ends.
    pub(super) target: ID,
    /// Its manner; unspecified where left out.
    pub(super) mode: Option<RelationMode>,
    /// First day on which it holds; open where left out.
    pub(super) valid_from: Option<Date>,
    /// First day on which it does not hold any more.
    pub(super) valid_to: MaybeUndefined<Date>,
    /// Where the record comes from.
    pub(super) citation: MaybeUndefined<String>,
}

/// What makes a relation itself.
#[derive(InputObject)]
pub(super) struct RelationKeyInput {
    /// Where it starts.
    pub(super) source: ID,
    /// What it says.
    pub(super) r#type: RelationType,
    /// Where it ends.
    pub(super) target: ID,
    /// Its manner; the unspecified one where left out.
    pub(super) mode: Option<RelationMode>,
    /// First day on which it holds; the open one where left out.
    pub(super) valid_from: Option<Date>,
}
