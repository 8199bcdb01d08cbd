//! The net door can't be gone around: clippy forbids sockets everywhere (`clippy.toml`), and only
//! `net` may relax that.

use super::{Finding, Sources, crate_of, lexer, line_of};
use anyhow::Result;
use std::path::Path;

/// The crate that opens connections.
const DOOR: &str = "net";
/// Types that open or accept connections.
const SOCKETS: [&str; 8] = [
    "TcpStream",
    "TcpListener",
    "TcpSocket",
    "UdpSocket",
    "UnixDatagram",
    "reqwest",
    "connect_async",
    "ToSocketAddrs",
];
/// Files that only name the types: a foreign trait has them in its signatures, and hands the
/// sockets to the door.
const JOINTS: [&str; 1] = ["src-tauri/crates/transport/src/relay/runtime.rs"];
/// The lints that forbid them.
const LINTS: [&str; 2] = ["disallowed_types", "disallowed_methods"];

/// Sockets, or the lint against them relaxed, outside the door and outside tests.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, code) in sources.production() {
        let joint = JOINTS.iter().any(|joint| path == Path::new(joint));
        if crate_of(path) == DOOR || joint {
            continue;
        }
        for (at, name) in lexer::names(&code) {
            if SOCKETS.contains(&name) || LINTS.contains(&name) {
                breaches.push(format!("{}:{}: {name}", path.display(), line_of(&code, at)));
            }
        }
    }
    Ok(breaches.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_outside_the_door_is_a_breach() -> Result<()> {
        let code = "use tokio::net::TcpStream;\n";
        let sources = Sources::of(&[
            ("src-tauri/crates/jitsi/src/a.rs", code),
            ("src-tauri/crates/net/src/tcp.rs", code),
            ("src-tauri/crates/stand/src/lib.rs", code),
            (
                "src-tauri/crates/jitsi/src/c.rs",
                "impl AsyncUdpSocket for A {}",
            ),
            (JOINTS[0], code),
            (
                "src-tauri/crates/jitsi/src/b.rs",
                "#[allow(clippy::disallowed_types)]\nfn f() {}",
            ),
        ]);
        assert_eq!(
            check(&sources)?.breaches,
            [
                "src-tauri/crates/jitsi/src/a.rs:1: TcpStream",
                "src-tauri/crates/jitsi/src/b.rs:1: disallowed_types"
            ]
        );
        Ok(())
    }
}
