//! The door against real peers on loopback: TLS servers with certificates good and bad, Debian's
//! squid, WebSocket servers kind and unkind. Needs `squid` and `openssl`-made hashes only.
#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_types)]

mod book;
mod http;
mod peers;
mod proxy;
mod secrets;
mod time_outs;
mod tls;
mod udp;
mod websocket;
