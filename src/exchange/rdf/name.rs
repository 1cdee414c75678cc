use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;

use crate::exchange::field::FieldType;
use crate::model::AttributeId;

/// What the names of organisations, relations and other records begin with.
///
/// ```
/// use orgatlas::exchange::Base;
/// assert!("https://data.example.org/".parse::<Base>().is_ok());
/// assert!("data.example.org".parse::<Base>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(String);

/// Why a text is no base.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("\"{0}\" is no IRI that ends in /, # or :, such as https://data.example.org/ or urn:orgatlas:")]
pub struct BaseError(String);

impl Default for Base {
    /// A name that leads to no host.
    fn default() -> Self {
        Self("urn:orgatlas:".to_owned())
    }
}

impl std::str::FromStr for Base {
    type Err = BaseError;

    fn from_str(text: &str) -> Result<Self, BaseError> {
        let refused = || BaseError(text.to_owned());
        // What follows it may not make another IRI of it.
        let whole = oxrdf::NamedNode::new(format!("{text}organization/a")).map_err(|_| refused())?;
        if text.ends_with(['/', '#', ':']) && whole.as_str().contains(':') {
            Ok(Self(text.to_owned()))
        } else {
            Err(refused())
        }
    }
}

/// Where a name belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    Org,
    Skos,
    Dcterms,
    Rdf,
    Rdfs,
    Time,
    Xsd,
    Vocabulary,
    Attribute,
    Kind,
    Organization,
    Relation,
    Interval,
    Day,
    Exemption,
    Value,
}

impl Space {
    pub(super) const ALL: [Self; 16] = [
        Self::Org,
        Self::Skos,
        Self::Dcterms,
        Self::Rdf,
        Self::Rdfs,
        Self::Time,
        Self::Xsd,
        Self::Vocabulary,
        Self::Attribute,
        Self::Kind,
        Self::Organization,
        Self::Relation,
        Self::Interval,
        Self::Day,
        Self::Exemption,
        Self::Value,
    ];

    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::Skos => "skos",
            Self::Dcterms => "dcterms",
            Self::Rdf => "rdf",
            Self::Rdfs => "rdfs",
            Self::Time => "time",
            Self::Xsd => "xsd",
            Self::Vocabulary => "orgatlas",
            Self::Attribute => "attribute",
            Self::Kind => "kind",
            Self::Organization => "organization",
            Self::Relation => "relation",
            Self::Interval => "interval",
            Self::Day => "day",
            Self::Exemption => "exemption",
            Self::Value => "value",
        }
    }

    pub(super) fn iri(self, base: &Base) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Org => "http://www.w3.org/ns/org#",
            Self::Skos => "http://www.w3.org/2004/02/skos/core#",
            Self::Dcterms => "http://purl.org/dc/terms/",
            Self::Rdf => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            Self::Rdfs => "http://www.w3.org/2000/01/rdf-schema#",
            Self::Time => "http://www.w3.org/2006/time#",
            Self::Xsd => "http://www.w3.org/2001/XMLSchema#",
            Self::Vocabulary => "urn:orgatlas:vocabulary:",
            Self::Attribute => "urn:orgatlas:attribute:",
            Self::Kind => "urn:orgatlas:kind:",
            record => return Cow::Owned(format!("{}{}/", base.0, record.prefix())),
        })
    }
}

/// The name of something: an IRI that begins as all of its space do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) space: Space,
    pub(super) local: Cow<'static, str>,
}

impl Name {
    pub(super) const fn fixed(space: Space, local: &'static str) -> Self {
        Self { space, local: Cow::Borrowed(local) }
    }

