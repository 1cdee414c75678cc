use thiserror::Error;

use super::{
    AnnexKey, CodeError, DivisionCode, KindSet, Organization, OrganizationId, OrganizationKind as K,
    Relation, RelationKey, RelationMode as M, RelationType as T, TaskError, UnfitText,
    UnifiedSocialCreditCode, Validity,
};

/// Which kinds a relation type may join, and in which modes.
#[derive(Clone, Copy, Debug)]
pub struct RelationRule {
    /// The type that it speaks of.
    pub relation_type: T,
    /// The modes that it may have beside the unspecified one.
    pub modes: &'static [M],
    /// Pairs of source kinds and target kinds; a relation must fit one pair.
    pub joins: &'static [(KindSet, KindSet)],
}

const ANY: KindSet = KindSet::range(K::Province, K::Brand);
const TERRITORY: KindSet = KindSet::range(K::Province, K::Grid);
const PLACE: KindSet = KindSet::range(K::DevelopmentZone, K::DemonstrationArea);
const UNIT: KindSet = KindSet::range(K::Enterprise, K::JointBody);
const PARTY: KindSet = KindSet::range(K::PartyWorkingCommittee, K::PartyBuildingComplex);
const FACILITY: KindSet = KindSet::range(K::ServiceCenter, K::RestStop);
const SECTOR: KindSet = KindSet::range(K::Industry, K::IndustrialChain);
const PROGRAMME: KindSet = KindSet::range(K::Initiative, K::Brand);
const PARTY_BUILDING: KindSet = KindSet::range(K::PartyBuildingConsortium, K::PartyBuildingComplex);

const fn above(kind: K) -> KindSet {
    let last = match kind {
        K::Community | K::Village => K::Subdistrict,
        K::Grid => K::Village,
        K::City => K::Province,
        K::District => K::City,
        _ => K::District,
    };
    KindSet::range(K::Province, last)
}

/// One rule a relation type, in the order of the types.
static RELATION_RULES: [RelationRule; T::COUNT] = [
    RelationRule {
        relation_type: T::PartOf,
        modes: &[],
        joins: &[
            (KindSet::of(&[K::City]), above(K::City)),
            (KindSet::of(&[K::District]), above(K::District)),
            (KindSet::of(&[K::Subdistrict]), above(K::Subdistrict)),
            (KindSet::of(&[K::Community, K::Village]), above(K::Village)),
            (KindSet::of(&[K::Grid]), above(K::Grid)),
            (KindSet::of(&[K::Workshop]), KindSet::of(&[K::Enterprise])),
            (KindSet::of(&[K::WorkTeam]), KindSet::of(&[K::Workshop])),
            (PLACE, PLACE),
        ],
    },
    RelationRule {
        relation_type: T::LocatedIn,
        modes: &[],
        joins: &[(
            KindSet::of(&[K::Grid]).or(PLACE).or(UNIT).or(PARTY).or(FACILITY).or(PROGRAMME),
            TERRITORY.or(PLACE),
        )],
    },
    RelationRule {
        relation_type: T::SubordinateTo,
        modes: &[M::Territorial, M::Industry],
        joins: &[(PARTY, PARTY)],
    },
    RelationRule {
        relation_type: T::Organizes,
        modes: &[M::Standalone, M::Joint, M::Regional, M::Attached],
        joins: &[(PARTY, TERRITORY.or(PLACE).or(UNIT))],
    },
    RelationRule {
        relation_type: T::Instructs,
        modes: &[],
        joins: &[(KindSet::PARTY_ORGANIZATIONS, UNIT.or(PLACE).or(KindSet::of(&[K::Grid])))],
    },
    RelationRule {
        relation_type: T::MemberOf,
        modes: &[],
        joins: &[(
            TERRITORY.or(PLACE).or(UNIT).or(KindSet::PARTY_ORGANIZATIONS),
            KindSet::of(&[K::IndustryAssociation, K::ChamberOfCommerce, K::JointBody]).or(PARTY_BUILDING),
        )],
    },
    RelationRule {
        relation_type: T::Leads,
        modes: &[],
        joins: &[(KindSet::of(&[K::IndustryAssociation, K::Enterprise]).or(PARTY), SECTOR)],
    },
    RelationRule { relation_type: T::OperatesIn, modes: &[], joins: &[(UNIT, KindSet::of(&[K::Industry]))] },
    RelationRule {
        relation_type: T::InChain,
        modes: &[],
        joins: &[(UNIT, KindSet::of(&[K::IndustrialChain]))],
    },
    RelationRule {
        relation_type: T::ManagedBy,
        modes: &[],
        joins: &[(PLACE.or(UNIT), TERRITORY.or(KindSet::of(&[K::DevelopmentZone, K::GovernmentDepartment])))],
    },
    RelationRule {
        relation_type: T::GuidedBy,
        modes: &[],
        joins: &[(
            UNIT.or(PARTY),
            KindSet::of(&[K::PartyCommittee, K::IndustryPartyCommittee, K::GovernmentDepartment]),
        )],
    },
    RelationRule { relation_type: T::Serves, modes: &[], joins: &[(FACILITY, TERRITORY.or(PLACE).or(UNIT))] },
    RelationRule {
        relation_type: T::Chairs,
        modes: &[],
        joins: &[(
            UNIT.or(PARTY),
            KindSet::of(&[K::JointPartyCommittee, K::GrandPartyCommittee]).or(PARTY_BUILDING),
        )],
    },
    RelationRule {
        relation_type: T::JoinsLocality,
        modes: &[],
        joins: &[(UNIT, KindSet::of(&[K::Subdistrict, K::Community, K::Village]))],
    },
    RelationRule {
        relation_type: T::ResponsibleFor,
        modes: &[],
        joins: &[(PARTY.or(UNIT).or(TERRITORY), PROGRAMME.or(PLACE))],
    },
    RelationRule { relation_type: T::PartnersWith, modes: &[M::CoBuilding], joins: &[(ANY, ANY)] },
];

