use std::sync::Arc;

use async_graphql::{InputValueResult, Scalar, ScalarType, Value};
use serde_json::{Map, json};

use super::change_read::camel_case;
use crate::coverage::KEPT_BACK;
use crate::graph::Operand;
use crate::model::{
    Annex, AnnexKey, AttributeValue, Change, DatedValue, DatedValueKey, Exemption, ExemptionKey,
    IndicatorDefinition, Organization, Relation, RelationKey,
};

/// A change in the form of `ChangeInput`.
pub(super) struct WrittenChange(Value);

impl WrittenChange {
    pub(super) fn new(change: &Change) -> Self {
        // A map of plain values is a GraphQL value always.
        Self(Value::from_json(written(change)).unwrap_or_default())
    }

    /// The same without counts of members from 1 up to below a number.
    pub(super) fn told(change: &Change, below: u32) -> Self {
        let mut told = change.clone();
        match &mut told {
            Change::PutOrganization(put) => {
                let is_told = |count: &u32| !(1..below).contains(count);
                put.party_members = put.party_members.filter(is_told);
                put.full_members = put.full_members.filter(is_told);
            }
            Change::PutAnnex(put) => {
                if let Annex::Task(task) = put.as_mut() {
                    *task = Arc::new(task.as_ref().clone().told(below));
                }
                if let Annex::Value(dated) = put.as_ref()
                    && let Some(operand) = Operand::named(dated.attribute.name())
                    && operand.is_kept_back(&dated.value, below)
                {
                    let mut key = dated_value_key_of(&dated.key());
                    key.insert("value".to_owned(), json!(KEPT_BACK));
                    return Self(Value::from_json(json!({ "putValue": key })).unwrap_or_default());
                }
            }
            _ => {}
        }
        Self::new(&told)
    }
}

/// A change that is proposed or was made: an object that ChangeInput takes as it is. Tasks and indicators have mutations
/// of their own; of an indicator there is its version and, as IndicatorInput takes it, its definition.
#[Scalar(name = "WrittenChange")]
impl ScalarType for WrittenChange {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

/// A change as `ChangeInput` takes it; of an organisation and a relation what is recorded and no more, so what
/// is put must be new.
pub(super) fn written(change: &Change) -> serde_json::Value {
    match change {
        Change::PutOrganization(organization) => json!({ "putOrganization": organization_of(organization) }),
        Change::RemoveOrganization(id) => json!({ "removeOrganization": id.as_str() }),
        Change::PutRelation(relation) => json!({ "putRelation": relation_of(relation) }),
        Change::RemoveRelation(key) => json!({ "removeRelation": without_nulls(key_of(key)) }),
        Change::PutAnnex(annex) => match annex.as_ref() {
            Annex::Exemption(exemption) => json!({ "putExemption": exemption_of(exemption) }),
            Annex::Value(value) => json!({ "putValue": dated_value_of(value) }),
            // No proposal holds tasks: they have mutations of their own.
            Annex::Task(task) => json!({ "putTask": task }),
        },
        Change::RemoveAnnex(AnnexKey::Exemption(key)) => json!({ "removeExemption": exemption_key_of(key) }),
        Change::RemoveAnnex(AnnexKey::Value(key)) => json!({ "removeValue": dated_value_key_of(key) }),
        Change::RemoveAnnex(AnnexKey::Task(id)) => json!({ "removeTask": id }),
        // Nor definitions of indicators.
        Change::PutIndicator(put) => {
            json!({ "putIndicator": { "version": put.version, "definition": indicator_input(put) } })
        }
        Change::RemoveIndicator(id) => json!({ "removeIndicator": id }),
    }
}

/// A recorded definition as `IndicatorInput` takes it; the bare text, should it not be in the form of files.
pub fn indicator_input(definition: &IndicatorDefinition) -> serde_json::Value {
    let Ok(serde_json::Value::Object(mut written)) = toml::from_str(&definition.text) else {
        return json!(definition.text);
    };
    written.shift_remove("version");
    let forms = written.shift_remove("form");
    written.extend(forms.map(|forms| ("forms".to_owned(), forms)));
    in_camel_case(written.into())
}

/// The same with the names of fields as GraphQL has them; values stay.
fn in_camel_case(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (camel_case(&name), in_camel_case(value))).collect()
        }
        serde_json::Value::Array(items) => items.into_iter().map(in_camel_case).collect(),
        other => other,
    }
}

