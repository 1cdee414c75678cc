use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ledger::column::{Columns, FixedColumn, OrganizationColumn, RelationColumn};
use crate::model::{AttributeId, is_personal_column};

/// What stands where in the rows under a header.
#[derive(Clone)]
pub(super) enum Layout {
    Organizations(Table<OrganizationColumn>),
    Relations(Table<RelationColumn>),
}

/// The columns of one header.
#[derive(Clone)]
pub(super) struct Table<C> {
    /// What each cell of a row belongs to, from the first to the last.
    pub(super) slots: Vec<Slot<C>>,
    /// The columns that the header has; rows share it.
    pub(super) present: Arc<BTreeSet<C>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot<C> {
    Column(C),
    /// A column without heading: spreadsheets leave such ones behind, which is right as long as they are empty.
    Unnamed,
    /// A column that is refused; the header is named for it, so its cells are not.
    Refused,
}

/// A column of a header that is refused, and why.
pub(super) struct Refusal {
    pub(super) column: String,
    pub(super) cause: String,
}

/// Why a row is no header of ours.
pub(super) struct NoHeader {
    /// Whether it is near one, so that it cannot be something else that stands beside ledgers.
    pub(super) is_near: bool,
    pub(super) cause: String,
}

const ORGANIZATIONS: [FixedColumn; 3] = [FixedColumn::Id, FixedColumn::Kind, FixedColumn::Name];
const RELATIONS: [RelationColumn; 3] = [RelationColumn::Source, RelationColumn::Type, RelationColumn::Target];

impl Layout {
    /// Reads a header: whether it is one of organisations or of relations, and the columns that are refused.
    pub(super) fn of(names: &[&str], columns: &Columns<'_>) -> Result<(Self, Vec<Refusal>), NoHeader> {
        let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        let missing_of = |required: [&'static str; 3]| -> Vec<&str> {
            required.into_iter().filter(|name| !names.contains(name)).collect()
        };
        let organizations = missing_of(ORGANIZATIONS.map(FixedColumn::name));
        let relations = missing_of(RELATIONS.map(RelationColumn::name));
        let mut refusals = Vec::new();
        if organizations.is_empty() {
            let table = table(&names, |name| columns.find(name), no_organization_column, &mut refusals);
            Ok((Self::Organizations(table), refusals))
        } else if relations.is_empty() {
            let table = table(&names, |name| name.parse().ok(), no_relation_column, &mut refusals);
            Ok((Self::Relations(table), refusals))
        } else {
            let (what, missing) = if relations.len() < organizations.len() {
                ("relations", relations)
            } else {
                ("organizations", organizations)
            };
            let is_near = missing.len() == 1;
            let cause = if is_near {
                format!("the column {}, which {what} must have, is missing", missing.join(", "))
            } else {
                "it has neither the columns id, kind and name of organizations nor source, type and target of \
                 relations"
                    .to_owned()
            };
            Err(NoHeader { is_near, cause })
        }
    }

    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Organizations(table) => table.slots.len(),
            Self::Relations(table) => table.slots.len(),
        }
    }
}

fn table<C: Copy + Ord>(
    names: &[&str],
    find: impl Fn(&str) -> Option<C>,
    unknown: fn(&str) -> String,
    refusals: &mut Vec<Refusal>,
) -> Table<C> {
    let mut present = BTreeSet::new();
    let mut slots = Vec::with_capacity(names.len());
    for name in names {
        let cause = match find(name) {
            _ if name.is_empty() => {
                slots.push(Slot::Unnamed);
                continue;
            }
            // Also where an attribute of this name is declared.
            _ if is_personal_column(name) => {
                "it holds data of persons: no personal data is recorded".to_owned()
            }
            Some(column) if present.insert(column) => {
                slots.push(Slot::Column(column));
                continue;
            }
            Some(_) => "it stands twice".to_owned(),
            None => unknown(name),
        };
        slots.push(Slot::Refused);
        refusals.push(Refusal { column: (*name).to_owned(), cause });
    }
    Table { slots, present: Arc::new(present) }
}

fn no_organization_column(name: &str) -> String {
    let cause = "ledgers of organizations have no such column";
    if name.parse::<AttributeId>().is_ok() {
        format!(
            "{cause}, and it is no declared attribute: attributes are declared in the store's attributes.toml"
        )
    } else {
        cause.to_owned()
    }
}

fn no_relation_column(_: &str) -> String {
    let names: Vec<_> = RelationColumn::all().map(RelationColumn::name).collect();
    format!("ledgers of relations have only the columns {}", names.join(", "))
}
