//! One XMPP stream: logging in (RFC 6120, RFC 7395) and stream management (XEP-0198).

mod login;
mod smacks;

pub(crate) use login::{Login, Step};
pub(crate) use smacks::Smacks;
