use crate::model::OrganizationKind as K;

/// First and second characters that names of firms are made of; every pair is a plausible name.
const FIRST: &str = "泰恒盛鑫宏瑞华兴德润金鼎嘉诚永昌天明海博东方新远卓凯龙腾正信百川";
const SECOND: &str = "和达源丰隆通祥安利康顺捷科宇辰峰岳林泽旭阳晟铭广升佳合立";
/// Has no divisor in common with the number of pairs, so that a step through them meets every one.
const STEP: usize = 377;

/// Names of firms, all different until the pairs and their third characters are used up.
#[derive(Default)]
pub(super) struct BrandNames(usize);

impl BrandNames {
    /// The next name, of two or three characters.
    pub(super) fn next_name(&mut self) -> String {
        let (first, second) = (FIRST.chars().count(), SECOND.chars().count());
        let pairs = first * second;
        let (round, place) = (self.0 / pairs, self.0 % pairs * STEP % pairs);
        self.0 += 1;
        let third = round.checked_sub(1).and_then(|round| FIRST.chars().nth(round % first));
        FIRST
            .chars()
            .nth(place / second)
            .into_iter()
            .chain(SECOND.chars().nth(place % second))
            .chain(third)
            .collect()
    }
}

/// How the ids of a kind begin, after `gen-`.
pub(super) fn prefix(kind: K) -> &'static str {
    match kind {
        K::Province | K::City | K::District | K::Subdistrict | K::Community | K::Village => "territory",
        K::Grid => "grid",
        K::DevelopmentZone => "zone",
        K::IndustrialPark => "industrial-park",
        K::IndustrialCommunity => "industrial-community",
        K::OfficeBuilding => "building",
        K::BusinessDistrict => "business-district",
        K::Market => "market",
        K::ScenicArea => "scenic",
        K::Park => "park",
        K::ResidentialCompound => "compound",
        K::StreetBlock => "block",
        K::DemonstrationArea => "demonstration",
        K::Enterprise => "ent",
        K::Workshop => "workshop",
        K::WorkTeam => "team",
        K::Cooperative => "coop",
        K::SocialOrganization => "social",
        K::IndustryAssociation => "association",
        K::ChamberOfCommerce => "chamber",
        K::PublicInstitution => "institution",
        K::GovernmentDepartment => "department",
        K::JointBody => "joint-body",
        K::PartyWorkingCommittee => "working-committee",
        K::PartyCommittee => "committee",
        K::IndustryPartyCommittee => "industry-committee",
        K::JointPartyCommittee => "joint-committee",
        K::GrandPartyCommittee => "grand-committee",
        K::PartyGeneralBranch => "general-branch",
        K::PartyBranch => "branch",
        K::PartyGroup => "group",
        K::PartyBuildingConsortium => "consortium",
        K::PartyBuildingAlliance => "alliance",
        K::PartyBuildingComplex => "complex",
        K::ServiceCenter => "centre",
        K::ServiceStation => "station",
        K::CourierStation => "courier",
        K::RestStop => "rest",
        K::Industry => "industry",
        K::IndustrialChain => "chain",
        K::Initiative => "initiative",
        K::Project => "project",
        K::Brand => "brand",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_of_firms_differ_for_long() {
        let mut names = BrandNames::default();
        let pairs = FIRST.chars().count() * SECOND.chars().count();
        let many: BTreeSet<_> = (0..pairs * 4).map(|_| names.next_name()).collect();
        assert_eq!(many.len(), pairs * 4);
        assert_eq!(BrandNames::default().next_name(), "泰和");
    }

    #[test]
    fn ids_of_two_kinds_never_begin_alike() {
        let kinds = || K::all().filter(|kind| kind.division_digits().is_none());
        let prefixes: BTreeSet<_> = kinds().map(prefix).collect();
        assert_eq!(prefixes.len(), kinds().count());
    }
}
