//! Jitsi Meet: discovery, XMPP session, conference, Jingle, bridge channel.
//!
//! [`join`] begins a meeting and gives back a [`JitsiSession`] (commands in, events out) and the
//! engine's ends of the sound. Everything that can go wrong after that arrives as an event.

// Tests say with a panic what went wrong.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chat;
mod client;
mod clock;
mod colibri;
mod disco;
mod discovery;
mod driver;
mod face;
mod focus;
#[doc(hidden)]
pub mod fuzz;
mod ids;
mod iq;
mod jingle;
mod muc;
mod services;
mod stream;
mod token;

pub use face::{JitsiSession, JoinRequest, join, participant_of};
