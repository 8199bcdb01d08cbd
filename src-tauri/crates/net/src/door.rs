//! The door: its settings, and the way from a target to an open connection.

use crate::dial;
use crate::error::{NetError, Step};
use crate::http::Idle;
use crate::ledger::{Ledger, Purpose};
use crate::proxy::{Proxies, ProxyChoice, ProxyServer, Tunnel, tunnel};
use crate::stream::{Stream, Wire};
use crate::target::{Target, TimeOuts};
use crate::tls::{self, Tls};
use crate::udp::UdpPort;
use bytes::Bytes;
use rustls_pki_types::CertificateDer;
use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The way out. Clones are the same door.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

pub(crate) struct Inner {
    proxies: Proxies,
    tls: Tls,
    times: TimeOuts,
    ledger: Ledger,
    pub(crate) idle: Idle,
}

/// Settings of a [`Door`].
#[derive(Debug, Default)]
pub struct DoorBuilder {
    proxy: ProxyChoice,
    times: TimeOuts,
    roots: Vec<CertificateDer<'static>>,
    fault: Option<NetError>,
}

impl DoorBuilder {
    /// Which proxy to use; [`ProxyChoice::System`] if not called.
    #[must_use]
    pub fn proxy(mut self, choice: ProxyChoice) -> Self {
        self.proxy = choice;
        self
    }

    /// How long each step may take.
    #[must_use]
    pub fn time_outs(mut self, times: TimeOuts) -> Self {
        self.times = times;
        self
    }

    /// Trusts the PEM certificates of this file too, besides the operating system's.
    #[must_use]
    pub fn extra_root_file(mut self, path: &Path) -> Self {
        let read = std::fs::read(path)
            .map_err(|e| e.to_string())
            .and_then(|pem| tls::certificates(&pem));
        match read {
            Ok(roots) => self.roots.extend(roots),
            Err(why) => {
                self.fault.get_or_insert(NetError::RootsUnreadable {
                    path: path.to_owned(),
                    why,
                });
            }
        }
        self
    }

    /// Trusts these PEM certificates too, besides the operating system's.
    #[must_use]
    pub fn extra_root_pem(mut self, pem: &[u8]) -> Self {
        match tls::certificates(pem) {
            Ok(roots) => self.roots.extend(roots),
            Err(why) => {
                self.fault.get_or_insert(NetError::RootsInvalid { why });
            }
        }
        self
    }

    /// Reads the roots and the proxy's settings.
    pub fn build(self) -> Result<Door, NetError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        Ok(Door(Arc::new(Inner {
            proxies: Proxies::new(self.proxy),
            tls: Tls::new(self.roots)?,
            times: self.times,
            ledger: Ledger::default(),
            idle: Idle::default(),
        })))
    }
}

impl Door {
    /// A door with the system's proxy and roots unless told otherwise.
    pub fn builder() -> DoorBuilder {
        DoorBuilder::default()
    }

    /// Every connection so far.
    pub fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    /// How long each step may take.
    pub fn time_outs(&self) -> &TimeOuts {
        &self.0.times
    }

    /// A connection over TCP, through the proxy if one applies, with TLS if the target says so.
    pub async fn stream(&self, target: &Target, purpose: Purpose) -> Result<Stream, NetError> {
        let protocol = if target.tls { "tls" } else { "tcp" };
        self.connect(target, purpose, protocol, self.0.tls.raw())
            .await
    }

    /// The same for HTTP and WebSocket, with their ALPN.
    pub(crate) async fn http_stream(
        &self,
        target: &Target,
        purpose: Purpose,
        protocol: &'static str,
    ) -> Result<Stream, NetError> {
        self.connect(target, purpose, protocol, self.0.tls.http())
            .await
    }

    /// The addresses of a host (for media that goes over UDP).
    pub async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NetError> {
        let target = Target::tcp(host, port);
        dial::addresses(&target.host, port, &self.0.times)
            .await
            .map_err(|e| e.of_host(&target.host))
    }

