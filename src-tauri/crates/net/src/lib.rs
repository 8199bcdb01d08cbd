//! The single door outwards: every TCP, TLS, WebSocket and UDP connection of Ranzen is made here.
//!
//! A [`Door`] knows the proxy, the trusted roots and the time-outs, and writes every connection into
//! its [`Ledger`]: to whom, why, how many bytes. A lint (`clippy.toml`) forbids sockets elsewhere.
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

/// Filter directives for whoever writes logs: at the finest level the WebSocket library prints the
/// messages themselves.
pub const LOG_CEILING: &str = "tungstenite=debug,tokio_tungstenite=debug";
