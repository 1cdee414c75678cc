//! A disk that fails on purpose.

use std::cell::RefCell;
use std::io::{self, ErrorKind};
use std::rc::Rc;

use super::{LogFile, ReadAt};

/// What goes wrong at the next call that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A write stops after some bytes, as on a full disk.
    ShortWrite(usize),
    /// A sync fails; part of what was written may be on the disk.
    Sync,
    /// A truncation fails.
    Truncate,
    /// A read fails.
    Read,
}

/// What a disk writes in one step.
const SECTOR: usize = 512;

/// A file of which the bytes that were not synced are lost in a crash.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Rc<RefCell<Content>>);

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: Vec<u8>,
    faults: Vec<Fault>,
}

impl Disk {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(Rc::new(RefCell::new(Content { synced: bytes.clone(), bytes, faults: Vec::new() })))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.borrow().bytes.clone()
    }

    pub(super) fn fail_next(&self, faults: &[Fault]) {
        self.0.borrow_mut().faults = faults.to_vec();
    }

    /// The power goes: the bytes that were written and not synced came onto the disk up to some length, and of their
    /// sectors, in whatever order, only those that `written` has a bit for; the others read as zeros.
    pub(super) fn crash(&self, survivors: usize, written: u64) {
        let mut content = self.0.borrow_mut();
        let synced = content.synced.len();
        let mut bytes = content.bytes.clone();
        bytes.truncate(synced + survivors);
        for (at, byte) in bytes.iter_mut().enumerate().skip(synced) {
            let sector = at / SECTOR - synced / SECTOR;
            if written & (1 << (sector % 64)) == 0 {
                *byte = 0;
            }
        }
        *content = Content { synced: bytes.clone(), bytes, faults: Vec::new() };
    }
}

impl Content {
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
        let mut content = self.0.borrow_mut();
        if let Some(Fault::ShortWrite(count)) = content.fault(|f| matches!(f, Fault::ShortWrite(_))) {
            content.bytes.extend_from_slice(&bytes[..count.min(bytes.len())]);
            return Err(ErrorKind::StorageFull.into());
        }
        content.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut content = self.0.borrow_mut();
        if content.fault(|f| *f == Fault::Sync).is_some() {
            return Err(io::Error::other("input/output error"));
        }
        content.synced = content.bytes.clone();
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut content = self.0.borrow_mut();
        if content.fault(|f| *f == Fault::Truncate).is_some() {
            return Err(io::Error::other("input/output error"));
        }
        content.bytes.truncate(length as usize);
        drop(content);
        self.sync()
    }
}
