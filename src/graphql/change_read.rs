//! Changes of GraphQL read against a snapshot; every one at fault is named by its place in the input.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, MaybeUndefined, Value};

use super::change::{AttributeInput, ChangeInput, OrganizationInput, RelationInput, RelationKeyInput};
use super::error::{Code, bad_input, error};
use crate::atlas::{ATTRIBUTES_FILE, Snapshot};
use crate::model::{
    Annex, AnnexKey, AttributeId, AttributeType, Change, MAX_COUNT, Organization, OrganizationId, Relation,
    RelationKey, ReviewedNumbers, Validity, Violation, check_text_but, mask_personal_numbers,
};

/// How many changes a request may make up.
const MAX_CHANGES: usize = 100_000;

/// How many places an error's message names; its extensions name all.
const NAMED: usize = 5;

/// A place in the input, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The place below the change, such as `putRelation.target`.
    pub(super) field: String,
    pub(super) cause: String,
}

/// What a field below a change is refused for.
pub(super) type Read<T> = Result<T, Problem>;

/// Reads changes against a snapshot: what one leaves out is as the snapshot, and the changes before it, have it.
///
/// # Errors
/// One error that names every change at fault.
pub(super) fn read_changes(snapshot: &Snapshot, inputs: Vec<ChangeInput>) -> Result<Vec<Change>, Error> {
    if inputs.len() > MAX_CHANGES {
        return Err(bad_input(format!("changes has {} entries, but may have {MAX_CHANGES}", inputs.len())));
    }
    let mut reader = Reader::new(snapshot);
    let mut changes = Vec::with_capacity(inputs.len());
    let mut problems = Vec::new();
    for (position, input) in inputs.into_iter().enumerate() {
        match reader.read(input) {
            Ok(change) => changes.push(change),
            Err(problem) => problems.push((position, problem)),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(refused(&problems)) }
}

/// The error for changes that break rules of the model.
pub(super) fn broken_rules(changes: &[Change], violations: &[(usize, Violation)]) -> Error {
    let problems: Vec<_> = violations
        .iter()
        .map(|(position, violation)| (*position, located(changes.get(*position), violation)))
        .collect();
    refused(&problems)
}

/// The error for changes that concern what is not within the territories of whoever makes them.
pub(super) fn beyond(
    changes: &[Change],
    positions: &[usize],
    territories: &BTreeSet<OrganizationId>,
) -> Error {
    let territories: Vec<_> = territories.iter().map(OrganizationId::as_str).collect();
    let cause = format!("it concerns what is not within {}", territories.join(", "));
    let problem = |change| Problem { field: name_of(change).to_owned(), cause: cause.clone() };
    let problems = positions.iter().filter_map(|at| Some((*at, problem(changes.get(*at)?))));
    refused_as(Code::Forbidden, &problems.collect::<Vec<_>>())
}

/// What the input calls a change.
fn name_of(change: &Change) -> &'static str {
    match change {
        Change::PutOrganization(_) => "putOrganization",
        Change::RemoveOrganization(_) => "removeOrganization",
        Change::PutRelation(_) => "putRelation",
        Change::RemoveRelation(_) => "removeRelation",
        Change::PutAnnex(annex) => match **annex {
            Annex::Exemption(_) => "putExemption",
            Annex::Value(_) => "putValue",
            Annex::Task(_) => "putTask",
        },
        Change::RemoveAnnex(AnnexKey::Exemption(_)) => "removeExemption",
        Change::RemoveAnnex(AnnexKey::Value(_)) => "removeValue",
        Change::RemoveAnnex(AnnexKey::Task(_)) => "removeTask",
        Change::PutIndicator(_) => "putIndicator",
        Change::RemoveIndicator(_) => "removeIndicator",
    }
}

fn refused(problems: &[(usize, Problem)]) -> Error {
    refused_as(Code::BadUserInput, problems)
}

fn refused_as(code: Code, problems: &[(usize, Problem)]) -> Error {
    let path = |(position, problem): &(usize, Problem)| format!("changes[{position}].{}", problem.field);
    let named = problems.iter().take(NAMED).map(|p| format!("{}: {}", path(p), p.1.cause));
    let mut message = named.collect::<Vec<_>>().join("; ");
    if problems.len() > NAMED {
        message += &format!("; and {} more", problems.len() - NAMED);
    }
    let listed = problems.iter().map(|p| {
        let (index, Problem { field, cause }) = p;
        let cause = mask_personal_numbers(cause);
        let fields = [
            ("index", (*index).into()),
            ("field", field.as_str().into()),
            ("message", cause.into_owned().into()),
        ];
        Value::Object(fields.map(|(key, value)| (async_graphql::Name::new(key), value)).into())
    });
    let listed = Value::List(listed.collect());
    error(code, message).extend_with(|_, extensions| extensions.set("changes", listed.clone()))
}

