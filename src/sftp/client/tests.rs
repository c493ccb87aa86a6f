//! Servers that lie, break off, repeat themselves and fall silent, against the whole client.

use std::time::Duration;

use bytes::Bytes;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::time::Instant;

use crate::sftp::attributes::Attributes;
use crate::sftp::client::connection::Sftp;
use crate::sftp::client::file::{OpenFlags, RemoteFile};
use crate::sftp::client::shared::{SILENCE, SILENCE_AT_WORK};
use crate::sftp::client::table::InFlight;
use crate::sftp::extensions::Extension;
use crate::sftp::failure::{SftpFailure, SftpFault};
use crate::sftp::packet::{MAX_NAME, MAX_PACKET, ask, status, tell};
use crate::wire_format::{put_string, put_uint32};

/// Silence longer than this has been noticed too late; the clock is moved, not waited for.
const LATE: Duration = Duration::from_secs(5);

/// The server's end of a connection, which says what a test has it say.
struct Script {
    reader: ReadHalf<DuplexStream>,
    writer: WriteHalf<DuplexStream>,
}

impl Script {
    /// Sends bytes as they are. A client that has hung up is no fault of the script.
    async fn say(&mut self, bytes: &[u8]) {
        let _ = self.writer.write_all(bytes).await;
    }

    /// Sends a packet of this type.
    async fn packet(&mut self, kind: u8, body: &[u8]) {
        self.say(&packet(kind, body)).await;
    }

    /// The next request: its type, its id, and what follows; `None` when the client hangs up.
    async fn next(&mut self) -> Option<(u8, u32, Vec<u8>)> {
        let length = self.reader.read_u32().await.ok()? as usize;
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await.ok()?;
        let id = u32::from_be_bytes(body[1..5].try_into().unwrap());
        Some((body[0], id, body.split_off(5)))
    }

    /// The next request, which must be there.
    async fn asked(&mut self, kind: u8) -> u32 {
        let (found, id, _) = self.next().await.expect("a request");
        assert_eq!(found, kind);
        id
    }

    async fn status(&mut self, id: u32, code: u32) {
        self.packet(tell::STATUS, &numbers(&[id, code])).await;
    }

