use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AttributeId, AttributeValue, DivisionCode, OperatingStatus, OrganizationId, OrganizationKind,
    UnifiedSocialCreditCode, Validity,
};

/// The largest count that a ledger may hold: what GraphQL's `Int` can carry.
pub const MAX_COUNT: u32 = i32::MAX as u32;

/// All that is recorded of one organisation; its relations are recorded apart.
///
/// `None` and an empty list both mean that a ledger said nothing.
///
/// ```
/// use orgatlas::model::{Organization, OrganizationKind};
/// let mut enterprise = Organization::new("ent-1".parse()?, OrganizationKind::Enterprise, "示例制造");
/// enterprise.party_members = Some(4);
/// assert_eq!(enterprise.members(), Some(4));
/// # Ok::<(), orgatlas::model::CodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id in ledgers and in GraphQL.
    pub id: OrganizationId,
    /// What it is.
    pub kind: OrganizationKind,
    /// Name in simplified Chinese.
    pub name: Arc<str>,
    /// Name in traditional Chinese.
    pub name_hant: Option<Arc<str>>,
    /// Name in English.
    pub name_en: Option<Arc<str>>,
    /// Other names.
    pub aliases: Vec<Arc<str>>,
    /// Division code of where it stands.
    pub division: Option<DivisionCode>,
    /// Unified social credit code; unique in a graph.
    pub uscc: Option<UnifiedSocialCreditCode>,
    /// Industry, as text.
    pub industry: Option<Arc<str>>,
    /// Party members, probationary ones included.
    pub party_members: Option<u32>,
    /// Full Party members.
    pub full_members: Option<u32>,
    /// People employed.
    pub employees: Option<u32>,
    /// Floor area in square metres.
    pub floor_area_m2: Option<f64>,
    /// Income of a year in yuan.
    pub annual_income_cny: Option<f64>,
    /// Designations such as `TWO_NEW` or `RED_WORKSHOP`.
    pub designations: BTreeSet<Arc<str>>,
    /// Whether it works.
    pub operating_status: OperatingStatus,
    /// From its establishment to its dissolution.
    pub life: Validity,
    /// Whether it was generated and stands for nothing real.
    pub synthetic: bool,
    /// Where the record comes from.
    pub sources: Vec<Arc<str>>,
    /// Values of declared attributes.
    pub attributes: BTreeMap<AttributeId, AttributeValue>,
}

impl Organization {
    /// An organisation of which nothing else is known yet.
    pub fn new(id: OrganizationId, kind: OrganizationKind, name: impl Into<Arc<str>>) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            name_hant: None,
            name_en: None,
            aliases: Vec::new(),
            division: None,
            uscc: None,
            industry: None,
            party_members: None,
            full_members: None,
            employees: None,
            floor_area_m2: None,
            annual_income_cny: None,
            designations: BTreeSet::new(),
            operating_status: OperatingStatus::default(),
            life: Validity::ALWAYS,
            synthetic: false,
            sources: Vec::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// Full members, where unknown Party members, where both are unknown `None`.
    pub fn members(&self) -> Option<u32> {
        self.full_members.or(self.party_members)
    }
}
