use std::io;

use super::damage::{Damage, DamageCause, LogError};
use super::file::{LogFile, ReadAt};
use super::format::LogPosition;
use super::{AT_ONCE, Log, Tail, scan};
use crate::work::Steps;

impl<F: LogFile> Log<F> {
    /// Takes over what another log holds between the end of this one and a position of its own, byte for byte.
    ///
    /// The other log must hold the end of this one. When this returns, all is on the disk and was read back.
    ///
    /// # Errors
    /// [`LogError`]; the log is then as it was, unless the disk does not take that back either, which the next
    /// opening does.
    pub(in crate::storage) fn take_over(
        &mut self,
        other: &impl ReadAt,
        to: LogPosition,
    ) -> Result<(), LogError> {
        let from = self.end;
        let taken =
            self.copy(other, to).map_err(|source| self.failed(source)).and_then(|()| self.read_back(to));
        match taken {
            Ok(()) => (self.end, self.last_time) = (to, None),
            // What is left of it is cut off when the log is opened again.
            Err(_) => drop(self.file.truncate(from.offset)),
        }
        taken
    }

    fn copy(&mut self, other: &impl ReadAt, to: LogPosition) -> io::Result<()> {
        let mut offset = self.end.offset;
        let mut bytes = Vec::new();
        let mut steps = Steps::begin("copying the change log", to.offset - offset);
        while offset < to.offset {
            let length = AT_ONCE.min(to.offset - offset);
            bytes.resize(length as usize, 0);
            if other.read_full(&mut bytes, offset)? < bytes.len() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.file.append(&bytes)?;
            offset += length;
            steps.try_add(length)?;
        }
        self.file.sync()
    }

    fn read_back(&self, to: LogPosition) -> Result<(), LogError> {
        let found = scan(&self.file, &self.path, self.end).map_err(|source| self.failed(source))?;
        match found.tail {
            Tail::Clean if found.end == to => Ok(()),
            Tail::Damaged(damage) => Err(damage.into()),
            Tail::Clean | Tail::Torn(_) => Err(LogError::Damage(Damage {
                path: self.path.clone(),
                offset: found.end.offset,
                sequence: found.end.sequence + 1,
                cause: DamageCause::Checksum,
            })),
        }
    }
}
