use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::cell::Cell;
use super::collect::Notes;
use super::contradiction::contradiction;
use super::layout::{Slot, Table};
use super::read_rows::RowReader;
use super::read_value::{read_day, read_shared, read_value};
use crate::ledger::annex_ledger::{AnnexLedger, copy};
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;
use crate::model::{
    Annex, AnnexKey, AttributeValue, Date, DatedAttribute, DatedValue, Exemption, OrganizationId, Validity,
};

/// What the rows of one import say of one annex.
pub(super) struct AnnexRow {
    pub(super) annex: Annex,
    pub(super) ledger: AnnexLedger,
    /// The columns that they have.
    pub(super) present: Arc<BTreeSet<usize>>,
    /// Where the first of them stands.
    pub(super) origin: Origin,
}

/// The annexes of one import, in the order of their first rows.
#[derive(Default)]
pub(super) struct AnnexRows {
    pub(super) rows: Vec<AnnexRow>,
    positions: HashMap<AnnexKey, usize>,
}

impl AnnexRows {
    /// Adds a row: the first of its annex, or one that repeats or completes an earlier one.
    pub(super) fn add(&mut self, row: AnnexRow, notes: &mut Notes) {
        let key = row.annex.key();
        match self.positions.get(&key) {
            Some(position) => join(&mut self.rows[*position], &row, notes),
            None => {
                self.positions.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
    }
}

/// Joins a row to the first of its annex; what they contradict each other in is a problem of both.
fn join(first: &mut AnnexRow, row: &AnnexRow, notes: &mut Notes) {
    let columns = row.ledger.columns();
    for column in row.present.iter().filter(|column| !first.present.contains(column)) {
        copy(columns[*column], &row.annex, &mut first.annex);
    }
    let (Some(here), Some(there)) = (row.ledger.values(&row.annex), row.ledger.values(&first.annex)) else {
        return;
    };
    for column in row.present.intersection(&first.present) {
        let (value, other) = (&here[*column], &there[*column]);
        contradiction(notes, columns[*column], (row.origin, value), (first.origin, other));
    }
    Arc::make_mut(&mut first.present).extend(row.present.iter());
}

/// The cells of a row, and what is wrong with them.
struct Cells<'c> {
    cells: HashMap<&'static str, Cell<'c>>,
    problems: Vec<(&'static str, String)>,
}

impl Cells<'_> {
    /// Reads a cell that may be empty, as it is where the column is absent.
    fn read<T: Default>(
        &mut self,
        column: &'static str,
        is_decimal: bool,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        let Some(cell) = self.cells.remove(column) else { return T::default() };
        let result = cell.text(is_decimal, false).and_then(|text| read(&text));
        result.unwrap_or_else(|cause| {
            self.problems.push((column, cause));
            T::default()
        })
    }

    /// Reads a cell in which something must stand; `None` is a problem that is noted.
    fn required<T>(
        &mut self,
        column: &'static str,
        is_decimal: bool,
        read: impl FnOnce(&str) -> Result<Option<T>, String>,
    ) -> Option<T> {
        self.read(column, is_decimal, |text| match text {
            "" => Err("it is required, but empty".to_owned()),
            text => read(text),
        })
    }
}

impl RowReader<'_> {
    /// Reads a row of annexes; one with a bad cell goes no further, since no other row refers to it.
    pub(super) fn annex<'c>(
        &mut self,
        ledger: AnnexLedger,
        table: &Table<usize>,
        origin: Origin,
        row: impl Iterator<Item = Cell<'c>>,
    ) {
        let mut cells = Cells { cells: HashMap::new(), problems: Vec::new() };
        for (slot, cell) in table.slots.iter().zip(row) {
            match slot {
                Slot::Column(column) => drop(cells.cells.insert(ledger.columns()[*column], cell)),
                Slot::Unnamed if !cell.is_empty() => {
                    self.read.problem(origin, None, "a value stands in a column without heading");
                }
                Slot::Unnamed | Slot::Refused => {}
            }
        }
        let annex = match ledger {
            AnnexLedger::Exemptions => self.exemption(&mut cells),
            AnnexLedger::Values => self.dated_value(&mut cells),
        };
        for (column, cause) in &cells.problems {
            self.read.problem(origin, Some(column), cause);
        }
        if let Some(annex) = annex.filter(|_| cells.problems.is_empty()) {
            let present = table.present.clone();
            self.read.annexes.push(AnnexRow { annex, ledger, present, origin });
        }
    }

    fn exemption(&mut self, cells: &mut Cells<'_>) -> Option<Annex> {
        let indicator = cells.required("indicator", false, |text| read_shared(text, &mut self.texts));
        let unit = organization_id(cells, "unit");
        let reason = cells.required("reason", false, |text| read_shared(text, &mut self.texts));
        let granted_by = cells.required("granted_by", false, |text| read_shared(text, &mut self.texts));
        let granted_on = cells.required("granted_on", false, read_day);
        let until: Option<Date> = cells.read("until", false, read_day);
        Some(Annex::Exemption(Exemption {
            unit: unit?,
            indicator: indicator?,
            granted_on: granted_on?,
            until,
            reason: reason?,
            granted_by: granted_by?,
        }))
    }

    fn dated_value(&mut self, cells: &mut Cells<'_>) -> Option<Annex> {
        let organization = organization_id(cells, "organization");
        let known = cells.required("attribute", false, |text| {
            let attribute: DatedAttribute = parsed(text)?;
            let undeclared = || {
                format!("\"{text}\" is no declared attribute: attributes are declared in the store's attributes.toml")
            };
            let column = self.columns.find(text).ok_or_else(undeclared)?;
            Ok(Some((attribute, column)))
        });
        let value = known.as_ref().and_then(|(_, column)| {
            cells.required("value", self.columns.is_decimal(*column), |text| {
                read_value(*column, text, self.columns, &mut self.texts).map(recorded)
            })
        });
        let from = cells.read("valid_from", false, read_day);
        let to = cells.read("valid_to", false, read_day);
        let validity = Validity::new(from, to);
        if let Err(error) = &validity {
            cells.problems.push(("valid_to", error.to_string()));
        }
        let source = cells.read("source", false, |text| read_shared(text, &mut self.texts));
        Some(Annex::Value(DatedValue {
            organization: organization?,
            attribute: known?.0,
            value: value?,
            validity: validity.ok()?,
            source,
        }))
    }
}

fn organization_id(cells: &mut Cells<'_>, column: &'static str) -> Option<OrganizationId> {
    cells.required(column, false, |text| parsed(text).map(Some))
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// What a column that may have dated values holds, as these are recorded.
fn recorded(value: Value) -> Option<AttributeValue> {
    match value {
        Value::Count(count) => count.map(|count| AttributeValue::Integer(count.into())),
        Value::Decimal(number) => number.map(AttributeValue::Number),
        Value::Attribute(value) => value,
        _ => None,
    }
}
