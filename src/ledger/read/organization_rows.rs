use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

use super::cell::Cell;
use super::layout::{Slot, Table};
use super::organization_repeats::OrganizationRow;
use super::read_rows::{Note, Read, RowReader};
use super::read_value::read_value;
use super::typed::one_line;
use crate::ledger::column::{Columns, FixedColumn as F, OrganizationColumn as C};
use crate::ledger::problem::Origin;
use crate::ledger::value::Value;
use crate::model::{Organization, OrganizationId, Validity};

impl RowReader<'_> {
    /// Reads a row of organisations.
    ///
    /// A row with a bad cell goes on without that cell where its id and kind can be read: rows that refer to it
    /// can then be judged, and all that is wrong is found at once.
    pub(super) fn organization<'c>(
        &mut self,
        table: &Table<C>,
        origin: Origin,
        cells: impl Iterator<Item = Cell<'c>>,
    ) {
        let (mut id, mut kind, mut name) = (None, None, None);
        let mut bad = Vec::new();
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        for (slot, cell) in table.slots.iter().zip(cells) {
            let text = |column: C| cell.text(self.columns.is_decimal(column), column.is_list());
            let column = match slot {
                Slot::Column(column) => *column,
                Slot::Unnamed => {
                    if !text(C::Fixed(F::Name)).is_ok_and(|text| text.is_empty()) {
                        self.read.problem(origin, None, "a value stands in a column without heading");
                    }
                    continue;
                }
                Slot::Refused => continue,
            };
            let text = text(column).map(|text| match column {
                C::Fixed(F::Name | F::NameHant | F::NameEn | F::Aliases) => match one_line(&text) {
                    Cow::Owned(line) => {
                        let cause = "line breaks and tabs in the name are read as a blank";
                        self.read.warning(origin, Some(self.columns.name(column)), cause);
                        Cow::Owned(line)
                    }
                    Cow::Borrowed(_) => text,
                },
                _ => text,
            });
            let read = text.and_then(|text| match column {
                C::Fixed(F::Id) if !text.is_empty() => {
                    id = Some(text.parse::<OrganizationId>().map_err(|e| e.to_string())?);
                    Ok(None)
                }
                _ => read_value(column, &text, self.columns, &mut self.texts).map(Some),
            });
            match read {
                Ok(Some(Value::Kind(read))) => kind = Some(read),
                Ok(Some(Value::Text(read))) if column == C::Fixed(F::Name) => name = read,
                Ok(Some(value)) => values.push((column, value)),
                Ok(None) => {}
                Err(cause) => {
                    self.read.problem(origin, Some(self.columns.name(column)), &cause);
                    bad.push(column);
                }
            }
        }
        if let (Some(id), Some(kind)) = (&id, kind) {
            let mut organization = Box::new(Organization::new(id.clone(), kind, name.unwrap_or_default()));
            fill(&mut organization, &mut values, &mut bad, origin, self.columns, &mut self.read);
            let mut present = table.present.clone();
            if !bad.is_empty() {
                Arc::make_mut(&mut present).retain(|column| !bad.contains(column));
            }
            let row = OrganizationRow { organization, present, origin };
            self.read.organizations.push((self.hasher.hash_one(id.as_str()), row));
        } else if let Some(id) = id {
            self.read.note(Note::Unread(id));
        }
        self.values = values;
    }
}

/// Records the values of a row, and looks at what only several of them together show.
fn fill(
    organization: &mut Organization,
    values: &mut Vec<(C, Value)>,
    bad: &mut Vec<C>,
    origin: Origin,
    columns: &Columns<'_>,
    notes: &mut Read,
) {
    let (mut established, mut dissolved) = (None, None);
    for (column, value) in values.drain(..) {
        match (column, value) {
            (C::Fixed(F::EstablishedOn), Value::Day(day)) => established = day,
            (C::Fixed(F::DissolvedOn), Value::Day(day)) => dissolved = day,
            (column, value) => value.put(column, columns, organization),
        }
    }
    match Validity::new(established, dissolved) {
        Ok(life) => organization.life = life,
        Err(error) => {
            notes.problem(origin, Some(F::DissolvedOn.name()), &error.to_string());
            bad.extend([C::Fixed(F::EstablishedOn), C::Fixed(F::DissolvedOn)]);
        }
    }
    if let Some(code) = organization.uscc.filter(|code| !code.organization_code_is_right()) {
        let cause = format!("the organization code inside \"{code}\" has a wrong check character (GB 11714)");
        notes.warning(origin, Some(F::Uscc.name()), &cause);
    }
}