    /// A UDP socket bound to a local address. UDP does not go through the proxy.
    pub fn bind_udp(&self, local: SocketAddr, purpose: Purpose) -> Result<UdpPort, NetError> {
        UdpPort::bind(local, purpose, self.0.ledger.clone())
    }

    /// Takes over a UDP socket that a library has bound, so that its bytes are counted. The socket
    /// becomes non-blocking; must be called inside a tokio runtime.
    #[expect(
        clippy::disallowed_types,
        reason = "the type at the joint with the WebRTC stack"
    )]
    pub fn adopt_udp(
        &self,
        socket: std::net::UdpSocket,
        purpose: Purpose,
    ) -> Result<UdpPort, NetError> {
        UdpPort::adopt(socket, purpose, self.0.ledger.clone())
    }

    pub(crate) fn idle(&self) -> &Idle {
        &self.0.idle
    }

    async fn connect(
        &self,
        target: &Target,
        purpose: Purpose,
        protocol: &'static str,
        connector: TlsConnector,
    ) -> Result<Stream, NetError> {
        let proxy = self.0.proxies.for_target(target)?;
        let account = self.0.ledger.begin(
            target.authority(),
            purpose,
            protocol,
            proxy.as_ref().map(ProxyServer::address),
        );
        let wire = match &proxy {
            None => {
                let tcp = dial::tcp(&target.host, target.port, &self.0.times)
                    .await
                    .map_err(|e| e.of_host(&target.host))?;
                let ends = ends(&tcp)?;
                Wire::new(Box::new(tcp), Bytes::new(), account, ends)
            }
            Some(proxy) => {
                let (Tunnel { io, early }, ends) = self.tunnel(proxy, target).await?;
                Wire::new(io, early, account, ends)
            }
        };
        let stream = if target.tls {
            let name = tls::server_name(&target.host)?;
            let handshake = timeout(self.0.times.tls, connector.connect(name, wire));
            let tls = handshake
                .await
                .map_err(|_| NetError::TimedOut {
                    host: target.host.clone(),
                    step: Step::Tls,
                })?
                .map_err(|e| tls::handshake_error(&target.host, e))?;
            tls.get_ref().0.opened();
            Stream::tls(tls)
        } else {
            wire.opened();
            Stream::plain(wire)
        };
        tracing::debug!(purpose = ?purpose, protocol, proxied = proxy.is_some(), "connected");
        Ok(stream)
    }

    async fn tunnel(
        &self,
        proxy: &ProxyServer,
        target: &Target,
    ) -> Result<(Tunnel, Ends), NetError> {
        let (times, at) = (&self.0.times, proxy.target());
        let address = proxy.address();
        let tcp = dial::tcp(&at.host, at.port, times)
            .await
            .map_err(|e| e.of_proxy(&address))?;
        let ends = ends(&tcp)?;
        let asking = async {
            if at.tls {
                let name = tls::server_name(&at.host)?;
                let tls = self.0.tls.http().connect(name, tcp).await;
                let tls = tls.map_err(|e| NetError::ProxyUnreachable {
                    proxy: address.clone(),
                    why: e.to_string(),
                })?;
                tunnel(Box::new(tls), proxy, target).await
            } else {
                tunnel(Box::new(tcp), proxy, target).await
            }
        };
        let tunnel =
            timeout(times.proxy, asking)
                .await
                .map_err(|_| NetError::ProxyUnreachable {
                    proxy: address.clone(),
                    why: "no answer in time".to_owned(),
                })??;
        Ok((tunnel, ends))
    }
}

/// Our and the other address of a TCP connection.
type Ends = (SocketAddr, SocketAddr);

#[expect(clippy::disallowed_types, reason = "only its addresses are looked at")]
fn ends(tcp: &tokio::net::TcpStream) -> Result<Ends, NetError> {
    let both = tcp.local_addr().and_then(|l| Ok((l, tcp.peer_addr()?)));
    both.map_err(|e| NetError::Device { why: e.to_string() })
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door")
            .field("proxies", &self.0.proxies)
            .field("times", &self.0.times)
            .field("ledger", &self.0.ledger)
            .finish_non_exhaustive()
    }
}
