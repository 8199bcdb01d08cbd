//! One machine of a test network: processes and futures inside it, and what happens to its cable.

use std::fs::File;
use std::future::Future;
use std::net::Ipv4Addr;
use std::process::Command;
use std::thread::JoinHandle;

use crate::leftovers;
use crate::netns::{NetworkError, ip, nft};

/// A namespace with `lo` and `eth0`. Removed on drop together with everything that runs in it.
#[derive(Debug)]
pub struct Host {
    switch: String,
    namespace: String,
    label: String,
    port: String,
    address: Ipv4Addr,
}

impl Host {
    pub(crate) fn join(
        switch: &str,
        namespace: &str,
        label: &str,
        number: u8,
    ) -> Result<Self, NetworkError> {
        let host = Self {
            switch: switch.to_owned(),
            namespace: namespace.to_owned(),
            label: label.to_owned(),
            port: format!("p{number}"),
            address: Ipv4Addr::new(198, 51, 100, number),
        };
        ip(&["netns", "add", namespace])?;
        ip(&[
            "-n", switch, "link", "add", &host.port, "type", "veth", "peer", "name", "eth0",
            "netns", namespace,
        ])?;
        ip(&[
            "-n", switch, "link", "set", &host.port, "master", "br0", "up",
        ])?;
        ip(&["-n", namespace, "link", "set", "lo", "up"])?;
        // No fe80 addresses: they would add candidates that wait for duplicate detection.
        ip(&[
            "-n",
            namespace,
            "link",
            "set",
            "eth0",
            "addrgenmode",
            "none",
        ])?;
        ip(&[
            "-n",
            namespace,
            "addr",
            "add",
            &format!("{}/24", host.address),
            "dev",
            "eth0",
        ])?;
        ip(&["-n", namespace, "link", "set", "eth0", "up"])?;
        nft(&host.switch, &["add", "table", "netdev", &host.port])?;
        nft(&host.namespace, &["add", "table", "inet", "testbed"])?;
        Ok(host)
    }

