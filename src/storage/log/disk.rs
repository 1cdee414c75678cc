//! A disk that fails on purpose.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::rc::Rc;

use super::{LogFile, ReadAt};

/// What goes wrong at the next call that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A write stops after some bytes, as on a full disk.
    ShortWrite(usize),
    /// A sync fails; part of what was written may be on the disk, and none of it is written by the next one.
    Sync,
    /// A truncation fails.
    Truncate,
    /// A read fails.
    Read,
}

/// What a disk writes in one step.
const SECTOR: usize = 512;

/// A file of which the bytes that were not synced are lost in a crash; until then they are read, as a system reads them
/// from its memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Rc<RefCell<Content>>);

#[derive(Debug, Default)]
struct Content {
    /// What is read.
    bytes: Vec<u8>,
    /// What is on the disk for certain.
    stored: Vec<u8>,
    /// The sectors that the next sync writes.
    dirty: BTreeSet<usize>,
    /// The sectors that a sync could not write, and takes for written since.
    lost: BTreeSet<usize>,
    faults: Vec<Fault>,
}

impl Disk {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(Rc::new(RefCell::new(Content { stored: bytes.clone(), bytes, ..Content::default() })))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.borrow().bytes.clone()
    }

    pub(super) fn fail_next(&self, faults: &[Fault]) {
        self.0.borrow_mut().faults = faults.to_vec();
    }

    /// The power goes: the bytes that were written and not synced came onto the disk up to some length, and of their
    /// sectors, in whatever order, only those that `written` has a bit for; the others are as they were, or zeros.
    pub(super) fn crash(&self, survivors: usize, written: u64) {
        let mut content = self.0.borrow_mut();
        let mut stored = content.stored.clone();
        stored.resize(content.bytes.len().min(stored.len() + survivors), 0);
        let open: BTreeSet<_> = content.dirty.union(&content.lost).copied().collect();
        let first = open.first().copied().unwrap_or_default();
        for sector in open.into_iter().filter(|sector| written & (1 << ((sector - first) % 64)) != 0) {
            content.write_sector(sector, &mut stored);
        }
        *content = Content { bytes: stored.clone(), stored, ..Content::default() };
    }
}

impl Content {
    fn write(&mut self, bytes: &[u8], offset: usize) {
        let end = offset + bytes.len();
        self.bytes.resize(self.bytes.len().max(end), 0);
        self.bytes[offset..end].copy_from_slice(bytes);
        self.dirty.extend(offset / SECTOR..end.div_ceil(SECTOR));
    }

    /// Writes a sector onto a disk, as far as the disk reaches.
    fn write_sector(&self, sector: usize, stored: &mut [u8]) {
        let start = sector * SECTOR;
        let end = (start + SECTOR).min(self.bytes.len()).min(stored.len());
        if start < end {
            stored[start..end].copy_from_slice(&self.bytes[start..end]);
        }
    }

    fn fault(&mut self, fits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let position = self.faults.iter().position(fits)?;
        Some(self.faults.remove(position))
    }
}

impl ReadAt for Disk {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.0.borrow_mut().fault(|f| *f == Fault::Read).is_some() {
            return Err(io::Error::other("input/output error"));
        }
        let content = self.0.borrow();
        let rest = content.bytes.get(offset as usize..).unwrap_or_default();
        // A system may give less than was asked for.
        let count = rest.len().min(bytes.len()).min(70_000);
        bytes[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.borrow().bytes.len() as u64)
    }
}

impl LogFile for Disk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = self.0.borrow().bytes.len() as u64;
        self.write_at(bytes, end)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut content = self.0.borrow_mut();
        if let Some(Fault::ShortWrite(count)) = content.fault(|f| matches!(f, Fault::ShortWrite(_))) {
            content.write(&bytes[..count.min(bytes.len())], offset as usize);
            return Err(ErrorKind::StorageFull.into());
        }
        content.write(bytes, offset as usize);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut content = self.0.borrow_mut();
        let dirty = std::mem::take(&mut content.dirty);
        if content.fault(|f| *f == Fault::Sync).is_some() {
            content.lost.extend(dirty);
            return Err(io::Error::other("input/output error"));
        }
        let mut stored = std::mem::take(&mut content.stored);
        stored.resize(content.bytes.len(), 0);
        for sector in dirty {
            content.write_sector(sector, &mut stored);
            content.lost.remove(&sector);
        }
        content.stored = stored;
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut content = self.0.borrow_mut();
        if content.fault(|f| *f == Fault::Truncate).is_some() {
            return Err(io::Error::other("input/output error"));
        }
        let length = length as usize;
        content.bytes.truncate(length);
        content.dirty.retain(|sector| sector * SECTOR < length);
        content.lost.retain(|sector| sector * SECTOR < length);
        drop(content);
        self.sync()
    }
}
