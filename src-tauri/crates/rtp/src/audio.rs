//! Encoded sound on its way between `media` and `transport`. Timestamps are in 48 kHz samples.

use crate::SourceKey;
use bytes::Bytes;
use std::time::Instant;

/// Client-to-mixer audio level (RFC 6464): 0 is the loudest, 127 silence, in −dBov.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// 0…127, in −dBov.
    pub minus_dbov: u8,
    /// The voice activity bit.
    pub voice: bool,
}

/// One Opus packet to be sent. `transport` gives it sequence number and SSRC.
#[derive(Debug, Clone)]
pub struct EncodedAudio {
    /// The Opus packet.
    pub payload: Bytes,
    /// Position of its first sample on the sender's clock; gaps (DTX, mute) stay gaps.
    pub timestamp_48k: u64,
    /// First packet after silence: the RTP marker bit.
    pub marker: bool,
    /// Level of the sound in it.
    pub level: AudioLevel,
}

/// One Opus packet as it arrived; duplicates by sequence number are possible and must be dropped.
#[derive(Debug, Clone)]
pub struct ReceivedAudio {
    /// Which stream.
    pub source: SourceKey,
    /// SSRC it came with; a change starts a new sequence.
    pub ssrc: u32,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// RTP marker bit.
    pub marker: bool,
    /// The sender's own word on its level, if it sent one.
    pub level: Option<AudioLevel>,
    /// The Opus packet.
    pub payload: Bytes,
    /// When it was received.
    pub arrived: Instant,
}
