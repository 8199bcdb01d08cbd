//! The single door outwards: every TCP, TLS, WebSocket and UDP connection of Ranzen is made here.
//!
//! It knows the proxy, the trusted roots and the time-outs, and writes every connection into the
//! [`Ledger`]: to whom, why, how many bytes.

mod error;
mod ledger;

pub use error::NetError;
pub use ledger::{Entry, Ledger, Purpose};