/// Where in a change the rule is broken.
fn located(change: Option<&Change>, violation: &Violation) -> Problem {
    let field = match (change, violation) {
        (Some(Change::PutOrganization(_)), violation) => match violation {
            Violation::TerritoryId { .. } => "putOrganization.id".to_owned(),
            Violation::Nameless(_) => "putOrganization.name".to_owned(),
            Violation::Number { column, .. }
            | Violation::Long { column, .. }
            | Violation::Text { column, .. } => {
                format!("putOrganization.{}", camel_case(column))
            }
            Violation::UnknownDivision { .. } => "putOrganization.division".to_owned(),
            Violation::TakenCreditCode { .. } | Violation::TakenCreditCodeOutside { .. } => {
                "putOrganization.uscc".to_owned()
            }
            _ => "putOrganization".to_owned(),
        },
        (Some(Change::PutRelation(relation)), violation) => match violation {
            Violation::UnknownOrganization(id) if *id == relation.source => "putRelation.source".to_owned(),
            Violation::UnknownOrganization(_) => "putRelation.target".to_owned(),
            Violation::Mode { .. } => "putRelation.mode".to_owned(),
            Violation::Joins { .. } => "putRelation.type".to_owned(),
            Violation::Text { column, .. } => format!("putRelation.{}", camel_case(column)),
            _ => "putRelation".to_owned(),
        },
        (Some(Change::RemoveOrganization(_)), _) => "removeOrganization".to_owned(),
        (Some(Change::PutAnnex(annex)), Violation::UnknownOrganization(_)) => {
            let name = annex_name(&annex.key());
            if name == "Value" { format!("put{name}.organization") } else { format!("put{name}.unit") }
        }
        (Some(Change::PutAnnex(annex)), Violation::Annex { column, .. } | Violation::Text { column, .. }) => {
            format!("put{}.{}", annex_name(&annex.key()), camel_case(column))
        }
        (Some(Change::PutAnnex(annex)), _) => format!("put{}", annex_name(&annex.key())),
        (Some(Change::RemoveAnnex(key)), _) => format!("remove{}", annex_name(key)),
        (Some(change @ (Change::PutIndicator(_) | Change::RemoveIndicator(_))), _) => {
            name_of(change).to_owned()
        }
        (Some(Change::RemoveRelation(_)) | None, _) => "removeRelation".to_owned(),
    };
    Problem { field, cause: violation.to_string() }
}

/// What `ChangeInput` calls an annex.
fn annex_name(key: &AnnexKey) -> &'static str {
    match key {
        AnnexKey::Exemption(_) => "Exemption",
        AnnexKey::Value(_) => "Value",
        AnnexKey::Task(_) => "Task",
    }
}

pub(super) fn camel_case(column: &str) -> String {
    let mut parts = column.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let mut letters = part.chars();
        let head = letters.next().map(|letter| letter.to_ascii_uppercase());
        name + &head.into_iter().chain(letters).collect::<String>()
    })
}

pub(super) struct Reader<'a> {
    pub(super) snapshot: &'a Snapshot,
    /// What the changes read so far record; `None` is what they forget.
    organizations: HashMap<OrganizationId, Option<Organization>>,
    relations: HashMap<RelationKey, Option<Relation>>,
    annexes: HashMap<AnnexKey, Option<Annex>>,
}

