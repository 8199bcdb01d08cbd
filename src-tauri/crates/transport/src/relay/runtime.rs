//! The runtime that the stack runs on: tokio, with sockets and names through the door.
#![expect(
    clippy::disallowed_types,
    reason = "the types at the joint with the WebRTC stack"
)]

use super::servers::Servers;
use super::socket::DoorSocket;
use ranzen_net::{Door, Purpose};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime,
    default_runtime,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// See [`crate::relay`].
#[derive(Debug)]
pub(crate) struct DoorRuntime {
    inner: Arc<dyn Runtime>,
    door: Door,
    servers: Servers,
    /// Those that are open, to be told the names of the servers they talk with.
    sockets: Mutex<Vec<Weak<DoorSocket>>>,
}

impl DoorRuntime {
    /// None if the stack was built without tokio.
    pub fn new(door: Door, servers: Servers) -> Option<Self> {
        Some(Self {
            inner: default_runtime()?,
            door,
            servers,
            sockets: Mutex::default(),
        })
    }
}

impl DoorRuntime {
    /// The ledger shows servers by their names.
    fn name_peers(&self, host: &str, addresses: &[SocketAddr]) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        sockets.retain(|socket| socket.strong_count() > 0);
        for socket in sockets.iter().filter_map(Weak::upgrade) {
            for address in addresses {
                socket.name_peer(*address, host);
            }
        }
    }
}

impl Runtime for DoorRuntime {
    fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let port = self
            .door
            .adopt_udp(socket, Purpose::Media)
            .map_err(io::Error::other)?;
        let socket = Arc::new(DoorSocket::new(
            port,
            self.door.clone(),
            self.servers.streamed.clone(),
        ));
        self.sockets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::downgrade(&socket));
        Ok(socket)
    }

    fn wrap_tcp_listener(
        &self,
        listener: std::net::TcpListener,
    ) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        remote: SocketAddr,
    ) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(remote)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move {
            if let Some(stand_in) = self.servers.stand_in(host) {
                return Ok(vec![stand_in]);
            }
            let (name, port) = host.rsplit_once(':').ok_or(io::ErrorKind::InvalidInput)?;
            let port = port.parse().map_err(io::Error::other)?;
            let addresses = self
                .door
                .resolve(name, port)
                .await
                .map_err(io::Error::other)?;
            self.name_peers(name, &addresses);
            Ok(addresses)
        })
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        "door"
    }
}
