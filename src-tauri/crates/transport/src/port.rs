//! The joint between a meeting's sound and whatever connection carries it at the moment.
//!
//! The port outlives connections: a rejoin or an ICE failure builds a new connection, the engine's
//! ends stay the same. Both directions are bounded; when the other side is slow, the newest sound
//! wins nothing and is dropped, because late sound is worse than none.

use bytes::Bytes;
use ranzen_rtp::{EncodedAudio, ReceivedAudio, SourceKey};
use std::time::Instant;
use tokio::sync::mpsc;

/// 2 s of 20 ms packets of a handful of speakers.
const INCOMING: usize = 512;
/// Half a second of our own packets.
const OUTGOING: usize = 25;

/// The engine's ends: take received sound out, put encoded sound in.
#[derive(Debug)]
pub struct MediaPort {
    /// Sound from everybody else.
    pub received: mpsc::Receiver<ReceivedAudio>,
    /// Our own sound; `try_send` and drop when full.
    pub send: mpsc::Sender<EncodedAudio>,
}

/// The connection's end for received sound.
pub type AudioIn = mpsc::Sender<ReceivedAudio>;
/// The connection's end for our own sound.
pub type AudioOut = mpsc::Receiver<EncodedAudio>;

/// One RTP packet of a picture stream; each sequence number comes at most once, in any order.
#[derive(Debug, Clone)]
pub struct ReceivedVideo {
    /// Which stream.
    pub source: SourceKey,
    /// SSRC it came with; a change starts a new sequence.
    pub ssrc: u32,
    /// RTP payload type.
    pub payload_type: u8,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 90 kHz.
    pub timestamp: u32,
    /// RTP marker bit: the last packet of a picture.
    pub marker: bool,
    /// Payload format and all.
    pub payload: Bytes,
    /// When it was received.
    pub arrived: Instant,
}

/// The connection's end for received pictures.
pub type VideoIn = mpsc::Sender<ReceivedVideo>;

/// A new port and the connection's two ends of it.
pub fn media_port() -> (MediaPort, AudioIn, AudioOut) {
    let (to_engine, received) = mpsc::channel(INCOMING);
    let (send, from_engine) = mpsc::channel(OUTGOING);
    (MediaPort { received, send }, to_engine, from_engine)
}
