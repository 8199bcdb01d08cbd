//! The receiving side: what happens to a decrypted packet on its way to the meeting.
//!
//! The stack's own way (a track for each m-section, resolved from SDP) is not used: it would need a
//! renegotiation for each stream that comes or goes, drops packets of streams it has not yet opened,
//! asks again for packets that RTX has brought already, and never says that a track ended. Instead an
//! interceptor ([`receiver::Receiver`]) takes every packet out of the chain and looks its SSRC up in
//! the [`Streams`] that signalling has named. Congestion feedback, NACK and receiver reports still
//! come from the stack's interceptors, which it drives.

mod receiver;
mod streams;
#[cfg(test)]
mod tests;
mod window;

pub(crate) use receiver::Receiver;
pub(crate) use streams::{Sinks, Streams};
pub(crate) use window::WINDOW;
