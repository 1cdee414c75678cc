use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ledger::annex_ledger::AnnexLedger;
use crate::ledger::column::{Columns, FixedColumn, OrganizationColumn, RelationColumn};
use crate::model::{AttributeId, is_personal_column};

/// What stands where in the rows under a header.
#[derive(Clone)]
pub(super) enum Layout {
    Organizations(Table<OrganizationColumn>),
    Relations(Table<RelationColumn>),
    Annexes(AnnexLedger, Table<usize>),
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
    /// Reads a header: what it is one of, and the columns that are refused.
    pub(super) fn of(names: &[&str], columns: &Columns<'_>) -> Result<(Self, Vec<Refusal>), NoHeader> {
        let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        let missing_of = |required: &[&'static str]| -> Vec<&str> {
            required.iter().copied().filter(|name| !names.contains(name)).collect()
        };
        let organizations = missing_of(&ORGANIZATIONS.map(FixedColumn::name));
        let relations = missing_of(&RELATIONS.map(RelationColumn::name));
        let annexes = || AnnexLedger::all().map(|ledger| (ledger, missing_of(ledger.required())));
        let mut refusals = Vec::new();
        if organizations.is_empty() {
            let table = table(&names, |name| columns.find(name), no_organization_column, &mut refusals);
            Ok((Self::Organizations(table), refusals))
        } else if relations.is_empty() {
            let table = table(&names, |name| name.parse().ok(), no_relation_column, &mut refusals);
            Ok((Self::Relations(table), refusals))
        } else if let Some((ledger, _)) = annexes().find(|(_, missing)| missing.is_empty()) {
            let find = |name: &str| ledger.columns().iter().position(|column| *column == name);
            let unknown = |_: &str| only(ledger.name(), ledger.columns());
            Ok((Self::Annexes(ledger, table(&names, find, unknown, &mut refusals)), refusals))
        } else {
            let annexes = annexes().map(|(ledger, missing)| (ledger.name(), missing));
            let all = [("organizations", organizations), ("relations", relations)].into_iter().chain(annexes);
            let near = all.min_by_key(|(_, missing)| missing.len()).filter(|(_, missing)| missing.len() == 1);
            let is_near = near.is_some();
            let cause = match near {
                Some((what, missing)) => {
                    format!("the column {}, which {what} must have, is missing", missing.join(", "))
                }
                None => "it has neither the columns id, kind and name of organizations nor source, type and target \
                         of relations, nor those of exemptions or values"
                    .to_owned(),
            };
            Err(NoHeader { is_near, cause })
        }
    }

    /// Whether a cell at a position belongs to a named column.
    pub(super) fn has_column(&self, position: usize) -> bool {
        fn named<C: PartialEq>(table: &Table<C>, position: usize) -> bool {
            table.slots.get(position).is_some_and(|slot| *slot != Slot::Unnamed)
        }
        match self {
            Self::Organizations(table) => named(table, position),
            Self::Relations(table) => named(table, position),
            Self::Annexes(_, table) => named(table, position),
        }
    }

    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Organizations(table) => table.slots.len(),
            Self::Relations(table) => table.slots.len(),
            Self::Annexes(_, table) => table.slots.len(),
        }
    }
}

fn table<C: Copy + Ord>(
    names: &[&str],
    find: impl Fn(&str) -> Option<C>,
    unknown: impl Fn(&str) -> String,
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
    only("relations", &RelationColumn::all().map(RelationColumn::name).collect::<Vec<_>>())
}

fn only(ledger: &str, columns: &[&str]) -> String {
    format!("ledgers of {ledger} have only the columns {}", columns.join(", "))
}
