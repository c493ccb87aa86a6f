//! Requests as bytes: each is a type, an id, and fields of four kinds.

use crate::sftp::attributes::Attributes;
use crate::sftp::extensions::Extension;
use crate::sftp::packet::{VERSION, ask};
use crate::wire_format::{put_string, put_uint32};

/// A field of a request.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// A `uint32`.
    Number(u32),
    /// A `uint64`.
    Long(u64),
    /// A `string`: a path, a handle, a name.
    Text(&'a [u8]),
    /// Attributes.
    Attributes(&'a Attributes),
}

/// A request, borrowed from whoever makes it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    kind: u8,
    extension: Option<Extension>,
    fields: &'a [Field<'a>],
}

impl<'a> Request<'a> {
    /// A request of this type (one of [`ask`]) with these fields.
    pub fn new(kind: u8, fields: &'a [Field<'a>]) -> Request<'a> {
        Request { kind, extension: None, fields }
    }

    /// A request of an extension.
    pub fn extended(extension: Extension, fields: &'a [Field<'a>]) -> Request<'a> {
        Request { kind: ask::EXTENDED, extension: Some(extension), fields }
    }

    /// Appends the packet. `payload` bytes, counted in the packet's length, are sent behind it.
    ///
    /// # Panics
    /// The packet is longer than 4 GiB; paths and payloads are bounded far below that.
    pub fn put(&self, id: u32, payload: usize, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0, 0, 0, 0, self.kind]);
        put_uint32(out, id);
        if let Some(extension) = self.extension {
            put_string(out, extension.name().as_bytes());
        }
        for field in self.fields {
            match field {
                Field::Number(number) => put_uint32(out, *number),
                Field::Long(number) => out.extend_from_slice(&number.to_be_bytes()),
                Field::Text(bytes) => put_string(out, bytes),
                Field::Attributes(attributes) => attributes.put(out),
            }
        }
        let length = u32::try_from(out.len() - start - 4 + payload);
        let length = length.expect("what is written is shorter than 4 GiB");
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

/// Appends INIT, the first packet, which has a version in the place of an id.
pub fn put_init(out: &mut Vec<u8>) {
    Request::new(ask::INIT, &[]).put(VERSION, 0, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_those_of_the_draft() {
        let packet = |request: Request<'_>, payload| {
            let mut out = Vec::new();
            request.put(7, payload, &mut out);
            out
        };
        let mut init = Vec::new();
        put_init(&mut init);
        assert_eq!(init, b"\0\0\0\x05\x01\0\0\0\x03");
        let fields = [Field::Text(b"\xff"), Field::Long(2), Field::Number(3)];
        assert_eq!(
            packet(Request::new(ask::WRITE, &fields), 3),
            b"\0\0\0\x19\x06\0\0\0\x07\0\0\0\x01\xff\0\0\0\0\0\0\0\x02\0\0\0\x03"
        );
        let mode = Attributes { permissions: Some(0o755), ..Attributes::default() };
        let fields = [Field::Text(b"d"), Field::Attributes(&mode)];
        assert_eq!(
            packet(Request::new(ask::MKDIR, &fields), 0),
            b"\0\0\0\x12\x0e\0\0\0\x07\0\0\0\x01d\0\0\0\x04\0\0\x01\xed"
        );
        assert_eq!(
            packet(Request::extended(Extension::CopyData, &[]), 0),
            b"\0\0\0\x12\xc8\0\0\0\x07\0\0\0\x09copy-data"
        );
    }
}
