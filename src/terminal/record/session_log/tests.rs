//! Tests of the log's content: golden files from a real shell, bytes cut anywhere, and files that
//! cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use rustix::io::Errno;

use super::*;
use crate::error::Kind;
use crate::terminal::record::tee::{SharedLog, Tee};

/// Output of a shell on a terminal of 40 columns, with corrected typing, colours and a long line.
const SHELL: &[u8] = include_bytes!("../../../../tests/data/record/shell.bytes");
const WIDTH: usize = 40;

/// A file in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Memory {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

/// A stamper whose clock advances by an hour, a minute, a second and a millisecond with each call;
/// the connection was made five seconds before.
fn stamper(stamps: Stamps, continued: bool) -> Stamper {
    let start: Timestamp = "2026-03-09T21:05:04.0219Z".parse().unwrap();
    let (base, step) = (Instant::now(), Duration::from_millis(3_661_001));
    let mut passed = Duration::ZERO;
    let clock = move || {
        let now = (start + passed, base + passed);
        passed += step;
        now
    };
    let zone = TimeZone::posix("JST-9").unwrap();
    let connected = base.checked_sub(Duration::from_secs(5)).unwrap();
    Stamper::new(stamps, zone, connected, Box::new(clock), continued)
}

fn record(pieces: &[&[u8]], width: usize, format: LogFormat, stamper: Stamper) -> Vec<u8> {
    let memory = Memory::default();
    let mut record = SessionLog::of(Box::new(memory.clone()), "x".to_owned(), format, stamper);
    pieces.iter().for_each(|piece| record.write(piece, width));
    drop(record);
    memory.bytes()
}

fn text(bytes: &[u8]) -> String {
    let plain = record(&[bytes], WIDTH, LogFormat::Text, stamper(Stamps::None, false));
    String::from_utf8_lossy(&plain).into_owned()
}

#[track_caller]
fn golden(stamps: Stamps, file: &str) {
    let got = record(&[SHELL], WIDTH, LogFormat::Text, stamper(stamps, false));
    let wanted = fs::read(format!("tests/data/record/{file}")).unwrap();
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(got == wanted, "{file}: it is now\n{}", shown(&got));
}

#[test]
fn a_shell_as_text_is_what_stood_on_its_lines() {
    golden(Stamps::None, "shell.txt");
    golden(Stamps::Local, "shell-local.txt");
    golden(Stamps::Utc, "shell-utc.txt");
    golden(Stamps::Elapsed, "shell-elapsed.txt");
    golden(Stamps::Connection, "shell-connection.txt");
}

#[test]
fn a_raw_log_is_every_byte() {
    let all: Vec<u8> = (0..=255).cycle().take(3000).collect();
    let pieces: Vec<&[u8]> = all.chunks(7).collect();
    assert_eq!(record(&pieces, WIDTH, LogFormat::Raw, stamper(Stamps::None, false)), all);
}

