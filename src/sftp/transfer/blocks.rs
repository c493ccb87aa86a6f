//! Blocks of one file on their way: asked for ahead and handed out in order, or sent ahead and
//! answered in order. So a copy that ends early is a true beginning of its range.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::os::copying::make_room;
use crate::sftp::client::{Pending, RemoteFile};
use crate::sftp::transfer::failure::TransferFault;
use crate::sftp::transfer::rate::RateLimit;

/// Blocks on the way at first; one more with each that arrives.
const FIRST_DEPTH: usize = 8;
/// The most blocks on the way.
const MOST_DEPTH: usize = 64;
/// The same where nobody knows where the file ends.
const UNKNOWN_DEPTH: usize = 2;

/// A range of a file on the server that is read.
pub(crate) struct BlockReader<'a> {
    remote: &'a RemoteFile,
    rate: &'a RateLimit,
    block: u32,
    depth: usize,
    ahead: VecDeque<AskedBlock>,
    spare: Vec<BytesMut>,
    /// Where the next block to ask for begins.
    next: u64,
    /// Where the last one ends.
    goal: u64,
}

struct AskedBlock {
    offset: u64,
    length: u32,
    data: Pending<BytesMut>,
}

/// A block that has come.
pub(crate) struct ReadBlock {
    pub offset: u64,
    /// Empty at the end of the file.
    pub data: BytesMut,
}

impl<'a> BlockReader<'a> {
    /// Reads blocks of this size.
    pub fn new(remote: &'a RemoteFile, rate: &'a RateLimit, block: u32) -> BlockReader<'a> {
        let (ahead, spare, block) = (VecDeque::new(), Vec::new(), rate.block(block));
        BlockReader { remote, rate, block, depth: FIRST_DEPTH, ahead, spare, next: 0, goal: 0 }
    }

    /// Begins a range; what was on the way is given up. `u64::MAX` is no end.
    pub fn begin(&mut self, from: u64, goal: u64) {
        self.ahead.clear();
        (self.next, self.goal) = (from, goal);
    }

    /// Goes on with another range, behind what is on the way.
    pub fn go_on(&mut self, from: u64, goal: u64) {
        (self.next, self.goal) = (from, goal);
    }

    /// Whether the next range may be begun: all of this one is asked for, and more may be.
    pub fn has_room(&self) -> bool {
        self.is_asked() && self.ahead.len() < self.depth
    }

    /// Whether the whole range has been asked for.
    pub fn is_asked(&self) -> bool {
        self.next >= self.goal
    }

    /// Asks for as many blocks as may be on the way.
    pub async fn ask(&mut self) {
        let depth = if self.goal == u64::MAX { UNKNOWN_DEPTH } else { self.depth };
        while !self.is_asked() && self.ahead.len() < depth {
            let length = u32::try_from(self.goal - self.next).unwrap_or(u32::MAX).min(self.block);
            self.rate.take(length.into()).await;
            let (offset, data) = (self.next, self.read(self.next, length));
            self.ahead.push_back(AskedBlock { offset, length, data });
            self.next += u64::from(length);
        }
    }

    /// The next block; `None` if none is on the way. What a short read leaves out is asked for
    /// ahead of everything else, unless the file is expected to end at `end`, and does.
    pub async fn take(&mut self, end: Option<u64>) -> Result<Option<ReadBlock>, TransferFault> {
        let Some(AskedBlock { offset, length, data }) = self.ahead.pop_front() else {
            return Ok(None);
        };
        let data = data.await?;
        self.depth = (self.depth + 1).min(MOST_DEPTH);
        let count = data.len() as u32;
        let after = offset + u64::from(count);
        if count > 0 && count < length && !(end == Some(after) && after + 1 == self.goal) {
            let (length, data) = (length - count, self.read(after, length - count));
            self.ahead.push_front(AskedBlock { offset: after, length, data });
        }
        Ok(Some(ReadBlock { offset, data }))
    }

    /// Takes a buffer back, to use it again.
    pub fn give_back(&mut self, buffer: BytesMut) {
        self.spare.push(buffer);
    }

    fn read(&mut self, offset: u64, length: u32) -> Pending<BytesMut> {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        self.remote.read_into(offset, length, buffer)
    }
}

/// A range of a file on the server that is written.
pub(crate) struct BlockWriter<'a> {
    remote: &'a RemoteFile,
    rate: &'a RateLimit,
    /// How long a block may be.
    pub block: u32,
    depth: usize,
    ahead: VecDeque<(Pending<()>, Bytes)>,
    spare: Vec<BytesMut>,
}

impl<'a> BlockWriter<'a> {
    /// Writes blocks of up to this size.
    pub fn new(remote: &'a RemoteFile, rate: &'a RateLimit, block: u32) -> BlockWriter<'a> {
        let (ahead, spare, block) = (VecDeque::new(), Vec::new(), rate.block(block));
        BlockWriter { remote, rate, block, depth: FIRST_DEPTH, ahead, spare }
    }

    /// Whether an answer has to be waited for before the next block.
    pub fn is_full(&self) -> bool {
        self.ahead.len() >= self.depth
    }

    /// A buffer of this length.
    pub fn buffer(&mut self, length: usize) -> BytesMut {
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        make_room(&mut buffer, length);
        buffer.resize(length, 0);
        buffer
    }

    /// Sends a block.
    pub async fn send(&mut self, offset: u64, data: BytesMut) {
        self.rate.take(data.len() as u64).await;
        let block = data.freeze();
        let done = self.remote.write_at(offset, block.clone());
        self.ahead.push_back((done, block));
    }

    /// Waits for the answer to the oldest block; its bytes, none if nothing is on the way.
    pub async fn answer(&mut self) -> Result<u64, TransferFault> {
        let Some((done, block)) = self.ahead.pop_front() else { return Ok(0) };
        done.await?;
        let count = block.len() as u64;
        self.depth = (self.depth + 1).min(MOST_DEPTH);
        // It is the only one that is left of the block.
        if let Ok(buffer) = block.try_into_mut() {
            self.spare.push(buffer);
        }
        Ok(count)
    }
}
