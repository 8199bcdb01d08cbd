//! The single door outwards: every TCP, TLS, WebSocket and UDP connection of Ranzen is made here.
//!
//! A [`Door`] knows the proxy, the trusted roots and the time-outs, and writes every connection into
//! its [`Ledger`]: to whom, why, how many bytes. A lint (`clippy.toml`) forbids sockets elsewhere.
//!
//! What this crate logs (through `tracing`) holds no host, name, token or text. The libraries below it
//! log through `log`, and the WebSocket library prints whole messages there at its finest level: a
//! program must not bridge `log` into its own (`tracing_subscriber`'s `init` does,
//! `tracing::subscriber::set_global_default` does not).
//!
//! ```no_run
//! # async fn example() -> Result<(), ranzen_net::NetError> {
//! use ranzen_net::{Door, HttpRequest, Purpose};
//! let door = Door::builder().build()?;
//! let page = door
//!     .http(HttpRequest::get("https://meet.example.org/config.js", Purpose::Discovery))
//!     .await?;
//! println!("{} with {} bytes", page.status, page.body.len());
//! for entry in door.ledger().snapshot() {
//!     println!("{}: {} bytes out, {} in", entry.host, entry.sent, entry.received);
//! }
//! # Ok(())
//! # }
//! ```

mod dial;
mod door;
mod error;
mod http;
mod ledger;
mod proxy;
mod stream;
mod target;
mod tls;
mod udp;
mod websocket;

pub use door::{Door, DoorBuilder};
pub use error::{CertificateFault, NetError, Step};
pub use http::{HttpRequest, HttpResponse};
pub use hyper::{HeaderMap, Method, StatusCode, header};
pub use ledger::{Entry, EntryState, Ledger, Purpose};
pub use proxy::{ProxyChoice, ProxyServer, ProxyUrlError};
pub use stream::Stream;
pub use target::{Target, TimeOuts};
pub use udp::UdpPort;
pub use websocket::{WebSocket, WsMessage, WsReceiver, WsRequest, WsSender};