#[test]
fn each_sequence_is_left_out_and_nothing_else() {
    for (sequence, what) in [
        ("\x1b[1;31m", "SGR"),
        ("\x1b[?1049h", "private mode"),
        ("\x1b[38:2::1:2:3m", "colons"),
        ("\x1b[5;10H", "position"),
        ("\x1b[2A", "up"),
        ("\x1b[!p", "intermediate byte"),
        ("\x1b[>0;276;0c", "answer"),
        ("\x1b(B\x1b)0\x1b%G\x1b$B\x1b(J", "charsets"),
        ("\x1b7\x1b8\x1b=\x1b>\x1bM", "two bytes"),
        ("\x1b]0;a title\x07", "title"),
        ("\x1b]8;;https://example.org\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0#0~~@@\x1b\\", "DCS"),
        ("\x1b_apc\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\", "other strings"),
        ("\x1b]0;aborted\x18", "CAN"),
        ("\x1b[12\x1a", "SUB"),
        ("\x1b[1\x1b[2m", "ESC in a sequence"),
        ("\x1bP1\x1b[0m", "ESC in a string"),
        ("\x07\x00\x0e\x0f\x7f", "control characters"),
        ("\u{85}\u{9b}", "C1"),
    ] {
        assert_eq!(text(format!("a{sequence}b\r\n").as_bytes()), "ab\n", "{what}");
    }
    assert_eq!(text(b"a\x1b[1\x072\nmb"), "a\nb", "a control character in a sequence acts");
    assert_eq!(text(b"a\x1bEb\x1bDc\x0bd\x0ce"), "a\nb\nc\nd\ne");
    assert_eq!(text(b"\r\n\n\r\r\nx"), "\n\n\nx");
    assert_eq!(text("e\u{301}\t日本\r\n".as_bytes()), "e\u{301}\t日本\n");
}

#[test]
fn what_is_written_over_or_erased_is_gone() {
    for (bytes, wanted) in [
        (&b"lx\x08s"[..], "ls"),
        (b"lx\x08 \x08s", "ls"),
        (b"abc\x08\x08\x08\x08\x08X", "Xbc"),
        (b"10%\r100%", "100%"),
        (b"abcdef\r\x1b[2Kx", "x"),
        (b"abcdef\x1b[3D\x1b[Kx", "abcx"),
        (b"abcdef\x1b[3D\x1b[1Kx", "   xef"),
        (b"abcd\x1b[3D\x1b[2P", "ad"),
        (b"ad\x08\x1b[2@bc", "abcd"),
        (b"abcd\x1b[2G\x1b[2X", "a  d"),
        (b"a\x1b[3Cb\x1b[1Cc", "a   b c"),
        ("日本\x08x".as_bytes(), "日 x"),
        ("日本\rx".as_bytes(), "x 本"),
        (b"prompt$ ls\x1b[H\x1b[2Jprompt$ ", "prompt$ "),
        (b"a\tb\rc", "c\tb"),
        (b"a\tb\x1b[4Gc", "a  c    b"),
        (b"a\tb\x1b[1G\tc", "a\tc"),
    ] {
        assert_eq!(text(bytes), wanted, "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_full_row_goes_on_in_the_next_and_is_one_line_of_the_log() {
    let long = "0123456789".repeat(5);
    // bash writes a blank and CR here, so that the terminal moves to the next row.
    let typed = format!("{} \r{}\n", &long[..WIDTH], &long[WIDTH..]);
    assert_eq!(text(typed.as_bytes()), format!("{long}\n"));
    // After the last column is filled, the cursor is still on that row.
    assert_eq!(text(format!("{}\rx", &long[..WIDTH]).as_bytes()), format!("x{}", &long[1..WIDTH]));
    let without_end = "y".repeat(100_000);
    let log = record(&[without_end.as_bytes()], 0, LogFormat::Text, stamper(Stamps::Utc, false));
    assert_eq!(log.len(), "[2026-03-09 21:05:04.021] ".len() + 100_000);
}

#[test]
fn bytes_that_are_no_utf8_stay() {
    let log = |bytes: &[u8]| record(&[bytes], 0, LogFormat::Text, stamper(Stamps::None, false));
    for bytes in
        [&b"caf\xe9 au lait\n"[..], b"\xe3\x81", b"\xf0\x80x\xff\xfe\n", b"\xc3\xe3\x81\x82\n"]
    {
        assert_eq!(log(bytes), bytes, "{}", bytes.escape_ascii());
    }
    assert_eq!(log(b"\xe3\x81\x1b[mx\n"), b"\xe3\x81x\n");
}

#[test]
fn the_first_timestamp_of_a_continued_file_is_on_a_new_line() {
    let log = record(&[b"a\r\n"], 0, LogFormat::Text, stamper(Stamps::Utc, true));
    assert_eq!(log, b"\n[2026-03-09 21:05:04.021] a\n");
    let log = record(&[b"a\r\n"], 0, LogFormat::Text, stamper(Stamps::None, true));
    assert_eq!(log, b"a\n");
    let log = record(&[b""], 0, LogFormat::Text, stamper(Stamps::Utc, true));
    assert_eq!(log, b"");
}

fn size(cells: u16) -> std::num::NonZeroU16 {
    cells.try_into().unwrap()
}

/// Bytes that terminals get, and some that they should never get.
fn output() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[a-z ]{1,5}".prop_map(String::into_bytes),
        "[あ-ん日本é\u{301}\u{9b}]{1,3}".prop_map(String::into_bytes),
        "\x1b\\[[?0-9;:]{0,4}[@-~]".prop_map(String::into_bytes),
        "\x1b[\\]PX^_][a-z]{0,3}(\x07|\x1b\\\\)?".prop_map(String::into_bytes),
        "[\x07\x08\t\n\r\x18\x1b]{1,3}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 1..6),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_cut_gives_the_same_file(bytes in output(), cuts in proptest::collection::vec(1usize..9, 1..40)) {
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        for width in [0, 1, 2, 11] {
            let whole = record(&[&bytes], width, LogFormat::Text, stamper(Stamps::Utc, false));
            let cut = record(&pieces, width, LogFormat::Text, stamper(Stamps::Utc, false));
            prop_assert_eq!(&whole, &cut);
            let controls = whole.iter().filter(|byte| byte.is_ascii_control());
            prop_assert!(controls.clone().all(|byte| matches!(byte, b'\n' | b'\t')));
        }
    }

    #[test]
    fn text_without_controls_is_the_same_at_any_width(
        text in "([a-z ]|[日本é]|e\u{301}|\t|\n){0,80}",
        width in prop_oneof![0usize..12, Just(80)],
    ) {
        // A combining mark at the start of a row has no character to combine with.
        prop_assume!(width == 0 || width > 2);
        let log = record(&[text.as_bytes()], width, LogFormat::Text, stamper(Stamps::None, false));
        prop_assert_eq!(String::from_utf8(log).unwrap(), text);
    }

    // Compares the log with the screen of an independent terminal emulator.
    #[test]
    fn a_line_is_what_a_terminal_shows(
        edits in proptest::collection::vec("[a-z ]{1,4}|[日本]|\x08|\r|\x1b\\[[0-5]?[CDG]|\x1b\\[[012]?K|\x1b\\[[1-3]?[P@X]", 0..30)
    ) {
        let bytes = edits.concat();
        let narrow = bytes.is_ascii();
        prop_assume!(narrow || !bytes.contains(['P', '@', 'X', 'K']));
        let mut screen = vt100::Parser::new(size(3), size(400), 0);
        screen.process(bytes.as_bytes());
        let shown = screen.screen().rows(0, 400).next().unwrap();
        let log = record(&[bytes.as_bytes()], 400, LogFormat::Text, stamper(Stamps::None, false));
        let log = String::from_utf8(log).unwrap();
        prop_assert_eq!(log.trim_end(), shown.trim_end(), "{:?}", bytes);
    }
}

#[test]
fn the_file_is_private_and_appended_to() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    for text in ["one\r\n", "two\r\n"] {
        let file = LogFile::open(&path).unwrap();
        let how = (LogFormat::Text, Stamps::None);
        let mut record = SessionLog::begin(file, how, TimeZone::UTC, Instant::now(), clock());
        record.write(text.as_bytes(), 80);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_cannot_be_a_log_is_named_before_anything_is_done() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("target"), "").unwrap();
    symlink(at("target"), at("link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0)
        .unwrap();
    for (path, words) in [
        (at("link"), "symbolic link"),
        (at("pipe"), "pipe"),
        (at("none/log"), "no such directory"),
        (directory.path().to_owned(), "directory"),
        ("/dev/null".into(), "not a regular file"),
    ] {
        let error = LogFile::open(&path).unwrap_err();
        assert_eq!(error.kind(), Kind::Local);
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().starts_with("cannot write the log "), "{error}");
    }
    assert_eq!(fs::read_to_string(at("target")).unwrap(), "");
}

#[test]
fn a_log_that_fails_ends_and_is_not_tried_again() {
    struct Full(Memory, usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            match self.1.checked_sub(bytes.len()) {
                Some(left) => self.1 = left,
                None => return Err(Errno::NOSPC.into()),
            }
            self.0.write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let memory = Memory::default();
    let full = Box::new(Full(memory.clone(), 5));
    let mut record =
        SessionLog::of(full, "x".to_owned(), LogFormat::Raw, stamper(Stamps::None, false));
    for piece in ["abcd", "efgh", "i"] {
        record.write(piece.as_bytes(), 0);
    }
    drop(record);
    // The last piece is dropped although it would fit: a short log is better than one with a gap.
    assert_eq!(memory.bytes(), b"abcd");
}

#[tokio::test]
async fn what_the_sink_takes_is_logged_as_it_is_taken() {
    use tokio::io::AsyncWriteExt;
    let memory = Memory::default();
    let record = SessionLog::of(
        Box::new(memory.clone()),
        "x".to_owned(),
        LogFormat::Raw,
        stamper(Stamps::None, false),
    );
    let log = SharedLog::new(record, || 80);
    let (sink, mut shown) = tokio::io::duplex(4);
    let mut tee = Tee::new(Box::new(sink), log.clone());
    let writing = tokio::spawn(async move { tee.write_all(b"0123456789").await });
    let mut read = [0; 4];
    tokio::io::AsyncReadExt::read_exact(&mut shown, &mut read).await.unwrap();
    drop(shown);
    assert!(writing.await.unwrap().is_err(), "nobody reads any more");
    log.finish();
    let logged = memory.bytes();
    assert!(b"0123456789".starts_with(&logged) && logged.len() >= 4, "{logged:?}");
    assert!(logged.len() < 10, "what was not shown is not in the log");
}

#[test]
fn what_waits_for_the_end_of_a_line_or_a_string_is_bounded() {
    // A title without an end is one of 8 MiB; what follows is text.
    let title = [b"\x1b]0;".to_vec(), vec![b't'; 9 << 20], b"\nafter\n".to_vec()].concat();
    let log = record(&[&title], 0, LogFormat::Text, stamper(Stamps::None, false));
    assert!(log.ends_with(b"\nafter\n") && log.len() < 2 << 20, "{}", log.len());
    assert!(text(format!("e{}\n", "\u{301}".repeat(100_000)).as_bytes()).len() < 80);
    let far = record(&[b"\x1b[999999999Cx\n"], 0, LogFormat::Text, stamper(Stamps::None, false));
    assert!(far.len() <= 4097, "{}", far.len());
}
