//! The runtime that the stack runs on: tokio, with sockets and names through the door.
#![expect(
    clippy::disallowed_types,
    reason = "the types at the joint with the WebRTC stack"
)]

use super::lookup::Found;
use super::servers::Servers;
use super::socket::DoorSocket;
use ranzen_net::{Door, Purpose};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
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
    found: Found,
}

impl DoorRuntime {
    /// Looks the servers up; none if the stack was built without tokio.
    pub async fn new(door: Door, servers: Servers) -> Option<Self> {
        let found = Found::look_up(&door, &servers.places).await;
        Some(Self {
            inner: default_runtime()?,
            door,
            servers,
            found,
        })
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
        for (address, host) in self.found.names() {
            port.name_peer(address, host, Purpose::Relay);
        }
        let socket = DoorSocket::new(port, self.door.clone(), self.servers.streamed.clone());
        Ok(Arc::new(socket))
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
            let unknown = || io::Error::new(io::ErrorKind::NotFound, "not looked up");
            self.found.of(host).ok_or_else(unknown)
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