    /// A name that ends in texts, with `:` between; what IRIs cannot hold is written in percent.
    pub(super) fn of(space: Space, texts: &[&dyn fmt::Display]) -> Self {
        const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':');
        let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
        let local = utf8_percent_encode(&texts.join(":"), KEPT).to_string();
        Self { space, local: Cow::Owned(local) }
    }

    pub(super) fn iri(&self, base: &Base) -> String {
        format!("{}{}", self.space.iri(base), self.local)
    }

    /// The name with the prefix of its space.
    pub(super) fn compact(&self) -> String {
        format!("{}:{}", self.space.prefix(), self.local)
    }
}

/// What a statement is about, and what its objects are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) name: Name,
    pub(super) range: Range,
}

/// What the objects of a term are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    Resource,
    /// Texts in languages.
    Named,
    Value(FieldType),
    /// Values of any type.
    Any,
}

impl Term {
    const fn org(local: &'static str) -> Self {
        Self { name: Name::fixed(Space::Org, local), range: Range::Resource }
    }

    const fn own(local: &'static str, range: Range) -> Self {
        Self { name: Name::fixed(Space::Vocabulary, local), range }
    }

    const fn value(local: &'static str, value_type: FieldType) -> Self {
        Self::own(local, Range::Value(value_type))
    }

    /// The term of a declared attribute.
    pub(super) fn attribute(id: &AttributeId, value_type: FieldType) -> Self {
        Self { name: Name::of(Space::Attribute, &[id]), range: Range::Value(value_type) }
    }

    pub(super) const CLASSIFICATION: Self = Self::org("classification");
    pub(super) const SUB_ORGANIZATION_OF: Self = Self::org("subOrganizationOf");
    pub(super) const UNIT_OF: Self = Self::org("unitOf");
    pub(super) const MEMBER_OF: Self = Self::org("memberOf");
    pub(super) const LINKED_TO: Self = Self::org("linkedTo");
    pub(super) const HAS_SITE: Self = Self::org("hasSite");
    pub(super) const MEMBER: Self = Self::org("member");
    pub(super) const ORGANIZATION: Self = Self::org("organization");
    pub(super) const MEMBER_DURING: Self = Self::org("memberDuring");
    pub(super) const IDENTIFIER: Self =
        Self { name: Name::fixed(Space::Org, "identifier"), range: Range::Value(FieldType::Text) };
    pub(super) const PREF_LABEL: Self =
        Self { name: Name::fixed(Space::Skos, "prefLabel"), range: Range::Named };
    pub(super) const ALT_LABEL: Self =
        Self { name: Name::fixed(Space::Skos, "altLabel"), range: Range::Value(FieldType::Text) };
    pub(super) const NOTATION: Self =
        Self { name: Name::fixed(Space::Skos, "notation"), range: Range::Value(FieldType::Text) };
    pub(super) const SOURCE: Self =
        Self { name: Name::fixed(Space::Dcterms, "source"), range: Range::Value(FieldType::Text) };
    pub(super) const SUB_PROPERTY_OF: Self =
        Self { name: Name::fixed(Space::Rdfs, "subPropertyOf"), range: Range::Resource };
    pub(super) const HAS_BEGINNING: Self =
        Self { name: Name::fixed(Space::Time, "hasBeginning"), range: Range::Resource };
    pub(super) const HAS_END: Self =
        Self { name: Name::fixed(Space::Time, "hasEnd"), range: Range::Resource };
    pub(super) const IN_DAY: Self =
        Self { name: Name::fixed(Space::Time, "inXSDDate"), range: Range::Value(FieldType::Day) };

