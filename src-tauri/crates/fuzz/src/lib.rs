//! Test only: what servers and people send, thrown at the parsers.
//!
//! Each target is a plain function: it takes any bytes and panics if a promise is broken. The
//! programs in `src/bin` hand them to libFuzzer (`cargo xtask fuzz`); the ordinary tests send the
//! seeds through, which are taken from recordings of real servers.

mod bridge;
mod jingle;
mod link;
mod session;
mod stanza;

pub use bridge::bridge;
pub use jingle::jingle;
pub use link::link;
pub use session::session;
pub use stanza::stanza;

/// A target by the name of its folder in `seeds`.
pub type Target = fn(&[u8]) -> Verdict;

/// All targets.
pub const TARGETS: &[(&str, Target)] = &[
    ("bridge", bridge),
    ("jingle", jingle),
    ("link", link),
    ("session", session),
    ("stanza", stanza),
];

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was understood.
    Taken,
    /// It was refused, as most inputs should be.
    Refused,
}
