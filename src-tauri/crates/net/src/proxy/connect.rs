//! HTTP CONNECT (RFC 9110 §9.3.6): a tunnel through the proxy to the host.

use super::ProxyServer;
use super::login::schemes;
use crate::error::{NetError, Step};
use crate::stream::Io;
use crate::target::Target;
use bytes::Bytes;
use hyper::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

/// The longest head of an answer that we read.
const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 128;

/// An open tunnel.
pub(crate) struct Tunnel {
    pub(crate) io: Box<dyn Io>,
    /// What the host said already.
    pub(crate) early: Bytes,
}

/// Asks the proxy on the other end of `io` for a tunnel to the target. The caller sets the time-out.
pub(crate) async fn tunnel(
    mut io: Box<dyn Io>,
    proxy: &ProxyServer,
    target: &Target,
) -> Result<Tunnel, NetError> {
    let failed = |why: String| NetError::ProxyUnreachable {
        proxy: proxy.address(),
        why,
    };
    let request = request(proxy, target);
    io.write_all(&request)
        .await
        .map_err(|e| failed(e.to_string()))?;
    let mut received = Vec::with_capacity(1024);
    loop {
        let count = io
            .read_buf(&mut received)
            .await
            .map_err(|e| failed(e.to_string()))?;
        if count == 0 {
            return Err(failed("it hung up instead of answering".to_owned()));
        }
        if let Some((length, answer)) = parse(&received).map_err(failed)? {
            judge(&answer, proxy, target)?;
            let early = Bytes::from(received).slice(length..);
            return Ok(Tunnel { io, early });
        }
        if received.len() > MAX_HEAD {
            return Err(failed("its answer has no end".to_owned()));
        }
    }
}

fn request(proxy: &ProxyServer, target: &Target) -> Zeroizing<Vec<u8>> {
    let host = target.authority();
    let head = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n");
    let mut request = Zeroizing::new(head.into_bytes());
    proxy.login().write_header(&mut request);
    request.extend_from_slice(b"\r\n");
    request
}

struct Answer {
    status: StatusCode,
    schemes: Vec<String>,
    /// squid's word for what went wrong.
    squid_error: Option<String>,
}

/// The answer and its length, once its head is complete.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Answer)>, String> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(format!("its answer is not HTTP: {error}")),
    };
    let status = response
        .code
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or("its answer has no status")?;
    let named = |name: &'static str| {
        response
            .headers
            .iter()
            .filter(move |h| h.name.eq_ignore_ascii_case(name))
            .map(|h| h.value)
    };
    let answer = Answer {
        status,
        schemes: schemes(named("Proxy-Authenticate")),
        squid_error: named("X-Squid-Error")
            .next()
            .map(|value| String::from_utf8_lossy(value).into_owned()),
    };
    Ok(Some((length, answer)))
}

fn judge(answer: &Answer, proxy: &ProxyServer, target: &Target) -> Result<(), NetError> {
    let (proxy, host, status) = (proxy.address(), target.host.clone(), answer.status);
    let squid = answer.squid_error.as_deref().unwrap_or_default();
    match status.as_u16() {
        200..=299 => Ok(()),
        407 => Err(NetError::ProxyAuth {
            proxy,
            schemes: answer.schemes.clone(),
        }),
        500..=599 if squid.starts_with("ERR_DNS_FAIL") => Err(NetError::UnknownHost {
            host,
            source: std::io::Error::other(format!("the proxy {proxy} finds no address")),
        }),
        504 => Err(NetError::TimedOut {
            host,
            step: Step::Connect,
        }),
        500..=599 => Err(NetError::BeyondProxy {
            proxy,
            host,
            status,
        }),
        _ => Err(NetError::ProxyRefused {
            proxy,
            host,
            status,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn judged(head: &str) -> Result<(), NetError> {
        let (length, answer) = parse(head.as_bytes()).unwrap().unwrap();
        assert_eq!(length, head.len());
        let proxy = ProxyServer::new("proxy", 1);
        judge(&answer, &proxy, &Target::tls("host", 443))
    }

    #[test]
    fn each_status_has_its_meaning() {
        assert!(judged("HTTP/1.0 200 Connection established\r\n\r\n").is_ok());
        let error = judged(
            "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nproxy-authenticate: Basic realm=\"x\"\r\n\r\n",
        );
        assert!(
            matches!(error, Err(NetError::ProxyAuth { schemes, .. }) if schemes == ["NTLM", "Basic"])
        );
        let error = judged("HTTP/1.1 503 No\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\n\r\n");
        assert!(matches!(error, Err(NetError::UnknownHost { .. })));
        let error = judged("HTTP/1.1 503 No\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\n\r\n");
        assert!(matches!(error, Err(NetError::BeyondProxy { .. })));
        let error = judged("HTTP/1.1 403 No\r\n\r\n");
        assert!(matches!(error, Err(NetError::ProxyRefused { .. })));
    }

    #[test]
    fn what_is_not_http_is_an_error_and_half_an_answer_is_none() {
        assert!(parse(b"SSH-2.0-OpenSSH\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\nA: ").unwrap().is_none());
    }
}
