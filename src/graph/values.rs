//! What an attribute is worth: its dated value on the day asked about, else the value of its column.

use std::fmt;

use super::columns::Columns;
use super::{Graph, Operand, Slot, When};
use crate::model::{AttributeValue, Date, DatedAttribute, DatedValue};

/// A value that was found for an operand.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundValue<'g> {
    /// The value.
    pub value: AttributeValue,
    /// The dated value that it is; `None` for the value of a column, which holds at all dates.
    pub dated: Option<&'g DatedValue>,
}

/// The value, and behind it in brackets the days on which it holds and where it comes from, if it is dated.
impl fmt::Display for FoundValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)?;
        let Some(dated) = self.dated else { return Ok(()) };
        write!(f, " ({}", dated.validity)?;
        if let Some(source) = &dated.source {
            write!(f, ", {source}")?;
        }
        f.write_str(")")
    }
}

impl Operand {
    /// The attribute of which dated values are values of this operand.
    fn dated(&self) -> Option<DatedAttribute> {
        match self {
            Self::PartyMembers => Some(DatedAttribute::PartyMembers),
            Self::FullMembers => Some(DatedAttribute::FullMembers),
            Self::Employees => Some(DatedAttribute::Employees),
            Self::FloorAreaM2 => Some(DatedAttribute::FloorAreaM2),
            Self::AnnualIncomeCny => Some(DatedAttribute::AnnualIncomeCny),
            Self::Declared(id) => Some(DatedAttribute::Declared(id.clone())),
            Self::Members | Self::Industry | Self::EstablishedOn | Self::DissolvedOn => None,
        }
    }

    /// Where its counts stand in columns, if it is a count.
    fn count(&self) -> Option<fn(&Columns, Slot) -> Option<u32>> {
        match self {
            Self::Members => Some(|columns, slot| columns.full_members(slot).or(columns.party_members(slot))),
            Self::PartyMembers => Some(Columns::party_members),
            Self::FullMembers => Some(Columns::full_members),
            Self::Employees => Some(Columns::employees),
            _ => None,
        }
    }

    /// Whether it is a count of members.
    pub fn counts_members(&self) -> bool {
        matches!(self, Self::Members | Self::PartyMembers | Self::FullMembers)
    }

    /// Whether a value of it is a count of members that is kept back: from 1 up to below a number.
    pub fn is_kept_back(&self, value: &AttributeValue, below: u32) -> bool {
        let is_small = |count: &i64| (1..i64::from(below)).contains(count);
        self.counts_members() && matches!(value, AttributeValue::Integer(count) if is_small(count))
    }
}

