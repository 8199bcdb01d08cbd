//! WebSockets: with subprotocol, refused, oversize, closed and broken.

use crate::peers::{Authority, Server, Socket, Validity, answer, door};
use futures_util::{SinkExt as _, StreamExt as _};
use ranzen_meeting::{Code, Problem};
use ranzen_net::{NetError, Purpose, WsMessage, WsRequest};
use rustls::ServerConfig;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Agrees to the first subprotocol asked for.
#[expect(
    clippy::result_large_err,
    reason = "the library's callback has this type"
)]
fn agree(request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    if let Some(wanted) = request.headers().get("sec-websocket-protocol") {
        response
            .headers_mut()
            .insert("sec-websocket-protocol", wanted.clone());
    }
    Ok(response)
}

async fn serve<H, F>(tls: Option<Arc<ServerConfig>>, handler: H) -> Server
where
    H: Fn(WebSocketStream<Socket>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    Server::start(tls, move |socket| {
        let handler = handler.clone();
        async move {
            if let Ok(socket) = accept_hdr_async(socket, agree).await {
                handler(socket).await;
            }
        }
    })
    .await
}

pub async fn echo_server(tls: Option<Arc<ServerConfig>>) -> Server {
    serve(tls, |mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
                break;
            }
        }
    })
    .await
}

fn config(authority: &Authority) -> Option<Arc<ServerConfig>> {
    Some(authority.config(&["localhost"], Validity::Now))
}

fn request(server: &Server) -> WsRequest {
    let url = server
        .https("/xmpp-websocket?room=x")
        .replace("https", "wss");
    WsRequest::new(&url, Purpose::Signalling)
}

#[tokio::test]
async fn text_and_binary_come_back_with_the_subprotocol_agreed() {
    let authority = Authority::new("school");
    let server = echo_server(config(&authority)).await;
    let wanted = request(&server)
        .subprotocol("xmpp")
        .origin("https://meet.example.org");
    let mut socket = door(&authority).websocket(wanted).await.unwrap();
    let long = "ä".repeat(200_000);
    for message in [
        WsMessage::Text("hallo".to_owned()),
        WsMessage::Text(long),
        WsMessage::Binary(vec![0, 255, 7].into()),
    ] {
        socket.send(message.clone()).await.unwrap();
        assert!(socket.next().await.unwrap() == Some(message));
    }
    socket.close().await;
}

#[tokio::test]
async fn both_halves_work_in_their_own_tasks() {
    let authority = Authority::new("school");
    let server = echo_server(config(&authority)).await;
    let socket = door(&authority).websocket(request(&server)).await.unwrap();
    let (mut sender, mut receiver) = socket.split();
    let sending = tokio::spawn(async move {
        for number in 0..1000 {
            sender
                .send(WsMessage::Text(number.to_string()))
                .await
                .unwrap();
        }
        sender.ping().await.unwrap();
        sender
    });
    for number in 0..1000 {
        let message = receiver.next().await.unwrap();
        assert_eq!(message, Some(WsMessage::Text(number.to_string())));
    }
    let mut sender = sending.await.unwrap();
    sender.close().await;
    assert_eq!(receiver.next().await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_carries_its_status_and_a_plain_excerpt() {
    let authority = Authority::new("school");
    let page = format!("<html><h1>No entry</h1>{}</html>", "x".repeat(100_000));
    let server = Server::http(config(&authority), move |_| {
        answer("403 Forbidden", "", &page)
    })
    .await;
    let error = door(&authority)
        .websocket(request(&server))
        .await
        .unwrap_err();
    let NetError::WebSocketRefused {
        status, excerpt, ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(status.as_u16(), 403);
    assert!(
        excerpt.starts_with("No entry xxx") && excerpt.len() == 200,
        "{excerpt}"
    );
    let problem = Problem::from(error);
    assert_eq!(problem.code, Code::ServerRefused);
    assert!(problem.values["text"].starts_with("No entry"));
}

#[tokio::test]
async fn a_server_that_ignores_the_subprotocol_or_answers_another_key_is_refused() {
    let authority = Authority::new("school");
    let plain = Server::start(config(&authority), |socket| async move {
        let _ = tokio_tungstenite::accept_async(socket).await;
    })
    .await;
    let wanted = request(&plain).subprotocol("xmpp");
    let error = door(&authority).websocket(wanted).await.unwrap_err();
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");

    let replay = Server::http(config(&authority), |_| {
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
          Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
            .to_vec()
    })
    .await;
    let error = door(&authority).websocket(request(&replay)).await;
    let error = error.unwrap_err();
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
}

#[tokio::test]
async fn an_oversize_message_is_an_error_whether_in_one_frame_or_many() {
    let authority = Authority::new("school");
    let one = serve(config(&authority), |mut socket| async move {
        let _ = socket.send(Message::text("x".repeat(20_000))).await;
        let _ = socket.next().await;
    })
    .await;
    // Fragments of 1000 bytes without an end (RFC 6455 §5.4), each frame small.
    let many = Server::start(config(&authority), |socket| async move {
        use tokio::io::AsyncWriteExt as _;
        let socket = accept_hdr_async(socket, agree).await.unwrap();
        let mut raw = socket.into_inner();
        let mut opcode = 0x01;
        loop {
            let mut frame = vec![opcode, 126, 0x03, 0xe8];
            frame.extend([b'x'; 1000]);
            if raw.write_all(&frame).await.is_err() {
                break;
            }
            opcode = 0x00;
        }
    })
    .await;
    for server in [one, many] {
        let mut wanted = request(&server);
        wanted.max_message = 10_000;
        let mut socket = door(&authority).websocket(wanted).await.unwrap();
        let error = socket.next().await.unwrap_err();
        assert!(
            matches!(error, NetError::TooBig { limit: 10_000, .. }),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn pings_are_answered_and_a_goodbye_ends_the_stream_with_its_reason() {
    let authority = Authority::new("school");
    let server = serve(config(&authority), |mut socket| async move {
        socket.send(Message::Ping(vec![42].into())).await.unwrap();
        let pong = socket.next().await.unwrap().unwrap();
        assert_eq!(pong, Message::Pong(vec![42].into()));
        socket.send(Message::text("pong came")).await.unwrap();
        let goodbye = CloseFrame {
            code: 4001.into(),
            reason: "lesson over".into(),
        };
        let _ = socket.close(Some(goodbye)).await;
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    let mut socket = door(&authority).websocket(request(&server)).await.unwrap();
    let message = socket.next().await.unwrap();
    assert_eq!(message, Some(WsMessage::Text("pong came".to_owned())));
    assert_eq!(socket.next().await.unwrap(), None);
    assert_eq!(socket.closed_with(), Some((4001, "lesson over")));
}

#[tokio::test]
async fn a_cut_is_told_from_a_goodbye() {
    let authority = Authority::new("school");
    let server = serve(config(&authority), |socket| async move { drop(socket) }).await;
    let mut socket = door(&authority).websocket(request(&server)).await.unwrap();
    let error = socket.next().await.unwrap_err();
    assert!(matches!(error, NetError::Lost { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::ConnectionLost);
}