/// The rules of all relation types, in the order of the types.
pub fn relation_rules() -> &'static [RelationRule] {
    &RELATION_RULES
}

/// A rule of the model that a change would break, with the value at fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// An id does not fit its kind.
    #[error("{kind} \"{id}\": a {kind} has the id cn-<division code of {digits} digits>")]
    TerritoryId {
        /// The id at fault.
        id: OrganizationId,
        /// Its kind.
        kind: K,
        /// How many digits the code of this kind has.
        digits: usize,
    },
    /// An organisation has no name.
    #[error("{0}: the name is empty")]
    Nameless(OrganizationId),
    /// A text is longer than any that says something.
    #[error("{id}: {column} has {length} bytes, but a text may have {MAX_TEXT_BYTES}")]
    Long {
        /// The organisation.
        id: OrganizationId,
        /// The column.
        column: &'static str,
        /// How many bytes the text has.
        length: usize,
    },
    /// A number is not one that can be recorded.
    #[error("{id}: {column} is {value}, but must be {rule}")]
    Number {
        /// The organisation.
        id: OrganizationId,
        /// The column.
        column: &'static str,
        /// The value at fault.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// A relation type does not join these kinds.
    #[error(
        "{key}: {} does not join {source_kind} to {target_kind}; from {source_kind} it goes to {}",
        .key.relation_type, targets_of(.key.relation_type, *.source_kind)
    )]
    Joins {
        /// The relation.
        key: Box<RelationKey>,
        /// The kind of its source.
        source_kind: K,
        /// The kind of its target.
        target_kind: K,
    },
    /// A mode does not belong to a relation type.
    #[error("{key}: {} has {}", .key.relation_type, allowed_modes(.key.relation_type))]
    Mode {
        /// The relation.
        key: Box<RelationKey>,
    },
    /// A relation joins an organisation to itself.
    #[error("{0}: an organisation is no partner of itself")]
    Itself(Box<RelationKey>),
    /// A relation would close a cycle on some days.
    #[error("{key}: {rule} would form a cycle{}, for {} already leads to {}", on_days(*.days), .key.target, .key.source)]
    Cycle {
        /// The relation.
        key: Box<RelationKey>,
        /// The relation types that form no cycle.
        rule: &'static str,
        /// Days on which it would.
        days: Validity,
    },
    /// A relation or a removal names an organisation that is not there.
    #[error("the organisation \"{0}\" is not in the graph")]
    UnknownOrganization(OrganizationId),
    /// A removal names a relation that is not there.
    #[error("the relation {0} is not in the graph")]
    UnknownRelation(Box<RelationKey>),
    /// A removal names an annex that is not there.
    #[error("the {0} is not in the graph")]
    UnknownAnnex(Box<AnnexKey>),
    /// An annex says what it may not.
    #[error("{key}: {column}: {cause}")]
    Annex {
        /// The annex.
        key: Box<AnnexKey>,
        /// The column of its ledger.
        column: &'static str,
        /// What is wrong.
        cause: String,
    },
    /// A division code without a territory.
    #[error("{id}: the division {division} is not in the graph: there is no territory cn-{division}")]
    UnknownDivision {
        /// The organisation.
        id: OrganizationId,
        /// The code at fault.
        division: DivisionCode,
    },
    /// Two organisations with one credit code.
    #[error("{id}: the credit code {uscc} belongs to \"{holder}\" already")]
    TakenCreditCode {
        /// The organisation.
        id: OrganizationId,
        /// The code at fault.
        uscc: UnifiedSocialCreditCode,
        /// Who has it.
        holder: OrganizationId,
    },
    /// A credit code that is recorded of an organisation which the writer is told nothing of.
    #[error("{id}: the credit code {uscc} belongs to an organisation outside your territories already")]
    TakenCreditCodeOutside {
        /// The organisation.
        id: OrganizationId,
        /// The code at fault.
        uscc: UnifiedSocialCreditCode,
    },
    /// An organisation that is still needed would be forgotten.
    #[error("{id}: it cannot be removed while {needed_by}")]
    StillNeeded {
        /// The organisation.
        id: OrganizationId,
        /// What needs it.
        needed_by: String,
    },
    /// A value of an attribute that is not declared, or of another type than declared.
    #[error("{id}: attribute {attribute}: {cause}")]
    Attribute {
        /// The organisation.
        id: OrganizationId,
        /// The attribute.
        attribute: String,
        /// What is wrong.
        cause: String,
    },
    /// A code that could not be read.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A definition of an indicator that cannot be recorded, or a withdrawal that cannot be.
    #[error("indicator \"{id}\": {cause}")]
    Indicator {
        /// The id of the indicator.
        id: String,
        /// What is wrong.
        cause: String,
    },
    /// A task, or a step of one, that cannot be.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// A text that is not recorded.
    #[error("{column}: it {unfit}")]
    Text {
        /// The column of the text.
        column: &'static str,
        /// Why.
        unfit: UnfitText,
    },
}

