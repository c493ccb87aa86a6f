//! Text in another encoding than UTF-8: what the server writes is shown in UTF-8, what is typed
//! goes out in the server's encoding. Names are the labels of the WHATWG Encoding Standard.
//!
//! Both directions keep no more than the start of one character between two pieces. UTF-8 needs
//! nothing of this, and has no [`Encoding`].

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

/// How much is converted at once, in bytes.
const PIECE: usize = 8 * 1024;
/// Typed bytes read at once.
const TYPED: usize = 1024;
/// SO, SI and ESC.
const SHIFTS: [char; 3] = ['\x0e', '\x0f', '\x1b'];
/// How many names a message offers.
const MAX_NEAR: usize = 4;
/// How much of an unknown name is shown and compared, in characters.
const MAX_SHOWN: usize = 40;

/// The encodings a terminal may have, by the names the standard gives them.
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

/// Some that are in use, for whoever knows none of the names.
const EXAMPLES: &str = "Shift_JIS, EUC-JP, GB18030, Big5, EUC-KR, windows-1251, ISO-8859-2, KOI8-R";

/// What other programs call some of them, without dashes and in lower case.
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
    /// The encoding of this name; `None` is UTF-8.
    ///
    /// # Errors
    /// [`Kind::Usage`]: there is none of this name; the hint has those near it.
    pub fn find(name: &str) -> Result<Option<Encoding>> {
        let plain = plain(name);
        let alias = ALIASES.iter().find(|(alias, _)| *alias == plain).map(|(_, name)| *name);
        let same = || NAMES.iter().copied().find(|known| self::plain(known) == plain);
        let label = alias.or_else(same).unwrap_or(name);
        let found = encoding_rs::Encoding::for_label(label.as_bytes()).filter(|found| {
            // No terminal speaks these: they are not made of ASCII and more.
            found.is_ascii_compatible() && *found != encoding_rs::X_USER_DEFINED
                || *found == encoding_rs::ISO_2022_JP
        });
        match found {
            Some(found) if found == encoding_rs::UTF_8 => Ok(None),
            Some(found) => Ok(Some(Encoding(found))),
            None => Err(unknown(name)),
        }
    }

    /// Its name in the standard; the one it was found by may be another.
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

/// A name without case and punctuation.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric).take(MAX_SHOWN);
    letters.collect::<String>().to_ascii_lowercase()
}

/// How many letters must be changed, put in or taken out (Levenshtein).
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

/// From the server's encoding to UTF-8. What is no character becomes U+FFFD.
struct ToUtf8 {
    decoder: Decoder,
    /// Only for ISO-2022-JP: it keeps what is for the terminal from the decoder.
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

/// From UTF-8 to the server's encoding. A character that it does not have becomes `?`; bytes
/// that are no UTF-8, as in old reports of the mouse, stay.
struct FromUtf8 {
    encoding: &'static encoding_rs::Encoding,
    /// The start of a character.
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

    /// Gives what was held.
    fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }

    /// What introduces a shift is a fault to an encoder for files, and a key on a terminal.
    fn encode(&self, text: &str, out: &mut Vec<u8>) {
        for piece in text.split_inclusive(SHIFTS) {
            let text = piece.trim_end_matches(SHIFTS);
            self.encode_piece(text, out);
            out.extend_from_slice(&piece.as_bytes()[text.len()..]);
        }
    }

    /// Each piece stands for itself: where there are shifts, it ends in ASCII, as the next key
    /// may be long in coming.
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
                // The encoder is in ASCII here.
                EncoderResult::Unmappable(_) => out.push(b'?'),
                EncoderResult::OutputFull => {}
            }
        }
    }
}

/// A sink for the server's encoding; the one behind it gets UTF-8.
pub struct Decoded {
    sink: Box<dyn AsyncWrite + Send + Unpin>,
    to_utf8: ToUtf8,
    /// Converted, and written up to `written`; it stands for `taken` bytes.
    text: Vec<u8>,
    written: usize,
    taken: usize,
}

impl Decoded {
    /// What `sink` gets is in UTF-8.
    pub fn new(sink: Box<dyn AsyncWrite + Send + Unpin>, encoding: Encoding) -> Decoded {
        Decoded { sink, to_utf8: ToUtf8::new(encoding), text: Vec::new(), written: 0, taken: 0 }
    }
}

impl AsyncWrite for Decoded {
    /// Bytes count as taken when their text is written: a full sink stops the session.
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

/// Typed UTF-8, read in the server's encoding. ASCII stays ASCII, and no character starts with
/// what is ASCII at the start of a line: escapes are the same after it.
pub struct Encoded<R> {
    typed: R,
    from_utf8: FromUtf8,
    bytes: Vec<u8>,
    read: usize,
    ended: bool,
}

impl<R> Encoded<R> {
    /// What is read from `typed` is UTF-8.
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
        // Half a character is no end of input.
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
