use strum::{EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::model::{AttributeCatalog, AttributeDeclaration, AttributeType, ReviewedNumbers};

/// A column that every ledger of organisations may have, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr, Hash)]
#[strum(serialize_all = "snake_case")]
pub(super) enum FixedColumn {
    Id,
    Kind,
    Name,
    NameHant,
    NameEn,
    Aliases,
    Division,
    Uscc,
    Industry,
    PartyMembers,
    FullMembers,
    Employees,
    FloorAreaM2,
    AnnualIncomeCny,
    Designations,
    OperatingStatus,
    EstablishedOn,
    DissolvedOn,
    Synthetic,
    Source,
}

/// A column of a ledger of organisations; an attribute is known by its position in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum OrganizationColumn {
    Fixed(FixedColumn),
    Attribute(usize),
}

/// A column of a ledger of relations, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, EnumString, IntoStaticStr, Hash)]
#[strum(serialize_all = "snake_case")]
pub(super) enum RelationColumn {
    Source,
    Type,
    Target,
    Mode,
    ValidFrom,
    ValidTo,
    Citation,
    /// Whether the relation follows from a division code; such rows are written, and not recorded when read.
    Implied,
}

impl FixedColumn {
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

impl RelationColumn {
    pub(super) fn name(self) -> &'static str {
        self.into()
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }
}

/// The columns that ledgers of organisations may have in one store: the fixed ones and its attributes.
pub(super) struct Columns<'a> {
    attributes: Vec<&'a AttributeDeclaration>,
    reviewed: &'a ReviewedNumbers,
}

impl<'a> Columns<'a> {
    pub(super) fn new(catalog: &'a AttributeCatalog) -> Self {
        Self { attributes: catalog.iter().collect(), reviewed: catalog.reviewed() }
    }

    /// The numbers that look like those of persons, and may be recorded.
    pub(super) fn reviewed(&self) -> &'a ReviewedNumbers {
        self.reviewed
    }

    pub(super) fn attribute(&self, position: usize) -> &'a AttributeDeclaration {
        self.attributes[position]
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (usize, &'a AttributeDeclaration)> {
        self.attributes.iter().copied().enumerate()
    }

    pub(super) fn find(&self, name: &str) -> Option<OrganizationColumn> {
        let fixed = name.parse().map(OrganizationColumn::Fixed).ok();
        let declared = || self.attributes.iter().position(|a| a.id.as_str() == name);
        fixed.or_else(|| declared().map(OrganizationColumn::Attribute))
    }

    pub(super) fn name(&self, column: OrganizationColumn) -> &'a str {
        match column {
            OrganizationColumn::Fixed(fixed) => fixed.name(),
            OrganizationColumn::Attribute(position) => self.attribute(position).id.as_str(),
        }
    }

    /// Whether the column holds decimal numbers, which alone may be inexact.
    pub(super) fn is_decimal(&self, column: OrganizationColumn) -> bool {
        use FixedColumn::{AnnualIncomeCny, FloorAreaM2};
        match column {
            OrganizationColumn::Fixed(fixed) => matches!(fixed, FloorAreaM2 | AnnualIncomeCny),
            OrganizationColumn::Attribute(position) => {
                self.attribute(position).attribute_type == AttributeType::Number
            }
        }
    }
}

impl OrganizationColumn {
    pub(super) fn is_list(self) -> bool {
        use FixedColumn::{Aliases, Designations, Source};
        matches!(self, Self::Fixed(Aliases | Designations | Source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttributeError, AttributeId};

    #[test]
    fn no_attribute_can_take_the_name_of_a_fixed_column() {
        for column in FixedColumn::all() {
            let taken = column.name().parse::<AttributeId>();
            assert_eq!(taken, Err(AttributeError::Fixed(column.name().to_owned())));
        }
    }
}
