//! Change logs.

use std::fs;
use std::sync::LazyLock;

use orgatlas::storage::{History, audit};
use tempfile::TempDir;

const HEADER: &[u8] = b"ORGATLAS\x01\0\0\0";

/// A log as it is; or, behind a first byte that is odd, what blocks say and hold, with the checksums that they need: each
/// block is its commit in one byte, its flags in one, and its payload behind its length in two.
pub(super) fn log(data: &[u8]) {
    static STORE: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
    let Some((sort, rest)) = data.split_first() else { return };
    let bytes = if sort % 2 == 0 { rest.to_vec() } else { with_checksums(rest) };
    fs::write(STORE.path().join("changes.log"), bytes).unwrap();
    let Ok(history) = History::read(STORE.path()) else { return };
    let mut place = history.seek(|head| head.sequence > 1).ok();
    let mut last = 0;
    for part in history.commits(0).unwrap() {
        let Ok(part) = part else { break };
        assert!(part.head.sequence == last + 1 || part.head.sequence == last, "commits come in their order");
        last = part.head.sequence;
    }
    while let Some(place) = &mut place {
        let Ok(Some(_)) = history.next_part(place) else { break };
    }
    drop(audit(STORE.path(), None));
}

fn with_checksums(mut data: &[u8]) -> Vec<u8> {
    let mut log = HEADER.to_vec();
    let mut previous = blake3::hash(HEADER);
    while let Some((&[sequence, flags, low, high], rest)) = data.split_first_chunk() {
        let (payload, rest) = rest.split_at(usize::from(u16::from_le_bytes([low, high])).min(rest.len()));
        data = rest;
        let start = log.len();
        log.extend_from_slice(&[0xfe, b'O', b'A', 0xff]);
        let is_redacted = flags & 8 != 0;
        let before = if is_redacted { 32 } else { 0 };
        log.extend_from_slice(&((payload.len() + before) as u32).to_le_bytes());
        log.extend_from_slice(&u64::from(sequence).to_le_bytes());
        log.push(flags);
        log.extend_from_slice(previous.as_bytes());
        if is_redacted {
            // The hash that it had: any.
            previous = blake3::hash(payload);
            let mut hasher = blake3::Hasher::new();
            hasher.update(&log[start..]).update(payload).update(previous.as_bytes());
            log.extend_from_slice(hasher.finalize().as_bytes());
            log.extend_from_slice(payload);
        } else {
            log.extend_from_slice(payload);
            previous = blake3::hash(&log[start..]);
        }
        log.extend_from_slice(previous.as_bytes());
    }
    log
}
