//! Enums of the model and of coverage, as GraphQL names them.

use async_graphql::Enum;

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::OrganizationKind")]
pub(super) enum OrganizationKind {
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

/// The seven groups that organisation kinds belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::OrganizationCategory")]
pub(super) enum OrganizationCategory {
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

/// Whether an organisation works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::OperatingStatus")]
pub(super) enum OperatingStatus {
    /// It works; also where a ledger says nothing.
    Operating,
    /// It has stopped for a time.
    Suspended,
    /// It has stopped for good.
    Closed,
}

/// How one organisation relates to another, read from source to target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::RelationType")]
pub(super) enum RelationType {
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

/// The manner of a relation, for the types that have manners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::RelationMode")]
pub(super) enum RelationMode {
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

/// Which relations of an organisation are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::graph::Direction")]
pub(super) enum Direction {
    /// Those that start at it.
    Out,
    /// Those that end at it.
    In,
    /// All of them.
    Both,
}

/// What an indicator says of a unit of its population.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::CoverageState")]
pub(super) enum CoverageState {
    /// A form holds.
    Covered,
    /// No form holds.
    Uncovered,
    /// Nobody knows whether it belongs, or whether a form holds.
    Unknown,
    /// It need not be covered.
    Exempt,
}

/// Where the definition of an indicator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::IndicatorOrigin")]
pub(super) enum IndicatorOrigin {
    /// 核心指标: Orgatlas carries it, and its meaning is fixed.
    Core,
    /// 方案指标: it belongs to the programme that Orgatlas carries.
    Programme,
    /// 文件定义: it stands in indicators.toml in the store's folder.
    File,
    /// 登记定义: it is recorded in the change log; defineIndicator makes it, withdrawIndicator takes it back.
    Recorded,
}

/// How a value must stand to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::Comparison")]
pub(super) enum Comparison {
    /// The same.
    Equal,
    /// The same or more.
    AtLeast,
    /// More.
    MoreThan,
    /// The same or less.
    AtMost,
    /// Less.
    LessThan,
}

/// How many of the related organisations a condition is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::coverage::Quantifier")]
pub(super) enum Quantifier {
    /// One or more.
    Some,
    /// Each; also where there are none.
    Every,
    /// Not one.
    None,
    /// As many as `count`, or more; a count of 0 always holds.
    AtLeast,
    /// As many as `count`, or fewer; so also where there are none.
    AtMost,
}

/// The writing of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::Language")]
pub(super) enum Language {
    /// Simplified Chinese.
    ZhHans,
    /// Traditional Chinese; of an organisation whose traditional name is not recorded, converted from the simplified one.
    ZhHant,
    /// English; of an organisation whose English name is not recorded, the simplified one.
    En,
}

/// How a typed text matches, the better before the lesser: what only sounds alike comes after what is written so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::graph::SearchMatch")]
pub(super) enum SearchMatch {
    /// It is the whole of it.
    Exact,
    /// It begins with it.
    Prefix,
    /// It holds it.
    Substring,
    /// It spells the whole in pinyin.
    Pinyin,
    /// It spells the beginning in pinyin; the last syllable may be cut off.
    PinyinPrefix,
    /// It spells a part in pinyin; the last syllable may be cut off.
    PinyinSubstring,
    /// It spells the whole by initials, or by initials and syllables mixed.
    Initials,
    /// It spells the beginning by initials.
    InitialsPrefix,
    /// It spells a part by initials.
    InitialsSubstring,
}

/// What of an organisation a typed text matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::graph::SearchField")]
pub(super) enum SearchField {
    /// Its simplified name.
    Name,
    /// Its traditional name.
    NameHant,
    /// Its English name.
    NameEn,
    /// One of its other names.
    Alias,
    /// Its division code, of a territory its own.
    Division,
    /// Its credit code.
    CreditCode,
    /// Its id.
    Id,
}

/// By what changes come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::Door")]
pub(super) enum Door {
    /// 程序调用: a program that Orgatlas is a library of.
    Library,
    /// 命令行: a command on the machine of the store.
    CommandLine,
    /// 网络接口: GraphQL over HTTP or a WebSocket.
    Http,
}

/// What kind of network a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::model::Network")]
pub(super) enum Network {
    /// 本机: the machine of the server itself.
    Loopback,
    /// 内部网络: addresses that only a private network has.
    Private,
    /// 其他网络: any other address.
    Public,
}
