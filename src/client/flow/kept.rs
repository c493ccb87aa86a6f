//! Data that is kept for a local end, in few pieces however small it came.
//!
//! A piece costs memory beside its bytes, and a peer chooses how many bytes are in a packet: one
//! will do. So small ones are put together, and what is counted is what the memory costs.

use std::collections::VecDeque;

use bytes::{Buf, Bytes, BytesMut};

/// What is put together: as much as a large packet has.
const PIECE: usize = 32 * 1024;
/// What a piece costs beside its bytes.
const COST: usize = 64;

struct KeptPiece {
    bytes: BytesMut,
    /// What it counts as.
    cost: usize,
}

/// The data, in order.
#[derive(Default)]
pub(crate) struct KeptData {
    pieces: VecDeque<KeptPiece>,
    cost: usize,
}

impl KeptData {
    /// Adds data at the end; gives by how much the cost has grown.
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

    /// What all of it counts as.
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

    /// Takes the first piece out.
    pub fn pop(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.cost -= piece.cost;
        Some(piece.bytes.freeze())
    }

    /// So much of the first piece is not needed any more.
    pub fn advance(&mut self, count: usize) {
        let Some(piece) = self.pieces.front_mut() else { return };
        piece.bytes.advance(count);
        // The rest of its cost goes with the last of it.
        let freed = count.min(piece.cost);
        piece.cost -= freed;
        self.cost -= freed;
        if piece.bytes.is_empty() {
            self.pop();
        }
    }

    /// Forgets everything.
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
        /// Every byte comes out once and in order, and in the end nothing is counted.
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
