//! The data types of the SSH protocols as bytes (RFC 4251 section 5): numbers and strings.
//!
//! Packets, key blobs, key files, the agent's protocol, revocation lists and OpenSSH's multiplexing
//! protocol consist of them. A `take_…` function takes a value off the front of a slice; if the
//! value is incomplete, it returns `None` and leaves the slice unchanged. A string is a part of the
//! slice it came in, so a length that a peer sends never causes an allocation. A `put_…` function
//! appends a value.

/// Takes a `byte`.
pub fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    take_array::<1>(rest).map(|[byte]| byte)
}

/// Takes a `boolean`: every value but 0 is true.
pub fn take_boolean(rest: &mut &[u8]) -> Option<bool> {
    take_byte(rest).map(|byte| byte != 0)
}

/// Takes a `uint32`.
pub fn take_uint32(rest: &mut &[u8]) -> Option<u32> {
    take_array(rest).map(u32::from_be_bytes)
}

/// Takes a `uint64`.
pub fn take_uint64(rest: &mut &[u8]) -> Option<u64> {
    take_array(rest).map(u64::from_be_bytes)
}

/// Takes a `string`: its length as a `uint32`, and that many bytes.
pub fn take_string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut after = *rest;
    let length = usize::try_from(take_uint32(&mut after)?).ok()?;
    let value = take_bytes(&mut after, length)?;
    *rest = after;
    Some(value)
}

/// Takes this many bytes, which have no length before them.
pub fn take_bytes<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

/// Appends a `uint32`.
pub fn put_uint32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_be_bytes());
}

/// Appends a `string`.
///
/// # Panics
/// The string is longer than 4 GiB; everything that is written is bounded far below that.
pub fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    put_uint32(out, u32::try_from(bytes.len()).expect("what is written is shorter than 4 GiB"));
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_put_is_taken(strings: Vec<Vec<u8>>, number: u32) {
            let mut bytes = Vec::new();
            put_uint32(&mut bytes, number);
            for string in &strings {
                put_string(&mut bytes, string);
            }
            let mut rest = &bytes[..];
            assert_eq!(take_uint32(&mut rest), Some(number));
            for string in &strings {
                assert_eq!(take_string(&mut rest), Some(&string[..]));
            }
            assert!(rest.is_empty());
        }

        #[test]
        fn what_is_cut_short_stays_where_it_is(string: Vec<u8>, cut in 1..20usize) {
            let mut bytes = Vec::new();
            put_string(&mut bytes, &string);
            let whole = &bytes[..bytes.len().saturating_sub(cut)];
            let mut rest = whole;
            assert_eq!(take_string(&mut rest), None);
            assert_eq!(rest, whole);
        }
    }

    #[test]
    fn numbers_are_in_network_order() {
        let bytes = [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 4];
        let mut rest = &bytes[..];
        assert_eq!(take_boolean(&mut rest), Some(true));
        assert_eq!(take_byte(&mut rest), Some(0));
        assert_eq!(take_uint32(&mut rest), Some(2));
        assert_eq!(take_uint64(&mut rest), Some(3));
        assert_eq!(rest, [4]);
        assert_eq!(take_uint32(&mut rest), None);
        assert_eq!(take_string(&mut &[0xff; 8][..]), None, "a length that is not there");
    }
}
