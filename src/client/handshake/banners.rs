//! Limits how much of a server's banners (RFC 4252 section 5.4) is shown.

use crate::text;

/// Bytes of banner text shown in all. A screenful is usual; sshd sends a file of any size.
pub(crate) const MAX_BANNER: usize = 256 * 1024;
/// The most banners that are shown.
pub(crate) const MAX_BANNERS: usize = 64;

/// The most banners that are taken at all: more have no end.
pub(crate) const MAX_TAKEN: usize = 50_000;
/// The most bytes of banners that are taken at all.
pub(crate) const MAX_TAKEN_BYTES: usize = 64 << 20;

/// Counts the banners so far.
#[derive(Default)]
pub(crate) struct Banners {
    count: usize,
    bytes: usize,
}

impl Banners {
    /// Whether the server sends banners without end.
    pub fn is_endless(&self) -> bool {
        self.count > MAX_TAKEN || self.bytes > MAX_TAKEN_BYTES
    }

    /// The next banner as it may be shown; `None` once a limit is reached.
    pub fn next(&mut self, banner: &str) -> Option<String> {
        self.count += 1;
        let room = MAX_BANNER.saturating_sub(self.bytes);
        self.bytes += banner.len();
        if room == 0 || self.count > MAX_BANNERS {
            return None;
        }
        Some(text::block(banner, room, usize::MAX))
    }
}
