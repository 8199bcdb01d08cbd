//! One request and its answer on one HTTP/1.1 connection.

use crate::error::NetError;
use crate::stream::Stream;
use crate::target::{Target, is_loopback};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use url::Url;

/// The longest head of an answer, all headers together.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 128;

pub(crate) type Sender = SendRequest<Full<Bytes>>;
pub(crate) type Driver = Connection<TokioIo<Stream>, Full<Bytes>>;

/// Speaks HTTP on a fresh stream.
pub(crate) async fn connection(stream: Stream, host: &str) -> Result<(Sender, Driver), NetError> {
    Builder::new()
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .title_case_headers(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|e| failure(host, &e))
}

/// The URL and where it leads, if its scheme is one of the two: the encrypted, and the plain one
/// that only this device itself may be asked with.
pub(crate) fn origin(url: &str, [tls, plain]: [&str; 2]) -> Result<(Url, Target), NetError> {
    let bad = |why| NetError::Address { why };
    let url = Url::parse(url).map_err(|_| bad("it is not a URL"))?;
    let host = url.host_str().ok_or(bad("it names no host"))?;
    let port = url.port_or_known_default().ok_or(bad("it names no port"))?;
    let target = if url.scheme() == tls {
        Target::tls(host, port)
    } else if url.scheme() == plain {
        Target::tcp(host, port)
    } else {
        return Err(bad("its scheme is not one that is spoken here"));
    };
    if !target.tls && !is_loopback(&target.host) {
        return Err(bad("it is not encrypted"));
    }
    Ok((url, target))
}

/// The value of `Host`: with the port only if it is not the scheme's own.
pub(crate) fn host_header(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Path and query as they go into the request line.
pub(crate) fn path_and_query(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// The whole body, or an error once it is longer than `limit`.
pub(crate) async fn collect(
    mut body: Incoming,
    limit: usize,
    host: &str,
) -> Result<Bytes, NetError> {
    let too_big = || NetError::TooBig {
        host: host.to_owned(),
        limit,
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_big());
    }
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| failure(host, &e))?;
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limit {
                return Err(too_big());
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.freeze())
}

/// The first `limit` bytes of a body whose rest nobody needs.
pub(crate) async fn beginning(mut body: Incoming, limit: usize) -> Bytes {
    let mut start = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            start.extend_from_slice(&data[..data.len().min(limit - start.len())]);
        }
        if start.len() >= limit {
            break;
        }
    }
    start.freeze()
}

/// What hyper's error means. Its texts hold nothing that the server or we said.
pub(crate) fn failure(host: &str, error: &hyper::Error) -> NetError {
    let host = host.to_owned();
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        why = format!("{why}: {inner}");
        source = inner.source();
    }
    if error.is_parse_too_large() {
        NetError::TooBig {
            host,
            limit: MAX_HEAD,
        }
    } else if error.is_parse() {
        NetError::Protocol { host, why }
    } else if error.is_user() {
        NetError::Request { why }
    } else {
        NetError::Lost { host, why }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(url: &str) -> Result<Target, NetError> {
        origin(url, ["https", "http"]).map(|(_, target)| target)
    }

    #[test]
    fn only_this_device_is_asked_without_encryption() {
        assert!(asked("https://meet.example.org/x").unwrap().tls);
        assert_eq!(asked("http://127.0.0.1:81/").unwrap().port, 81);
        assert_eq!(asked("https://[::1]:8443/").unwrap().host, "::1");
        for url in [
            "http://meet.example.org/",
            "ftp://127.0.0.1/",
            "file:///x",
            "x",
            "https://",
        ] {
            assert!(matches!(asked(url), Err(NetError::Address { .. })), "{url}");
        }
    }

    #[test]
    fn host_names_the_port_only_when_it_is_unusual() {
        let header = |url: &str| host_header(&Url::parse(url).unwrap());
        assert_eq!(header("https://a.example:443/"), "a.example");
        assert_eq!(header("https://a.example:8443/"), "a.example:8443");
        assert_eq!(header("https://[::1]:8443/"), "[::1]:8443");
    }
}
