//! From a name to a TCP connection: all its addresses, tried one after another without waiting long
//! for each (Happy Eyeballs, RFC 8305, without its history).
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the one place where names are looked up and TCP connections are made"
)]

use crate::error::{NetError, Step};
use crate::target::TimeOuts;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::io;
use std::net::{IpAddr, SocketAddr};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

/// RFC 8305 §8, "Connection Attempt Delay".
const ATTEMPT_DELAY: std::time::Duration = std::time::Duration::from_millis(250);
/// A name with more addresses than this is not a meeting server.
const MAX_ADDRESSES: usize = 16;

/// Why there is no connection; the caller knows whether a host or a proxy was dialled.
#[derive(Debug)]
pub(crate) enum DialError {
    Lookup(io::Error),
    Connect(io::Error),
    TimedOut(Step),
}

impl DialError {
    pub(crate) fn of_host(self, host: &str) -> NetError {
        let host = host.to_owned();
        match self {
            Self::Lookup(source) => NetError::UnknownHost { host, source },
            Self::Connect(source) => NetError::Unreachable { host, source },
            Self::TimedOut(step) => NetError::TimedOut { host, step },
        }
    }

    pub(crate) fn of_proxy(self, proxy: &str) -> NetError {
        let why = match self {
            Self::Lookup(source) | Self::Connect(source) => source.to_string(),
            Self::TimedOut(step) => format!("no answer in time ({step:?})"),
        };
        NetError::ProxyUnreachable {
            proxy: proxy.to_owned(),
            why,
        }
    }
}

/// All addresses of a host, address families taking turns.
pub(crate) async fn addresses(
    host: &str,
    port: u16,
    times: &TimeOuts,
) -> Result<Vec<SocketAddr>, DialError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = timeout(times.lookup, lookup_host((host, port)))
        .await
        .map_err(|_| DialError::TimedOut(Step::Lookup))?
        .map_err(DialError::Lookup)?
        .take(MAX_ADDRESSES)
        .collect::<Vec<_>>();
    if found.is_empty() {
        return Err(DialError::Lookup(io::Error::other("the name is empty")));
    }
    Ok(interleave(found))
}

/// Starts with the family that the resolver put first (RFC 6724 is its business).
fn interleave(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let six_first = found.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|a| a.is_ipv6() == six_first);
    let mut second = second.into_iter();
    let mut mixed = Vec::new();
    for address in first {
        mixed.push(address);
        mixed.extend(second.next());
    }
    mixed.extend(second);
    mixed
}

/// A connection to the first address that answers.
pub(crate) async fn tcp(host: &str, port: u16, times: &TimeOuts) -> Result<TcpStream, DialError> {
    let addresses = addresses(host, port, times).await?;
    let stream = timeout(times.connect, race(addresses))
        .await
        .map_err(|_| DialError::TimedOut(Step::Connect))?
        .map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => DialError::TimedOut(Step::Connect),
            _ => DialError::Connect(error),
        })?;
    // Signalling is many small messages, each of which somebody waits for.
    stream.set_nodelay(true).map_err(DialError::Connect)?;
    Ok(stream)
}

async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    attempts.extend(waiting.next().map(TcpStream::connect));
    loop {
        let none_waiting = waiting.len() == 0;
        tokio::select! {
            ended = attempts.next() => match ended {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => {
                    last = error;
                    attempts.extend(waiting.next().map(TcpStream::connect));
                }
                None => return Err(last),
            },
            () = sleep(ATTEMPT_DELAY), if !none_waiting => {
                attempts.extend(waiting.next().map(TcpStream::connect));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn address_families_take_turns() {
        let list = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<_>>();
        assert_eq!(
            interleave(list(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"])),
            list(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        assert_eq!(
            interleave(list(&["1.1.1.1:1", "[::1]:1", "[::2]:1"])),
            list(&["1.1.1.1:1", "[::1]:1", "[::2]:1"])
        );
    }

    #[tokio::test]
    async fn a_dead_address_does_not_keep_from_the_next() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dead = closed.local_addr().unwrap();
        drop(closed);
        let stream = race(vec![dead, good]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good);
    }
}
