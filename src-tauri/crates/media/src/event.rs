//! What a call tells about its sound while it runs, and what it counts.

use crate::{MediaError, Side};
use ranzen_rtp::{AudioLevel, SourceKey};
use std::time::Duration;

/// News of a running call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AudioEvent {
    /// Levels for meters, at most 20 a second; left out when the receiver is slow.
    Levels {
        /// The microphone, after processing, even while muted.
        own: AudioLevel,
        /// Everybody whose sound is being played.
        others: Vec<(SourceKey, AudioLevel)>,
    },
    /// Somebody started or stopped speaking; `None` is ourselves (also while muted, so that the
    /// window can say "you are muted").
    Speaking {
        /// Who.
        source: Option<SourceKey>,
        /// Started or stopped.
        speaking: bool,
    },
    /// Something failed. Told once per cause; the call goes on with silence in its place and the
    /// device is tried again by itself.
    Problem(MediaError),
    /// A device that had a problem works again.
    Recovered(Side),
    /// The set of devices or a default changed: ask [`crate::devices`] again.
    DevicesChanged,
    /// The file spoken instead of a microphone has been spoken to its end.
    InputEnded,
}

/// Counters of a call since its start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AudioStats {
    /// Opus packets handed out in `captured`.
    pub packets_sent: u64,
    /// Their bytes.
    pub bytes_sent: u64,
    /// Packets dropped because nobody took them from `captured`.
    pub packets_unsent: u64,
    /// Received packets dropped because the audio thread was too slow to take them.
    pub packets_unfed: u64,
    /// Ticks at which the microphone had delivered too little.
    pub input_gaps: u64,
    /// Times the loudspeaker asked for sound that was not there.
    pub output_gaps: u64,
    /// Ticks that started more than 10 ms late.
    pub late_ticks: u64,
    /// Times a device was opened, both sides together.
    pub device_openings: u64,
    /// One entry per source that is known.
    pub sources: Vec<SourceStats>,
}

/// Counters of one received source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceStats {
    /// Which.
    pub source: SourceKey,
    /// What its jitter buffer and decoder counted.
    pub counters: VoiceStats,
}

/// What a jitter buffer and decoder counted. Samples are at 48 kHz.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VoiceStats {
    /// Packets accepted.
    pub received: u64,
    /// Packets dropped because they were there already.
    pub duplicates: u64,
    /// Packets that came after their turn.
    pub late: u64,
    /// Packets dropped because the buffer was full or the delay had to be cut.
    pub discarded: u64,
    /// Packets that never came in time.
    pub lost: u64,
    /// Lost packets whose sound was in the following packet (RFC 6716, in-band FEC).
    pub recovered: u64,
    /// Samples made up for missing ones; silence between talk spurts is not counted.
    pub concealed_samples: u64,
    /// Samples played while the source was sounding, concealed ones included.
    pub played_samples: u64,
    /// Packets played.
    pub played_packets: u64,
    /// Samples that the played packets waited for their turn, all together
    /// (`jitterBufferDelay` of webrtc-stats).
    pub waited_samples: u64,
    /// Samples added by stretching.
    pub stretched_samples: u64,
    /// Samples taken out by squeezing.
    pub squeezed_samples: u64,
    /// What the buffer adds to the fastest packet's way, now.
    pub delay: Duration,
    /// What it would like to add.
    pub target: Duration,
}
