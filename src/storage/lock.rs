use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::folder;

/// How long a lock is waited for that nobody says he holds: its holder is just coming, or has gone and a process that he
/// was just starting still has his files.
const PASSING: Duration = Duration::from_millis(500);

/// Who has a store open, as far as the lock file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// The number of the process.
    pub process: Option<u32>,
    /// The address at which it serves the store.
    pub address: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Some(process) => write!(f, "process {process}")?,
            None => f.write_str("another process")?,
        }
        match &self.address {
            Some(address) => write!(f, ", which serves {address}: ask it there, or stop it"),
            None => f.write_str(": wait until it ends, or stop it"),
        }
    }
}

/// Why a store could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process has it open.
    #[error("the store {} is in use by {holder}", .dir.display())]
    Held {
        /// The folder of the store.
        dir: PathBuf,
        /// Who has it.
        holder: Holder,
    },
    /// The lock file cannot be used.
    #[error("{}: cannot be locked: {source}; see whether the folder can be written to", .path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why an address could not be announced.
#[derive(Debug, Error)]
#[error("{}: the address cannot be written: {source}; see whether the disk is full", .path.display())]
pub struct AnnounceError {
    path: PathBuf,
    source: io::Error,
}

/// The lock of a store; the system releases it when the process ends, in whatever way.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    pub(super) fn take(dir: &Path) -> Result<Self, LockError> {
        let path = folder::lock_path(dir);
        let failed = |source| LockError::File { path: path.clone(), source };
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(failed)?;
        let asked = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) => {
                    let holder = holder(&mut file);
                    if holder.process.is_some() || asked.elapsed() > PASSING {
                        return Err(LockError::Held { dir: dir.to_owned(), holder });
                    }
                    thread::sleep(PASSING / 100);
                }
                Err(TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
        // What is written is a courtesy to others; on a full disk the lock holds without it.
        let _ = write(&mut file, None);
        Ok(Self { file, path })
    }

    /// Takes the lock of a store that is only read, also where nothing can be written; `None` there, since nobody who
    /// writes there could be kept out, and every block is checked that is read.
    pub(super) fn take_to_read(dir: &Path) -> Result<Option<Self>, LockError> {
        match Self::take(dir) {
            Err(LockError::File { source, .. }) if folder::is_read_only(&source) => Ok(None),
            taken => taken.map(Some),
        }
    }

    pub(super) fn announce(&mut self, address: &str) -> Result<(), AnnounceError> {
        write(&mut self.file, Some(address))
            .map_err(|source| AnnounceError { path: self.path.clone(), source })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The next holder must not be taken for this one in the moment before it has written its own number.
        let _ = self.file.set_len(0);
    }
}

fn write(file: &mut File, address: Option<&str>) -> io::Result<()> {
    let text = format!("{}\n{}\n", std::process::id(), address.unwrap_or_default());
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(text.as_bytes())
}

/// Reads who holds the lock; some systems do not let others read a locked file, so that it stays unknown.
fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    if file.read_to_string(&mut text).is_err() {
        return Holder::default();
    }
    let mut lines = text.lines();
    Holder {
        process: lines.next().and_then(|l| l.parse().ok()),
        address: lines.next().filter(|l| !l.is_empty()).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_whose_holder_is_just_going_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        lock.file.set_len(0).unwrap();
        let going = thread::spawn(move || {
            thread::sleep(PASSING / 5);
            drop(lock);
        });
        assert!(Lock::take(dir.path()).is_ok());
        going.join().unwrap();
    }

    #[test]
    fn a_second_opener_is_told_who_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let mut lock = Lock::take(dir.path()).unwrap();
        let refused = || Lock::take(dir.path()).unwrap_err().to_string();
        let begin = format!("the store {} is in use by process {}", dir.path().display(), std::process::id());
        assert_eq!(refused(), format!("{begin}: wait until it ends, or stop it"));
        lock.announce("http://127.0.0.1:8080").unwrap();
        let served = ", which serves http://127.0.0.1:8080: ask it there, or stop it";
        assert_eq!(refused(), format!("{begin}{served}"));
        drop(lock);
        assert!(Lock::take(dir.path()).is_ok());
    }
}
