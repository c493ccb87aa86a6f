//! What is to be written: small packets in one buffer that is used again, and blocks of files
//! between them as they are.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes};

/// The most pieces given to the system at once.
pub(crate) const MOST_SLICES: usize = 16;

/// Blocks of at least this size are handed on as they are; what is smaller is gathered.
const LARGE: usize = 16 * 1024;
/// So much is gathered at most, before the last piece: as much as two packets of most servers.
const GATHERED: usize = 64 * 1024;

/// Bytes to write, in order.
#[derive(Default)]
pub(crate) struct Batch {
    /// The bytes of all small packets.
    small: Vec<u8>,
    /// How many of them have been written.
    written: usize,
    pieces: VecDeque<BatchPiece>,
}

enum BatchPiece {
    /// This many of the small packets' bytes.
    Small(usize),
    Block(Bytes),
}

impl Batch {
    /// Appends a small packet, which `put` writes.
    pub fn push(&mut self, put: impl FnOnce(&mut Vec<u8>)) {
        let before = self.small.len();
        put(&mut self.small);
        let grown = self.small.len() - before;
        match self.pieces.back_mut() {
            Some(BatchPiece::Small(count)) => *count += grown,
            _ => self.pieces.push_back(BatchPiece::Small(grown)),
        }
    }

    /// Appends a block of a file, which is not copied.
    pub fn push_block(&mut self, block: Bytes) {
        if !block.is_empty() {
            self.pieces.push_back(BatchPiece::Block(block));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The first pieces; the number of slices that were set.
    pub fn slices<'a>(&'a self, out: &mut [IoSlice<'a>]) -> usize {
        let (mut at, mut count) = (self.written, 0);
        for (slot, piece) in out.iter_mut().zip(&self.pieces) {
            *slot = IoSlice::new(match piece {
                BatchPiece::Small(length) => {
                    at += length;
                    &self.small[at - length..at]
                }
                BatchPiece::Block(block) => block,
            });
            count += 1;
        }
        count
    }

    /// Takes the first bytes: one large block, which is not copied, or what is small before it.
    pub fn take(&mut self) -> Bytes {
        let mut gathered = Vec::new();
        while let Some(piece) = self.pieces.pop_front() {
            match piece {
                BatchPiece::Small(length) => {
                    let end = self.written + length;
                    gathered.extend_from_slice(&self.small[self.written..end]);
                    self.written = end;
                }
                BatchPiece::Block(block) if block.len() < LARGE => {
                    gathered.extend_from_slice(&block);
                }
                BatchPiece::Block(block) if gathered.is_empty() => return block,
                BatchPiece::Block(block) => {
                    self.pieces.push_front(BatchPiece::Block(block));
                    break;
                }
            }
            if gathered.len() >= GATHERED {
                break;
            }
        }
        if self.pieces.is_empty() {
            self.small.clear();
            self.written = 0;
        }
        gathered.into()
    }

    /// Takes away what has been written.
    pub fn advance(&mut self, mut count: usize) {
        while let Some(piece) = self.pieces.front_mut() {
            let taken = match piece {
                BatchPiece::Small(left) => {
                    let taken = count.min(*left);
                    *left -= taken;
                    self.written += taken;
                    if *left == 0 {
                        self.pieces.pop_front();
                    }
                    taken
                }
                BatchPiece::Block(block) => {
                    let taken = count.min(block.len());
                    block.advance(taken);
                    if block.is_empty() {
                        self.pieces.pop_front();
                    }
                    taken
                }
            };
            count -= taken;
            if count == 0 {
                break;
            }
        }
        if self.pieces.is_empty() {
            self.small.clear();
            self.written = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_pushed_comes_out_in_order(
            pieces in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 1..9)), 1..40),
            step in 1usize..12,
        ) {
            let (mut batch, mut expected, mut written) = (Batch::default(), Vec::new(), Vec::new());
            for (block, bytes) in pieces {
                expected.extend_from_slice(&bytes);
                match block {
                    true => batch.push_block(bytes.into()),
                    false => batch.push(|out| out.extend_from_slice(&bytes)),
                }
            }
            while !batch.is_empty() {
                let mut slices = [IoSlice::new(&[]); MOST_SLICES];
                let count = batch.slices(&mut slices);
                let flat: Vec<u8> = slices[..count].iter().flat_map(|it| it.to_vec()).collect();
                let taken = flat.len().min(step);
                written.extend_from_slice(&flat[..taken]);
                batch.advance(taken);
            }
            prop_assert_eq!(written, expected);
        }

        #[test]
        fn what_is_taken_is_what_was_pushed_and_large_blocks_are_not_copied(
            pieces in prop::collection::vec((any::<bool>(), prop::sample::select(vec![1, 300, LARGE, 90_000])), 1..20),
        ) {
            let (mut batch, mut expected, mut blocks) = (Batch::default(), Vec::new(), Vec::new());
            for (at, (block, length)) in pieces.into_iter().enumerate() {
                let bytes = vec![at as u8; length];
                expected.extend_from_slice(&bytes);
                match block {
                    true => {
                        let block = Bytes::from(bytes);
                        blocks.push(block.clone());
                        batch.push_block(block);
                    }
                    false => batch.push(|out| out.extend_from_slice(&bytes)),
                }
            }
            let (mut taken, mut whole) = (Vec::new(), Vec::new());
            while !batch.is_empty() {
                let bytes = batch.take();
                prop_assert!(!bytes.is_empty());
                taken.extend_from_slice(&bytes);
                whole.push(bytes.as_ptr());
            }
            prop_assert_eq!(taken, expected);
            let large = blocks.iter().filter(|block| block.len() >= LARGE);
            prop_assert!(large.into_iter().all(|block| whole.contains(&block.as_ptr())));
        }
    }
}
