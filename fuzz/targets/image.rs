//! Images of the graph in a checkpoint, as they are behind their checksums.

use orgatlas::graph::{Graph, Replay};

/// Blocks, each behind its length in three bytes: they are refused, or a graph whose image is read as the same.
pub(super) fn image(mut data: &[u8]) {
    let mut blocks = Vec::new();
    while let Some((length, rest)) = data.split_first_chunk::<3>() {
        let length = u32::from_le_bytes([length[0], length[1], length[2], 0]) as usize;
        let (block, rest) = rest.split_at(length.min(rest.len()));
        blocks.push(block.to_vec());
        data = rest;
    }
    if let Some(graph) = read(blocks) {
        let _ = graph.validate();
        assert!(read(graph.image()).unwrap() == graph);
    }
}

fn read(blocks: impl IntoIterator<Item = Vec<u8>>) -> Option<Graph> {
    let mut replay = Replay::default();
    blocks.into_iter().try_for_each(|block| replay.read_image(&block)).ok()?;
    replay.finish_image().ok()?;
    Some(replay.finish())
}
