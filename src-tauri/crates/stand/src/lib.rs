//! Test only: a whole Jitsi deployment in a network namespace, strict as the real one.
//!
//! Debian's Prosody with modules of our own, a focus and a bridge as Jicofo and the Videobridge are seen
//! from outside, and a web server in front. What they say was learnt from recordings of the real ones.
//!
//! ```text
//! let Some(network) = network_or_left_out("my test") else { return };
//! let stand = Stand::start(&network)?;                     // or start_with(&network, Options { … })
//! let client = network.host("client")?;
//! client.run({ let url = stand.url("room"); let ca = stand.ca_pem().to_owned(); || async { … } });
//! stand.kick("room", "1a2b3c4d", "reason")?;               // knobs below
//! assert!(stand.complaints().is_empty());                  // tolerated faults of clients
//! ```
//! `url` has the server's address as host (futures in a namespace have no names of their own);
//! `hosts.domain` in `config.js` is `meet.test` nevertheless, as in container deployments. For processes,
//! `host.set_names(&stand.names())` makes `https://meet.test/<room>` work; the certificate covers both.
#![allow(
    clippy::disallowed_types,
    reason = "test only: a server, which has sockets of its own"
)]

mod bridge;
mod complaints;
mod focus;
mod front;
mod options;
mod prosody;
mod random;
mod sources;
mod stand;
mod token;

pub use complaints::Complaints;
pub use options::Options;
pub use stand::Stand;
pub use token::Token;
