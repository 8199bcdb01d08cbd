//! The packets waiting for their turn, in order, each once, and never too many.

use bytes::Bytes;
use std::collections::BTreeMap;

/// Two seconds of 20 ms packets.
const MOST: usize = 100;

/// A packet as the jitter buffer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    /// RTP sequence number.
    pub(crate) sequence: u16,
    /// RTP timestamp.
    pub(crate) timestamp: u32,
    /// Its length in 48 kHz samples.
    pub(crate) samples: u32,
    /// Whether it holds a copy of the sound before it.
    pub(crate) fec: bool,
    /// Whether it announces silence.
    pub(crate) dtx: bool,
    /// The codec's bytes.
    pub(crate) payload: Bytes,
}

/// A packet at its unwrapped place.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) sequence: i64,
    pub(super) timestamp: i64,
    /// When it came, on the buffer's own clock.
    pub(super) arrival: i64,
    pub(super) packet: Packet,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    Duplicate,
    /// Kept; the oldest had to go for it.
    InPlaceOfOldest,
}

#[derive(Debug, Default)]
pub(super) struct Waiting {
    packets: BTreeMap<i64, Placed>,
}

impl Waiting {
    pub(super) fn insert(&mut self, placed: Placed) -> Kept {
        if self.packets.contains_key(&placed.sequence) {
            return Kept::Duplicate;
        }
        self.packets.insert(placed.sequence, placed);
        if self.packets.len() > MOST {
            self.packets.pop_first();
            return Kept::InPlaceOfOldest;
        }
        Kept::Yes
    }

    pub(super) fn first(&self) -> Option<&Placed> {
        self.packets.values().next()
    }

    pub(super) fn take_first(&mut self) -> Option<Placed> {
        self.packets.pop_first().map(|(_, placed)| placed)
    }

    pub(super) fn len(&self) -> usize {
        self.packets.len()
    }

    pub(super) fn clear(&mut self) {
        self.packets.clear();
    }
}
