use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

/// The seven groups that organisation kinds belong to.
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
pub enum OrganizationCategory {
    /// Administrative territories from province to grid.
    Territory,
    /// Places where units stand: zones, parks, buildings, markets.
    Place,
    /// Enterprises, associations, institutions and their parts.
    Unit,
    /// Party organisations and Party-building bodies.
    Party,
    /// Service centres, stations and stops.
    Facility,
    /// Industries and industrial chains.
    Sector,
    /// Initiatives, projects and brands.
    Programme,
}

/// What an organisation is.
///
/// The stored form is the position in this list: new kinds go to the end, none is ever removed.
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
pub enum OrganizationKind {
    /// 省级行政区: a province.
    Province,
    /// 地级市: a city of prefecture level.
    City,
    /// 县区: a district or county.
    District,
    /// 街道、镇: a subdistrict or town.
    Subdistrict,
    /// 社区: an urban community.
    Community,
    /// 村: an administrative village.
    Village,
    /// 网格: a grid, base or dedicated.
    Grid,
    /// 开发区: a development zone.
    DevelopmentZone,
    /// 产业园区: an industrial park.
    IndustrialPark,
    /// 工业社区: a park run as a community.
    IndustrialCommunity,
    /// 商务楼宇: an office building.
    OfficeBuilding,
    /// 商圈: a business district.
    BusinessDistrict,
    /// 市场: a market.
    Market,
    /// 景区: a scenic area.
    ScenicArea,
    /// 公园: a public park.
    Park,
    /// 住宅小区: a residential compound.
    ResidentialCompound,
    /// 街区: a street block.
    StreetBlock,
    /// 示范片区: a demonstration area.
    DemonstrationArea,
    /// 企业: an enterprise.
    Enterprise,
    /// 车间: a workshop of an enterprise.
    Workshop,
    /// 班组: a team of a workshop.
    WorkTeam,
    /// 合作社: a cooperative.
    Cooperative,
    /// 社会组织: a social organisation.
    SocialOrganization,
    /// 行业协会、产业协会: an industry association.
    IndustryAssociation,
    /// 商会: a chamber of commerce.
    ChamberOfCommerce,
    /// 事业单位: a public institution.
    PublicInstitution,
    /// 政府部门: a department of government.
    GovernmentDepartment,
    /// 融合体、聚合体、共同体: a joint body.
    JointBody,
    /// 党工委: a Party working committee.
    PartyWorkingCommittee,
    /// 党委: a Party committee.
    PartyCommittee,
    /// 行业党委: an industry Party committee.
    IndustryPartyCommittee,
    /// 联合党委: a joint Party committee.
    JointPartyCommittee,
    /// “大党委”: a grand Party committee.
    GrandPartyCommittee,
    /// 党总支: a general Party branch.
    PartyGeneralBranch,
    /// 党支部: a Party branch.
    PartyBranch,
    /// 党小组: a Party group.
    PartyGroup,
    /// 党建联合体: a Party-building consortium.
    PartyBuildingConsortium,
    /// 党建联盟: a Party-building alliance.
    PartyBuildingAlliance,
    /// 党建综合体: a Party-building complex.
    PartyBuildingComplex,
    /// 党群服务中心: a Party–public service centre.
    ServiceCenter,
    /// 党群服务站: a Party–public service station.
    ServiceStation,
    /// 红蜂加油站: a Red Bee station for couriers.
    CourierStation,
    /// 暖蜂驿站: a Warm Bee stop.
    RestStop,
    /// 行业: an industry.
    Industry,
    /// 产业链: an industrial chain.
    IndustrialChain,
    /// 行动、工程: an initiative.
    Initiative,
    /// 项目: a project.
    Project,
    /// 品牌: a brand.
    Brand,
}

impl OrganizationKind {
    /// The name that users meet, such as `PARTY_BRANCH`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every kind, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The group that this kind belongs to.
    pub fn category(self) -> OrganizationCategory {
        use OrganizationCategory as C;
        match self as u8 {
            k if k <= Self::Grid as u8 => C::Territory,
            k if k <= Self::DemonstrationArea as u8 => C::Place,
            k if k <= Self::JointBody as u8 => C::Unit,
            k if k <= Self::PartyBuildingComplex as u8 => C::Party,
            k if k <= Self::RestStop as u8 => C::Facility,
            k if k <= Self::IndustrialChain as u8 => C::Sector,
            _ => C::Programme,
        }
    }