fn organization_of(organization: &Organization) -> Map<String, serde_json::Value> {
    let Organization { name_hant, name_en, division, uscc, industry, life, .. } = organization;
    let attributes = organization
        .attributes
        .iter()
        .map(|(id, value)| json!({ "id": id.as_str(), "value": value_of(value) }));
    let list = |items: Vec<serde_json::Value>| (!items.is_empty()).then_some(items);
    let texts = |items: &[std::sync::Arc<str>]| list(items.iter().map(|text| json!(text)).collect());
    let designations: Vec<_> = organization.designations.iter().cloned().collect();
    without_nulls(json!({
        "id": organization.id.as_str(),
        "kind": organization.kind.name(),
        "name": organization.name,
        "nameHant": name_hant,
        "nameEn": name_en,
        "aliases": texts(&organization.aliases),
        "division": division.map(String::from),
        "uscc": uscc.map(String::from),
        "industry": industry,
        "partyMembers": organization.party_members,
        "fullMembers": organization.full_members,
        "employees": organization.employees,
        "floorAreaM2": organization.floor_area_m2,
        "annualIncomeCny": organization.annual_income_cny,
        "designations": texts(&designations),
        "operatingStatus": organization.operating_status.name(),
        "establishedOn": life.from().map(|date| date.to_string()),
        "dissolvedOn": life.to().map(|date| date.to_string()),
        "synthetic": organization.synthetic,
        "sources": texts(&organization.sources),
        "attributes": list(attributes.collect()),
    }))
}

fn relation_of(relation: &Relation) -> Map<String, serde_json::Value> {
    let mut written = without_nulls(key_of(&relation.key()));
    let more = json!({
        "validTo": relation.validity.to().map(|date| date.to_string()),
        "citation": relation.citation,
    });
    written.extend(without_nulls(more));
    written
}

fn key_of(key: &RelationKey) -> serde_json::Value {
    json!({
        "source": key.source.as_str(),
        "type": key.relation_type.name(),
        "target": key.target.as_str(),
        "mode": key.mode.map(|mode| mode.name()),
        "validFrom": key.valid_from.map(|date| date.to_string()),
    })
}

fn exemption_of(exemption: &Exemption) -> Map<String, serde_json::Value> {
    let mut written = exemption_key_of(&exemption.key());
    let more = json!({
        "until": exemption.until.map(|date| date.to_string()),
        "reason": exemption.reason,
        "grantedBy": exemption.granted_by,
    });
    written.extend(without_nulls(more));
    written
}

fn exemption_key_of(key: &ExemptionKey) -> Map<String, serde_json::Value> {
    without_nulls(json!({
        "unit": key.unit.as_str(),
        "indicator": key.indicator,
        "grantedOn": key.granted_on.to_string(),
    }))
}

fn dated_value_of(dated: &DatedValue) -> Map<String, serde_json::Value> {
    let mut written = dated_value_key_of(&dated.key());
    let more = json!({
        "value": value_of(&dated.value),
        "validTo": dated.validity.to().map(|date| date.to_string()),
        "source": dated.source,
    });
    written.extend(without_nulls(more));
    written
}

fn dated_value_key_of(key: &DatedValueKey) -> Map<String, serde_json::Value> {
    without_nulls(json!({
        "organization": key.organization.as_str(),
        "attribute": key.attribute.name(),
        "validFrom": key.valid_from.map(|date| date.to_string()),
    }))
}

fn value_of(value: &AttributeValue) -> serde_json::Value {
    match value {
        AttributeValue::Number(number) => json!(number),
        AttributeValue::Integer(number) => json!(number),
        AttributeValue::Flag(flag) => json!(flag),
        AttributeValue::Date(date) => json!(date.to_string()),
        AttributeValue::Code(code) => json!(code),
    }
}

fn without_nulls(value: serde_json::Value) -> Map<String, serde_json::Value> {
    let serde_json::Value::Object(mut fields) = value else { return Map::new() };
    fields.retain(|_, value| !value.is_null());
    fields
}
