//! RTP and RTCP packets, header extensions and payload formats. No SRTP, no sockets, no codecs.

mod audio;
mod opus;
mod source;

pub use audio::{AudioLevel, EncodedAudio, ReceivedAudio};
pub use opus::OpusPacket;
pub use source::{MediaKind, SourceKey};
