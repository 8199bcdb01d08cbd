//! XMPP over a WebSocket (RFC 7395).

use super::Input;
use ranzen_meeting::{Code, Problem};
use ranzen_net::{Door, NetError, Purpose, WsMessage, WsReceiver, WsRequest, WsSender};
use ranzen_xmpp::{Element, parse};
use std::time::Duration;
use tokio::sync::mpsc;

/// Frames longer than what the parser takes end the connection.
const FRAME_MAX: usize = 1 << 20;

/// One socket's life.
pub(super) struct Socket {
    pub(super) door: Door,
    pub(super) url: String,
    pub(super) origin: String,
    /// The address carries a token.
    pub(super) with_token: bool,
    pub(super) line: u64,
    pub(super) within: Duration,
    pub(super) from_client: mpsc::UnboundedReceiver<Element>,
    pub(super) inputs: mpsc::Sender<Input>,
}

pub(super) async fn run(socket: Socket) {
    let Socket {
        door,
        url,
        origin,
        with_token,
        line,
        within,
        from_client,
        inputs,
    } = socket;
    let mut request = WsRequest::new(&url, Purpose::Signalling)
        .subprotocol("xmpp")
        .origin(&origin);
    request.max_message = FRAME_MAX;
    let opened = match tokio::time::timeout(within, door.websocket(request)).await {
        Ok(Ok(opened)) => opened,
        failed => {
            let (problem, other_way) = match failed {
                Ok(Err(error)) => {
                    let other_way = other_way_may_help(&error);
                    (problem_of(error, with_token), other_way)
                }
                _ => {
                    let problem = Problem::new(Code::NetTimeout, "the WebSocket took too long");
                    (problem.with("host", host(&url)), true)
                }
            };
            let failed = Input::SocketFailed {
                line,
                problem,
                other_way,
            };
            let _ = inputs.send(failed).await;
            return;
        }
    };
    let managed = true;
    if inputs
        .send(Input::SocketOpened { line, managed })
        .await
        .is_err()
    {
        return;
    }
    let (sender, receiver) = opened.split();
    // Both directions at once: a server that does not read must not keep us from hearing it.
    tokio::select! {
        finished = write(sender, from_client) => {
            if finished {
                return;
            }
        }
        () = read(receiver, line, &inputs) => {}
    }
    let _ = inputs.send(Input::SocketClosed { line }).await;
}

/// True: everything was sent and the line is no longer wanted.
async fn write(mut sender: WsSender, mut from_client: mpsc::UnboundedReceiver<Element>) -> bool {
    while let Some(element) = from_client.recv().await {
        if sender
            .send(WsMessage::Text(element.to_xml()))
            .await
            .is_err()
        {
            return false;
        }
    }
    sender.close().await;
    true
}

async fn read(mut receiver: WsReceiver, line: u64, inputs: &mpsc::Sender<Input>) {
    loop {
        let text = match receiver.next().await {
            Ok(Some(WsMessage::Text(text))) => text,
            Ok(Some(WsMessage::Binary(_))) => continue,
            Ok(None) | Err(_) => return,
        };
        match parse(&text) {
            Ok(element) => {
                if inputs.send(Input::Frame { line, element }).await.is_err() {
                    return;
                }
            }
            // A stream can't be continued behind what is not XML (RFC 6120 §4.9.3.13).
            Err(error) => {
                tracing::warn!(%error, "a frame of the server is not usable");
                return;
            }
        }
    }
}

/// A server that wants a good token may refuse the socket itself.
fn problem_of(error: NetError, with_token: bool) -> Problem {
    let about_token = with_token
        && matches!(&error, NetError::WebSocketRefused { status, .. } if matches!(status.as_u16(), 401 | 403));
    let mut problem = Problem::from(error);
    if about_token {
        problem.code = Code::TokenRefused;
    }
    problem
}

/// BOSH goes the same way to the same host: it helps only where WebSockets are the trouble.
fn other_way_may_help(error: &NetError) -> bool {
    !matches!(
        error,
        NetError::UnknownHost { .. } | NetError::Certificate { .. } | NetError::Unreachable { .. }
    )
}

fn host(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}
