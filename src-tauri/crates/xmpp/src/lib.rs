//! XMPP stanzas: a bounded, namespace-aware XML tree, JIDs, framing.
//!
//! ```
//! use ranzen_xmpp::{Element, ns, parse};
//!
//! let ping = Element::new("iq", ns::CLIENT)
//!     .attr("type", "get")
//!     .child(Element::new("ping", ns::PING));
//! let again = parse(&ping.to_xml()).unwrap();
//! assert!(again.has_child("ping", ns::PING));
//! ```

// Tests say with a panic what went wrong.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chars;
mod element;
mod framing;
mod jid;
pub mod ns;
mod parse;
mod stanza_error;
mod write;

pub use chars::xml_text;
pub use element::{Element, Node};
pub use framing::{BoshBody, close, open};
pub use jid::{Jid, JidError};
pub use parse::{Limits, ParseError, parse, parse_with};
pub use stanza_error::StanzaError;