    async fn handle(&mut self, id: u32) {
        self.packet(tell::HANDLE, &with_string(&[id], b"\xff\x00h")).await;
    }
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_uint32(&mut out, u32::try_from(body.len() + 1).unwrap());
    out.push(kind);
    out.extend_from_slice(body);
    out
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn with_string(before: &[u32], string: &[u8]) -> Vec<u8> {
    let mut out = numbers(before);
    put_string(&mut out, string);
    out
}

/// A NAME reply with these names.
fn names(id: u32, names: &[&[u8]]) -> Vec<u8> {
    let mut out = numbers(&[id, u32::try_from(names.len()).unwrap()]);
    for name in names {
        put_string(&mut out, name);
        put_string(&mut out, b"");
        put_uint32(&mut out, 0);
    }
    out
}

/// The client's stream and the script at its other end, before any greeting.
fn pipe() -> (DuplexStream, Script) {
    let (ours, theirs) = duplex(1024 * 1024);
    let (reader, writer) = split(theirs);
    (ours, Script { reader, writer })
}

/// A connection that has been greeted, with these extensions.
async fn greeted(most: InFlight, extensions: &[Extension]) -> (Sftp, Script) {
    let (ours, mut script) = pipe();
    let mut body = numbers(&[3]);
    for extension in extensions {
        put_string(&mut body, extension.name().as_bytes());
        put_string(&mut body, b"1");
    }
    script.packet(tell::VERSION, &body).await;
    let (reader, writer) = split(ours);
    let (sftp, driver) = Sftp::open(reader, writer, most).await.unwrap();
    tokio::spawn(driver);
    assert_eq!(script.next().await.map(|(kind, ..)| kind), Some(ask::INIT));
    (sftp, script)
}

async fn connected() -> (Sftp, Script) {
    greeted(InFlight::default(), &[]).await
}

/// A connection with an open file.
async fn opened(most: InFlight) -> (Sftp, RemoteFile, Script) {
    let (sftp, mut script) = greeted(most, &[]).await;
    let opening = sftp.open_file(b"f", OpenFlags::READ, &Attributes::default());
    let id = script.asked(ask::OPEN).await;
    script.handle(id).await;
    let file = opening.await.unwrap();
    (sftp, file, script)
}

/// What comes of a server that begins like this, and hangs up.
async fn greeting(bytes: &[u8]) -> SftpFailure {
    let (ours, mut script) = pipe();
    script.say(bytes).await;
    drop(script);
    let (reader, writer) = split(ours);
    match Sftp::open(reader, writer, InFlight::default()).await {
        Ok(_) => panic!("greeted"),
        Err(failure) => failure,
    }
}

/// What a STAT comes to, and the next request after it, when a packet like this follows.
async fn answered(kind: u8, body: impl FnOnce(u32) -> Vec<u8>) -> SftpFailure {
    let (sftp, mut script) = connected().await;
    let stat = sftp.stat(b"s");
    let id = script.asked(ask::STAT).await;
    script.packet(kind, &body(id)).await;
    let failure = stat.await.unwrap_err();
    assert_eq!(failure.fault(), SftpFault::ConnectionLost);
    assert_eq!(sftp.stat(b"t").await.unwrap_err().fault(), SftpFault::ConnectionLost);
    failure
}

#[tokio::test]
async fn what_is_no_sftp_server_is_shown() {
    let text = greeting(b"Welcome to \x1b[2Jhost\n").await;
    let line = text.to_string();
    assert!(line.contains("it sent \"Welcome to \\x1b[2Jhost \""), "{line}");
    assert!(text.error().next_step().is_some());
    for bytes in [&b"\xff\xff\xff\xff\x02"[..], b"\0\0\0\x05\x65\0\0\0\x03"] {
        assert!(greeting(bytes).await.to_string().contains("not an SFTP server"));
    }
    assert!(greeting(&packet(tell::VERSION, &numbers(&[6]))).await.to_string().contains("6"));
    assert!(greeting(b"").await.error().next_step().is_some());
    for cut in 1..9 {
        greeting(&packet(tell::VERSION, &numbers(&[3]))[..cut]).await;
    }
}

#[tokio::test]
async fn a_packet_that_breaks_the_protocol_ends_everything_with_one_line() {
    let whole = |id| numbers(&[id, 0]);
    for failure in [
        // A wrong id, an unknown type, the wrong reply, bytes left over, one cut short.
        answered(tell::ATTRS, |id| whole(id + 1)).await,
        answered(99, whole).await,
        answered(tell::HANDLE, |id| with_string(&[id], b"h")).await,
        answered(tell::STATUS, |id| numbers(&[id, status::OK])).await,
        answered(tell::ATTRS, |id| numbers(&[id, 0, 0])).await,
        answered(tell::ATTRS, |id| numbers(&[id, 1, 0])).await,
        answered(tell::DATA, |id| with_string(&[id], b"data")).await,
        answered(tell::NAME, |id| names(id, &[b"n"])).await,
    ] {
        let line = failure.to_string();
        assert!(line.starts_with("s: the SFTP server ") && !line.contains('\n'), "{line}");
    }
}

#[tokio::test]
async fn an_impossible_length_ends_the_connection() {
    for length in [0, 4, u32::try_from(MAX_PACKET + 1).unwrap(), u32::MAX] {
        let (sftp, mut script) = connected().await;
        let stat = sftp.stat(b"s");
        script.asked(ask::STAT).await;
        script.say(&[&length.to_be_bytes()[..], &[tell::ATTRS]].concat()).await;
        assert_eq!(stat.await.unwrap_err().fault(), SftpFault::ConnectionLost, "{length}");
    }
}

/// The script keeps the stream open: there is no end that could be the failure.
#[tokio::test(start_paused = true)]
async fn an_impossible_length_is_known_before_anything_follows() {
    for length in [0, 4, u32::try_from(MAX_PACKET + 1).unwrap(), u32::MAX] {
        let (sftp, mut script) = connected().await;
        let stat = sftp.stat(b"s");
        script.asked(ask::STAT).await;
        script.say(&length.to_be_bytes()).await;
        let failure = tokio::time::timeout(Duration::from_secs(60), stat)
            .await
            .unwrap()
            .unwrap_err()
            .to_string();
        assert!(failure.contains(&length.to_string()), "{length}: {failure}");
    }
}

#[tokio::test]
async fn the_same_reply_twice_is_an_error() {
    let (sftp, mut script) = connected().await;
    let (first, second) = (sftp.stat(b"a"), sftp.stat(b"b"));
    let id = script.asked(ask::STAT).await;
    script.packet(tell::ATTRS, &numbers(&[id, 0])).await;
    script.packet(tell::ATTRS, &numbers(&[id, 0])).await;
    first.await.unwrap();
    assert_eq!(second.await.unwrap_err().fault(), SftpFault::ConnectionLost);
}

#[tokio::test]
async fn replies_out_of_order_reach_their_requests() {
    let (sftp, mut script) = connected().await;
    let stats: Vec<_> = [&b"a"[..], b"b", b"c"].map(|path| sftp.stat(path)).into();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(script.asked(ask::STAT).await);
    }
    for (place, id) in ids.iter().enumerate().rev() {
        let mode = u32::try_from(place).unwrap();
        script.packet(tell::ATTRS, &numbers(&[*id, 4, mode])).await;
    }
    for (place, stat) in stats.into_iter().enumerate() {
        assert_eq!(stat.await.unwrap().permissions, u32::try_from(place).ok());
    }
}

