//! The requests of one connection: those that wait for room, those on the way, those answered.
//!
//! Nothing here reads, writes or waits. Requests leave in the order in which they were made; those
//! on the way are bounded by their number and by the bytes that they carry or ask for.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;

use bytes::{Bytes, BytesMut};

use crate::say;
use crate::sftp::client::batch::Batch;
use crate::sftp::client::outcome::{Fitting, Outcome};
use crate::sftp::extensions::{Extension, Extensions, Limits};
use crate::sftp::failure::{SftpFailure, SftpResult};
use crate::sftp::packet::{ask, status, tell};
use crate::sftp::reply::Reply;
use crate::sftp::request::{Field, Request, put_init};

/// How much may be on the way at once on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// Requests without an answer.
    pub requests: usize,
    /// Bytes that these requests carry or ask for. One request is always let through.
    pub bytes: usize,
}

impl Default for InFlight {
    /// As many as a long and fast path needs: 64 blocks of 255 KiB.
    fn default() -> InFlight {
        InFlight { requests: 64, bytes: 16 * 1024 * 1024 }
    }
}

/// What a request needs besides its bytes.
pub(crate) struct Asking {
    /// Which replies fit.
    pub fitting: Fitting,
    /// The bytes that it carries.
    pub block: Bytes,
    /// Where the data that it asks for goes, behind what is there.
    pub buffer: BytesMut,
    /// Whether the server may work on it for long in silence.
    pub patient: bool,
    /// Whether it goes out though nobody waits for its answer any more.
    pub detached: bool,
}

impl Asking {
    /// A request that these replies fit.
    pub fn new(fitting: Fitting) -> Asking {
        let (block, buffer) = (Bytes::new(), BytesMut::new());
        Asking { fitting, block, buffer, patient: false, detached: false }
    }
}

/// A request that has not been claimed by whoever made it.
struct Entry {
    fitting: Fitting,
    buffer: BytesMut,
    cost: usize,
    patient: bool,
    detached: bool,
    sent: bool,
    /// Nobody waits for the answer any more.
    abandoned: bool,
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

/// A request that waits for room.
struct Held {
    id: u32,
    packet: Vec<u8>,
    block: Bytes,
}

/// The requests, and what is known of the server.
pub(crate) struct Table {
    entries: HashMap<u32, Entry>,
    next_id: u32,
    line: VecDeque<Held>,
    /// What is to be written.
    pub out: Batch,
    most: InFlight,
    on_the_way: InFlight,
    patient: usize,
    /// The extensions, once the server has greeted.
    pub extensions: Option<Extensions>,
    /// The limits, once they are known.
    pub limits: Option<Limits>,
    limits_request: Option<u32>,
    /// Why the connection is gone.
    pub ended: Option<SftpFailure>,
    /// Nobody will make requests any more.
    pub closing: bool,
    /// Whom to wake.
    pub wake: Vec<Waker>,
}

impl Table {
    /// No requests; INIT is to be written.
    pub fn new(most: InFlight) -> Table {
        let mut out = Batch::default();
        out.push(put_init);
        Table {
            entries: HashMap::new(),
            next_id: 0,
            line: VecDeque::new(),
            out,
            most,
            on_the_way: InFlight { requests: 0, bytes: 0 },
            patient: 0,
            extensions: None,
            limits: None,
            limits_request: None,
            ended: None,
            closing: false,
            wake: Vec::new(),
        }
    }

    /// Whether the server owes something: its greeting, or an answer.
    pub fn is_due(&self) -> bool {
        self.ended.is_none() && (self.extensions.is_none() || self.on_the_way.requests > 0)
    }

    /// Whether it may be silent for long.
    pub fn is_patient(&self) -> bool {
        self.patient > 0
    }

    /// Makes a request: it is to be written now, or waits in line for room. Its id.
    pub fn submit(&mut self, request: &Request<'_>, asking: Asking) -> SftpResult<u32> {
        if let Some(failure) = &self.ended {
            return Err(failure.clone());
        }
        let id = self.free_id();
        let Asking { fitting, block, buffer, patient, detached } = asking;
        let asked = if let Fitting::Data(length) = fitting { length } else { 0 };
        let cost = block.len().max(asked);
        let entry = Entry {
            fitting,
            buffer,
            cost,
            patient,
            detached,
            sent: false,
            abandoned: false,
            waker: None,
            outcome: None,
        };
        self.entries.insert(id, entry);
        if self.line.is_empty() && self.has_room(cost) {
            self.out.push(|out| request.put(id, block.len(), out));
            self.out.push_block(block);
            self.sent(id);
        } else {
            let mut packet = Vec::new();
            request.put(id, block.len(), &mut packet);
            self.line.push_back(Held { id, packet, block });
        }
        Ok(id)
    }

    fn free_id(&mut self) -> u32 {
        while self.entries.contains_key(&self.next_id) {
            self.next_id = self.next_id.wrapping_add(1);
        }
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }

    fn has_room(&self, cost: usize) -> bool {
        let now = self.on_the_way;
        let fits = now.requests == 0 || now.bytes.saturating_add(cost) <= self.most.bytes;
        self.extensions.is_some() && fits && now.requests < self.most.requests.max(1)
    }

    fn sent(&mut self, id: u32) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        entry.sent = true;
        self.on_the_way.requests += 1;
        self.on_the_way.bytes += entry.cost;
        self.patient += usize::from(entry.patient);
    }

    /// Lets requests out of the line as far as there is room.
    fn admit(&mut self) {
        while let Some(held) = self.line.front() {
            let cost = self.entries.get(&held.id).map(|entry| entry.cost);
            if cost.is_some_and(|cost| !self.has_room(cost)) {
                return;
            }
            let Some(Held { id, packet, block }) = self.line.pop_front() else { return };
            // A request without an entry was given up while it waited.
            if cost.is_some() {
                self.out.push(|out| out.extend_from_slice(&packet));
                self.out.push_block(block);
                self.sent(id);
            }
        }
    }

