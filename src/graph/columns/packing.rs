//! Rows as bytes, a column after the other: ids (what each shares with the one before, and the rest), names (all
//! lengths, then all bytes), kinds, statuses with the mark of what is synthetic, lives, counts, divisions, credit
//! codes (without their check characters), symbols of industries, of designations and of sources, and of the rows
//! that have any, what few have.

use std::sync::Arc;

use compact_str::CompactString;

use super::{Columns, Details, NO_DETAILS, NOTHING, Rarities};
use crate::graph::image::{Bytes, ImageError, put_number};
use crate::graph::interner::{Interner, Renumbering};
use crate::graph::shared::{ColumnFiller, TextFiller};
use crate::graph::{OrganizationSet, Slot};
use crate::model::{
    DivisionCode, MAX_COUNT, OperatingStatus, OrganizationId, OrganizationKind, UnifiedSocialCreditCode,
    Validity,
};

/// Stands in a status where an organisation is synthetic.
const SYNTHETIC: u8 = 0x80;

/// Writes rows, with symbols in the order of their first use.
pub(in crate::graph) struct RowWriter<'c> {
    columns: &'c Columns,
    texts: Renumbering,
    lists: Renumbering,
    previous: Option<&'c OrganizationId>,
}

impl<'c> RowWriter<'c> {
    pub(in crate::graph) fn new(columns: &'c Columns) -> Self {
        let (texts, lists) = (Renumbering::of(columns.texts.len()), Renumbering::of(columns.lists.len()));
        Self { columns, texts, lists, previous: None }
    }

    /// Writes rows that follow those before in the order of their ids.
    pub(in crate::graph) fn write(&mut self, slots: &[Slot], bytes: &mut Vec<u8>) {
        let columns = self.columns;
        put_number(bytes, slots.len() as u64);
        for slot in slots {
            let id = columns.id(*slot);
            let before = self.previous.replace(id).map_or("", OrganizationId::as_str);
            let pairs = id.as_str().bytes().zip(before.bytes());
            let shared = pairs.take_while(|(one, other)| one == other).count();
            let rest = &id.as_str().as_bytes()[shared..];
            // An id has 128 bytes at the most.
            bytes.extend([shared as u8, rest.len() as u8]);
            bytes.extend_from_slice(rest);
        }
        slots.iter().for_each(|slot| put_number(bytes, columns.name(*slot).len() as u64));
        slots.iter().for_each(|slot| bytes.extend_from_slice(columns.name(*slot).as_bytes()));
        bytes.extend(slots.iter().map(|slot| columns.kind(*slot) as u8));
        let synthetic = |slot: &Slot| if columns.synthetic.contains(slot.0) { SYNTHETIC } else { 0 };
        bytes.extend(slots.iter().map(|slot| columns.status(*slot) as u8 | synthetic(slot)));
        for slot in slots {
            columns.life(*slot).to_numbers().iter().for_each(|day| put_number(bytes, u64::from(*day)));
        }
        for count in [Columns::party_members, Columns::full_members, Columns::employees] {
            let counts =
                slots.iter().map(|slot| count(columns, *slot).map_or(0, |count| u64::from(count) + 1));
            counts.for_each(|count| put_number(bytes, count));
        }
        let details = |slot: &Slot| &columns.details[slot.0 as usize];
        for slot in slots {
            put_number(bytes, details(slot).division.map_or(0, DivisionCode::to_number));
        }
        for slot in slots {
            match &details(slot).credit_code {
                Some(code) => bytes.extend_from_slice(&code.as_str().as_bytes()[..FIRST]),
                None => bytes.push(0),
            }
        }
        for slot in slots {
            put_number(bytes, self.texts.number(details(slot).industry));
            put_number(bytes, self.lists.number(details(slot).designations));
            put_number(bytes, self.lists.number(details(slot).sources));
        }
        for (number, slot) in (1..).zip(slots) {
            if let Some(rarities) = &columns.rarities[slot.0 as usize] {
                // Nothing of it can fail to be written: it has no maps without lengths, and memory has no end.
                let packed = postcard::to_stdvec(rarities.as_ref()).unwrap_or_default();
                put_number(bytes, number);
                put_number(bytes, packed.len() as u64);
                bytes.extend_from_slice(&packed);
            }
        }
    }

