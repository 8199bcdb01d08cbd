//! Chat in the room (XEP-0045 §7.4, §7.5; `ljm: modules/xmpp/ChatRoom.ts`).

mod ledger;
mod message;

pub(crate) use ledger::{ChatLedger, Novelty, Waiting};
pub(crate) use message::{BODY_MAX, Received, private, public, read, recipient, stamp};
