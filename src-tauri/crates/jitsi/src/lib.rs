//! Jitsi Meet: discovery, XMPP session, conference, Jingle, bridge channel.
//!
//! [`join`] begins a meeting and gives back a [`JitsiSession`] (commands in, events out) and the
//! engine's ends of the sound. Everything that can go wrong after that arrives as an event.

mod face;

pub use face::{JitsiSession, JoinRequest, join, participant_of};
