use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};

/// Bytes that can be read at any place.
pub(in crate::storage) trait ReadAt {
    /// Reads some bytes from an offset on; 0 at the end.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;

    /// How many bytes there are.
    fn length(&self) -> io::Result<u64>;

    /// Reads until all is filled or the end is reached, and says how many bytes came.
    fn read_full(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read_at(&mut bytes[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}

/// What the log needs of a file; tests put one in its place that fails on purpose.
pub(in crate::storage) trait LogFile: ReadAt {
    /// Writes all the bytes behind the last.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Writes bytes in the place of those at an offset.
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Returns when all that was written is on the disk.
    ///
    /// If it fails, systems take what was to be written for written: the next sync may succeed without it.
    fn sync(&mut self) -> io::Result<()>;

    /// Forgets all bytes from a length on, and returns when that is on the disk.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

impl<R: ReadAt> ReadAt for &R {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        (**self).read_at(bytes, offset)
    }

    fn length(&self) -> io::Result<u64> {
        (**self).length()
    }
}

impl ReadAt for File {
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut file = self;
        file.seek(SeekFrom::Start(offset))?;
        file.read(bytes)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

impl LogFile for File {
    // Its owner has it alone, and it is moved by reading.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::End(0))?;
        self.write_all(bytes)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.sync_all()
    }
}
