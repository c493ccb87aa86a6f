//! Text in another encoding than UTF-8: the server's output is converted to UTF-8, and typed text
//! to the server's encoding. Names are the labels of the WHATWG Encoding Standard.
//!
//! Between two pieces, each direction keeps at most the start of one character. UTF-8 needs no
//! conversion and has no [`Encoding`].

mod decode;
mod iso2022;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use encoding_rs::{Decoder, EncoderResult};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::error::{Error, Kind, Result};
use crate::say;
use crate::text;

use decode::decode;
use iso2022::Iso2022;

/// The bytes converted at once.
const PIECE: usize = 8 * 1024;
/// The typed bytes read at once.
const TYPED: usize = 1024;
/// The control characters that introduce shifts: SO, SI and ESC.
const SHIFTS: [char; 3] = ['\x0e', '\x0f', '\x1b'];
/// The most similar names that a message suggests.
const MAX_NEAR: usize = 4;
/// The most characters of an unknown name that are shown and compared.
const MAX_SHOWN: usize = 40;

/// The encodings that a terminal may have, by their names in the standard.
const NAMES: &[&str] = &[
    "UTF-8",
    "Shift_JIS",
    "EUC-JP",
    "ISO-2022-JP",
    "GBK",
    "GB18030",
    "Big5",
    "EUC-KR",
    "ISO-8859-1",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-9",
    "ISO-8859-10",
    "ISO-8859-11",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-15",
    "ISO-8859-16",
    "windows-874",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "KOI8-R",
    "KOI8-U",
    "IBM866",
    "macintosh",
    "x-mac-cyrillic",
];

/// Examples for a user who knows none of the names.
const EXAMPLES: &str = "Shift_JIS, EUC-JP, GB18030, Big5, EUC-KR, windows-1251, ISO-8859-2, KOI8-R";

/// Names that other programs use for some of them, in lower case without punctuation.
const ALIASES: &[(&str, &str)] = &[
    ("utf8m", "UTF-8"),
    ("euc", "EUC-JP"),
    ("ujis", "EUC-JP"),
    ("jis", "ISO-2022-JP"),
    ("cp932", "Shift_JIS"),
    ("cp936", "GBK"),
    ("cp949", "EUC-KR"),
    ("uhc", "EUC-KR"),
    ("cp950", "Big5"),
];

/// An encoding other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// Finds the encoding of this name; `None` is UTF-8.
    ///
    /// # Errors
    /// [`Kind::Usage`]: no encoding has this name; the hint lists similar ones.
    pub fn find(name: &str) -> Result<Option<Encoding>> {
        let plain = plain(name);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == plain).map(|(_, name)| *name);
        let same = || NAMES.iter().copied().find(|known| self::plain(known) == plain);
        let label = alias.or_else(same).unwrap_or(name);
        let found = encoding_rs::Encoding::for_label(label.as_bytes()).filter(|found| {
            // Terminals do not use encodings that are not supersets of ASCII.
            found.is_ascii_compatible() && *found != encoding_rs::X_USER_DEFINED
                || *found == encoding_rs::ISO_2022_JP
        });
        match found {
            Some(found) if found == encoding_rs::UTF_8 => Ok(None),
            Some(found) => Ok(Some(Encoding(found))),
            None => Err(unknown(name)),
        }
    }

    /// The name in the standard, which may differ from the one it was found by.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

fn unknown(name: &str) -> Error {
    let cause = say!(encoding_unknown, name = text::line(name, MAX_SHOWN));
    let wanted = plain(name);
    let mut near: Vec<(usize, &str)> = NAMES
        .iter()
        .map(|known| (distance(&wanted, &plain(known)), *known))
        .filter(|(far, known)| *far <= plain(known).len() / 3)
        .collect();
    near.sort_by_key(|(far, _)| *far);
    let near: Vec<&str> = near.iter().take(MAX_NEAR).map(|(_, name)| *name).collect();
    let hint = match near.is_empty() {
        true => say!(encoding_such_as, names = EXAMPLES),
        false => say!(profile_unknown_near, near = near.join(", ")),
    };
    Error::new(Kind::Usage, cause).hint(hint)
}

/// A name in lower case without punctuation.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).take(MAX_SHOWN);
    letters.collect::<String>().to_ascii_lowercase()
}

/// The edit distance of two names (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let changed = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

/// Converts the server's encoding to UTF-8. Invalid bytes become U+FFFD.
struct ToUtf8 {
    decoder: Decoder,
    /// Only for ISO-2022-JP: passes the terminal's escape sequences around the decoder.
    sequences: Option<Iso2022>,
}

impl ToUtf8 {
    fn new(Encoding(encoding): Encoding) -> ToUtf8 {
        ToUtf8 {
            decoder: encoding.new_decoder_without_bom_handling(),
            sequences: (encoding == encoding_rs::ISO_2022_JP).then(Iso2022::default),
        }
    }

    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match &mut self.sequences {
            Some(sequences) => sequences.take(bytes, out),
            None => decode(&mut self.decoder, bytes, out),
        }
    }
}

