//! Data kept for a slow local end, merged into few pieces.
//!
//! Each piece costs memory besides its bytes, and the peer decides how many bytes a packet has: it
//! may be one. So small packets are merged into larger pieces, and the count is of memory used, not
//! of bytes received.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

/// The largest size of a merged piece.
const PIECE: usize = 32 * 1024;
/// The memory that a piece takes besides its bytes.
const COST: usize = 64;

struct KeptPiece {
    bytes: BytesMut,
    /// The memory counted for it.
    cost: usize,
}

/// The pieces, in order.
#[derive(Default)]
pub(crate) struct KeptData {
    pieces: VecDeque<KeptPiece>,
    cost: usize,
}

impl KeptData {
    /// Appends data; returns by how much the counted memory has grown.
    pub fn push(&mut self, data: &[u8]) -> usize {
        let room = |piece: &&mut KeptPiece| piece.bytes.len() + data.len() <= PIECE;
        let grown = match self.pieces.back_mut().filter(room) {
            Some(piece) => {
                let before = piece.bytes.capacity();
                piece.bytes.extend_from_slice(data);
                let grown = piece.bytes.capacity() - before;
                piece.cost += grown;
                grown
            }
            None => {
                let bytes = BytesMut::from(data);
                let cost = bytes.capacity() + COST;
                self.pieces.push_back(KeptPiece { bytes, cost });
                cost
            }
        };
        self.cost += grown;
        grown
    }

    /// The memory counted for all pieces.
    pub fn cost(&self) -> usize {
        self.cost
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The first piece.
    pub fn front(&self) -> Option<&[u8]> {
        self.pieces.front().map(|piece| &piece.bytes[..])
    }

    /// Removes the first piece.
    pub fn pop(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.cost -= piece.cost;
        Some(piece.bytes.freeze())
    }

    /// Removes this many bytes from the first piece.
    pub fn advance(&mut self, count: usize) {
        let Some(piece) = self.pieces.front_mut() else { return };
        piece.bytes.advance(count);
        // The last byte frees what the piece cost besides its bytes.
        let freed = count.min(piece.cost);
        piece.cost -= freed;
        self.cost -= freed;
        if piece.bytes.is_empty() {
            self.pop();
        }
    }

    /// Drops all data.
    pub fn clear(&mut self) {
        *self = KeptData::default();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_bytes_cost_no_more_than_twice_their_number() {
        let mut kept = KeptData::default();
        for _ in 0..1_000_000 {
            kept.push(b"x");
        }
        assert!((1_000_000..2_100_000).contains(&kept.cost()), "{}", kept.cost());
        let memory: usize = kept.pieces.iter().map(|piece| piece.bytes.capacity() + COST).sum();
        assert_eq!(kept.cost(), memory);
    }

    proptest! {
        /// Every byte comes out once and in order, and the count returns to zero.
        #[test]
        fn what_goes_in_comes_out(steps in prop::collection::vec((0..3u8, 1..40_000usize), 1..60)) {
            let mut kept = KeptData::default();
            let (mut put, mut taken) = (Vec::new(), Vec::new());
            for (step, size) in steps {
                match step {
                    0 => {
                        let from = put.len();
                        put.extend((from..from + size).map(|at| (at % 251) as u8));
                        kept.push(&put[from..]);
                    }
                    1 => taken.extend(kept.pop().unwrap_or_default()),
                    _ => {
                        let front = kept.front().unwrap_or_default();
                        let count = size.min(front.len());
                        taken.extend_from_slice(&front[..count]);
                        kept.advance(count);
                    }
                }
            }
            while let Some(bytes) = kept.pop() {
                taken.extend(bytes);
            }
            prop_assert!(taken == put);
            prop_assert_eq!(kept.cost(), 0);
        }
    }
}
