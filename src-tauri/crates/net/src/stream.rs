//! A connection as its user sees it: bytes in and out, counted.

use crate::ledger::Account;
use bytes::{Buf as _, Bytes};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

/// Anything bytes can go through.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Io for T {}

/// A connection to a host, encrypted if the target said so. Dropping it closes it and its entry in
/// the ledger.
pub struct Stream {
    inner: Inner,
    local: SocketAddr,
    peer: SocketAddr,
}

enum Inner {
    Plain(Wire),
    Tls(Box<TlsStream<Wire>>),
}

impl Stream {
    pub(crate) fn plain(wire: Wire) -> Self {
        Self {
            local: wire.local,
            peer: wire.peer,
            inner: Inner::Plain(wire),
        }
    }

    pub(crate) fn tls(stream: TlsStream<Wire>) -> Self {
        let wire = stream.get_ref().0;
        Self {
            local: wire.local,
            peer: wire.peer,
            inner: Inner::Tls(Box::new(stream)),
        }
    }

    /// Our address of the TCP connection.
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The other address of the TCP connection: the host's, or the proxy's.
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }

    fn inner(self: Pin<&mut Self>) -> Pin<&mut dyn Io> {
        match &mut self.get_mut().inner {
            Inner::Plain(wire) => Pin::new(wire),
            Inner::Tls(tls) => Pin::new(tls.as_mut()),
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("tls", &matches!(self.inner, Inner::Tls(_)))
            .field("local", &self.local)
            .field("peer", &self.peer)
            .finish()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner().poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(cx)
    }
}

/// What lies between us and the host, with the counter of its bytes.
pub(crate) struct Wire {
    io: Box<dyn Io>,
    /// Bytes of the host that came together with the proxy's answer.
    early: Bytes,
    account: Account,
    local: SocketAddr,
    peer: SocketAddr,
}

impl Wire {
    pub(crate) fn new(
        io: Box<dyn Io>,
        early: Bytes,
        account: Account,
        (local, peer): (SocketAddr, SocketAddr),
    ) -> Self {
        Self {
            io,
            early,
            account,
            local,
            peer,
        }
    }

    /// Marks the entry in the ledger: the connection is in use.
    pub(crate) fn opened(&self) {
        self.account.opened();
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        if this.early.has_remaining() {
            let count = this.early.len().min(buf.remaining());
            buf.put_slice(&this.early[..count]);
            this.early.advance(count);
        } else {
            ready!(Pin::new(&mut *this.io).poll_read(cx, buf))?;
        }
        this.account.received(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let count = ready!(Pin::new(&mut *this.io).poll_write(cx, buf))?;
        this.account.sent(count);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.get_mut().io).poll_shutdown(cx)
    }
}
