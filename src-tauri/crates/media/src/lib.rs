//! Sound devices, codecs, jitter buffer, mixing, levels.
//!
//! [`AudioCall`] is the whole of a meeting's sound: it captures, encodes, buffers, decodes, mixes
//! and plays on threads of its own and never stops because of a device – a microphone that vanishes
//! means silence and one [`AudioEvent::Problem`], and it is opened again when it is back.
//! It knows neither sockets nor protocols: Opus packets come out of [`AudioStreams::captured`] and
//! go in through [`AudioCall::feed`].

mod call;
mod capture;
pub mod chain;
#[cfg(test)]
mod counting_allocator;
mod device;
mod encode;
mod error;
mod event;
mod flow;
mod frame;
mod jitter;
mod level;
mod mix;
mod news;
pub mod offline;
mod playout;
mod preview;
mod priority;
mod record;
mod setup;
mod stretch;
mod thread;
mod voice;
mod wav;

pub use call::{AudioCall, AudioStreams};
pub use device::{Device, DeviceId, DeviceWatch, Devices, devices};
pub use error::{MediaError, Side};
pub use event::{AudioEvent, AudioStats, SourceStats, VoiceStats};
pub use preview::Preview;
pub use setup::{AudioSetup, Input, Output};
