//! Debian's squid on a free loopback port, with Basic login, a blocked host and its own hosts file.

use ranzen_net::ProxyServer;
use ranzen_testbed::Process;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// `openssl passwd -apr1` of [`Squid::PASSWORD`].
const HASH: &str = "$apr1$Ranzen01$r0fRWzn1tv2kHTqVQkuLz.";

pub struct Squid {
    pub port: u16,
    directory: TempDir,
    _process: Process,
}

impl Squid {
    pub const USER: &str = "anna";
    /// With what has to be escaped in a URL.
    pub const PASSWORD: &str = "weit:weg%ä";
    pub const ESCAPED: &str = "weit%3Aweg%25%C3%A4";

    pub fn start() -> Self {
        // Between finding a free port and squid's taking it, somebody else may be faster.
        (0..5)
            .find_map(|_| Self::attempt())
            .expect("squid does not start; is it installed? (`cargo xtask test` installs it)")
    }

    fn attempt() -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        // Started by root, squid works as another user, who has to write here.
        fs::set_permissions(at, fs::Permissions::from_mode(0o777)).unwrap();
        fs::write(at.join("passwd"), format!("{}:{HASH}\n", Self::USER)).unwrap();
        fs::write(
            at.join("hosts"),
            "127.0.0.1 meet.ranzen.test blocked.ranzen.test\n",
        )
        .unwrap();
        let here = at.display();
        let config = format!(
            "http_port 127.0.0.1:{port}\n\
             pid_filename none\n\
             cache deny all\n\
             access_log stdio:{here}/access.log\n\
             cache_log {here}/cache.log\n\
             coredump_dir {here}\n\
             shutdown_lifetime 0 seconds\n\
             pinger_enable off\n\
             hosts_file {here}/hosts\n\
             dns_nameservers 127.0.0.1\n\
             dns_timeout 1 second\n\
             auth_param basic program /usr/lib/squid/basic_ncsa_auth {here}/passwd\n\
             auth_param basic realm school\n\
             acl known proxy_auth REQUIRED\n\
             acl blocked dstdomain blocked.ranzen.test\n\
             http_access deny blocked\n\
             http_access allow known\n\
             http_access deny all\n"
        );
        fs::write(at.join("squid.conf"), config).unwrap();
        let mut command = Command::new("squid");
        command
            .args(["-N", "-n", &format!("ranzen{port}"), "-f"])
            .arg(at.join("squid.conf"));
        let mut process = Process::spawn("squid", command).ok()?;
        process.wait_for_port(port, Duration::from_secs(20)).ok()?;
        Some(Self {
            port,
            directory,
            _process: process,
        })
    }

    /// The proxy with the right login.
    pub fn proxy(&self) -> ProxyServer {
        self.without_login().with_basic(Self::USER, Self::PASSWORD)
    }

    pub fn without_login(&self) -> ProxyServer {
        ProxyServer::new("127.0.0.1", self.port)
    }

    pub fn access_log(&self) -> String {
        fs::read_to_string(self.directory.path().join("access.log")).unwrap_or_default()
    }
}
