//! A UDP socket of the stack: counted by the door, and with tunnels for TURN servers behind streams.

use super::servers::Streamed;
use super::tunnel::Tunnel;
use ranzen_net::{Door, UdpPort};
use std::collections::HashMap;
use std::fmt;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

/// See [`crate::relay`].
pub(crate) struct DoorSocket {
    port: UdpPort,
    door: Door,
    streamed: Vec<Streamed>,
    /// By stand-in address; each local socket has its own stream, for the server tells allocations
    /// apart by their five-tuple.
    tunnels: Mutex<Tunnels>,
    /// The last datagram could not be sent.
    outage: AtomicBool,
}

#[derive(Default)]
struct Tunnels {
    open: HashMap<SocketAddr, Tunnel>,
    /// Who waits for datagrams: a tunnel that opens later must be looked at, too.
    reader: Option<Waker>,
}

impl DoorSocket {
    pub fn new(port: UdpPort, door: Door, streamed: Vec<Streamed>) -> Self {
        Self {
            port,
            door,
            streamed,
            tunnels: Mutex::default(),
            outage: AtomicBool::new(false),
        }
    }

    fn tunnels(&self) -> MutexGuard<'_, Tunnels> {
        // Nothing that holds the lock can panic half-way through a change.
        self.tunnels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a socket says while its network is gone or forbids the way, and what may pass.
fn is_outage(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::ConnectionRefused
    )
}

impl fmt::Debug for DoorSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DoorSocket").field(&self.port).finish()
    }
}

impl AsyncUdpSocket for DoorSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.port.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if let Some(server) = self
            .streamed
            .iter()
            .find(|server| server.stand_in == transmit.destination)
        {
            let mut tunnels = self.tunnels();
            let Tunnels { open, reader } = &mut *tunnels;
            open.entry(server.stand_in)
                .or_insert_with(|| {
                    if let Some(reader) = reader.take() {
                        reader.wake();
                    }
                    Tunnel::new(self.door.clone(), server.target.clone())
                })
                .send(transmit.contents);
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        let sent = ready!(
            self.port
                .poll_send_to(cx, transmit.contents, transmit.destination)
        );
        Poll::Ready(match sent {
            Err(error) if is_outage(error.kind()) => {
                // Lost like any datagram; ICE notices by itself. The stack would log each one.
                if !self.outage.swap(true, Ordering::Relaxed) {
                    tracing::info!(%error, "the network takes no datagrams");
                }
                Ok(transmit.contents.len())
            }
            other => {
                self.outage.store(false, Ordering::Relaxed);
                other
            }
        })
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        let (Some(buffer), Some(meta)) = (bufs.first_mut(), meta.first_mut()) else {
            return Poll::Ready(Ok(0));
        };
        let mut report = |length: usize, address| {
            *meta = RecvMeta::default();
            meta.addr = address;
            meta.len = length;
            meta.stride = length.max(1);
            Poll::Ready(Ok(1))
        };
        if !self.streamed.is_empty() {
            let mut tunnels = self.tunnels();
            for (stand_in, tunnel) in &mut tunnels.open {
                if let Poll::Ready(datagram) = tunnel.poll_receive(cx) {
                    // A datagram that is too long is cut off, as UDP does.
                    let length = datagram.len().min(buffer.len());
                    buffer[..length].copy_from_slice(&datagram[..length]);
                    return report(length, *stand_in);
                }
            }
            tunnels.reader = Some(cx.waker().clone());
        }
        let (length, from) = ready!(self.port.poll_recv_from(cx, buffer))?;
        report(length, from)
    }
}