#[tokio::test]
async fn data_is_bounded_by_what_was_asked_for() {
    let (_sftp, file, mut script) = opened(InFlight::default()).await;
    let read = file.read_at(0, 4);
    let id = script.asked(ask::READ).await;
    script.packet(tell::DATA, &with_string(&[id], b"abc")).await;
    assert_eq!(read.await.unwrap(), "abc", "a short read is one");
    let read = file.read_at(3, 4);
    let id = script.asked(ask::READ).await;
    script.packet(tell::DATA, &with_string(&[id], b"")).await;
    assert!(read.await.unwrap().is_empty());

    let read = file.read_at(0, 4);
    let id = script.asked(ask::READ).await;
    script.packet(tell::DATA, &with_string(&[id], b"abcde")).await;
    let failure = read.await.unwrap_err();
    let cause = "f: the SFTP server sent 5 bytes where 4 were asked for";
    assert_eq!(failure.error().cause(), cause);
    assert!(failure.error().next_step().is_some());
}

#[tokio::test]
async fn a_length_of_data_that_lies_is_an_error() {
    for lie in [0_u32, 2, 4, u32::MAX] {
        let (_sftp, file, mut script) = opened(InFlight::default()).await;
        let read = file.read_at(0, 4);
        let id = script.asked(ask::READ).await;
        script.packet(tell::DATA, &[&numbers(&[id, lie])[..], b"abc"].concat()).await;
        assert_eq!(read.await.unwrap_err().fault(), SftpFault::ConnectionLost, "{lie}");
    }
}

#[tokio::test]
async fn a_server_that_leaves_within_a_block_loses_the_read() {
    let (_sftp, file, mut script) = opened(InFlight::default()).await;
    let read = file.read_at(0, 1000);
    let id = script.asked(ask::READ).await;
    let whole = packet(tell::DATA, &with_string(&[id], &[7; 1000]));
    script.say(&whole[..500]).await;
    drop(script);
    let failure = read.await.unwrap_err();
    assert_eq!(failure.fault(), SftpFault::ConnectionLost);
    assert!(failure.to_string().starts_with("f: "), "{failure}");
}

