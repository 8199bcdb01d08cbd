//! A server on a free loopback port that counts every byte of the wire.

use rustls::ServerConfig;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What the server saw on the wire.
#[derive(Default)]
pub struct Counts {
    pub received: AtomicU64,
    pub sent: AtomicU64,
    pub connections: AtomicUsize,
}

/// Either a TLS or a plain connection.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}
pub type Socket = Box<dyn Duplex>;

pub struct Server {
    pub port: u16,
    pub counts: Arc<Counts>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves each connection with `handler`, inside TLS if there is a configuration.
    pub async fn start<H, F>(tls: Option<Arc<ServerConfig>>, handler: H) -> Self
    where
        H: Fn(Socket) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let handler = Arc::new(handler);
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                counted.connections.fetch_add(1, Ordering::Relaxed);
                let (tls, handler) = (tls.clone(), Arc::clone(&handler));
                let wire = Counted(tcp, Arc::clone(&counted));
                tokio::spawn(async move {
                    match tls {
                        None => handler(Box::new(wire)).await,
                        Some(tls) => {
                            if let Ok(inside) = TlsAcceptor::from(tls).accept(wire).await {
                                handler(Box::new(inside)).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, counts, task }
    }

    /// Echoes.
    pub async fn echo(tls: Option<Arc<ServerConfig>>) -> Self {
        Self::start(tls, |mut socket| async move {
            let mut buffer = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = socket.read(&mut buffer).await {
                if socket.write_all(&buffer[..count]).await.is_err() {
                    break;
                }
                let _ = socket.flush().await;
            }
        })
        .await
    }

    /// Answers every request with what `reply` makes of its head.
    pub async fn http<R>(tls: Option<Arc<ServerConfig>>, reply: R) -> Self
    where
        R: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    {
        let reply = Arc::new(reply);
        Self::start(tls, move |mut socket| {
            let reply = Arc::clone(&reply);
            async move {
                while let Some(head) = read_head(&mut socket).await {
                    let out = reply(&head);
                    if socket.write_all(&out).await.is_err() || socket.flush().await.is_err() {
                        break;
                    }
                }
            }
        })
        .await
    }

    pub fn https(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The head of the next request with its body, none at the end.
pub async fn read_head(socket: &mut Socket) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    let mut text = String::from_utf8_lossy(&head).into_owned();
    let length = text.lines().find_map(|l| {
        l.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    socket.read_exact(&mut body).await.ok()?;
    text.push_str(&String::from_utf8_lossy(&body));
    Some(text)
}

/// A whole answer.
pub fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

struct Counted(TcpStream, Arc<Counts>);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.0).poll_read(cx, buf))?;
        let count = (buf.filled().len() - before) as u64;
        self.1.received.fetch_add(count, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.0).poll_write(cx, buf))?;
        self.1.sent.fetch_add(count as u64, Ordering::Relaxed);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
