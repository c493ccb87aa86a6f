//! Bytes that tell where they came from: a stream of pseudo-random data and its digest.

use crate::front::Failure;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// Written and read at once.
const CHUNK: usize = 64 * 1024;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A stream of this length, unlike all others of the run.
pub struct Data {
    seed: u64,
    /// Its bytes.
    pub length: u64,
}

impl Data {
    /// A length between the two.
    pub fn between(least: u64, most: u64) -> Data {
        let seed = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Data { seed, length: least + next(&mut { seed }) % (most - least) }
    }

    /// Writes all of it, and gives its digest.
    pub fn write(&self, mut sink: impl Write) -> Result<[u8; 32], Failure> {
        let (mut state, mut digest, mut left) = (self.seed, Sha256::new(), self.length);
        let mut chunk = vec![0; CHUNK];
        while left > 0 {
            let count = left.min(CHUNK as u64) as usize;
            for word in chunk.chunks_exact_mut(8) {
                word.copy_from_slice(&next(&mut state).to_ne_bytes());
            }
            digest.update(&chunk[..count]);
            sink.write_all(&chunk[..count]).map_err(|error| format!("writing: {error}"))?;
            left -= count as u64;
        }
        sink.flush().map_err(|error| format!("writing: {error}"))?;
        Ok(digest.finalize().into())
    }
}

/// The digest of what comes, up to the end or to this many bytes, and how many came.
pub fn digest_of(source: impl Read, most: u64) -> Result<([u8; 32], u64), Failure> {
    let (mut digest, mut chunk, mut came) = (Sha256::new(), vec![0; CHUNK], 0);
    let mut source = source.take(most);
    loop {
        match source.read(&mut chunk) {
            Ok(0) => return Ok((digest.finalize().into(), came)),
            Ok(count) => {
                digest.update(&chunk[..count]);
                came += count as u64;
            }
            Err(error) => return Err(format!("reading after {came} bytes: {error}")),
        }
    }
}

/// The next word of a xorshift generator; the state is not 0.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}
