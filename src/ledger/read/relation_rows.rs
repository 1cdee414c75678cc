use std::sync::Arc;

use super::cell::Cell;
use super::collect::Collector;
use super::intern::NumberedId;
use super::layout::{Slot, Table};
use super::read_value::{named, read_day, read_shared};
use super::relation_repeats::{RelationRow, key};
use crate::ledger::column::RelationColumn as C;
use crate::ledger::problem::Origin;
use crate::model::{Date, Relation, RelationMode, RelationType, Validity};

/// The cells of a row, as far as they can be read.
#[derive(Default)]
struct Cells {
    source: Option<NumberedId>,
    relation_type: Option<RelationType>,
    target: Option<NumberedId>,
    mode: Option<RelationMode>,
    from: Option<Date>,
    to: Option<Date>,
    citation: Option<Arc<str>>,
    has_end: bool,
    has_citation: bool,
    /// Whether a cell that is part of what makes the relation itself could not be read.
    is_lost: bool,
}

impl Collector<'_> {
    /// Takes a row of relations; as with organisations, one with a bad cell goes on without it where it can.
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
                        self.notes.problem(origin, Some(column.name()), &cause);
                        row.is_lost |= !matches!(column, C::ValidTo | C::Citation);
                    }
                }
                Slot::Unnamed if !text.is_ok_and(|text| text.is_empty()) => {
                    self.notes.problem(origin, None, "a value stands in a column without heading");
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
            self.notes.problem(origin, Some(C::ValidTo.name()), &error.to_string());
            row.has_end = false;
            Validity::new(row.from, None)
        });
        let key = key([&source, &target], relation_type, row.mode, row.from);
        let mut relation = Relation::new(source.id, relation_type, target.id);
        relation.mode = row.mode;
        relation.validity = validity.unwrap_or_default();
        relation.citation = row.citation;
        let end = row.has_end.then_some(origin);
        let citation = row.has_citation.then_some(origin);
        let row = RelationRow { relation, origin, end, citation };
        self.relations.add(key, row);
    }

    fn relation_cell(&mut self, column: C, text: &str, row: &mut Cells) -> Result<(), String> {
        match column {
            C::Source | C::Type | C::Target if text.is_empty() => {
                return Err("it is required, but empty".to_owned());
            }
            C::Source => row.source = Some(self.ids.share_next(text).map_err(|e| e.to_string())?),
            C::Target => row.target = Some(self.ids.share(text).map_err(|e| e.to_string())?),
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
        }
        Ok(())
    }
}
