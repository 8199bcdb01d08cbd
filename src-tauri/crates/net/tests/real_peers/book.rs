//! The ledger says what the server saw.

use crate::peers::{Authority, Server, Validity, answer, door, localhost};
use ranzen_net::{EntryState, HttpRequest, Purpose, Target, WsMessage, WsRequest};
use std::sync::atomic::Ordering;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn assert_same(entry: &ranzen_net::Entry, server: &Server) {
    let counts = &server.counts;
    assert_eq!(entry.sent, counts.received.load(Ordering::Relaxed));
    assert_eq!(entry.received, counts.sent.load(Ordering::Relaxed));
    assert!(entry.sent > 0 && entry.received > 0);
}

#[tokio::test]
async fn every_kind_of_connection_is_counted_as_the_server_counts() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let door = door(&authority);

    let plain = Server::echo(None).await;
    let secure = Server::echo(Some(config.clone())).await;
    for target in [Target::tcp("localhost", plain.port), localhost(secure.port)] {
        let mut stream = door.stream(&target, Purpose::Relay).await.unwrap();
        stream.write_all(&[7; 50_000]).await.unwrap();
        stream.flush().await.unwrap();
        let mut back = vec![0; 50_000];
        stream.read_exact(&mut back).await.unwrap();
        assert!(door.ledger().snapshot().last().unwrap().is_open());
    }
    let body = "y".repeat(300_000);
    let http = Server::http(Some(config.clone()), move |_| {
        answer("200 OK", "Connection: close\r\n", &body)
    })
    .await;
    let request = HttpRequest::get(&http.https("/"), Purpose::Discovery);
    door.http(request).await.unwrap();
    let echo = crate::websocket::echo_server(Some(config)).await;
    let url = echo.https("/").replace("https", "wss");
    let request = WsRequest::new(&url, Purpose::BridgeChannel);
    let mut socket = door.websocket(request).await.unwrap();
    socket
        .send(WsMessage::Text("z".repeat(70_000)))
        .await
        .unwrap();
    socket.next().await.unwrap();
    socket.close().await;

    let book = door.ledger().snapshot();
    let kinds: Vec<_> = book.iter().map(|e| (e.protocol, e.purpose)).collect();
    assert_eq!(
        kinds,
        [
            ("tcp", Purpose::Relay),
            ("tls", Purpose::Relay),
            ("https", Purpose::Discovery),
            ("wss", Purpose::BridgeChannel),
        ]
    );
    for (entry, server) in book.iter().zip([&plain, &secure, &http, &echo]) {
        assert_same(entry, server);
        assert_eq!(entry.host, format!("localhost:{}", server.port));
        assert_eq!(entry.proxy, None);
    }
    assert!(
        book.iter().all(|e| e.state == EntryState::Closed),
        "{book:?}"
    );
}

#[tokio::test]
async fn a_connection_that_never_came_about_is_in_the_book_too() {
    let authority = Authority::new("school");
    let door = door(&authority);
    let target = Target::tls("no-such-host.invalid", 443);
    door.stream(&target, Purpose::Signalling).await.unwrap_err();
    let book = door.ledger().snapshot();
    assert_eq!(book[0].host, "no-such-host.invalid:443");
    assert_eq!(book[0].state, EntryState::Failed);
}
