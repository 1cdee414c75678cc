use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use super::{Date, OrganizationId, Validity};

/// How one organisation relates to another, read from source to target.
///
/// The stored form is the position in this list: new types go to the end, none is ever removed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum RelationType {
    /// 隶属于上级区域: a part of something greater of its own sort.
    PartOf,
    /// 坐落于: where it stands.
    LocatedIn,
    /// 隶属: a Party organisation under another.
    SubordinateTo,
    /// 组建于: a Party organisation set up in a unit, a place or a territory.
    Organizes,
    /// 选派指导员: an instructor is assigned.
    Instructs,
    /// 成员: a member of an association, a chamber or a joint body.
    MemberOf,
    /// 引领: leads an industry or a chain.
    Leads,
    /// 所属行业: the industry that a unit works in.
    OperatesIn,
    /// 所属产业链: the industrial chain that a unit belongs to.
    InChain,
    /// 属地管理: managed by a territory, a zone or a department.
    ManagedBy,
    /// 行业指导: guided by a committee or a department.
    GuidedBy,
    /// 服务: a facility serves it.
    Serves,
    /// 轮值主席: holds the rotating chair.
    Chairs,
    /// 融入驻地: a unit joins its locality.
    JoinsLocality,
    /// 责任单位: answers for a programme or a place.
    ResponsibleFor,
    /// 共建: works together with.
    PartnersWith,
}

impl RelationType {
    /// How many types there are.
    pub const COUNT: usize = Self::PartnersWith as usize + 1;

    /// The name that users meet, such as `PART_OF`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every type, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Whether it says where something stands: `PART_OF` and `LOCATED_IN`, which together never form a cycle.
    pub fn is_standing(self) -> bool {
        matches!(self, Self::PartOf | Self::LocatedIn)
    }
}

impl fmt::Display for RelationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The manner of a relation, for the types that have manners.
///
/// The stored form is the position in this list: new modes go to the end, none is ever removed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum RelationMode {
    /// 属地隶属: by territory.
    Territorial,
    /// 行业隶属: by industry.
    Industry,
    /// 单独组建: of its own.
    Standalone,
    /// 联合组建: jointly with other units.
    Joint,
    /// 区域联建: for an area.
    Regional,
    /// 挂靠组建: attached to another.
    Attached,
    /// 结对共建: building together.
    CoBuilding,
}

impl RelationMode {
    /// The name that users meet, such as `STANDALONE`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every mode, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl fmt::Display for RelationMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What makes a relation itself: two with the same key are one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RelationKey {
    /// Where it starts.
    pub source: OrganizationId,
    /// What it says.
    pub relation_type: RelationType,
    /// Where it ends.
    pub target: OrganizationId,
    /// Its manner; `None` is unspecified.
    pub mode: Option<RelationMode>,
    /// Its first day; `None` is open.
    pub valid_from: Option<Date>,
}

impl fmt::Display for RelationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.source, self.relation_type)?;
        if let Some(mode) = self.mode {
            write!(f, " ({mode})")?;
        }
        write!(f, " {}", self.target)?;
        if let Some(from) = self.valid_from {
            write!(f, " from {from}")?;
        }
        Ok(())
    }
}

/// A dated relation between two organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Where it starts.
    pub source: OrganizationId,
    /// What it says.
    pub relation_type: RelationType,
    /// Where it ends.
    pub target: OrganizationId,
    /// Its manner; `None` is unspecified.
    pub mode: Option<RelationMode>,
    /// The days on which it holds, if both ends exist.
    pub validity: Validity,
    /// Where the record comes from.
    pub citation: Option<Arc<str>>,
}

impl Relation {
    /// A relation of no manner that holds always.
    pub fn new(source: OrganizationId, relation_type: RelationType, target: OrganizationId) -> Self {
        Self { source, relation_type, target, mode: None, validity: Validity::ALWAYS, citation: None }
    }

    /// What makes it itself.
    pub fn key(&self) -> RelationKey {
        RelationKey {
            source: self.source.clone(),
            relation_type: self.relation_type,
            target: self.target.clone(),
            mode: self.mode,
            valid_from: self.validity.from(),
        }
    }
}