    /// How far a territory is below the nation: 1 for a province to 6 for a grid; `None` for all else.
    pub fn level(self) -> Option<u8> {
        Some(match self {
            Self::Province => 1,
            Self::City => 2,
            Self::District => 3,
            Self::Subdistrict => 4,
            Self::Community | Self::Village => 5,
            Self::Grid => 6,
            _ => return None,
        })
    }

    /// Digits of the division code in this kind's id (`cn-<code>`); `None` where ids are free.
    pub fn division_digits(self) -> Option<usize> {
        Some(match self.level()? {
            1 => 2,
            2 => 4,
            3 => 6,
            4 => 9,
            5 => 12,
            _ => return None,
        })
    }
}

impl fmt::Display for OrganizationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl OrganizationCategory {
    /// The name that users meet, such as `TERRITORY`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every category, in the order of the contract.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// A set of organisation kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KindSet(u64);

impl KindSet {
    /// The set that holds nothing.
    pub const EMPTY: Self = Self(0);

    /// The set of all kinds.
    pub const ALL: Self = Self::range(OrganizationKind::Province, OrganizationKind::Brand);

    /// Party organisations: the Party kinds other than groups and the three Party-building bodies.
    pub const PARTY_ORGANIZATIONS: Self =
        Self::range(OrganizationKind::PartyWorkingCommittee, OrganizationKind::PartyBranch);

    /// Covering organisations: committees, general branches and branches, which can cover a unit.
    pub const COVERING_ORGANIZATIONS: Self = Self::of(&[
        OrganizationKind::PartyCommittee,
        OrganizationKind::PartyGeneralBranch,
        OrganizationKind::PartyBranch,
    ]);

    /// The kinds in a list.
    pub const fn of(kinds: &[OrganizationKind]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < kinds.len() {
            bits |= 1 << kinds[i] as u8;
            i += 1;
        }
        Self(bits)
    }

    /// Every kind between two, both included, in the order of the contract.
    pub const fn range(first: OrganizationKind, last: OrganizationKind) -> Self {
        Self((!0 >> (63 - last as u8)) & (!0 << first as u8))
    }

    /// The kinds of either set.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The kinds of both sets.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kinds of this set that are not in the other.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set holds a kind.
    pub const fn contains(self, kind: OrganizationKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }

    /// The kinds of the set in the order of the contract.
    pub fn iter(self) -> impl Iterator<Item = OrganizationKind> {
        OrganizationKind::all().filter(move |k| self.contains(*k))
    }
}

impl FromIterator<OrganizationKind> for KindSet {
    fn from_iter<I: IntoIterator<Item = OrganizationKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, |set, k| set.or(Self::of(&[k])))
    }
}

impl fmt::Display for KindSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, kind) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            f.write_str(kind.name())?;
        }
        Ok(())
    }
}

/// Whether an organisation works.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub enum OperatingStatus {
    /// It works; also where a ledger says nothing.
    #[default]
    Operating,
    /// It has stopped for a time.
    Suspended,
    /// It has stopped for good.
    Closed,
}

impl OperatingStatus {
    /// The name that users meet, such as `OPERATING`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Every status.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_hold_the_kinds_of_the_contract() {
        let count = |c| OrganizationKind::all().filter(|k| k.category() == c).count();
        let counts: Vec<_> = OrganizationCategory::all().map(|c| (c.name(), count(c))).collect();
        let expected = [
            ("TERRITORY", 7),
            ("PLACE", 11),
            ("UNIT", 10),
            ("PARTY", 11),
            ("FACILITY", 4),
            ("SECTOR", 2),
            ("PROGRAMME", 3),
        ];
        assert_eq!(counts, expected);
    }

    #[test]
    fn a_range_of_kinds_holds_both_ends_and_no_more() {
        let set = KindSet::range(OrganizationKind::Province, OrganizationKind::City);
        assert_eq!(set.to_string(), "PROVINCE, CITY");
        let last = KindSet::range(OrganizationKind::Brand, OrganizationKind::Brand);
        assert_eq!(last.to_string(), "BRAND");
    }

    #[test]
    fn names_are_those_of_the_contract() {
        assert_eq!(OrganizationKind::PartyBuildingConsortium.name(), "PARTY_BUILDING_CONSORTIUM");
        assert_eq!("WORK_TEAM".parse(), Ok(OrganizationKind::WorkTeam));
    }
}