    /// The texts that were named, by their new symbols.
    pub(in crate::graph) fn texts(&self) -> impl Iterator<Item = &Arc<str>> {
        self.texts.former().map(|symbol| self.columns.texts.value(symbol))
    }

    /// The lists that were named, by their new symbols.
    pub(in crate::graph) fn lists(&self) -> impl Iterator<Item = &Arc<[Arc<str>]>> {
        self.lists.former().map(|symbol| self.columns.lists.value(symbol))
    }
}

/// How many characters of a credit code say which it is.
const FIRST: usize = 17;

/// Reads rows from the first on.
pub(in crate::graph) struct RowReader {
    ids: ColumnFiller<Option<OrganizationId>>,
    names: TextFiller,
    kinds: ColumnFiller<OrganizationKind>,
    lives: ColumnFiller<Validity>,
    counts: [ColumnFiller<u32>; 3],
    details: ColumnFiller<Details>,
    rarities: ColumnFiller<Option<Arc<Rarities>>>,
    synthetic: OrganizationSet,
    len: u32,
    previous: Vec<u8>,
    /// How many texts and lists there must be at least.
    texts: u32,
    lists: u32,
    known_kinds: Vec<OrganizationKind>,
    known_statuses: Vec<OperatingStatus>,
}

impl Default for RowReader {
    fn default() -> Self {
        Self {
            ids: ColumnFiller::of(None),
            names: TextFiller::default(),
            kinds: ColumnFiller::of(OrganizationKind::Province),
            lives: ColumnFiller::of(Validity::ALWAYS),
            counts: [(); 3].map(|()| ColumnFiller::of(NOTHING)),
            details: ColumnFiller::of(NO_DETAILS),
            rarities: ColumnFiller::of(None),
            synthetic: OrganizationSet::new(),
            len: 0,
            previous: Vec::new(),
            texts: 0,
            lists: 0,
            known_kinds: OrganizationKind::all().collect(),
            known_statuses: OperatingStatus::all().collect(),
        }
    }
}

impl RowReader {
    /// How many rows were read.
    pub(in crate::graph) fn len(&self) -> u32 {
        self.len
    }

    /// Reads rows that [`RowWriter::write`] wrote, to the end of the bytes.
    pub(in crate::graph) fn read(&mut self, bytes: &mut Bytes<'_>) -> Result<(), ImageError> {
        let rows = bytes.small()?;
        // Each takes two bytes at least, so that what is read makes no list longer than the block.
        if rows as usize > bytes.len() / 2 {
            return Err(ImageError::CutShort);
        }
        let first = self.len;
        self.len = first.checked_add(rows).ok_or(ImageError::Unfit("number of organisations"))?;
        for _ in 0..rows {
            let id = self.id(bytes)?;
            self.ids.push(Some(id));
        }
        self.names(rows, bytes)?;
        for kind in bytes.take(rows as usize)? {
            let kind = self.known_kinds.get(usize::from(*kind)).ok_or(ImageError::Unfit("kind"))?;
            self.kinds.push(*kind);
        }
        let mut details = vec![NO_DETAILS; rows as usize];
        for ((slot, details), status) in (first..).zip(&mut details).zip(bytes.take(rows as usize)?) {
            let known = self.known_statuses.get(usize::from(status & !SYNTHETIC));
            details.status = *known.ok_or(ImageError::Unfit("status"))?;
            if status & SYNTHETIC != 0 {
                // Slots come in their order.
                self.synthetic.try_push(slot).unwrap_or_default();
            }
        }
        for _ in 0..rows {
            let days = [bytes.small()?, bytes.small()?];
            self.lives.push(Validity::of_numbers(days).ok_or(ImageError::Unfit("day"))?);
        }
        for column in &mut self.counts {
            for _ in 0..rows {
                let count = bytes.small()?.checked_sub(1);
                if count.is_some_and(|count| count > MAX_COUNT) {
                    return Err(ImageError::Unfit("count"));
                }
                column.push(count.unwrap_or(NOTHING));
            }
        }
        for details in &mut details {
            match bytes.number()? {
                0 => {}
                number => {
                    let code = DivisionCode::of_number(number);
                    details.division = Some(code.ok_or(ImageError::Unfit("division code"))?);
                }
            }
        }
        for details in &mut details {
            let first = bytes.byte()?;
            if first != 0 {
                let mut code = [first; FIRST];
                code[1..].copy_from_slice(bytes.take(FIRST - 1)?);
                let code = UnifiedSocialCreditCode::of_first(code);
                details.credit_code = Some(code.ok_or(ImageError::Unfit("credit code"))?);
            }
        }
        for details in &mut details {
            details.industry = symbol(bytes, &mut self.texts)?;
            details.designations = symbol(bytes, &mut self.lists)?;
            details.sources = symbol(bytes, &mut self.lists)?;
        }
        details.into_iter().for_each(|details| self.details.push(details));
        self.rarities(rows, bytes)
    }