/// Converts UTF-8 to the server's encoding. A character that the encoding lacks becomes `?`; bytes
/// that are not UTF-8, as in old mouse reports, are passed on.
struct FromUtf8 {
    encoding: &'static encoding_rs::Encoding,
    /// The start of an incomplete character.
    held: Vec<u8>,
}

impl FromUtf8 {
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        let mut rest = all.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.encode(text, out),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.encode(std::str::from_utf8(good).unwrap_or_default(), out);
                    let Some(length) = error.error_len() else {
                        self.held = bad.to_vec();
                        return;
                    };
                    out.extend_from_slice(&bad[..length]);
                    rest = &bad[length..];
                }
            }
        }
    }

    /// Passes on the bytes of an incomplete character.
    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }

    /// Converts text, but passes SO, SI and ESC on: the encoder rejects them, because they
    /// introduce shifts in files, while on a terminal they are keys.
    fn encode(&self, text: &str, out: &mut Vec<u8>) {
        for piece in text.split_inclusive(SHIFTS) {
            let text = piece.trim_end_matches(SHIFTS);
            self.encode_piece(text, out);
            out.extend_from_slice(&piece.as_bytes()[text.len()..]);
        }
    }

    /// Converts a piece on its own. If the encoding has shifts, the piece ends in ASCII, because
    /// the next key may come much later.
    fn encode_piece(&self, mut text: &str, out: &mut Vec<u8>) {
        let mut encoder = self.encoding.new_encoder();
        loop {
            let start = out.len();
            let most = encoder.max_buffer_length_from_utf8_without_replacement(text.len());
            out.resize(start + most.expect("a piece is short"), 0);
            let (result, read, written) =
                encoder.encode_from_utf8_without_replacement(text, &mut out[start..], true);
            out.truncate(start + written);
            text = &text[read..];
            match result {
                EncoderResult::InputEmpty => return,
                // Before it reports this, the encoder has shifted back to ASCII.
                EncoderResult::Unmappable(_) => out.push(b'?'),
                EncoderResult::OutputFull => {}
            }
        }
    }
}

/// A sink for output in the server's encoding, which passes it on to another sink in UTF-8.
pub struct Decoded {
    sink: Box<dyn AsyncWrite + Send + Unpin>,
    to_utf8: ToUtf8,
    /// The converted text, written up to `written`; it was made from `taken` bytes.
    text: Vec<u8>,
    written: usize,
    taken: usize,
}

impl Decoded {
    /// Wraps `sink`, which gets UTF-8.
    pub fn new(sink: Box<dyn AsyncWrite + Send + Unpin>, encoding: Encoding) -> Decoded {
        Decoded { sink, to_utf8: ToUtf8::new(encoding), text: Vec::new(), written: 0, taken: 0 }
    }
}

impl AsyncWrite for Decoded {
    /// Counts bytes as taken only when their text is written, so that a full sink pauses the
    /// session.
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.taken == 0 {
            let piece = &buf[..buf.len().min(PIECE)];
            this.text.clear();
            this.written = 0;
            this.to_utf8.take(piece, &mut this.text);
            this.taken = piece.len();
        }
        while this.written < this.text.len() {
            let rest = &this.text[this.written..];
            match ready!(Pin::new(&mut this.sink).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => this.written += count,
            }
        }
        Poll::Ready(Ok(std::mem::take(&mut this.taken)))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.sink).poll_shutdown(cx)
    }
}

/// A reader that converts typed UTF-8 to the server's encoding. ASCII stays ASCII, and no other
/// character becomes a byte that is ASCII at the start of a line, so escapes can be detected after
/// it.
pub struct Encoded<R> {
    typed: R,
    from_utf8: FromUtf8,
    bytes: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<R> Encoded<R> {
    /// Wraps `typed`, which must yield UTF-8.
    pub fn new(typed: R, Encoding(encoding): Encoding) -> Encoded<R> {
        let from_utf8 = FromUtf8 { encoding, held: Vec::new() };
        Encoded { typed, from_utf8, bytes: Vec::new(), read: 0, ended: false }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Encoded<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // Half a character converts to no bytes yet; zero bytes would be taken for the end of
        // input.
        while this.read == this.bytes.len() && !this.ended {
            let mut typed = [0; TYPED];
            let mut piece = ReadBuf::new(&mut typed);
            ready!(Pin::new(&mut this.typed).poll_read(cx, &mut piece))?;
            this.bytes.clear();
            this.read = 0;
            this.ended = piece.filled().is_empty();
            match this.ended {
                true => this.from_utf8.finish(&mut this.bytes),
                false => this.from_utf8.take(piece.filled(), &mut this.bytes),
            }
        }
        let rest = &this.bytes[this.read..];
        let count = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..count]);
        this.read += count;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests;
