//! Whether each packet holds a message (gap G27).
//!
//! The library passes over a packet without one in silence. Where the server's compressed data has
//! ended, all that follows is such packets: the session would be silent for ever. From outside, the
//! library is seen to ask for the beginning of a packet, then for the rest of it, and to tell the
//! message in its log (`told`). Where it asks for the next packet and has told nothing, the last one
//! was empty. Until it has told a message nothing is known, so nothing is missed where nobody hears
//! its log, nor while it reads on from what came with the greeting, of which it asks for more than
//! it gets.

/// What the library reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Nobody knows, as before the first message.
    Unknown,
    Beginning,
    Rest,
}

/// How far the library has come with a packet.
pub(super) struct Packets {
    part: Part,
    /// How much of the part is still to come.
    missing: usize,
}

impl Packets {
    pub fn new() -> Packets {
        Packets { part: Part::Unknown, missing: 0 }
    }

    /// Whether the library is to read a part of a packet that it has not begun.
    pub fn is_between_parts(&self) -> bool {
        self.missing == 0
    }

    /// Notes that the library asks for a part of this size, and whether it has told a message since
    /// the part before. `false` if the packet before had none.
    pub fn begins(&mut self, size: usize, has_told: bool) -> bool {
        self.missing = size;
        self.part = match (has_told, self.part) {
            (true, _) => Part::Beginning,
            (false, Part::Beginning) => Part::Rest,
            (false, Part::Unknown) => Part::Unknown,
            (false, Part::Rest) => return false,
        };
        true
    }

    /// Notes that the library got so many bytes.
    pub fn got(&mut self, count: usize) {
        self.missing = self.missing.saturating_sub(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a part in two pieces.
    fn reads(packets: &mut Packets, size: usize, has_told: bool) -> bool {
        assert!(packets.is_between_parts());
        let goes_on = packets.begins(size, has_told);
        packets.got(1);
        assert!(!packets.is_between_parts());
        packets.got(size - 1);
        goes_on
    }

    #[test]
    fn a_packet_that_no_message_is_told_of_is_empty() {
        let mut packets = Packets::new();
        for _ in 0..3 {
            assert!(reads(&mut packets, 4, true) && reads(&mut packets, 28, false));
        }
        assert!(!reads(&mut packets, 4, false));
    }

    #[test]
    fn what_came_with_the_greeting_is_followed_by_whole_packets() {
        let mut packets = Packets::new();
        // The library asks for more than it gets, so a part is taken to begin in the middle of one.
        assert!(packets.begins(256, false));
        packets.got(21);
        for size in [4, 28, 4, 199] {
            assert!(!packets.is_between_parts());
            packets.got(size);
        }
        assert!(reads(&mut packets, 101, true));
        for _ in 0..3 {
            assert!(reads(&mut packets, 4, true) && reads(&mut packets, 28, false));
        }
        assert!(!reads(&mut packets, 4, false));
    }

    #[test]
    fn until_a_message_is_told_nothing_is_known() {
        let mut packets = Packets::new();
        for size in [4, 28, 16, 16, 28] {
            assert!(reads(&mut packets, size, false));
        }
        // The rest of what came with the greeting: one part, and the message.
        assert!(reads(&mut packets, 4, true) && reads(&mut packets, 4, true));
        assert!(reads(&mut packets, 28, false) && !reads(&mut packets, 4, false));
    }
}