    fn id(&mut self, bytes: &mut Bytes<'_>) -> Result<OrganizationId, ImageError> {
        let unfit = ImageError::Unfit("id");
        let [shared, rest] = bytes.array()?.map(usize::from);
        let rest = bytes.take(rest)?;
        let follows = self.previous.get(shared..).is_some_and(|before| before < rest);
        if !follows {
            return Err(unfit);
        }
        self.previous.truncate(shared);
        self.previous.extend_from_slice(rest);
        let text = CompactString::from_utf8(&self.previous).map_err(|_| unfit.clone())?;
        text.try_into().map_err(|_| unfit)
    }

    fn names(&mut self, rows: u32, bytes: &mut Bytes<'_>) -> Result<(), ImageError> {
        let lengths: Vec<_> = (0..rows).map(|_| bytes.small()).collect::<Result<_, _>>()?;
        let all: u64 = lengths.iter().map(|length| u64::from(*length)).sum();
        let all = usize::try_from(all).map_err(|_| ImageError::CutShort)?;
        let unfit = || ImageError::Unfit("name");
        let mut names = std::str::from_utf8(bytes.take(all)?).map_err(|_| unfit())?;
        for length in lengths {
            let (name, rest) = names.split_at_checked(length as usize).ok_or_else(unfit)?;
            self.names.push(name);
            names = rest;
        }
        Ok(())
    }

    fn rarities(&mut self, rows: u32, bytes: &mut Bytes<'_>) -> Result<(), ImageError> {
        let unfit = ImageError::Unfit("record");
        let mut next = 1;
        while !bytes.is_empty() {
            let number = bytes.small()?;
            if number < next || number > rows {
                return Err(unfit);
            }
            let length = bytes.small()? as usize;
            let packed = bytes.take(length)?;
            let (rarities, rest): (Rarities, _) =
                postcard::take_from_bytes(packed).map_err(|_| unfit.clone())?;
            if !rest.is_empty() {
                return Err(unfit);
            }
            // What is no number equals nothing, itself included: a graph that holds one would differ from itself.
            if !rarities.numbers().all(f64::is_finite) {
                return Err(ImageError::Unfit("decimal number"));
            }
            (next..number).for_each(|_| self.rarities.push(None));
            self.rarities.push(Some(Arc::new(rarities)));
            next = number + 1;
        }
        (next..=rows).for_each(|_| self.rarities.push(None));
        Ok(())
    }

    /// The columns; `None` where a row names a text or a list that is not there.
    pub(in crate::graph) fn finish(
        self,
        texts: Interner<str>,
        lists: Interner<[Arc<str>]>,
    ) -> Option<Columns> {
        if self.texts as usize > texts.len() || self.lists as usize > lists.len() {
            return None;
        }
        let [party_members, full_members, employees] = self.counts.map(ColumnFiller::finish);
        Some(Columns {
            ids: self.ids.finish(),
            names: self.names.finish(),
            kinds: self.kinds.finish(),
            lives: self.lives.finish(),
            party_members,
            full_members,
            employees,
            details: self.details.finish(),
            rarities: self.rarities.finish(),
            synthetic: Arc::new(self.synthetic),
            texts,
            lists,
        })
    }
}

/// A symbol or [`NOTHING`]; `needed` becomes how many there must be.
fn symbol(bytes: &mut Bytes<'_>, needed: &mut u32) -> Result<u32, ImageError> {
    let number = bytes.small()?;
    *needed = number.max(*needed);
    Ok(number.checked_sub(1).unwrap_or(NOTHING))
}
