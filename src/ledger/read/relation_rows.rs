use std::sync::Arc;

use super::cell::Cell;
use super::layout::{Slot, Table};
use super::read_rows::RowReader;
use super::read_value::{named, read_day, read_shared};
use super::relation_repeats::{Mark, Says};
use crate::ledger::column::RelationColumn as C;
use crate::ledger::problem::Origin;
use crate::model::{
    CodeError, Date, OrganizationId, Relation, RelationMode, RelationType, Validity, parse_flag,
};

/// The cells of a row, as far as they can be read.
#[derive(Default)]
struct Cells {
    source: Option<OrganizationId>,
    relation_type: Option<RelationType>,
    target: Option<OrganizationId>,
    mode: Option<RelationMode>,
    from: Option<Date>,
    to: Option<Date>,
    citation: Option<Arc<str>>,
    has_end: bool,
    has_citation: bool,
    mark: Mark,
    /// Whether a cell that is part of what makes the relation itself could not be read.
    is_lost: bool,
}

impl RowReader<'_> {
    /// Reads a row of relations; as with organisations, one with a bad cell goes on without it where it can.
    pub(super) fn relation<'c>(
        &mut self,
        table: &Table<C>,
        origin: Origin,
        cells: impl Iterator<Item = Cell<'c>>,
    ) {
        let mut row = Cells::default();
        for (slot, cell) in table.slots.iter().zip(cells) {
            let text = cell.text(false, false);
            match slot {
                Slot::Column(column) => {
                    if let Err(cause) = text.and_then(|text| self.relation_cell(*column, &text, &mut row)) {
                        self.read.problem(origin, Some(column.name()), &cause);
                        row.is_lost |= !matches!(column, C::ValidTo | C::Citation);
                    }
                }
                Slot::Unnamed if !text.is_ok_and(|text| text.is_empty()) => {
                    self.read.problem(origin, None, "a value stands in a column without heading");
                }
                Slot::Unnamed | Slot::Refused => {}
            }
        }
        let Cells { source: Some(source), relation_type: Some(relation_type), target: Some(target), .. } =
            row
        else {
            return;
        };
        if row.is_lost {
            return;
        }
        let validity = Validity::new(row.from, row.to).or_else(|error| {
            self.read.problem(origin, Some(C::ValidTo.name()), &error.to_string());
            row.has_end = false;
            Validity::new(row.from, None)
        });
        let mut relation = Relation::new(source, relation_type, target);
        relation.mode = row.mode;
        relation.validity = validity.unwrap_or_default();
        relation.citation = row.citation;
        let says = Says { end: row.has_end, citation: row.has_citation, mark: row.mark };
        self.read.relations.push(relation, origin, says, &self.hasher);
    }

    fn relation_cell(&mut self, column: C, text: &str, row: &mut Cells) -> Result<(), String> {
        match column {
            C::Source | C::Type | C::Target if text.is_empty() => {
                return Err("it is required, but empty".to_owned());
            }
            C::Source => row.source = Some(text.parse().map_err(|e: CodeError| e.to_string())?),
            C::Target => row.target = Some(text.parse().map_err(|e: CodeError| e.to_string())?),
            C::Type => row.relation_type = Some(named(text, "a relation type such as PART_OF")?),
            C::Mode if text.is_empty() => {}
            C::Mode => row.mode = Some(named(text, "a mode such as STANDALONE")?),
            C::ValidFrom => row.from = read_day(text)?,
            C::ValidTo => {
                row.to = read_day(text)?;
                row.has_end = true;
            }
            C::Citation => {
                row.citation = read_shared(text, &mut self.texts)?;
                row.has_citation = true;
            }
            C::Implied => row.mark = mark(text)?,
        }
        Ok(())
    }
}

fn mark(text: &str) -> Result<Mark, String> {
    if text.is_empty() {
        return Ok(Mark::Stated);
    }
    match parse_flag(text) {
        Some(true) => Ok(Mark::Implied),
        Some(false) => Ok(Mark::Stated),
        None => Err(format!("\"{text}\" is not true or false")),
    }
}
