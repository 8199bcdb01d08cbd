//! Test only: network namespaces, real peers as processes, sound without hardware.
//!
//! ```text
//! let network = Network::new()?;               // an isolated switch, gone on drop
//! let server  = network.host("server")?;       // 198.51.100.1/24
//! let client  = network.host("client")?;       // 198.51.100.2/24
//! let mut cmd = server.command("prosody");     // a process inside
//! client.run(|| async { /* a future inside, own tokio runtime */ });
//! client.cut()?; client.restore()?; client.block_udp()?; client.drop_percent(5)?;
//! ```
//! Tests start with `let Some(network) = network_or_left_out("name of the test") else { return };`.
#![allow(
    clippy::disallowed_types,
    reason = "test only: it talks with real peers past the net door"
)]

pub mod certificates;
pub mod chromium;
pub mod coturn;
pub mod display;
mod host;
mod leftovers;
pub mod netns;
pub mod process;
pub mod pulse;
pub mod speech;
pub mod stoi;
pub mod webdriver;

pub use certificates::Authority;
pub use chromium::Chromium;
pub use coturn::Coturn;
pub use display::Display;
pub use host::{Host, HostTask};
pub use netns::{Network, NetworkError, network_or_left_out};
pub use process::Process;
pub use webdriver::WebDriver;