impl<'a> Reader<'a> {
    /// A reader that has read nothing yet.
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, organizations: HashMap::new(), relations: HashMap::new(), annexes: HashMap::new() }
    }

    fn read(&mut self, input: ChangeInput) -> Read<Change> {
        match input {
            ChangeInput::PutOrganization(input) => {
                let organization = self.organization(*input).map_err(below("putOrganization"))?;
                self.organizations.insert(organization.id.clone(), Some(organization.clone()));
                Ok(Change::PutOrganization(Box::new(organization)))
            }
            ChangeInput::RemoveOrganization(id) => {
                let id: OrganizationId = parsed("removeOrganization", &id)?;
                self.organizations.insert(id.clone(), None);
                Ok(Change::RemoveOrganization(id))
            }
            ChangeInput::PutRelation(input) => {
                let relation = self.relation(input).map_err(below("putRelation"))?;
                self.relations.insert(relation.key(), Some(relation.clone()));
                Ok(Change::PutRelation(relation))
            }
            ChangeInput::RemoveRelation(input) => {
                let key = key(&input).map_err(below("removeRelation"))?;
                self.relations.insert(key.clone(), None);
                Ok(Change::RemoveRelation(key))
            }
            ChangeInput::PutExemption(input) => {
                self.exemption(input).map_err(below("putExemption")).map(|annex| self.put(annex))
            }
            ChangeInput::RemoveExemption(input) => {
                input.read().map_err(below("removeExemption")).map(|key| self.remove(key))
            }
            ChangeInput::PutValue(input) => {
                self.dated_value(input).map_err(below("putValue")).map(|annex| self.put(annex))
            }
            ChangeInput::RemoveValue(input) => {
                input.read().map_err(below("removeValue")).map(|key| self.remove(key))
            }
        }
    }

    fn put(&mut self, annex: Annex) -> Change {
        self.annexes.insert(annex.key(), Some(annex.clone()));
        Change::PutAnnex(Box::new(annex))
    }

    fn remove(&mut self, key: AnnexKey) -> Change {
        self.annexes.insert(key.clone(), None);
        Change::RemoveAnnex(key)
    }

    /// The numbers that look like those of persons, and may be recorded.
    pub(super) fn reviewed(&self) -> &ReviewedNumbers {
        self.snapshot.attributes.reviewed()
    }

    /// The annex with a key as the snapshot, and the changes read so far, have it.
    pub(super) fn recorded_annex(&self, key: &AnnexKey) -> Option<Annex> {
        match self.annexes.get(key) {
            Some(changed) => changed.clone(),
            None => self.snapshot.graph.annex(key).cloned(),
        }
    }

    fn organization(&self, input: OrganizationInput) -> Read<Organization> {
        let reviewed = self.reviewed();
        let id: OrganizationId = parsed("id", &input.id)?;
        let recorded = match self.organizations.get(&id) {
            Some(changed) => changed.clone(),
            None => self.snapshot.graph.organization(id.as_str()),
        };
        let mut organization = match (recorded, input.kind, &input.name) {
            (Some(recorded), ..) => recorded,
            (None, Some(kind), Some(name)) => Organization::new(id, kind.into(), name.as_str()),
            (None, None, _) => return Err(problem("kind", "it is required of a new organisation")),
            (None, _, None) => return Err(problem("name", "it is required of a new organisation")),
        };
        if let Some(kind) = input.kind {
            organization.kind = kind.into();
        }
        if let Some(name) = input.name {
            organization.name = fit(reviewed, "name", name)?;
        }
        update(&mut organization.name_hant, input.name_hant, |text| fit(reviewed, "nameHant", text))?;
        update(&mut organization.name_en, input.name_en, |text| fit(reviewed, "nameEn", text))?;
        update_list(reviewed, &mut organization.aliases, input.aliases, "aliases")?;
        update(&mut organization.division, input.division, |text| parsed("division", &text))?;
        update(&mut organization.uscc, input.uscc, |text| parsed("uscc", &text))?;
        update(&mut organization.industry, input.industry, |text| fit(reviewed, "industry", text))?;
        update(&mut organization.party_members, input.party_members, |n| count("partyMembers", n))?;
        update(&mut organization.full_members, input.full_members, |n| count("fullMembers", n))?;
        update(&mut organization.employees, input.employees, |n| count("employees", n))?;
        update(&mut organization.floor_area_m2, input.floor_area_m2, Ok)?;
        update(&mut organization.annual_income_cny, input.annual_income_cny, Ok)?;
        let mut designations: Vec<_> = organization.designations.iter().cloned().collect();
        update_list(reviewed, &mut designations, input.designations, "designations")?;
        organization.designations = designations.into_iter().collect();
        let mut status = Some(organization.operating_status);
        update(&mut status, input.operating_status, |status| Ok(status.into()))?;
        organization.operating_status = status.unwrap_or_default();
        let (mut start, mut end) = (organization.life.from(), organization.life.to());
        let place = if input.dissolved_on.is_undefined() { "establishedOn" } else { "dissolvedOn" };
        update(&mut start, input.established_on, |date| Ok(date.0))?;
        update(&mut end, input.dissolved_on, |date| Ok(date.0))?;
        organization.life = Validity::new(start, end).map_err(|e| problem(place, &e.to_string()))?;
        organization.synthetic = input.synthetic.unwrap_or(organization.synthetic);
        update_list(reviewed, &mut organization.sources, input.sources, "sources")?;
        for (position, attribute) in input.attributes.into_iter().enumerate() {
            self.attribute(&mut organization, attribute)
                .map_err(|cause| problem(&format!("attributes[{position}]"), &cause))?;
        }
        Ok(organization)
    }

    fn attribute(&self, organization: &mut Organization, input: AttributeInput) -> Result<(), String> {
        let id: AttributeId = input.id.parse().map_err(|e| format!("{e}"))?;
        let declared = self.snapshot.attributes.get(id.as_str());
        let declared =
            declared.ok_or_else(|| format!("the attribute \"{id}\" is not declared in {ATTRIBUTES_FILE}"))?;
        match input.value {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => organization.attributes.remove(&id),
            MaybeUndefined::Value(value) => {
                let text = value.0.to_string();
                if declared.attribute_type == AttributeType::Code {
                    check_text_but(&text, self.reviewed()).map_err(|unfit| format!("it {unfit}"))?;
                }
                let value = declared.attribute_type.read(&text).map_err(|e| e.to_string())?;
                organization.attributes.insert(id, value)
            }
        };
        Ok(())
    }

    fn relation(&self, input: RelationInput) -> Read<Relation> {
        let reviewed = self.reviewed();
        let key = RelationKey {
            source: parsed("source", &input.source)?,
            relation_type: input.r#type.into(),
            target: parsed("target", &input.target)?,
            mode: input.mode.map(Into::into),
            valid_from: input.valid_from.map(|date| date.0),
        };
        let recorded = match self.relations.get(&key) {
            Some(changed) => changed.clone(),
            None => self.snapshot.graph.relation(&key),
        };
        let mut end = recorded.as_ref().and_then(|relation| relation.validity.to());
        let mut citation = recorded.and_then(|relation| relation.citation);
        update(&mut end, input.valid_to, |date| Ok(date.0))?;
        update(&mut citation, input.citation, |text| fit(reviewed, "citation", text))?;
        let validity = Validity::new(key.valid_from, end).map_err(|e| problem("validTo", &e.to_string()))?;
        let RelationKey { source, relation_type, target, mode, .. } = key;
        Ok(Relation { source, relation_type, target, mode, validity, citation })
    }
}