#[tokio::test]
async fn directories_without_an_end_and_giant_names_are_errors() {
    // How many names an answer has, how long they are, and what is believed.
    for (name, count, length, most, words) in [
        (b'n', 300, 2, (1000, 100_000, 100), "the server lists more than 1000 names"),
        (
            b'n',
            3,
            4000,
            (1000, 100_000, 100),
            "the names below this come to more than 100000 bytes",
        ),
        (b'n', 1, 1, (1000, 100_000, 100), "the server lists this in more than 100 answers"),
        (b'.', 2, 1, (9000, 100_000, 9000), "the server lists this in more than 1000 answers"),
    ] {
        let (sftp, mut script) = connected().await;
        let opening = sftp.open_directory(b"d");
        let id = script.asked(ask::OPENDIR).await;
        script.handle(id).await;
        let mut directory = opening.await.unwrap().at_most(most.0).believing(most.1, most.2);
        let server = tokio::spawn(async move {
            let name = vec![name; length];
            let many = vec![&name[..]; count];
            while let Some((kind, id, _)) = script.next().await {
                match kind {
                    ask::READDIR => script.packet(tell::NAME, &names(id, &many)).await,
                    ask::STAT => script.packet(tell::ATTRS, &numbers(&[id, 0])).await,
                    _ => script.status(id, status::OK).await,
                }
            }
        });
        let mut seen = 0;
        let failure = loop {
            match directory.next().await {
                Ok(entries) => seen += entries.expect("it has no end").len(),
                Err(failure) => break failure,
            }
        };
        assert!(seen <= most.0 && seen * length <= most.1);
        assert!(failure.to_string().starts_with(&format!("d: {words}")), "{failure}");
        assert!(directory.next().await.unwrap().is_none());
        // The connection goes on: what was still to come is dropped.
        sftp.stat(b"s").await.unwrap();
        drop((directory, sftp));
        server.await.unwrap();
    }
    answered(tell::NAME, |id| names(id, &[&[b'n'; MAX_NAME + 1]])).await;
}

#[tokio::test]
async fn requests_wait_for_room_and_keep_their_order() {
    let most = InFlight { requests: 3, bytes: 1000 };
    let (sftp, file, mut script) = opened(most).await;
    let writes: Vec<_> = (0..4).map(|at| file.write_at(at, Bytes::from(vec![0; 400]))).collect();
    let stat = sftp.stat(b"s");
    let mut waiting = vec![script.asked(ask::WRITE).await, script.asked(ask::WRITE).await];
    // 800 bytes are on the way: the third write has no room, and the STAT behind it waits, too.
    let early = tokio::time::timeout(Duration::from_millis(50), script.next()).await;
    assert!(early.is_err(), "{early:?}");
    for kind in [ask::WRITE, ask::WRITE, ask::STAT] {
        script.status(waiting.remove(0), status::OK).await;
        waiting.push(script.asked(kind).await);
    }
    script.status(waiting[0], status::OK).await;
    script.packet(tell::ATTRS, &numbers(&[waiting[1], 0])).await;
    for write in writes {
        write.await.unwrap();
    }
    stat.await.unwrap();
}