fn targets_of(relation_type: T, source: K) -> String {
    let joins = RELATION_RULES[relation_type as usize].joins;
    let targets = joins
        .iter()
        .filter(|(sources, _)| sources.contains(source))
        .fold(KindSet::EMPTY, |all, (_, targets)| all.or(*targets));
    if targets == KindSet::EMPTY { "no kind".to_owned() } else { targets.to_string() }
}

/// The days that a message names; nothing where it means all of them.
fn on_days(days: Validity) -> String {
    if days == Validity::ALWAYS { String::new() } else { format!(" on the days {days}") }
}

fn allowed_modes(relation_type: T) -> String {
    let modes = RELATION_RULES[relation_type as usize].modes;
    if modes.is_empty() {
        return "no mode".to_owned();
    }
    let names: Vec<_> = modes.iter().map(|m| m.name()).collect();
    format!("the modes {}", names.join(", "))
}

/// How many bytes a name or another text of an organisation may have.
pub const MAX_TEXT_BYTES: usize = 4_096;

/// Checks what can be said of an organisation without its graph.
///
/// # Errors
/// The first [`Violation`]: a territory's id, an empty name, a text too long, a number out of range.
pub fn check_organization(organization: &Organization) -> Result<(), Violation> {
    let id = || organization.id.clone();
    if let Some(digits) = organization.kind.division_digits()
        && organization.id.division().map(DivisionCode::digits) != Some(digits)
    {
        return Err(Violation::TerritoryId { id: id(), kind: organization.kind, digits });
    }
    if organization.name.trim().is_empty() {
        return Err(Violation::Nameless(id()));
    }
    let texts = [("name", Some(&organization.name)), ("name_hant", organization.name_hant.as_ref())];
    let texts = texts
        .into_iter()
        .chain([("name_en", organization.name_en.as_ref()), ("industry", organization.industry.as_ref())]);
    let lists = [("aliases", &organization.aliases), ("source", &organization.sources)];
    let listed =
        lists.into_iter().flat_map(|(column, list)| list.iter().map(move |text| (column, Some(text))));
    for (column, text) in texts.chain(listed) {
        if let Some(length) = text.map(|text| text.len()).filter(|length| *length > MAX_TEXT_BYTES) {
            return Err(Violation::Long { id: id(), column, length });
        }
    }
    let counts = [
        ("party_members", organization.party_members),
        ("full_members", organization.full_members),
        ("employees", organization.employees),
    ];
    for (column, count) in counts {
        if let Some(count) = count.filter(|c| *c > super::MAX_COUNT) {
            let rule = "at most 2147483647";
            return Err(Violation::Number { id: id(), column, value: count.to_string(), rule });
        }
    }
    let amounts = [
        ("floor_area_m2", organization.floor_area_m2, 0.0, "a number from 0 up"),
        ("annual_income_cny", organization.annual_income_cny, f64::MIN, "a number"),
    ];
    for (column, amount, least, rule) in amounts {
        if let Some(amount) = amount.filter(|a| !a.is_finite() || *a < least) {
            return Err(Violation::Number { id: id(), column, value: amount.to_string(), rule });
        }
    }
    Ok(())
}

