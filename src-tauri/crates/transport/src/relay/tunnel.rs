//! One stream to a TURN server, in place of the UDP path the stack believes in.

use super::framing::{framed, next_message};
use bytes::{Bytes, BytesMut};
use ranzen_net::{Door, Purpose, Target};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A quarter of a second of a call with pictures; older ones are dropped like UDP drops them.
const QUEUE: usize = 256;
/// Anything longer is no message of a TURN server.
const MAX_MESSAGE: usize = 68 * 1024;
/// Between attempts to open the stream again.
const PAUSE: Duration = Duration::from_secs(2);

/// Datagrams in and out; the stream behind it opens with the first datagram and again when it breaks.
#[derive(Debug)]
pub(crate) struct Tunnel {
    out: mpsc::Sender<Bytes>,
    inward: mpsc::Receiver<Bytes>,
    _ends_with_it: DropGuard,
}

impl Tunnel {
    /// Needs a tokio runtime.
    pub fn new(door: Door, target: Target) -> Self {
        let (out, mut to_send) = mpsc::channel::<Bytes>(QUEUE);
        let (received, inward) = mpsc::channel(QUEUE);
        let cancel = CancellationToken::new();
        let guard = cancel.clone().drop_guard();
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = keep(&door, &target, &mut to_send, &received) => {}
            }
        });
        Self {
            out,
            inward,
            _ends_with_it: guard,
        }
    }

    /// Puts a datagram into the queue, or drops it when the stream is slower than what we send.
    pub fn send(&self, datagram: &[u8]) {
        let _ = self.out.try_send(framed(datagram));
    }

    /// The next datagram from the server.
    pub fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Bytes> {
        match self.inward.poll_recv(cx) {
            Poll::Ready(Some(datagram)) => Poll::Ready(datagram),
            // Its task is gone: nothing will come any more.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Opens the stream when there is something to send, and again after it broke.
async fn keep(
    door: &Door,
    target: &Target,
    to_send: &mut mpsc::Receiver<Bytes>,
    received: &mpsc::Sender<Bytes>,
) {
    while let Some(first) = to_send.recv().await {
        match door.stream(target, Purpose::Relay).await {
            Ok(mut stream) => {
                if let Err(error) = carry(&mut stream, first, to_send, received).await {
                    tracing::info!(%error, "the stream to the TURN server broke");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the TURN server was not reached");
                tokio::time::sleep(PAUSE).await;
            }
        }
        // Its allocation is gone with the stream; what waited for it is of no use to the next one.
        while to_send.try_recv().is_ok() {}
    }
}

async fn carry(
    stream: &mut ranzen_net::Stream,
    first: Bytes,
    to_send: &mut mpsc::Receiver<Bytes>,
    received: &mpsc::Sender<Bytes>,
) -> std::io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let inward = async {
        let mut read = BytesMut::with_capacity(16 * 1024);
        loop {
            while let Some(message) = next_message(&mut read) {
                // As with UDP, a full queue loses the newest.
                let _ = received.try_send(message);
            }
            if read.len() > MAX_MESSAGE {
                return Err(std::io::Error::other("this is not TURN"));
            }
            if reader.read_buf(&mut read).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    };
    let outward = async {
        let mut next = Some(first);
        while let Some(datagram) = next {
            writer.write_all(&datagram).await?;
            // Whatever waits goes into the same TLS record as far as possible.
            next = match to_send.try_recv() {
                Ok(datagram) => Some(datagram),
                Err(_) => {
                    writer.flush().await?;
                    to_send.recv().await
                }
            };
        }
        Ok(())
    };
    tokio::select! {
        end = inward => end,
        end = outward => end,
    }
}
