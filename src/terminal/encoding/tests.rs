//! Tests of names, of both directions in every encoding, and of bytes cut anywhere.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

fn encoding(name: &str) -> Encoding {
    Encoding::find(name).unwrap().unwrap()
}

fn shown(name: &str, pieces: &[&[u8]]) -> String {
    let (mut to_utf8, mut out) = (ToUtf8::new(encoding(name)), Vec::new());
    pieces.iter().for_each(|piece| to_utf8.take(piece, &mut out));
    String::from_utf8(out).unwrap()
}

fn sent(name: &str, pieces: &[&[u8]]) -> Vec<u8> {
    let Encoding(encoding) = encoding(name);
    let (mut from_utf8, mut out) = (FromUtf8 { encoding, held: Vec::new() }, Vec::new());
    pieces.iter().for_each(|piece| from_utf8.take(piece, &mut out));
    from_utf8.finish(&mut out);
    out
}

#[test]
fn every_name_is_found_however_it_is_written() {
    for name in NAMES {
        for spelled in [name.to_string(), name.to_lowercase(), name.replace(['-', '_'], "")] {
            let found = Encoding::find(&spelled).unwrap();
            assert_eq!(found, Encoding::find(name).unwrap(), "{spelled}");
            assert_eq!(found.is_none(), *name == "UTF-8", "{spelled}");
        }
    }
    for (alias, name) in [("sjis", "Shift_JIS"), ("latin1", "windows-1252"), ("koi8", "KOI8-R")] {
        assert_eq!(encoding(alias).name(), name);
    }
    for (alias, name) in ALIASES {
        assert_eq!(Encoding::find(alias).unwrap(), Encoding::find(name).unwrap());
    }
}

#[test]
fn an_unknown_name_is_told_the_near_ones() {
    for (name, near) in [
        ("euc-jb", "near it: EUC-JP"),
        ("shift-jif", "near it: Shift_JIS"),
        ("windows-1259", "near it: windows-125"),
        ("klingon", "such as Shift_JIS"),
        ("", "such as"),
        ("utf-16le", "such as"),
        ("utf-16be", "such as"),
        ("replacement", "such as"),
        ("x-user-defined", "such as"),
    ] {
        let error = Encoding::find(name).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.to_string().contains(near), "{name}: {error}");
    }
    let long = Encoding::find(&"x\x1b[".repeat(10_000)).unwrap_err();
    assert!(long.to_string().len() < 300 && !long.to_string().contains('\x1b'));
}

/// Each encoding with 日本, or with characters that it has, as other programs encode them.
const SAMPLES: &[(&str, &str, &[u8])] = &[
    ("Shift_JIS", "日本ｱ表\\", b"\x93\xfa\x96\x7b\xb1\x95\x5c\\"),
    ("EUC-JP", "日本", b"\xc6\xfc\xcb\xdc"),
    ("ISO-2022-JP", "a日本b", b"a\x1b$BF|K\\\x1b(Bb"),
    ("GBK", "中文", b"\xd6\xd0\xce\xc4"),
    ("GB18030", "中文\u{1f600}", b"\xd6\xd0\xce\xc4\x94\x39\xfc\x36"),
    ("Big5", "中文", b"\xa4\xa4\xa4\xe5"),
    ("EUC-KR", "한글", b"\xc7\xd1\xb1\xdb"),
    ("ISO-8859-2", "Łódź", b"\xa3\xf3d\xbc"),
    ("ISO-8859-1", "café", b"caf\xe9"),
    ("ISO-8859-15", "€", b"\xa4"),
    ("windows-1251", "мир", b"\xec\xe8\xf0"),
    ("KOI8-R", "мир", b"\xcd\xc9\xd2"),
    ("IBM866", "мир", b"\xac\xa8\xe0"),
];

#[test]
fn both_directions_at_any_cut() {
    for (name, text, bytes) in SAMPLES {
        let ascii = |shown: String| shown.replace("\x1b(B", "");
        assert_eq!(ascii(shown(name, &[bytes])), *text, "{name}");
        assert_eq!(sent(name, &[text.as_bytes()]), *bytes, "{name}");
        for cut in 0..bytes.len() {
            let (one, other) = bytes.split_at(cut);
            assert_eq!(ascii(shown(name, &[one, other])), *text, "{name} cut at {cut}");
        }
        for cut in (0..text.len()).filter(|_| *name != "ISO-2022-JP") {
            let (one, other) = text.as_bytes().split_at(cut);
            assert_eq!(sent(name, &[one, other]), *bytes, "{name} cut at {cut}");
        }
    }
}