/// Checks that a relation may join the kinds of its two ends in its mode.
///
/// # Errors
/// [`Violation::Joins`], [`Violation::Mode`] or [`Violation::Itself`].
pub fn check_relation(relation: &Relation, source_kind: K, target_kind: K) -> Result<(), Violation> {
    let rule = &RELATION_RULES[relation.relation_type as usize];
    let joins = |(sources, targets): &(KindSet, KindSet)| {
        sources.contains(source_kind) && targets.contains(target_kind)
    };
    if !rule.joins.iter().any(joins) {
        return Err(Violation::Joins { key: Box::new(relation.key()), source_kind, target_kind });
    }
    if relation.mode.is_some_and(|mode| !rule.modes.contains(&mode)) {
        return Err(Violation::Mode { key: Box::new(relation.key()) });
    }
    if relation.relation_type == T::PartnersWith && relation.source == relation.target {
        return Err(Violation::Itself(Box::new(relation.key())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_the_types() {
        for (relation_type, rule) in T::all().zip(relation_rules()) {
            assert_eq!(rule.relation_type, relation_type);
        }
    }

    /// Every type with the kinds that it joins: the table of the contract, as the code holds it.
    #[test]
    fn the_table_of_relations() {
        let mut lines = String::new();
        for rule in relation_rules() {
            for (sources, targets) in rule.joins {
                lines += &format!("{} | {sources} -> {targets}\n", rule.relation_type);
            }
        }
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn a_refusal_names_the_value_and_the_choices() {
        let mut relation = Relation::new("a".parse().unwrap(), T::Serves, "b".parse().unwrap());
        let refused = check_relation(&relation, K::Enterprise, K::Village).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "a SERVES b: SERVES does not join ENTERPRISE to VILLAGE; from ENTERPRISE it goes to no kind"
        );
        relation.mode = Some(M::Joint);
        let refused = check_relation(&relation, K::ServiceCenter, K::Village).unwrap_err();
        assert_eq!(refused.to_string(), "a SERVES (JOINT) b: SERVES has no mode");
    }

    #[test]
    fn a_territory_has_the_id_of_its_code() {
        let check = |id: &str, kind| check_organization(&Organization::new(id.parse().unwrap(), kind, "名"));
        assert_eq!(check("cn-370114", K::District), Ok(()));
        assert_eq!(check("grid-1", K::Grid), Ok(()));
        for (id, kind) in [("district-1", K::District), ("cn-3701", K::District), ("cn-370114", K::Village)] {
            assert!(matches!(check(id, kind), Err(Violation::TerritoryId { .. })), "{id}");
        }
    }
}