impl Graph {
    /// What is recorded of an operand on the days asked about; `None` where nothing is.
    ///
    /// On one day the dated value that holds then goes before the value of the column. Whatever the dates, only the
    /// column has one value.
    pub fn found_value(&self, slot: Slot, operand: &Operand, when: When) -> Option<FoundValue<'_>> {
        if *operand == Operand::Members {
            let full = self.found_value(slot, &Operand::FullMembers, when);
            return full.or_else(|| self.found_value(slot, &Operand::PartyMembers, when));
        }
        match self.dated_on(slot, operand, when) {
            Some(dated) => Some(FoundValue { value: dated.value.clone(), dated: Some(dated) }),
            None => self.undated_value(slot, operand).map(|value| FoundValue { value, dated: None }),
        }
    }

    /// The same, the value alone.
    pub fn value(&self, slot: Slot, operand: &Operand, when: When) -> Option<AttributeValue> {
        self.found_value(slot, operand, when).map(|found| found.value)
    }

    /// The same, unless it is a count of members from 1 up to below a number; 0 keeps none back.
    pub fn told_value(
        &self,
        slot: Slot,
        operand: &Operand,
        when: When,
        below: u32,
    ) -> Option<AttributeValue> {
        self.value(slot, operand, when).filter(|value| !operand.is_kept_back(value, below))
    }

    /// The counts of an operand, one organisation at a time, where each is that of its column; `None` where there may be
    /// dated ones, or where the operand is no count.
    pub fn counts(&self, operand: &Operand, when: When) -> Option<impl Fn(Slot) -> Option<u32>> {
        if when != When::Ever && self.annex_count() > 0 {
            return None;
        }
        let read = operand.count()?;
        Some(move |slot| read(&self.columns, slot))
    }

    fn dated_on(&self, slot: Slot, operand: &Operand, when: When) -> Option<&DatedValue> {
        // Most graphs have none, and values are asked for by the million.
        if self.annex_count() == 0 {
            return None;
        }
        match when {
            When::Ever => None,
            When::On(date) => self.dated_value(slot, &operand.dated()?, date),
        }
    }

    fn undated_value(&self, slot: Slot, operand: &Operand) -> Option<AttributeValue> {
        let day = |day: Option<Date>| day.map(AttributeValue::Date);
        match operand {
            Operand::Members | Operand::PartyMembers | Operand::FullMembers | Operand::Employees => {
                let count = operand.count()?(&self.columns, slot)?;
                Some(AttributeValue::Integer(count.into()))
            }
            Operand::FloorAreaM2 => self.columns.floor_area_m2(slot).map(AttributeValue::Number),
            Operand::AnnualIncomeCny => self.columns.annual_income_cny(slot).map(AttributeValue::Number),
            Operand::Industry => self.columns.industry(slot).cloned().map(AttributeValue::Code),
            Operand::EstablishedOn => day(self.columns.life(slot).from()),
            Operand::DissolvedOn => day(self.columns.life(slot).to()),
            Operand::Declared(id) => self.columns.attribute(slot, id).cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Annex, Change, Organization, OrganizationKind, Validity};

    fn day(number: i8) -> Date {
        Date::constant(2023, 1, number)
    }

    /// The first value that holds, straight from the definition: of each attribute the dated one, then the column's.
    fn expected(
        values: &[DatedValue],
        columns: &[(DatedAttribute, Option<u32>); 2],
        date: Date,
    ) -> Option<i64> {
        let mut found = columns.iter().filter_map(|(attribute, column)| {
            let mut dated = values.iter().filter(|v| v.attribute == *attribute && v.validity.contains(date));
            match dated.next().map(|dated| &dated.value) {
                Some(AttributeValue::Integer(value)) => Some(*value),
                _ => column.map(i64::from),
            }
        });
        found.next()
    }

    proptest! {
        #[test]
        fn a_dated_value_holds_on_its_days_and_the_column_on_the_others(
            given in prop::collection::vec((any::<bool>(), 0i64..9, 1i8..9, prop::option::of(1i8..5)), 0..5),
            columns in (prop::option::of(10u32..20), prop::option::of(20u32..30)),
        ) {
            let mut organization =
                Organization::new("ent-1".parse().unwrap(), OrganizationKind::Enterprise, "示例");
            (organization.full_members, organization.party_members) = columns;
            let mut graph = Graph::new();
            graph.apply(&[Change::PutOrganization(Box::new(organization))]).unwrap();
            let mut values = Vec::new();
            for (is_full, value, from, days) in given {
                let attribute = if is_full { DatedAttribute::FullMembers } else { DatedAttribute::PartyMembers };
                let validity = Validity::new(Some(day(from)), days.map(|days| day(from + days))).unwrap();
                let (organization, value) = ("ent-1".parse().unwrap(), AttributeValue::Integer(value));
                let dated = DatedValue { organization, attribute, value, validity, source: None };
                // Those that overlap are refused.
                if graph.apply(&[Change::PutAnnex(Box::new(Annex::Value(dated.clone())))]).is_ok() {
                    values.retain(|other: &DatedValue| other.key() != dated.key());
                    values.push(dated);
                }
            }
            let slot = graph.slot("ent-1").unwrap();
            let columns = [(DatedAttribute::FullMembers, columns.0), (DatedAttribute::PartyMembers, columns.1)];
            for date in (1..15).map(day) {
                let found = graph.value(slot, &Operand::Members, When::On(date));
                let expected = expected(&values, &columns, date).map(AttributeValue::Integer);
                prop_assert_eq!(found, expected);
            }
            let undated = graph.value(slot, &Operand::Members, When::Ever);
            let column = columns[0].1.or(columns[1].1).map(|count| AttributeValue::Integer(count.into()));
            prop_assert_eq!(undated, column);
        }
    }
}