    pub(super) const KIND: Self = Self::own("kind", Range::Resource);
    pub(super) const DIVISION: Self = Self::value("division", FieldType::Text);
    pub(super) const INDUSTRY: Self = Self::value("industry", FieldType::Text);
    pub(super) const PARTY_MEMBERS: Self = Self::value("partyMembers", FieldType::Integer);
    pub(super) const FULL_MEMBERS: Self = Self::value("fullMembers", FieldType::Integer);
    pub(super) const EMPLOYEES: Self = Self::value("employees", FieldType::Integer);
    pub(super) const FLOOR_AREA_M2: Self = Self::value("floorAreaM2", FieldType::Decimal);
    pub(super) const ANNUAL_INCOME_CNY: Self = Self::value("annualIncomeCny", FieldType::Decimal);
    pub(super) const DESIGNATION: Self = Self::value("designation", FieldType::Text);
    pub(super) const OPERATING_STATUS: Self = Self::value("operatingStatus", FieldType::Text);
    pub(super) const ESTABLISHED_ON: Self = Self::value("establishedOn", FieldType::Day);
    pub(super) const DISSOLVED_ON: Self = Self::value("dissolvedOn", FieldType::Day);
    pub(super) const SYNTHETIC: Self = Self::value("synthetic", FieldType::Flag);
    pub(super) const RELATION_TYPE: Self = Self::own("relationType", Range::Resource);
    pub(super) const RELATION_SOURCE: Self = Self::own("relationSource", Range::Resource);
    pub(super) const RELATION_TARGET: Self = Self::own("relationTarget", Range::Resource);
    pub(super) const MODE: Self = Self::value("mode", FieldType::Text);
    pub(super) const VALID_FROM: Self = Self::value("validFrom", FieldType::Day);
    pub(super) const VALID_TO: Self = Self::value("validTo", FieldType::Day);
    pub(super) const IMPLIED: Self = Self::value("implied", FieldType::Flag);
    pub(super) const SUBJECT: Self = Self::own("subject", Range::Resource);
    pub(super) const INDICATOR: Self = Self::value("indicator", FieldType::Text);
    pub(super) const REASON: Self = Self::value("reason", FieldType::Text);
    pub(super) const GRANTED_BY: Self = Self::value("grantedBy", FieldType::Text);
    pub(super) const GRANTED_ON: Self = Self::value("grantedOn", FieldType::Day);
    pub(super) const UNTIL: Self = Self::value("until", FieldType::Day);
    pub(super) const OF_ATTRIBUTE: Self = Self::value("ofAttribute", FieldType::Text);
    pub(super) const HAS_VALUE: Self = Self::own("hasValue", Range::Any);

    /// The terms that every file may use, beside those of relation types and of declared attributes.
    pub(super) const ALL: [Self; 46] = [
        Self::CLASSIFICATION,
        Self::SUB_ORGANIZATION_OF,
        Self::UNIT_OF,
        Self::MEMBER_OF,
        Self::LINKED_TO,
        Self::HAS_SITE,
        Self::MEMBER,
        Self::ORGANIZATION,
        Self::MEMBER_DURING,
        Self::IDENTIFIER,
        Self::PREF_LABEL,
        Self::ALT_LABEL,
        Self::NOTATION,
        Self::SOURCE,
        Self::SUB_PROPERTY_OF,
        Self::HAS_BEGINNING,
        Self::HAS_END,
        Self::IN_DAY,
        Self::KIND,
        Self::DIVISION,
        Self::INDUSTRY,
        Self::PARTY_MEMBERS,
        Self::FULL_MEMBERS,
        Self::EMPLOYEES,
        Self::FLOOR_AREA_M2,
        Self::ANNUAL_INCOME_CNY,
        Self::DESIGNATION,
        Self::OPERATING_STATUS,
        Self::ESTABLISHED_ON,
        Self::DISSOLVED_ON,
        Self::SYNTHETIC,
        Self::RELATION_TYPE,
        Self::RELATION_SOURCE,
        Self::RELATION_TARGET,
        Self::MODE,
        Self::VALID_FROM,
        Self::VALID_TO,
        Self::IMPLIED,
        Self::SUBJECT,
        Self::INDICATOR,
        Self::REASON,
        Self::GRANTED_BY,
        Self::GRANTED_ON,
        Self::UNTIL,
        Self::OF_ATTRIBUTE,
        Self::HAS_VALUE,
    ];
}
