//! The banners of a server (RFC 4252 section 5.4): how much of them is shown.

use crate::text;

/// Text a server may show before the session, in all: a screenful is usual, and sshd's
/// own limit is a file of any size.
pub(crate) const MAX_BANNER: usize = 256 * 1024;
/// Banners a server may send.
pub(crate) const MAX_BANNERS: usize = 64;

/// What the server has shown before the session so far.
#[derive(Default)]
pub(crate) struct Banners {
    count: usize,
    bytes: usize,
}

impl Banners {
    /// The next one as it may be shown; `None` when there have been enough.
    pub fn next(&mut self, banner: &str) -> Option<String> {
        self.count += 1;
        let room = MAX_BANNER.saturating_sub(self.bytes);
        if room == 0 || self.count > MAX_BANNERS {
            return None;
        }
        self.bytes += banner.len();
        Some(text::block(banner, room, usize::MAX))
    }
}
