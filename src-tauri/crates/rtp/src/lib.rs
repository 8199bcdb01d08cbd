//! RTP and RTCP packets, header extensions and payload formats. No SRTP, no sockets, no codecs.

mod audio;
mod source;

pub use audio::{AudioLevel, EncodedAudio, ReceivedAudio};
pub use source::{MediaKind, SourceKey};
