//! A UDP socket whose bytes are counted, by the address at the other end.
#![expect(
    clippy::disallowed_types,
    reason = "the one place that owns UDP sockets"
)]

use crate::error::NetError;
use crate::ledger::{Account, Ledger, Purpose};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

/// ICE tries a few dozen addresses at most; those beyond share one entry.
const MAX_PEERS: usize = 48;

/// A bound UDP socket. Each address that it talks with has an entry in the ledger, closed when the
/// port is dropped.
pub struct UdpPort {
    socket: UdpSocket,
    purpose: Purpose,
    ledger: Ledger,
    peers: Mutex<Vec<Peer>>,
}

struct Peer {
    /// None for the entry that stands for all further ones.
    address: Option<SocketAddr>,
    account: Account,
}

impl UdpPort {
    pub(crate) fn bind(
        local: SocketAddr,
        purpose: Purpose,
        ledger: Ledger,
    ) -> Result<Self, NetError> {
        let socket = std::net::UdpSocket::bind(local).map_err(refused)?;
        Self::adopt(socket, purpose, ledger)
    }

    pub(crate) fn adopt(
        socket: std::net::UdpSocket,
        purpose: Purpose,
        ledger: Ledger,
    ) -> Result<Self, NetError> {
        socket.set_nonblocking(true).map_err(refused)?;
        Ok(Self {
            socket: UdpSocket::from_std(socket).map_err(refused)?,
            purpose,
            ledger,
            peers: Mutex::default(),
        })
    }

    /// Tells who is behind an address that will be talked with (a TURN server's name, say), so that
    /// the ledger shows it.
    pub fn name_peer(&self, address: SocketAddr, host: &str, purpose: Purpose) {
        let name = format!("{host}:{}", address.port());
        self.peers(|peers| {
            if peers.len() < MAX_PEERS && !peers.iter().any(|p| p.address == Some(address)) {
                peers.push(self.peer(Some(address), name, purpose));
            }
        });
    }

    /// The local address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Sends one datagram.
    pub async fn send_to(&self, datagram: &[u8], to: SocketAddr) -> io::Result<usize> {
        std::future::poll_fn(|cx| self.poll_send_to(cx, datagram, to)).await
    }

    /// Receives one datagram; what does not fit into `buffer` is cut off.
    pub async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        std::future::poll_fn(|cx| self.poll_recv_from(cx, buffer)).await
    }

    /// Sends one datagram, or wakes `cx` (the last one that asked) when there is room.
    pub fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        datagram: &[u8],
        to: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        let count = ready!(self.socket.poll_send_to(cx, datagram, to))?;
        self.account(to, |account| account.sent(count));
        Poll::Ready(Ok(count))
    }

    /// Receives one datagram, or wakes `cx` (the last one that asked) when there is one.
    pub fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let mut read = ReadBuf::new(buffer);
        let from = ready!(self.socket.poll_recv_from(cx, &mut read))?;
        let count = read.filled().len();
        self.account(from, |account| account.received(count));
        Poll::Ready(Ok((count, from)))
    }

    fn account(&self, address: SocketAddr, count: impl FnOnce(&Account)) {
        self.peers(|peers| {
            let known = peers.iter().position(|p| p.address == Some(address));
            let at = known.or_else(|| {
                (peers.len() > MAX_PEERS)
                    .then(|| peers.iter().position(|p| p.address.is_none()))
                    .flatten()
            });
            let at = at.unwrap_or_else(|| {
                peers.push(if peers.len() < MAX_PEERS {
                    self.peer(Some(address), address.to_string(), self.purpose)
                } else {
                    self.peer(None, "*".to_owned(), self.purpose)
                });
                peers.len() - 1
            });
            if let Some(peer) = peers.get(at) {
                count(&peer.account);
            }
        });
    }

    fn peer(&self, address: Option<SocketAddr>, name: String, purpose: Purpose) -> Peer {
        let account = self.ledger.begin(name, purpose, "udp", None);
        account.opened();
        Peer { address, account }
    }

    fn peers(&self, work: impl FnOnce(&mut Vec<Peer>)) {
        // Nothing that holds the lock can panic half-way through a change.
        work(&mut self.peers.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl fmt::Debug for UdpPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UdpPort({:?})", self.socket)
    }
}

fn refused(error: io::Error) -> NetError {
    NetError::Device {
        why: format!("no UDP socket: {error}"),
    }
}