    /// The server has greeted with these extensions: its limits are asked for at once.
    pub fn greeted(&mut self, extensions: Extensions) {
        self.extensions = Some(extensions);
        if extensions.has(Extension::Limits) {
            let request = Request::extended(Extension::Limits, &[]);
            // Ahead of the line, so that the first block already has the right size.
            let line = std::mem::take(&mut self.line);
            let asked = self.submit(&request, Asking::new(Fitting::Extended));
            self.line = line;
            self.limits_request = asked.ok();
        } else {
            self.limits = Some(Limits::default());
        }
        self.admit();
    }

    /// The request on the way that a packet answers.
    fn due(&mut self, id: u32) -> SftpResult<&mut Entry> {
        let entry = self.entries.get_mut(&id).filter(|it| it.sent && it.outcome.is_none());
        entry.ok_or_else(|| SftpFailure::broken(say!(sftp_unasked, id)))
    }

    /// Data begins for a request: the buffer that it goes to, or none if nobody wants it any more.
    pub fn data_begins(&mut self, id: u32, length: usize) -> SftpResult<Option<BytesMut>> {
        let entry = self.due(id)?;
        let Fitting::Data(asked) = entry.fitting else { return Err(unfit(tell::DATA, id)) };
        if length > asked {
            return Err(SftpFailure::broken(say!(sftp_too_much, sent = length, asked)));
        }
        if entry.abandoned {
            return Ok(None);
        }
        let mut buffer = std::mem::take(&mut entry.buffer);
        buffer.reserve(length);
        Ok(Some(buffer))
    }

    /// All data of a request has come.
    pub fn data_ends(&mut self, id: u32, buffer: BytesMut) -> SftpResult<()> {
        self.due(id)?;
        self.answered(id, Outcome::Data(buffer));
        Ok(())
    }

    /// A reply other than data has come.
    pub fn reply(&mut self, kind: u8, id: u32, reply: Reply<'_>) -> SftpResult<()> {
        let fitting = self.due(id)?.fitting;
        let mut outcome = Outcome::of(reply, fitting).ok_or_else(|| unfit(kind, id))?;
        if let (Fitting::Data(_), Outcome::Refused(status::EOF, _)) = (fitting, &outcome) {
            // The end of a file is a read of no bytes, and gives the buffer back.
            outcome = Outcome::Data(std::mem::take(&mut self.due(id)?.buffer));
        }
        if self.limits_request == Some(id) {
            let limits = match &outcome {
                Outcome::Extended(bytes) => Limits::parse(bytes).ok_or_else(|| unfit(kind, id))?,
                _ => Limits::default(),
            };
            self.limits = Some(limits);
            self.abandon(id);
        }
        self.answered(id, outcome);
        Ok(())
    }

    fn answered(&mut self, id: u32, outcome: Outcome) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        self.on_the_way.requests -= 1;
        self.on_the_way.bytes -= entry.cost;
        self.patient -= usize::from(entry.patient);
        if entry.abandoned {
            self.entries.remove(&id);
            self.discard(outcome);
        } else {
            entry.outcome = Some(outcome);
            self.wake.extend(entry.waker.take());
        }
        self.admit();
    }

    /// Takes what a request came to, or has this one woken when it has come to something.
    pub fn claim(&mut self, id: u32, waker: &Waker) -> Option<SftpResult<Outcome>> {
        let entry = self.entries.get_mut(&id)?;
        if let Some(outcome) = entry.outcome.take() {
            self.entries.remove(&id);
            return Some(Ok(outcome));
        }
        if let Some(failure) = &self.ended {
            self.entries.remove(&id);
            return Some(Err(failure.clone()));
        }
        match &mut entry.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        None
    }

    /// Nobody waits for this request any more: it is not sent if it is still in line, and its
    /// answer will be dropped.
    pub fn abandon(&mut self, id: u32) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        if let Some(outcome) = entry.outcome.take() {
            self.entries.remove(&id);
            self.discard(outcome);
        } else if (entry.sent || entry.detached) && self.ended.is_none() {
            entry.abandoned = true;
            entry.waker = None;
        } else {
            self.entries.remove(&id);
            self.line.retain(|held| held.id != id);
            self.admit();
        }
    }

    /// Closes what was opened for nobody.
    fn discard(&mut self, outcome: Outcome) {
        if let Outcome::Handle(handle) = outcome {
            self.close(&handle);
        }
    }

    /// Closes a handle without anybody waiting for it.
    pub fn close(&mut self, handle: &[u8]) {
        let fields = [Field::Text(handle)];
        let asking = Asking { detached: true, ..Asking::new(Fitting::Done) };
        // Where the connection is gone there is nothing to close.
        if let Ok(id) = self.submit(&Request::new(ask::CLOSE, &fields), asking) {
            self.abandon(id);
        }
    }

    /// The connection is gone: all requests fail for this reason. The first reason stays.
    pub fn fail(&mut self, failure: SftpFailure) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(failure);
        self.line.clear();
        self.out = Batch::default();
        self.entries.retain(|_, entry| !entry.abandoned);
        self.wake.extend(self.entries.values_mut().filter_map(|entry| entry.waker.take()));
    }

    /// Whether everything that was asked for has been sent and nobody will ask for more.
    pub fn is_over(&self) -> bool {
        self.ended.is_some() || self.closing && self.line.is_empty()
    }
}

fn unfit(kind: u8, id: u32) -> SftpFailure {
    SftpFailure::broken(say!(sftp_unfit, kind, id))
}