#[test]
fn sequences_of_the_terminal_pass_in_every_encoding() {
    let sequences = "\x1b[1;31mx\x1b[0m\x1b]0;t\x07\x1b(0q\x1b(B\x1bP1\x1b\\\x1b)0\x1b%G\x08\t\r\n";
    for name in NAMES.iter().skip(1) {
        assert_eq!(shown(name, &[sequences.as_bytes()]), sequences, "{name}");
        assert_eq!(sent(name, &[sequences.as_bytes()]), sequences.as_bytes(), "{name}");
    }
}

#[test]
fn iso_2022_jp_lives_with_the_sequences_of_a_terminal() {
    let jis = |bytes: &[u8]| shown("ISO-2022-JP", &[bytes]);
    // Colours within Japanese text, and the reset of curses, which repeats a shift.
    assert_eq!(jis(b"\x1b$BF|\x1b[1mK\\\x1b(Bx"), "日\x1b[1m本\x1b(Bx");
    assert_eq!(jis(b"\x1b(B\x1b[m\x1b(B\x1b[mx"), "\x1b(B\x1b[m\x1b(B\x1b[mx");
    assert_eq!(jis(b"\x1b$B\x1b(J\x1b$BF|"), "日");
    assert_eq!(jis(b"\x1b(I1"), "ｱ");
    assert_eq!(jis(b"\x1b$BF|\nls"), "日\nls", "a line starts in ASCII");
    // Each piece of typed text ends in ASCII, and so does an unknown character.
    assert_eq!(sent("ISO-2022-JP", &["日".as_bytes(), b"\r~."]), b"\x1b$BF|\x1b(B\r~.");
    assert_eq!(sent("ISO-2022-JP", &["日😀本".as_bytes()]), b"\x1b$BF|\x1b(B?\x1b$BK\\\x1b(B");
}

#[test]
fn what_has_no_place_in_the_encoding_is_a_question_mark_and_raw_bytes_stay() {
    assert_eq!(sent("ISO-8859-2", &["日é😀".as_bytes()]), b"?\xe9?");
    assert_eq!(sent("EUC-JP", &[b"\x1b[M \xff\xfe"]), b"\x1b[M \xff\xfe");
    assert_eq!(sent("EUC-JP", &[b"a\xe3\x81"]), b"a\xe3\x81", "held to the end");
    assert_eq!(shown("EUC-JP", &[b"\xc6\n\xffx"]), "\u{fffd}\n\u{fffd}x");
    assert_eq!(shown("windows-1252", &[b"\xef\xbb\xbf"]), "ï»¿", "no byte order mark");
}

proptest! {
    #[test]
    fn any_cut_shows_the_same(
        name in prop::sample::select(&NAMES[1..]),
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(&b"\x1b$B(J[m\nF|"[..])], 0..60),
        size in 1usize..7,
    ) {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        prop_assert_eq!(shown(name, &[&bytes]), shown(name, &pieces));
        let plain = |name: &str, pieces: &[&[u8]]| sent(name, pieces);
        if name != "ISO-2022-JP" {
            prop_assert_eq!(plain(name, &[&bytes]), plain(name, &pieces));
        }
    }
}

#[tokio::test]
async fn a_full_sink_takes_no_more_and_loses_nothing() {
    let (sink, mut screen) = tokio::io::duplex(3);
    let mut decoded = Decoded::new(Box::new(sink), encoding("EUC-JP"));
    let bytes = b"\xc6\xfc\xcb\xdc".repeat(10_000);
    let writing = tokio::spawn(async move {
        for piece in bytes.chunks(4097) {
            decoded.write_all(piece).await.unwrap();
        }
    });
    let mut all = String::new();
    screen.read_to_string(&mut all).await.unwrap();
    writing.await.unwrap();
    assert!(all == "日本".repeat(10_000));
}

#[tokio::test]
async fn half_a_character_is_no_end_of_input() {
    let (mut keys, typed) = tokio::io::duplex(100);
    let mut encoded = Encoded::new(typed, encoding("Shift_JIS"));
    let typing = tokio::spawn(async move {
        for byte in "日~".bytes() {
            keys.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        keys.write_all("本".repeat(1000).as_bytes()).await.unwrap();
    });
    let mut small = [0; 1];
    let mut all = Vec::new();
    while encoded.read(&mut small).await.unwrap() == 1 {
        all.push(small[0]);
    }
    typing.await.unwrap();
    assert!(all == [&b"\x93\xfa~"[..], &b"\x96\x7b".repeat(1000)].concat(), "{all:x?}");
}