#[tokio::test]
async fn a_request_larger_than_the_room_goes_alone() {
    let (_sftp, file, mut script) = opened(InFlight { requests: 8, bytes: 10 }).await;
    let write = file.write_at(0, Bytes::from(vec![0; 400]));
    let id = script.asked(ask::WRITE).await;
    script.status(id, status::OK).await;
    write.await.unwrap();
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_sent_or_closed_again() {
    let (sftp, mut script) = greeted(InFlight { requests: 1, bytes: 1000 }, &[]).await;
    let opening = sftp.open_file(b"f", OpenFlags::READ, &Attributes::default());
    let (given_up, kept) = (sftp.remove(b"r"), sftp.stat(b"s"));
    drop((opening, given_up));
    let id = script.asked(ask::OPEN).await;
    script.handle(id).await;
    let id = script.asked(ask::STAT).await;
    script.packet(tell::ATTRS, &numbers(&[id, 0])).await;
    kept.await.unwrap();
    let (kind, _, body) = script.next().await.unwrap();
    assert_eq!((kind, &body[..]), (ask::CLOSE, &b"\0\0\0\x03\xff\0h"[..]));
}

#[tokio::test(start_paused = true)]
async fn silence_is_noticed_only_while_something_is_due() {
    let (sftp, mut script) = connected().await;
    tokio::time::sleep(SILENCE * 10).await;
    let begin = Instant::now();
    let stat = sftp.stat(b"s");
    let id = script.asked(ask::STAT).await;
    script.packet(tell::ATTRS, &numbers(&[id, 0])).await;
    stat.await.unwrap();

    let stat = sftp.stat(b"s");
    script.asked(ask::STAT).await;
    let failure = stat.await.unwrap_err();
    assert_eq!(failure.error().kind(), crate::error::Kind::Timeout);
    assert!(failure.error().next_step().is_some());
    assert!(begin.elapsed() >= SILENCE && begin.elapsed() < SILENCE + LATE);
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_that_sends_bytes_is_not_silent() {
    let (_sftp, file, mut script) = opened(InFlight { requests: 1, bytes: 1 << 20 }).await;
    // The second waits in line for much longer than the deadline.
    let (first, second) = (file.read_at(0, 8), file.read_at(8, 8));
    let id = script.asked(ask::READ).await;
    let server = tokio::spawn(async move {
        for byte in packet(tell::DATA, &with_string(&[id], b"01234567")) {
            tokio::time::sleep(SILENCE - LATE).await;
            script.say(&[byte]).await;
        }
        let id = script.asked(ask::READ).await;
        script.status(id, status::EOF).await;
        script
    });
    assert_eq!(first.await.unwrap(), "01234567");
    assert!(second.await.unwrap().is_empty());
    drop(server.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_server_at_work_may_be_silent_for_longer() {
    let (sftp, mut script) = greeted(InFlight::default(), &[Extension::Fsync]).await;
    let opening = sftp.open_file(b"f", OpenFlags::WRITE, &Attributes::default());
    let id = script.asked(ask::OPEN).await;
    script.handle(id).await;
    let file = opening.await.unwrap();
    let fsync = file.fsync();
    let id = script.asked(ask::EXTENDED).await;
    tokio::time::sleep(SILENCE_AT_WORK - LATE).await;
    script.status(id, status::OK).await;
    fsync.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_greets_is_given_up() {
    let (ours, script) = pipe();
    let (reader, writer) = split(ours);
    let begin = Instant::now();
    let failure = Sftp::open(reader, writer, InFlight::default()).await.err().unwrap();
    assert_eq!(failure.error().kind(), crate::error::Kind::Timeout);
    assert!(begin.elapsed() < SILENCE + LATE);
    drop(script);
}

#[tokio::test]
async fn extensions_that_are_not_announced_are_not_asked_for() {
    let (sftp, mut script) = connected().await;
    let failure = sftp.hard_link(b"a", b"b").await.unwrap_err();
    assert_eq!(failure.fault(), SftpFault::Unsupported);
    assert_eq!(sftp.stat(b"a\0b").await.unwrap_err().fault(), SftpFault::Invalid);
    let rename = sftp.rename(b"a", b"b");
    // The first that arrives is a plain rename.
    let id = script.asked(ask::RENAME).await;
    script.status(id, status::PERMISSION_DENIED).await;
    assert_eq!(rename.await.unwrap_err().fault(), SftpFault::PermissionDenied);
}

#[tokio::test]
async fn when_the_driver_is_dropped_requests_fail() {
    let (ours, mut script) = pipe();
    script.packet(tell::VERSION, &numbers(&[3])).await;
    let (reader, writer) = split(ours);
    let (sftp, driver) = Sftp::open(reader, writer, InFlight::default()).await.unwrap();
    let stat = sftp.stat(b"s");
    drop(driver);
    assert_eq!(stat.await.unwrap_err().fault(), SftpFault::ConnectionLost);
    assert!(sftp.limits().await.is_ok(), "known since the greeting");
}

proptest! {
    /// However the bytes are cut, and whatever they are, nothing panics.
    #[test]
    fn no_bytes_make_it_panic(
        greets: bool,
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..12),
    ) {
        let (sftp, mut incoming, _outgoing) = Sftp::pair(InFlight::default());
        let _stat = sftp.stat(b"s");
        let greets = greets && incoming.feed(&packet(tell::VERSION, &numbers(&[3]))).is_ok();
        for piece in pieces {
            let framed = packet(tell::STATUS + piece.first().map_or(0, |byte| byte % 6), &piece);
            let _ = incoming.feed(if greets { &framed } else { &piece });
        }
    }

    /// The same packets mean the same, in whatever pieces they come.
    #[test]
    fn packets_may_be_cut_anywhere(step in 1usize..40) {
        let (sftp, mut incoming, _outgoing) = Sftp::pair(InFlight::default());
        let (first, second) = (sftp.stat(b"a"), sftp.real_path(b"b"));
        let bytes = [
            packet(tell::VERSION, &numbers(&[3])),
            packet(tell::ATTRS, &numbers(&[0, 4, 9])),
            packet(tell::NAME, &names(1, &[b"/there"])),
        ];
        for piece in bytes.concat().chunks(step) {
            incoming.feed(piece).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(first.await.unwrap().permissions, Some(9));
            assert_eq!(second.await.unwrap(), b"/there");
        });
    }
}
