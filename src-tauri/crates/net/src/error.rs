//! Why a connection could not be made or kept, by who can do something about it.

use hyper::StatusCode;
use ranzen_meeting::{Code, Problem};
use std::io;
use std::path::PathBuf;

/// The step that took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Asking for the addresses of the name.
    Lookup,
    /// Reaching the host.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The proxy's answer to CONNECT.
    Proxy,
    /// The answer to a request, or the WebSocket handshake.
    Answer,
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateFault {
    /// It is for another name.
    WrongName,
    /// No authority that this device trusts has signed it.
    UnknownIssuer,
    /// It is too old.
    Expired,
    /// It is not valid yet (or this device's clock is wrong).
    NotYetValid,
    /// Its authority has withdrawn it.
    Revoked,
    /// Something else.
    Other,
}

/// A failed connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// Network or user: the name has no address.
    #[error("no address for {host}: {source}")]
    UnknownHost {
        /// Which.
        host: String,
        /// What the system's resolver said.
        source: io::Error,
    },
    /// Network: nobody answers at the address.
    #[error("{host} can't be reached: {source}")]
    Unreachable {
        /// Which.
        host: String,
        /// The last address's error.
        source: io::Error,
    },
    /// Network: too slow.
    #[error("{host} did not answer in time ({step:?})")]
    TimedOut {
        /// Which.
        host: String,
        /// What took too long.
        step: Step,
    },
    /// Network or server: the certificate is not good.
    #[error("the certificate of {host} is not accepted ({fault:?}): {source}")]
    Certificate {
        /// Which.
        host: String,
        /// In one word.
        fault: CertificateFault,
        /// In full.
        source: io::Error,
    },
    /// Network or server: TLS failed for another reason than the certificate.
    #[error("no TLS with {host}: {source}")]
    Tls {
        /// Which.
        host: String,
        /// In full.
        source: io::Error,
    },
    /// Network: the proxy wants a login that we don't have, or refuses ours (407).
    #[error("the proxy {proxy} wants a login ({})", schemes.join(", "))]
    ProxyAuth {
        /// Host and port of the proxy.
        proxy: String,
        /// The schemes it offers (`Basic`, `NTLM`, …).
        schemes: Vec<String>,
    },
    /// Network: the proxy does not let us go there.
    #[error("the proxy {proxy} refuses {host} with status {status}")]
    ProxyRefused {
        /// Host and port of the proxy.
        proxy: String,
        /// Where we wanted to go.
        host: String,
        /// Its status.
        status: StatusCode,
    },
    /// Network: the proxy lets us, but does not get there itself (5xx).
    #[error("the proxy {proxy} can't reach {host}, status {status}")]
    BeyondProxy {
        /// Host and port of the proxy.
        proxy: String,
        /// Where we wanted to go.
        host: String,
        /// Its status.
        status: StatusCode,
    },
    /// Network: the proxy itself can't be reached or does not speak HTTP.
    #[error("the proxy {proxy} does not work: {why}")]
    ProxyUnreachable {
        /// Host and port of the proxy.
        proxy: String,
        /// The cause.
        why: String,
    },
    /// Network: the settings name a kind of proxy that Ranzen does not speak.
    #[error("the proxy setting {setting} is not of a kind that can be used")]
    ProxySettings {
        /// Which setting (its name, not its value: that may hold a password).
        setting: String,
    },
    /// Network: the connection broke.
    #[error("the connection to {host} broke: {why}")]
    Lost {
        /// With whom.
        host: String,
        /// The cause.
        why: String,
    },
    /// Server: it sent more than we accept.
    #[error("{host} sent more than {limit} bytes")]
    TooBig {
        /// Who.
        host: String,
        /// What we accept.
        limit: usize,
    },
    /// Server: what it sent is not HTTP or WebSocket as we know them.
    #[error("{host} broke the protocol: {why}")]
    Protocol {
        /// Who.
        host: String,
        /// How.
        why: String,
    },
    /// Server: it refused the WebSocket.
    #[error("{host} refused the WebSocket with status {status}")]
    WebSocketRefused {
        /// Who.
        host: String,
        /// Its status.
        status: StatusCode,
        /// The beginning of its answer as plain text, at most 200 characters. Not for logs.
        excerpt: String,
    },
    /// Server: it sends us round in circles, or from encrypted to not encrypted.
    #[error("{host} redirects in a way that can't be followed: {why}")]
    Redirect {
        /// Who.
        host: String,
        /// How.
        why: &'static str,
    },
    /// User or server: not an address that can be asked.
    #[error("not a usable address: {why}")]
    Address {
        /// What is wrong with it.
        why: &'static str,
    },
    /// Device: a file with additional roots can't be read.
    #[error("the certificates in {path} can't be read: {why}", path = path.display())]
    RootsUnreadable {
        /// Which file.
        path: PathBuf,
        /// The cause.
        why: String,
    },
    /// Device: the bytes given as additional roots are not PEM certificates.
    #[error("the additional certificates can't be used: {why}")]
    RootsInvalid {
        /// The cause.
        why: String,
    },
    /// Device: it gives us no socket, or no store of roots.
    #[error("this device does not let us: {why}")]
    Device {
        /// The cause.
        why: String,
    },
    /// Ourselves: a request that can't be sent.
    #[error("a request that can't be sent: {why}")]
    Request {
        /// The cause.
        why: String,
    },
}

impl From<NetError> for Problem {
    fn from(error: NetError) -> Self {
        use NetError as E;
        let problem = |code| Problem::new(code, &error);
        match &error {
            E::UnknownHost { host, .. } => problem(Code::HostUnknown).with("host", host),
            E::Unreachable { host, .. } => problem(Code::HostUnreachable).with("host", host),
            E::TimedOut { host, .. } => problem(Code::NetTimeout).with("host", host),
            E::Certificate { host, .. } | E::Tls { host, .. } => {
                problem(Code::TlsFailed).with("host", host)
            }
            E::ProxyAuth { proxy, .. } => problem(Code::ProxyAuth).with("proxy", proxy),
            E::ProxyRefused { proxy, host, .. } => problem(Code::ProxyRefused)
                .with("proxy", proxy)
                .with("host", host),
            E::BeyondProxy { proxy, host, .. } => problem(Code::HostUnreachable)
                .with("proxy", proxy)
                .with("host", host),
            E::ProxyUnreachable { proxy, .. } => {
                problem(Code::ProxyUnreachable).with("proxy", proxy)
            }
            E::ProxySettings { setting } => problem(Code::ProxyUnreachable).with("proxy", setting),
            E::Lost { host, .. } => problem(Code::ConnectionLost).with("host", host),
            E::TooBig { host, .. } | E::Protocol { host, .. } | E::Redirect { host, .. } => {
                problem(Code::ServerProtocol).with("host", host)
            }
            E::WebSocketRefused { host, excerpt, .. } => problem(Code::ServerRefused)
                .with("host", host)
                .with("text", excerpt),
            E::Address { .. } => problem(Code::LinkInvalid),
            E::RootsUnreadable { path, .. } => {
                problem(Code::FileUnreadable).with("path", path.display())
            }
            E::RootsInvalid { .. } => problem(Code::FileFormat),
            E::Device { .. } | E::Request { .. } => problem(Code::Internal),
        }
    }
}
