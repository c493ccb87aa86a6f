//! What a terminal or a log is shown.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tessh::terminal::encoding::{Decoded, Encoding};
use tessh::terminal::record::{LogFile, LogFormat, SessionLog, Stamps};
use tessh::text;
use tokio::io::AsyncWriteExt;

use super::made;

/// The sanitiser of remote text: nothing that a terminal acts on comes out, what comes out stays
/// what it is, and bounds are kept.
pub fn sanitiser(input: &[u8]) {
    let (most, bytes) = match input {
        [low, high, rest @ ..] => (usize::from(u16::from_be_bytes([*low, *high])), rest),
        short => (0, short),
    };
    let line = text::line_bytes(bytes, most);
    made::one_safe_line(&line);
    assert!(line.chars().count() <= most + 1, "{most} {line:?}");
    assert_eq!(text::line(&line, most + 1), line);
    let lines = most % 64;
    let block = text::block_bytes(bytes, most, lines);
    let is_kept = |c: char| matches!(c, '\n' | '\t');
    assert!(!block.contains(|c: char| c.is_control() && !is_kept(c)), "{block:?}");
    assert!(block.len() <= most + "…\n".len() && block.lines().count() <= lines + 1, "{block:?}");
    assert_eq!(text::block(&block, block.len(), lines + 1), block);
    if let Ok(whole) = std::str::from_utf8(bytes) {
        assert_eq!(text::line(whole, most), line);
        assert_eq!(text::block(whole, most, lines), block);
    }
    let width = 1 + most % 200;
    for row in text::wrap(&line, width) {
        assert!(text::columns(&row) <= width.max(2), "{width} {row:?}");
    }
}

/// The log of a session: however its output is cut, the file is the same, and it has no escape
/// sequence in it; what an encoding makes of output is UTF-8.
pub fn session_log(input: &[u8]) {
    let [encoding, width, cut, bytes @ ..] = input else { return };
    let width = usize::from(*width);
    let whole = logged(&[bytes], width);
    assert!(!whole.contains(&b'\x1b') && !whole.contains(&b'\x07') && !whole.contains(&b'\0'));
    // A move to the last column of a line costs ten bytes.
    assert!(whole.len() <= 500 * bytes.len() + 4096, "{} of {}", whole.len(), bytes.len());
    let size = 1 + usize::from(*cut);
    let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
    assert_eq!(whole, logged(&pieces, width), "cut at {size}");

    let names = ["Shift_JIS", "ISO-2022-JP", "EUC-JP", "GB18030", "Big5", "EUC-KR", "windows-1251"];
    let name = names[usize::from(*encoding) % names.len()];
    let encoding = Encoding::find(name).ok().flatten().expect("an encoding");
    let decoded = |pieces: &[&[u8]]| {
        let (sink, mut shown) = tokio::io::duplex(16 * bytes.len() + 4096);
        let mut output = Decoded::new(Box::new(sink), encoding);
        let work = async {
            for piece in pieces {
                output.write_all(piece).await.expect("room for all of it");
            }
            drop(output);
            let mut text = String::new();
            let read = tokio::io::AsyncReadExt::read_to_string(&mut shown, &mut text);
            read.await.expect("UTF-8");
            text
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(work)
    };
    assert_eq!(decoded(&[bytes]), decoded(&pieces), "{name} cut at {size}");
}

fn logged(pieces: &[&[u8]], width: usize) -> Vec<u8> {
    let folder = made::folder();
    let path = folder.path().join("log");
    let file = LogFile::open(&path).expect("a log");
    let now = Instant::now();
    let clock = Box::new(move || (Timestamp::UNIX_EPOCH, now));
    let form = (LogFormat::Text, Stamps::None);
    let mut log = SessionLog::begin(file, form, TimeZone::UTC, now, clock);
    for piece in pieces {
        log.write(piece, width);
    }
    log.finish();
    std::fs::read(&path).expect("the log")
}
