//! Debian's coturn inside a test network: TURN over UDP, TCP and TLS with time-limited credentials.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::certificates::ServerIdentity;
use crate::host::Host;
use crate::process::Process;

/// Port for UDP and TCP.
pub const PORT: u16 = 3478;
/// Port for TLS.
pub const TLS_PORT: u16 = 5349;

/// A running TURN server; gone on drop.
#[derive(Debug)]
pub struct Coturn {
    secret: String,
    process: Process,
    _files: tempfile::TempDir,
}

impl Coturn {
    /// Starts it inside `host` with this certificate for TLS.
    ///
    /// # Errors
    /// When it does not listen.
    pub fn start(host: &Host, identity: &ServerIdentity) -> anyhow::Result<Self> {
        let files = tempfile::Builder::new()
            .prefix("ranzen-coturn-")
            .tempdir()?;
        let at = |name: &str| files.path().join(name).display().to_string();
        std::fs::write(at("certificate.pem"), &identity.certificate_pem)?;
        std::fs::write(at("key.pem"), &identity.key_pem)?;
        // Belongs to one test server in a network without a way out.
        let secret = format!("secret-of-{}", host.namespace());
        let address = host.address();
        std::fs::write(
            at("turnserver.conf"),
            format!(
                "listening-ip={address}\nrelay-ip={address}\nlistening-port={PORT}\ntls-listening-port={TLS_PORT}\n\
                 realm=turn.test\nuse-auth-secret\nstatic-auth-secret={secret}\ncert={}\npkey={}\n\
                 min-port=49152\nmax-port=49999\nno-cli\nno-dtls\nno-multicast-peers\nfingerprint\n\
                 userdb={}\npidfile={}\nlog-file=stdout\nverbose\n",
                at("certificate.pem"),
                at("key.pem"),
                at("users.sqlite"),
                at("pid"),
            ),
        )?;
        let mut command = host.command("turnserver");
        command.args(["-c", &at("turnserver.conf")]);
        let mut process = Process::spawn("coturn", command)?;
        process.wait_for_port(PORT, Duration::from_secs(20))?;
        process.wait_for_port(TLS_PORT, Duration::from_secs(20))?;
        Ok(Self {
            secret,
            process,
            _files: files,
        })
    }

    /// A user name that is good for an hour, and its password (the TURN REST API draft).
    #[must_use]
    pub fn credentials(&self) -> (String, String) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let user = format!("{}:test", now + 3600);
        let password = STANDARD.encode(hmac_sha1(self.secret.as_bytes(), user.as_bytes()));
        (user, password)
    }

    /// What it said so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    ring::hmac::sign(&key, message).as_ref().to_vec()
}