    /// The host's address on the switch.
    #[must_use]
    pub fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// The name given at its making.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The name of its namespace (for `ip netns exec`).
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// A command that will run inside (give it to [`crate::Process::spawn`]).
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, program]);
        command
    }

    /// Names for **processes** started inside (their `/etc/hosts`); futures of [`Self::run`] see the
    /// machine's own file, give them addresses instead.
    ///
    /// # Errors
    /// When `/etc/netns` can't be written.
    pub fn set_names(&self, names: &[(&str, Ipv4Addr)]) -> std::io::Result<()> {
        let directory = format!("/etc/netns/{}", self.namespace);
        std::fs::create_dir_all(&directory)?;
        let mut text = String::from("127.0.0.1 localhost\n");
        for (name, address) in names {
            text.push_str(&format!("{address} {name}\n"));
        }
        std::fs::write(format!("{directory}/hosts"), text)?;
        // Without a resolver a missing name fails at once instead of asking into the void.
        std::fs::write(
            format!("{directory}/resolv.conf"),
            "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
        )
    }

    /// Runs `work` inside on a thread of its own with its own tokio runtime and waits for it.
    ///
    /// # Panics
    /// Passes on a panic of `work`.
    pub fn run<F, Fut, T>(&self, work: F) -> T
    where
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = T>,
        T: Send,
    {
        let namespace = self.namespace.clone();
        std::thread::scope(
            |scope| match scope.spawn(|| work_inside(namespace, work)).join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
        )
    }

    /// Like [`Self::run`], but goes on beside the test; [`HostTask::join`] gives the result.
    ///
    /// # Panics
    /// When the thread or its runtime can't be made.
    pub fn spawn<F, Fut, T>(&self, work: F) -> HostTask<T>
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = T>,
        T: Send + 'static,
    {
        let namespace = self.namespace.clone();
        let thread = std::thread::Builder::new()
            .name(format!("in-{}", self.label))
            .spawn(move || work_inside(namespace, work))
            .unwrap_or_else(|error| panic!("thread: {error}"));
        HostTask { thread }
    }

    /// Pulls the cable on the host's side: its interface is down, sockets get errors.
    ///
    /// # Errors
    /// When `ip` refuses.
    pub fn cut(&self) -> Result<(), NetworkError> {
        ip(&["-n", &self.namespace, "link", "set", "eth0", "down"]).map(drop)
    }

    /// Pulls it behind the next switch: nothing arrives, but the host notices nothing.
    ///
    /// # Errors
    /// When `nft` refuses.
    pub fn silence(&self) -> Result<(), NetworkError> {
        self.filter("drop")
    }

    /// Mends [`Self::cut`], [`Self::silence`], [`Self::block_udp`] and [`Self::drop_percent`].
    ///
    /// # Errors
    /// When `ip` or `nft` refuses.
    pub fn restore(&self) -> Result<(), NetworkError> {
        nft(&self.switch, &["flush", "table", "netdev", &self.port])?;
        nft(&self.namespace, &["flush", "table", "inet", "testbed"])?;
        ip(&["-n", &self.namespace, "link", "set", "eth0", "up"]).map(drop)
    }

    /// Drops all UDP in both directions, as a strict school firewall does.
    ///
    /// # Errors
    /// When `nft` refuses.
    pub fn block_udp(&self) -> Result<(), NetworkError> {
        self.filter("meta l4proto udp drop")
    }

    /// Drops `percent` of all UDP packets in each direction at random; 0 ends it.
    ///
    /// # Errors
    /// When `nft` refuses.
    pub fn drop_percent(&self, percent: u8) -> Result<(), NetworkError> {
        self.filter(&format!(
            "meta l4proto udp numgen random mod 100 < {percent} drop"
        ))
    }

    /// Any nft rule on what leaves the host (seen at the switch, so that sending gives no error) and
    /// on what arrives; replaces the rule before.
    ///
    /// # Errors
    /// When `nft` refuses.
    pub fn filter(&self, rule: &str) -> Result<(), NetworkError> {
        let out = ["netdev", &self.port, "out"];
        let hook = format!(
            "{{ type filter hook ingress device {} priority 0; }}",
            self.port
        );
        nft(
            &self.switch,
            &["add", "chain", out[0], out[1], out[2], &hook],
        )?;
        nft(&self.switch, &["flush", "chain", out[0], out[1], out[2]])?;
        nft(&self.switch, &["add", "rule", out[0], out[1], out[2], rule])?;
        let arriving = ["inet", "testbed", "arriving"];
        let hook = "{ type filter hook input priority 0; }";
        nft(
            &self.namespace,
            &["add", "chain", arriving[0], arriving[1], arriving[2], hook],
        )?;
        nft(
            &self.namespace,
            &["flush", "chain", arriving[0], arriving[1], arriving[2]],
        )?;
        let rule = format!("iifname eth0 {rule}");
        nft(
            &self.namespace,
            &["add", "rule", arriving[0], arriving[1], arriving[2], &rule],
        )
        .map(drop)
    }

    /// Gives the host another address (last byte), as a change of network does; the old one is gone.
    ///
    /// # Errors
    /// When `ip` refuses.
    pub fn change_address(&mut self, number: u8) -> Result<(), NetworkError> {
        let address = Ipv4Addr::new(198, 51, 100, number);
        ip(&[
            "-n",
            &self.namespace,
            "addr",
            "add",
            &format!("{address}/24"),
            "dev",
            "eth0",
        ])?;
        ip(&[
            "-n",
            &self.namespace,
            "addr",
            "del",
            &format!("{}/24", self.address),
            "dev",
            "eth0",
        ])?;
        self.address = address;
        Ok(())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        leftovers::remove(&self.namespace);
    }
}

/// A future at work inside a host.
#[derive(Debug)]
pub struct HostTask<T> {
    thread: JoinHandle<T>,
}

impl<T> HostTask<T> {
    /// Waits for the result.
    ///
    /// # Panics
    /// Passes on a panic of the future.
    pub fn join(self) -> T {
        self.thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }
}

/// Runs `work` on the calling thread inside `namespace` with a tokio runtime of its own.
fn work_inside<F, Fut, T>(namespace: String, work: F) -> T
where
    F: FnOnce() -> Fut,
    Fut: Future<Output = T>,
{
    enter(&namespace);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(namespace.clone())
        // Workers and blocking threads open sockets too.
        .on_thread_start(move || enter(&namespace))
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("tokio runtime: {error}"));
    let result = runtime.block_on(work());
    // A stuck blocking call must not hold the test.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    result
}

/// Moves the calling thread into `namespace`.
fn enter(namespace: &str) {
    let moved = File::open(format!("/var/run/netns/{namespace}")).and_then(|file| {
        nix::sched::setns(file, nix::sched::CloneFlags::CLONE_NEWNET).map_err(Into::into)
    });
    if let Err(error) = moved {
        panic!("enter network namespace {namespace}: {error}");
    }
}
