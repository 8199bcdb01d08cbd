//! The opening handshake (RFC 6455 §4), done with our HTTP so that a refusal can be read and every
//! part of it is bounded.

use super::WsRequest;
use crate::door::Door;
use crate::error::NetError;
use crate::http::{beginning, connection, failure, host_header, origin, path_and_query};
use crate::stream::Stream;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

/// How much of a refusal is read, and how much of it is passed on.
const EXCERPT_BYTES: usize = 2048;
const EXCERPT_CHARS: usize = 200;
/// A server that refuses and then keeps us waiting for its words is not worth more.
const EXCERPT_WAIT: Duration = Duration::from_secs(2);

pub(super) async fn open(
    door: &Door,
    request: &WsRequest,
) -> Result<WebSocketStream<Stream>, NetError> {
    let (url, target) = origin(&request.url, ["wss", "ws"])?;
    let host = target.host.as_str();
    let key = generate_key();
    let message = message(request, &url, &key)?;
    let protocol = if target.tls { "wss" } else { "ws" };
    let stream = door.http_stream(&target, request.purpose, protocol).await?;
    let (mut sender, driver) = connection(stream, host).await?;
    let driver = tokio::spawn(driver.with_upgrades());
    let guard = AbortOnDrop(driver.abort_handle());
    let answer = sender
        .send_request(message)
        .await
        .map_err(|e| failure(host, &e))?;
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refusal(host, answer).await);
    }
    check(&answer, request, &key).map_err(|why| NetError::Protocol {
        host: host.to_owned(),
        why: why.to_owned(),
    })?;
    let upgraded = hyper::upgrade::on(answer)
        .await
        .map_err(|e| failure(host, &e))?;
    drop(guard);
    let parts = upgraded
        .downcast::<TokioIo<Stream>>()
        .map_err(|_| NetError::Request {
            why: "the connection came back as something else".to_owned(),
        })?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(request.max_message))
        .max_frame_size(Some(request.max_message));
    Ok(WebSocketStream::from_partially_read(
        parts.io.into_inner(),
        parts.read_buf.to_vec(),
        Role::Client,
        Some(config),
    )
    .await)
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn message(
    request: &WsRequest,
    url: &Url,
    key: &str,
) -> Result<Request<Full<bytes::Bytes>>, NetError> {
    let bad = |what: &str| NetError::Request {
        why: format!("{what} can't be sent"),
    };
    let mut message = Request::builder()
        .uri(path_and_query(url))
        .header("host", host_header(url))
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", key)
        .body(Full::default())
        .map_err(|_| bad("the path"))?;
    let own = [
        ("sec-websocket-protocol", &request.subprotocol),
        ("origin", &request.origin),
    ];
    let own = own
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let further = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(further) {
        let header = HeaderName::try_from(name).map_err(|_| bad("a header's name"))?;
        let value =
            HeaderValue::try_from(value).map_err(|_| bad(&format!("the value of {header}")))?;
        message.headers_mut().append(header, value);
    }
    Ok(message)
}

/// RFC 6455 §4.1, what the client has to check.
fn check(answer: &Response<Incoming>, request: &WsRequest, key: &str) -> Result<(), &'static str> {
    let value = |name: &str| {
        answer
            .headers()
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    };
    if !value("upgrade").eq_ignore_ascii_case("websocket") {
        return Err("it switches to another protocol");
    }
    if value("sec-websocket-accept") != derive_accept_key(key.as_bytes()) {
        return Err("its answer is not to our key");
    }
    if !value("sec-websocket-extensions").is_empty() {
        return Err("it uses extensions that we did not offer");
    }
    if value("sec-websocket-protocol") != request.subprotocol.as_deref().unwrap_or_default() {
        return Err("it speaks another subprotocol");
    }
    Ok(())
}

async fn refusal(host: &str, answer: Response<Incoming>) -> NetError {
    let status = answer.status();
    let start = tokio::time::timeout(EXCERPT_WAIT, beginning(answer.into_body(), EXCERPT_BYTES));
    let start = start.await.unwrap_or_default();
    NetError::WebSocketRefused {
        host: host.to_owned(),
        status,
        excerpt: excerpt(&String::from_utf8_lossy(&start)),
    }
}

/// The words of an error page: no mark-up, no control characters, short.
fn excerpt(page: &str) -> String {
    let mut inside = false;
    let words = page.chars().filter_map(|letter| {
        match letter {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                return Some(' ');
            }
            _ => {}
        }
        (!inside).then_some(if letter.is_control() { ' ' } else { letter })
    });
    let words: String = words.collect();
    let joined = words.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.chars().take(EXCERPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_plain_and_short() {
        let page = "<html><head><title>403</title></head>\r\n<body>No\u{7} entry</body></html>";
        assert_eq!(excerpt(page), "403 No entry");
        assert_eq!(excerpt(&"ä".repeat(5000)).chars().count(), EXCERPT_CHARS);
        assert_eq!(excerpt("a <unfinished"), "a");
    }
}
