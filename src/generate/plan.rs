use strum::{EnumIter, IntoEnumIterator};

/// What is generated in a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub(super) enum Sort {
    BaseGrid,
    DedicatedGrid,
    IndustrialGrid,
    ZonePart,
    IndustrialPark,
    IndustrialCommunity,
    OfficeBuilding,
    BusinessDistrict,
    Market,
    ScenicArea,
    Park,
    ResidentialCompound,
    StreetBlock,
    IndustrialEnterprise,
    LiveStreamEnterprise,
    RoadTransportEnterprise,
    ExpressEnterprise,
    FoodDeliveryEnterprise,
    OtherEnterprise,
    Workshop,
    WorkTeam,
    Cooperative,
    SocialOrganization,
    IndustryAssociation,
    Chamber,
    PublicInstitution,
    GovernmentDepartment,
    JointBody,
    TerritoryCommittee,
    TerritoryGeneralBranch,
    TerritoryBranch,
    GridBranch,
    GridGroup,
    GrandCommittee,
    UnitCommittee,
    UnitGeneralBranch,
    UnitBranch,
    JointBranch,
    RegionalBranch,
    UnspecifiedBranch,
    ChamberOrganization,
    WorkshopBranch,
    TeamGroup,
    IndustryCommittee,
    JointCommittee,
    Consortium,
    Alliance,
    Complex,
    InstitutionBranch,
    CooperativeBranch,
    CommunityCentre,
    VillageCentre,
    IndustrialCentre,
    PlaceStation,
    GridStation,
    CourierStation,
    RestStop,
    Initiative,
    Project,
    Brand,
}

/// How many organisations the shares speak of: the demonstration.
const WHOLE: u64 = 12_000;

impl Sort {
    /// How many there are among 12,000, and how many at least where there are fewer organisations.
    fn share(self) -> (u64, u64) {
        match self {
            Self::BaseGrid => (1500, 40),
            Self::DedicatedGrid => (106, 4),
            Self::IndustrialGrid => (24, 1),
            Self::ZonePart => (4, 1),
            Self::IndustrialPark => (36, 4),
            Self::IndustrialCommunity => (12, 1),
            Self::OfficeBuilding => (60, 3),
            Self::BusinessDistrict => (20, 3),
            Self::Market => (44, 4),
            Self::ScenicArea => (16, 2),
            Self::Park => (30, 2),
            Self::ResidentialCompound => (250, 3),
            Self::StreetBlock => (16, 1),
            Self::IndustrialEnterprise => (2208, 30),
            Self::LiveStreamEnterprise => (90, 3),
            Self::RoadTransportEnterprise => (150, 3),
            Self::ExpressEnterprise => (110, 3),
            Self::FoodDeliveryEnterprise => (60, 3),
            Self::OtherEnterprise => (330, 5),
            Self::Workshop => (420, 12),
            Self::WorkTeam => (590, 16),
            Self::Cooperative => (300, 2),
            Self::SocialOrganization => (240, 4),
            Self::IndustryAssociation => (24, 2),
            Self::Chamber => (24, 0),
            Self::PublicInstitution => (180, 3),
            Self::GovernmentDepartment => (30, 2),
            Self::JointBody => (54, 3),
            Self::TerritoryCommittee => (60, 2),
            Self::TerritoryGeneralBranch => (90, 2),
            Self::TerritoryBranch => (420, 5),
            Self::GridBranch => (150, 2),
            Self::GridGroup => (900, 5),
            Self::GrandCommittee => (40, 2),
            Self::UnitCommittee => (24, 1),
            Self::UnitGeneralBranch => (60, 1),
            Self::UnitBranch => (604, 8),
            Self::JointBranch => (130, 2),
            Self::RegionalBranch => (60, 1),
            Self::UnspecifiedBranch => (110, 2),
            Self::ChamberOrganization => (16, 0),
            Self::WorkshopBranch => (230, 8),
            Self::TeamGroup => (360, 10),
            Self::IndustryCommittee => (2, 1),
            Self::JointCommittee => (14, 1),
            Self::Consortium => (58, 2),
            Self::Alliance => (24, 1),
            Self::Complex => (8, 1),
            Self::InstitutionBranch => (160, 1),
            Self::CooperativeBranch => (100, 1),
            Self::CommunityCentre => (62, 4),
            Self::VillageCentre => (60, 1),
            Self::IndustrialCentre => (10, 1),
            Self::PlaceStation => (100, 4),
            Self::GridStation => (960, 10),
            Self::CourierStation => (52, 3),
            Self::RestStop => (120, 2),
            Self::Initiative => (12, 1),
            Self::Project => (40, 1),
            Self::Brand => (36, 1),
        }
    }
}

/// How many of each sort are generated; together exactly as many as were asked for.
pub(super) struct Plan(Vec<u64>);

impl Plan {
    /// Shares out the organisations over the sorts; each subdistrict has a chamber where there are enough.
    pub(super) fn new(organizations: u64, subdistricts: u64) -> Self {
        let scaled = |share: u64| u128::from(share) * u128::from(organizations) / u128::from(WHOLE);
        let mut before = 0;
        let mut counts = Vec::new();
        for sort in Sort::iter() {
            let (share, least) = sort.share();
            let least = match sort {
                Sort::Chamber => subdistricts,
                Sort::ChamberOrganization => subdistricts * 2 / 3,
                _ => least,
            };
            let exact = scaled(before + share) - scaled(before);
            counts.push(u64::try_from(exact).unwrap_or(u64::MAX).max(least));
            before += share;
        }
        // What the least numbers add is taken from the largest, one by one.
        let mut excess = counts.iter().sum::<u64>().saturating_sub(organizations);
        while excess > 0 {
            if let Some(largest) = counts.iter_mut().max_by_key(|count| **count) {
                *largest = largest.saturating_sub(1);
            }
            excess -= 1;
        }
        Self(counts)
    }

    /// How many of a sort are generated.
    pub(super) fn count(&self, sort: Sort) -> usize {
        self.0.get(sort as usize).and_then(|count| usize::try_from(*count).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_up_the_whole() {
        let sum: u64 = Sort::iter().map(|sort| sort.share().0).sum();
        assert_eq!(sum, WHOLE);
    }

    #[test]
    fn plans_hold_as_many_as_were_asked_for() {
        for organizations in [0, 1, 50, 999, 1000, 12_000, 12_001, 1_000_000] {
            assert_eq!(Plan::new(organizations, 18).0.iter().sum::<u64>(), organizations);
        }
        assert_eq!(Plan::new(12_000, 18).count(Sort::IndustrialEnterprise), 2208);
        assert_eq!(Plan::new(1000, 18).count(Sort::Chamber), 18);
    }
}
