//! Bridge channels over WebSocket: `/colibri-ws/<server>/<conference>/<endpoint>?pwd=…`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::{Body, Front, full, plain};
use crate::bridge::{Bridge, Order, Socket};

/// The bridge's own pings.
const PING_INTERVAL: Duration = Duration::from_secs(15);

static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// Opens a channel, or refuses as the original does: 404 for another server's id, 403 for a wrong
/// conference, endpoint or password.
pub(crate) async fn open(front: &Front, mut request: Request<Incoming>) -> Response<Body> {
    let path: Vec<String> = request
        .uri()
        .path()
        .split('/')
        .skip(2)
        .map(str::to_owned)
        .collect();
    let [server, conference, endpoint] = path.as_slice() else {
        return plain(StatusCode::NOT_FOUND, "not found");
    };
    if server != "default-id" {
        return plain(StatusCode::NOT_FOUND, "not found");
    }
    let Some(key) = request
        .headers()
        .get(SEC_WEBSOCKET_KEY)
        .map(|key| derive_accept_key(key.as_bytes()))
    else {
        return plain(StatusCode::BAD_REQUEST, "a WebSocket is wanted");
    };
    let password = request
        .uri()
        .query()
        .and_then(|query| query.strip_prefix("pwd="))
        .unwrap_or_default();
    let (orders, inbox) = mpsc::unbounded_channel();
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
    if !front
        .bridge
        .open(conference, endpoint, password, Socket::new(number, orders))
        .await
    {
        front.complaints.add(format!(
            "{endpoint}: channel refused, authentication failed"
        ));
        return plain(StatusCode::FORBIDDEN, "authentication failed");
    }
    let (conference, endpoint) = (conference.clone(), endpoint.clone());
    let upgrade = hyper::upgrade::on(&mut request);
    let bridge = front.bridge.clone();
    tokio::spawn(async move {
        if let Ok(upgraded) = upgrade.await {
            let socket =
                WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
            serve(socket, inbox, &bridge, (&conference, &endpoint, number)).await;
        }
        bridge.closed(&conference, &endpoint, number);
    });
    let mut response = Response::new(full(String::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    response
        .headers_mut()
        .insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(value) = HeaderValue::from_str(&key) {
        response.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, value);
    }
    response
}

async fn serve(
    mut socket: WebSocketStream<TokioIo<Upgraded>>,
    mut inbox: mpsc::UnboundedReceiver<Order>,
    bridge: &Bridge,
    (conference, endpoint, number): (&str, &str, u64),
) {
    let mut ping = tokio::time::interval(PING_INTERVAL);
    ping.tick().await;
    loop {
        tokio::select! {
            order = inbox.recv() => match order {
                Some(Order::Say(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Order::Close(code, reason)) => {
                    let frame = CloseFrame { code: code.into(), reason: reason.into() };
                    let _ = socket.close(Some(frame)).await;
                    return;
                }
                Some(Order::Abort) | None => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => bridge.text(conference, endpoint, number, text.to_string()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                // Binary messages are ignored; the library answers pings.
                Some(Ok(_)) => {}
            },
            _ = ping.tick() => {
                if socket.send(Message::Ping(Bytes::new())).await.is_err() {
                    return;
                }
            }
        }
    }
}