fn key(input: &RelationKeyInput) -> Read<RelationKey> {
    Ok(RelationKey {
        source: parsed("source", &input.source)?,
        relation_type: input.r#type.into(),
        target: parsed("target", &input.target)?,
        mode: input.mode.map(Into::into),
        valid_from: input.valid_from.map(|date| date.0),
    })
}

/// Brings a value to what a field says: as it is where left out, nothing where null.
pub(super) fn update<T, U>(
    to: &mut Option<U>,
    given: MaybeUndefined<T>,
    read: impl FnOnce(T) -> Read<U>,
) -> Read<()> {
    match given {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *to = None,
        MaybeUndefined::Value(value) => *to = Some(read(value)?),
    }
    Ok(())
}

fn update_list(
    reviewed: &ReviewedNumbers,
    to: &mut Vec<Arc<str>>,
    given: MaybeUndefined<Vec<String>>,
    field: &str,
) -> Read<()> {
    let mut list = Some(std::mem::take(to));
    update(&mut list, given, |texts| texts.into_iter().map(|text| fit(reviewed, field, text)).collect())?;
    *to = list.unwrap_or_default();
    Ok(())
}

pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(field: &str, text: &str) -> Read<T> {
    text.parse().map_err(|e: T::Err| problem(field, &e.to_string()))
}

pub(super) fn fit(reviewed: &ReviewedNumbers, field: &str, text: String) -> Read<Arc<str>> {
    check_text_but(&text, reviewed).map_err(|unfit| problem(field, &format!("it {unfit}")))?;
    Ok(text.into())
}

fn count(field: &str, count: u32) -> Read<u32> {
    let cause = || problem(field, &format!("{count} is more than {MAX_COUNT}"));
    if count <= MAX_COUNT { Ok(count) } else { Err(cause()) }
}

pub(super) fn problem(field: &str, cause: &str) -> Problem {
    Problem { field: field.to_owned(), cause: cause.to_owned() }
}

fn below(change: &'static str) -> impl Fn(Problem) -> Problem {
    move |problem| Problem { field: format!("{change}.{}", problem.field), cause: problem.cause }
}
