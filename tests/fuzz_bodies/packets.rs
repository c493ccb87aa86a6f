//! What comes over a connection that is there: SFTP's replies and the packets of a shared
//! connection; and the journal beside a file that is not finished.

use futures_util::FutureExt;
use tessh::client::mux::{Hello, MuxRequest, MuxResponse};
use tessh::sftp::parsers::{SourceFacts, journal_ranges};
use tessh::sftp::{Attributes, InFlight, OpenFlags, Pending, RemoteDirectory, RemoteFile, Sftp};
use tessh::wire_format::{put_string, put_uint32};

use super::made;

/// Packets of PROTOCOL.mux. What is understood is understood again after it is written.
pub fn mux(input: &[u8]) {
    if let Ok(hello) = Hello::decode(input) {
        let _ = hello.display();
        assert!(hello.extensions.len() <= 64);
    }
    match MuxRequest::decode(input) {
        Ok((_, MuxRequest::Unsupported(_) | MuxRequest::InvalidForward)) | Err(_) => {}
        Ok((id, request)) => {
            assert_eq!(MuxRequest::decode(&request.encode(id)), Ok((id, request)));
        }
    }
    if let Ok((id, response)) = MuxResponse::decode(input) {
        let again = MuxResponse::decode(&response.encode(id.unwrap_or_default()));
        assert_eq!(again, Ok((id, response)));
    }
}

/// The journal of a transfer: the ranges that it names are in order, apart, and within the file.
pub fn journal(input: &[u8]) {
    let (size, text) = match input {
        [size, text @ ..] if *size < b' ' => (u64::from(*size) * 1000, text),
        text => (100, text),
    };
    let facts = SourceFacts { size: Some(size), times: Some((1, 2)), ..SourceFacts::default() };
    if let Some(ranges) = journal_ranges(text, &facts) {
        let mut at = None;
        for range in ranges.iter() {
            assert!(at.is_none_or(|at| at < range.start) && range.start < range.end);
            assert!(range.end <= size);
            at = Some(range.end);
        }
        let missing = ranges.missing(size);
        let left: u64 = missing.iter().map(|range| range.end - range.start).sum();
        assert_eq!(left + ranges.bytes(), size);
    }
}

/// The client of a server that says this: bytes after the greeting, cut where the first byte says,
/// or, where the second byte is large, packets of which only what they say is the server's.
/// Every request ends, or waits for more; none holds more than came.
pub fn sftp(input: &[u8]) {
    let [cut, greeted, bytes @ ..] = input else { return };
    let bytes = if *greeted >= 0x80 { &framed(bytes)[..] } else { bytes };
    let (sftp, mut incoming, mut outgoing) = Sftp::pair(InFlight::default());
    let mut writing = Box::pin(outgoing.write_to(tokio::io::sink()));
    if greeted % 8 != 0 && incoming.feed(b"\0\0\0\x05\x02\0\0\0\x03").is_err() {
        return;
    }
    let mut asked = Asked::new(&sftp);
    for piece in bytes.chunks(1 + usize::from(*cut)) {
        let _ = (&mut writing).now_or_never();
        let ended = incoming.feed(piece);
        asked.answered();
        if let Err(failure) = ended {
            made::one_safe_line(&failure.to_string());
            break;
        }
    }
    if !sftp.is_gone() {
        made::one_safe_line(&incoming.end(None).to_string());
    }
    // What was opened last has asked for more meanwhile.
    asked.answered();
    asked.answered();
    assert!(sftp.is_gone() && asked.is_over(), "a request outlives its connection");
}

/// Packets of a type, the number of a request and a content whose length is before it.
fn framed(mut bytes: &[u8]) -> Vec<u8> {
    let mut packets = Vec::new();
    while let [kind, id, length, rest @ ..] = bytes {
        let (content, after) = rest.split_at(rest.len().min(usize::from(*length)));
        let mut packet = vec![*kind];
        put_uint32(&mut packet, u32::from(*id));
        packet.extend_from_slice(content);
        put_string(&mut packets, &packet);
        bytes = after;
    }
    packets
}

/// The requests of a client, the first ones made at once.
struct Asked {
    looks: Vec<Pending<Attributes>>,
    links: Vec<Pending<Vec<u8>>>,
    done: Vec<Pending<()>>,
    opening: Vec<Pending<RemoteFile>>,
    listing: Vec<Pending<RemoteDirectory>>,
    blocks: Vec<Pending<bytes::Bytes>>,
    files: Vec<RemoteFile>,
    directories: Vec<RemoteDirectory>,
    names: usize,
}

impl Asked {
    fn new(sftp: &Sftp) -> Asked {
        Asked {
            opening: vec![sftp.open_file(b"f", OpenFlags::READ, &Attributes::default())],
            listing: vec![sftp.open_directory(b"d")],
            looks: vec![sftp.stat(b"s"), sftp.lstat(b"l")],
            links: vec![sftp.real_path(b"."), sftp.read_link(b"l")],
            done: vec![sftp.remove(b"r"), sftp.rename_new(b"a", b"b")],
            blocks: Vec::new(),
            files: Vec::new(),
            directories: Vec::new(),
            names: 0,
        }
    }

    /// Takes what was answered; a file or directory that was opened is read.
    fn answered(&mut self) {
        for attributes in ready(&mut self.looks) {
            let _ = attributes.map(|it| it.permissions);
        }
        for name in ready(&mut self.links).into_iter().flatten() {
            assert!(name.len() <= tessh::sftp::MAX_NAME);
        }
        ready(&mut self.done);
        for file in ready(&mut self.opening).into_iter().flatten() {
            self.blocks.push(file.read_at(0, 100));
            self.blocks.push(file.read_at(100, 32 * 1024));
            self.looks.push(file.stat());
            self.files.push(file);
        }
        for block in ready(&mut self.blocks).into_iter().flatten() {
            assert!(block.len() <= 32 * 1024);
        }
        self.directories.extend(ready(&mut self.listing).into_iter().flatten());
        let mut names = 0;
        self.directories.retain_mut(|directory| {
            while let Some(next) = directory.next().now_or_never() {
                match next {
                    Ok(Some(list)) => names += list.len(),
                    Ok(None) | Err(_) => return false,
                }
            }
            true
        });
        self.names += names;
    }

    fn is_over(&self) -> bool {
        let asked = [self.looks.len(), self.links.len(), self.done.len(), self.blocks.len()];
        asked.iter().all(|left| *left == 0) && self.opening.is_empty() && self.listing.is_empty()
    }
}

/// The outcomes of those that have one; the others stay.
fn ready<T>(asked: &mut Vec<Pending<T>>) -> Vec<tessh::sftp::SftpResult<T>>
where
    Pending<T>: Future<Output = tessh::sftp::SftpResult<T>> + Unpin,
{
    let mut outcomes = Vec::new();
    asked.retain_mut(|pending| match pending.now_or_never() {
        Some(outcome) => {
            outcomes.push(outcome);
            false
        }
        None => true,
    });
    outcomes
}
