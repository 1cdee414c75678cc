use std::fmt;
use std::sync::Arc;

use super::column::{Columns, FixedColumn as F, OrganizationColumn};
use crate::model::{
    AttributeValue, Date, DateError, DivisionCode, OperatingStatus, Organization, OrganizationKind,
    UnifiedSocialCreditCode, Validity,
};

/// What a column says of an organisation; `None` and an empty list are an empty cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(Option<Arc<str>>),
    Texts(Vec<Arc<str>>),
    Kind(OrganizationKind),
    Division(Option<DivisionCode>),
    CreditCode(Option<UnifiedSocialCreditCode>),
    Count(Option<u32>),
    Decimal(Option<f64>),
    Status(OperatingStatus),
    Day(Option<Date>),
    Flag(bool),
    Attribute(Option<AttributeValue>),
}

impl Value {
    /// What is recorded of an organisation under a column.
    pub(super) fn of(organization: &Organization, column: OrganizationColumn, columns: &Columns<'_>) -> Self {
        let fixed = match column {
            OrganizationColumn::Fixed(fixed) => fixed,
            OrganizationColumn::Attribute(position) => {
                let id = &columns.attribute(position).id;
                return Self::Attribute(organization.attributes.get(id).cloned());
            }
        };
        let Organization { name_hant, name_en, industry, division, uscc, .. } = organization;
        match fixed {
            F::Id => Self::Text(Some(organization.id.clone().into())),
            F::Kind => Self::Kind(organization.kind),
            F::Name => Self::Text(Some(organization.name.clone())),
            F::NameHant => Self::Text(name_hant.clone()),
            F::NameEn => Self::Text(name_en.clone()),
            F::Aliases => Self::Texts(organization.aliases.clone()),
            F::Division => Self::Division(*division),
            F::Uscc => Self::CreditCode(*uscc),
            F::Industry => Self::Text(industry.clone()),
            F::PartyMembers => Self::Count(organization.party_members),
            F::FullMembers => Self::Count(organization.full_members),
            F::Employees => Self::Count(organization.employees),
            F::FloorAreaM2 => Self::Decimal(organization.floor_area_m2),
            F::AnnualIncomeCny => Self::Decimal(organization.annual_income_cny),
            F::Designations => Self::Texts(organization.designations.iter().cloned().collect()),
            F::OperatingStatus => Self::Status(organization.operating_status),
            F::EstablishedOn => Self::Day(organization.life.from()),
            F::DissolvedOn => Self::Day(organization.life.to()),
            F::Synthetic => Self::Flag(organization.synthetic),
            F::Source => Self::Texts(organization.sources.clone()),
        }
    }

    /// Records the value under a column that has values of this sort. An id never changes, and the two days of
    /// a life are only right together: [`copy`] sets them.
    pub(super) fn put(
        self,
        column: OrganizationColumn,
        columns: &Columns<'_>,
        organization: &mut Organization,
    ) {
        let fixed = match column {
            OrganizationColumn::Fixed(fixed) => fixed,
            OrganizationColumn::Attribute(position) => {
                let id = &columns.attribute(position).id;
                match self {
                    Self::Attribute(Some(value)) => organization.attributes.insert(id.clone(), value),
                    _ => organization.attributes.remove(id),
                };
                return;
            }
        };
        match (fixed, self) {
            (F::Kind, Self::Kind(kind)) => organization.kind = kind,
            (F::Name, Self::Text(Some(name))) => organization.name = name,
            (F::NameHant, Self::Text(name)) => organization.name_hant = name,
            (F::NameEn, Self::Text(name)) => organization.name_en = name,
            (F::Aliases, Self::Texts(names)) => organization.aliases = names,
            (F::Division, Self::Division(code)) => organization.division = code,
            (F::Uscc, Self::CreditCode(code)) => organization.uscc = code,
            (F::Industry, Self::Text(industry)) => organization.industry = industry,
            (F::PartyMembers, Self::Count(count)) => organization.party_members = count,
            (F::FullMembers, Self::Count(count)) => organization.full_members = count,
            (F::Employees, Self::Count(count)) => organization.employees = count,
            (F::FloorAreaM2, Self::Decimal(area)) => organization.floor_area_m2 = area,
            (F::AnnualIncomeCny, Self::Decimal(income)) => organization.annual_income_cny = income,
            (F::Designations, Self::Texts(texts)) => organization.designations = texts.into_iter().collect(),
            (F::OperatingStatus, Self::Status(status)) => organization.operating_status = status,
            (F::Synthetic, Self::Flag(synthetic)) => organization.synthetic = synthetic,
            (F::Source, Self::Texts(sources)) => organization.sources = sources,
            _ => {}
        }
    }
}

/// Copies what one record of an organisation holds under some columns to another.
///
/// # Errors
/// [`DateError::Empty`] when the life that results holds no day; the life then stays as it was.
pub(super) fn copy(
    wanted: impl Iterator<Item = OrganizationColumn>,
    columns: &Columns<'_>,
    from: &Organization,
    to: &mut Organization,
) -> Result<(), DateError> {
    let (mut start, mut end) = (to.life.from(), to.life.to());
    for column in wanted {
        match column {
            OrganizationColumn::Fixed(F::EstablishedOn) => start = from.life.from(),
            OrganizationColumn::Fixed(F::DissolvedOn) => end = from.life.to(),
            _ => Value::of(from, column, columns).put(column, columns, to),
        }
    }
    to.life = Validity::new(start, end)?;
    Ok(())
}

/// The cell of a ledger that says this, before any quoting; nothing for an empty one.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn some(value: Option<&impl fmt::Display>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            value.map_or(Ok(()), |v| v.fmt(f))
        }
        match self {
            Self::Text(text) => some(text.as_ref(), f),
            Self::Texts(texts) => f.write_str(&texts.join(";")),
            Self::Kind(kind) => kind.fmt(f),
            Self::Division(code) => some(code.as_ref(), f),
            Self::CreditCode(code) => some(code.as_ref(), f),
            Self::Count(count) => some(count.as_ref(), f),
            Self::Decimal(number) => some(number.as_ref(), f),
            Self::Status(status) => f.write_str(status.name()),
            Self::Day(day) => some(day.as_ref(), f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Attribute(value) => some(value.as_ref(), f),
        }
    }
}
