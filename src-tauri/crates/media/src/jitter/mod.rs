//! The jitter buffer: turns packets that come when they like into sound that is asked for every
//! 10 ms. No clock and no codec inside; time is passed in, packets come out.

mod buffer;
mod delay;
mod packets;
#[cfg(test)]
mod tests;
mod unwrap;

pub(crate) use buffer::{Decision, JitterBuffer, Pace};
pub(crate) use packets::Packet;
