//! Decodes a piece of text in another encoding to UTF-8.

use encoding_rs::Decoder;

/// Appends the piece to `out`. Invalid bytes become U+FFFD; the start of an incomplete character is
/// kept for the next piece.
pub(super) fn decode(decoder: &mut Decoder, bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let most = decoder.max_utf8_buffer_length(bytes.len());
    out.resize(start + most.expect("a piece is short"), 0);
    let (_, _, count, _) = decoder.decode_to_utf8(bytes, &mut out[start..], false);
    out.truncate(start + count);
}
