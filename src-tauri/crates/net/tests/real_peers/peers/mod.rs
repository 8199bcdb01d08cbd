//! The other side of the tests.

mod authority;
mod server;
mod squid;

pub use authority::{Authority, Validity};
pub use server::{Server, Socket, answer, read_head};
pub use squid::Squid;

use ranzen_net::{Door, DoorBuilder, Entry, ProxyChoice, Target, TimeOuts};
use std::time::Duration;

/// A door that goes straight and trusts the authority too.
pub fn door(authority: &Authority) -> Door {
    direct(authority).build().unwrap()
}

/// The same, to be changed.
pub fn direct(authority: &Authority) -> DoorBuilder {
    Door::builder()
        .proxy(ProxyChoice::None)
        .extra_root_pem(authority.pem().as_bytes())
}

/// A TLS target on this machine by name.
pub fn localhost(port: u16) -> Target {
    Target::tls("localhost", port)
}

/// Time-outs that let a test end soon.
pub fn impatient() -> TimeOuts {
    TimeOuts {
        connect: Duration::from_millis(400),
        tls: Duration::from_millis(400),
        proxy: Duration::from_millis(400),
        request: Duration::from_secs(2),
        ..TimeOuts::default()
    }
}

/// Runs this one test again in a process of its own with the given environment.
pub fn rerun(name: &str, variables: &[(&str, &str)]) {
    let out = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let complained = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        out.status.success() && said.contains("1 passed"),
        "{said}\n{complained}"
    );
}

/// Waits until no connection is open: given-up ones are closed by tasks of their own.
pub async fn all_closed(door: &Door) {
    let closed = async {
        while door.ledger().snapshot().iter().any(Entry::is_open) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed)
        .await
        .expect("a connection that was given up stays open");
}
