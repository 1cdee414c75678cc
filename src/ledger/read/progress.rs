/// Tells how far the reading has come, in bytes of all files.
pub(super) struct Progress<'a> {
    report: &'a mut dyn FnMut(u64, u64),
    /// Bytes of the files that are read.
    done: u64,
    total: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(total: u64, report: &'a mut dyn FnMut(u64, u64)) -> Self {
        Self { report, done: 0, total }
    }

    /// So many bytes of the present file are read.
    pub(super) fn report(&mut self, bytes: u64) {
        (self.report)((self.done + bytes).min(self.total), self.total);
    }

    /// The present file is read, of which this is the size.
    pub(super) fn finish_file(&mut self, bytes: u64) {
        self.report(bytes);
        self.done += bytes;
    }
}
