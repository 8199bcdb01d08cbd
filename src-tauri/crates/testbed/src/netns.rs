//! A network of our own: namespaces around one switch, without any way out.
//!
//! Each [`Network`] is a namespace holding a bridge; each [`Host`] is a namespace joined to it by a
//! veth pair. Networks don't see each other, so all of them use the same addresses
//! (198.51.100.0/24, RFC 5737) and tests may run in parallel. No host has a default route.

use std::io::Write as _;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::host::Host;
use crate::leftovers;

/// Why there is no network.
#[derive(Debug)]
pub enum NetworkError {
    /// The right to make namespaces is missing (CAP_SYS_ADMIN and CAP_NET_ADMIN, root as a rule).
    NotPermitted(String),
    /// A program is missing or refused something else.
    Failed(String),
}

impl std::fmt::Display for NetworkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotPermitted(why) => {
                write!(
                    f,
                    "needs the right to make network namespaces (CAP_SYS_ADMIN, CAP_NET_ADMIN): {why}"
                )
            }
            Self::Failed(why) => write!(f, "network namespaces: {why}"),
        }
    }
}

impl std::error::Error for NetworkError {}

/// An isolated switch; hosts are added with [`Network::host`]. Removed on drop.
#[derive(Debug)]
pub struct Network {
    name: String,
    next_host: Mutex<u8>,
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

impl Network {
    /// Makes the switch and sweeps what dead test processes left behind.
    ///
    /// # Errors
    /// Names the missing right or program.
    pub fn new() -> Result<Self, NetworkError> {
        leftovers::sweep();
        let name = format!(
            "{}{}-{}",
            leftovers::PREFIX,
            std::process::id(),
            COUNTER.fetch_add(1, Ordering::Relaxed)
        );
        let network = Self {
            name: format!("{name}-sw"),
            next_host: Mutex::new(1),
        };
        ip(&["netns", "add", &network.name])?;
        ip(&["-n", &network.name, "link", "add", "br0", "type", "bridge"])?;
        ip(&["-n", &network.name, "link", "set", "br0", "up"])?;
        ip(&["-n", &network.name, "link", "set", "lo", "up"])?;
        Ok(network)
    }

    /// Adds a host; the first gets 198.51.100.1, the next .2 and so on.
    ///
    /// # Errors
    /// When `ip` refuses.
    pub fn host(&self, label: &str) -> Result<Host, NetworkError> {
        let number = {
            let mut next = self
                .next_host
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let number = *next;
            *next = next.saturating_add(1);
            number
        };
        let stem = self.name.trim_end_matches("sw");
        Host::join(&self.name, &format!("{stem}{number}"), label, number)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        leftovers::remove(&self.name);
    }
}

/// A network for a test, or `None` after saying **on the real stderr** that the test was left out.
///
/// With `RANZEN_REQUIRE_NAMESPACES=1` (CI) a missing right is a failure instead.
///
/// # Panics
/// When namespaces are required, or when making them failed for another reason than a missing right.
#[must_use]
pub fn network_or_left_out(test: &str) -> Option<Network> {
    match Network::new() {
        Ok(network) => Some(network),
        Err(NetworkError::NotPermitted(why))
            if std::env::var_os("RANZEN_REQUIRE_NAMESPACES").is_none() =>
        {
            // Not `eprintln!`: libtest would swallow it for a passing test.
            let _ = writeln!(
                std::io::stderr(),
                "LEFT OUT: {test}: needs network namespaces ({why})"
            );
            None
        }
        Err(error) => panic!("{test}: {error}"),
    }
}

/// Runs `ip` with `arguments`.
pub(crate) fn ip(arguments: &[&str]) -> Result<String, NetworkError> {
    tool("ip", arguments)
}

/// Runs `nft` with `arguments` inside `namespace`.
pub(crate) fn nft(namespace: &str, arguments: &[&str]) -> Result<String, NetworkError> {
    let mut all = vec!["netns", "exec", namespace, "nft"];
    all.extend_from_slice(arguments);
    ip(&all)
}

fn tool(program: &str, arguments: &[&str]) -> Result<String, NetworkError> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| NetworkError::Failed(format!("{program}: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let line = format!("{program} {}: {said}", arguments.join(" "));
    if said.contains("not permitted") || said.contains("ermission denied") {
        return Err(NetworkError::NotPermitted(line));
    }
    Err(NetworkError::Failed(line))
}
