use std::sync::Arc;

/// How many texts stand behind each other in one chunk.
const CHUNK: usize = 1024;

/// Texts by row, packed: each costs its bytes and eight more.
#[derive(Clone, Default)]
pub(in crate::graph) struct TextColumn {
    chunks: Arc<Vec<Arc<Chunk>>>,
}

#[derive(Clone, Default)]
struct Chunk {
    bytes: String,
    /// Where each text starts and ends.
    spans: Vec<(u32, u32)>,
    /// How many bytes belong to no text any more.
    waste: usize,
}

impl TextColumn {
    /// Writes a row.
    pub(in crate::graph) fn set(&mut self, row: usize, text: &str) {
        if self.get(row) == text {
            return;
        }
        let (number, at) = (row / CHUNK, row % CHUNK);
        let chunks = Arc::make_mut(&mut self.chunks);
        if number >= chunks.len() {
            chunks.resize_with(number + 1, Arc::default);
        }
        Arc::make_mut(&mut chunks[number]).set(at, text);
    }

    /// The text of a row; empty where none was written.
    pub(in crate::graph) fn get(&self, row: usize) -> &str {
        self.chunks.get(row / CHUNK).map_or("", |chunk| chunk.get(row % CHUNK))
    }
}

/// Texts that are written from the first row on.
#[derive(Default)]
pub(in crate::graph) struct TextFiller {
    chunks: Vec<Arc<Chunk>>,
    open: Chunk,
}

impl TextFiller {
    /// Writes the next row.
    pub(in crate::graph) fn push(&mut self, text: &str) {
        let at = self.open.spans.len();
        self.open.set(at, text);
        if at + 1 == CHUNK {
            self.chunks.push(Arc::new(std::mem::take(&mut self.open)));
        }
    }

    /// The texts.
    pub(in crate::graph) fn finish(mut self) -> TextColumn {
        if !self.open.spans.is_empty() {
            self.chunks.push(Arc::new(self.open));
        }
        TextColumn { chunks: Arc::new(self.chunks) }
    }
}

impl Chunk {
    fn get(&self, at: usize) -> &str {
        self.spans.get(at).map_or("", |(start, end)| &self.bytes[*start as usize..*end as usize])
    }

    fn set(&mut self, at: usize, text: &str) {
        if at >= self.spans.len() {
            self.spans.resize(at + 1, (0, 0));
        }
        self.waste += self.get(at).len();
        if self.waste > self.bytes.len() / 2 {
            self.pack(at);
        }
        let start = self.bytes.len() as u32;
        self.bytes.push_str(text);
        self.spans[at] = (start, self.bytes.len() as u32);
        if at + 1 == CHUNK {
            // The next text most likely goes to the next chunk.
            self.bytes.shrink_to_fit();
            self.spans.shrink_to_fit();
        }
    }

    /// Leaves out what belongs to no text, and the text of one row.
    fn pack(&mut self, without: usize) {
        let mut bytes = String::with_capacity(self.bytes.len() - self.waste);
        self.spans[without] = (0, 0);
        for span in &mut self.spans {
            let start = bytes.len() as u32;
            bytes.push_str(&self.bytes[span.0 as usize..span.1 as usize]);
            *span = (start, bytes.len() as u32);
        }
        self.bytes = bytes;
        self.waste = 0;
    }
}
