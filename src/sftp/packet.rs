//! The numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02), and the bounds of what a server
//! may send.
//!
//! A packet is a `uint32` length, a type byte, and for all but INIT and VERSION a `uint32` id.

/// The one version that is spoken: the one of OpenSSH, whose extensions do what later ones would.
pub const VERSION: u32 = 3;

/// The most bytes of a packet, its length field not counted: as much as OpenSSH's server takes,
/// and a little for servers that count the data alone.
pub const MAX_PACKET: usize = 256 * 1024 + 1024;
/// The most bytes of data in one WRITE, or asked for in one READ.
pub const MAX_BLOCK: usize = 256 * 1024;
/// The most bytes of data in one request to a server that has not said what it takes.
pub const DEFAULT_BLOCK: u32 = 32 * 1024;
/// The most bytes of a handle (the draft's own bound).
pub const MAX_HANDLE: usize = 256;
/// The most bytes of a name that a server sends, and of a path that is sent.
pub const MAX_NAME: usize = 4096;
/// The most extended attributes of one file; none is used.
pub const MAX_EXTENDED: u32 = 64;
/// The most extensions in a VERSION packet.
pub const MAX_EXTENSIONS: usize = 256;

/// Types of requests.
pub mod ask {
    pub const INIT: u8 = 1;
    pub const OPEN: u8 = 3;
    pub const CLOSE: u8 = 4;
    pub const READ: u8 = 5;
    pub const WRITE: u8 = 6;
    pub const LSTAT: u8 = 7;
    pub const FSTAT: u8 = 8;
    pub const SETSTAT: u8 = 9;
    pub const FSETSTAT: u8 = 10;
    pub const OPENDIR: u8 = 11;
    pub const READDIR: u8 = 12;
    pub const REMOVE: u8 = 13;
    pub const MKDIR: u8 = 14;
    pub const RMDIR: u8 = 15;
    pub const REALPATH: u8 = 16;
    pub const STAT: u8 = 17;
    pub const RENAME: u8 = 18;
    pub const READLINK: u8 = 19;
    pub const SYMLINK: u8 = 20;
    pub const EXTENDED: u8 = 200;
}

/// Types of replies.
pub mod tell {
    pub const VERSION: u8 = 2;
    pub const STATUS: u8 = 101;
    pub const HANDLE: u8 = 102;
    pub const DATA: u8 = 103;
    pub const NAME: u8 = 104;
    pub const ATTRS: u8 = 105;
    pub const EXTENDED_REPLY: u8 = 201;
}

/// Codes of STATUS replies: those of version 3, and those of later ones that some servers send all
/// the same.
pub mod status {
    pub const OK: u32 = 0;
    pub const EOF: u32 = 1;
    pub const NO_SUCH_FILE: u32 = 2;
    pub const PERMISSION_DENIED: u32 = 3;
    pub const OP_UNSUPPORTED: u32 = 8;
    pub const NO_SUCH_PATH: u32 = 10;
    pub const FILE_ALREADY_EXISTS: u32 = 11;
    pub const WRITE_PROTECT: u32 = 12;
    pub const NO_SPACE_ON_FILESYSTEM: u32 = 14;
    pub const QUOTA_EXCEEDED: u32 = 15;
}
