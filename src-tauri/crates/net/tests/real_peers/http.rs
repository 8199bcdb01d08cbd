//! HTTP: requests, redirects, bounds, connections used again.

use crate::peers::{Authority, Server, Validity, answer, door};
use ranzen_meeting::{Code, Problem};
use ranzen_net::{HttpRequest, NetError, Purpose};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

fn get(url: &str) -> HttpRequest {
    HttpRequest::get(url, Purpose::Discovery)
}

async fn https<R>(authority: &Authority, reply: R) -> Server
where
    R: Fn(&str) -> Vec<u8> + Send + Sync + 'static,
{
    let config = authority.config(&["localhost", "127.0.0.1"], Validity::Now);
    Server::http(Some(config), reply).await
}

#[tokio::test]
async fn method_headers_and_body_arrive_and_any_status_is_an_answer() {
    let authority = Authority::new("school");
    let seen = Arc::new(Mutex::new(String::new()));
    let heard = Arc::clone(&seen);
    let server = https(&authority, move |request| {
        *heard.lock().unwrap() = request.to_owned();
        answer("418 Teapot", "X-Kind: tea\r\n", "short and stout")
    })
    .await;
    let url = server.https("/http-bind?room=a%20b#not-sent");
    let request = HttpRequest::post(&url, "text/xml", "<body/>", Purpose::Signalling)
        .header("Authorization", "Bearer x");
    let page = door(&authority).http(request).await.unwrap();
    assert_eq!(page.status.as_u16(), 418);
    assert_eq!(page.headers["x-kind"], "tea");
    assert_eq!(page.body, "short and stout");
    let seen = seen.lock().unwrap().clone();
    assert!(
        seen.starts_with("POST /http-bind?room=a%20b HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(
        seen.contains(&format!("Host: localhost:{}\r\n", server.port)),
        "{seen}"
    );
    assert!(seen.contains("Content-Type: text/xml\r\n"), "{seen}");
    assert!(seen.contains("Authorization: Bearer x\r\n"), "{seen}");
    assert!(seen.ends_with("\r\n\r\n<body/>"), "{seen}");
}

#[tokio::test]
async fn redirects_are_followed_and_secrets_stay_with_their_server() {
    let authority = Authority::new("school");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let last = https(&authority, move |request| {
        heard.lock().unwrap().push(request.to_ascii_lowercase());
        answer("200 OK", "", "there")
    })
    .await;
    // Another origin: another port, and another way to name the host.
    let to = format!("https://127.0.0.1:{}/end", last.port);
    let first = https(&authority, move |request| {
        if request.starts_with("GET /start") {
            answer("302 Found", "Location: next\r\n", "")
        } else {
            answer("307 Over There", &format!("Location: {to}\r\n"), "")
        }
    })
    .await;
    let request = get(&first.https("/start")).header("Cookie", "secret=1");
    let page = door(&authority).http(request).await.unwrap();
    assert_eq!(page.body, "there");
    assert_eq!(page.final_url.path(), "/end");
    assert_eq!(page.final_url.port(), Some(last.port));
    assert!(!seen.lock().unwrap()[0].contains("cookie"));
}

#[tokio::test]
async fn circles_and_ways_out_of_encryption_are_refused() {
    let authority = Authority::new("school");
    let circle = https(&authority, |_| answer("302 Found", "Location: /\r\n", "")).await;
    let door = door(&authority);
    let error = door.http(get(&circle.https("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Redirect { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::ServerProtocol);

    for place in [
        "http://127.0.0.1:9/",
        "http://example.org/",
        "file:///etc/passwd",
        "::",
    ] {
        let headers = format!("Location: {place}\r\n");
        let server = https(&authority, move |_| answer("301 Moved", &headers, "")).await;
        let error = door.http(get(&server.https("/"))).await;
        let error = error.map(|page| page.final_url).unwrap_err();
        assert!(
            matches!(error, NetError::Redirect { .. }),
            "{place}: {error:?}"
        );
    }

    let mut request = get(&circle.https("/"));
    request.redirects = 0;
    assert_eq!(door.http(request).await.unwrap().status.as_u16(), 302);
}

#[tokio::test]
async fn a_post_answered_with_see_other_becomes_a_get_without_body() {
    let authority = Authority::new("school");
    let server = https(&authority, |request| {
        if request.starts_with("POST") {
            answer("303 See Other", "Location: /after\r\n", "")
        } else {
            answer("200 OK", "", request)
        }
    })
    .await;
    let url = server.https("/form");
    let mut request = HttpRequest::post(&url, "text/plain", "body", Purpose::Discovery);
    request.redirects = 1;
    let page = door(&authority).http(request).await.unwrap();
    let seen = String::from_utf8_lossy(&page.body).to_ascii_lowercase();
    assert!(seen.starts_with("get /after "), "{seen}");
    assert!(
        !seen.contains("content-type") && !seen.contains("body"),
        "{seen}"
    );
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let server = Server::start(Some(config), |mut socket| async move {
        crate::peers::read_head(&mut socket).await;
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let mut chunk = b"4000\r\n".to_vec();
        chunk.extend([b'x'; 0x4000]);
        chunk.extend(b"\r\n");
        let mut fine = socket.write_all(head).await.is_ok();
        while fine {
            fine = socket.write_all(&chunk).await.is_ok();
        }
    })
    .await;
    let door = door(&authority);
    let request = get(&server.https("/")).limit(100_000);
    let error = door.http(request).await.unwrap_err();
    assert!(
        matches!(error, NetError::TooBig { limit: 100_000, .. }),
        "{error:?}"
    );
    let read = door.ledger().snapshot()[0].received;
    assert!((100_000..400_000).contains(&read), "{read}");
}

#[tokio::test]
async fn a_body_announced_too_long_is_not_read_at_all() {
    let authority = Authority::new("school");
    let server = https(&authority, |_| {
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec()
    })
    .await;
    let error = door(&authority).http(get(&server.https("/"))).await;
    assert!(matches!(error, Err(NetError::TooBig { .. })), "{error:?}");
}

#[tokio::test]
async fn endless_and_slow_headers_are_bounded() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let endless = Server::start(Some(config.clone()), |mut socket| async move {
        crate::peers::read_head(&mut socket).await;
        let mut fine = socket
            .write_all(b"HTTP/1.1 200 OK\r\nX-Long: ")
            .await
            .is_ok();
        while fine {
            fine = socket.write_all(&[b'y'; 1000]).await.is_ok();
        }
    })
    .await;
    let door = door(&authority);
    let error = door.http(get(&endless.https("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::TooBig { .. }), "{error:?}");

    let slow = Server::start(Some(config), |mut socket| async move {
        crate::peers::read_head(&mut socket).await;
        let mut fine = socket
            .write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            .await
            .is_ok();
        while fine {
            tokio::time::sleep(Duration::from_millis(20)).await;
            fine = socket.write_all(b"z").await.is_ok() && socket.flush().await.is_ok();
        }
    })
    .await;
    let request = get(&slow.https("/")).time_out(Duration::from_millis(700));
    let error = door.http(request).await.unwrap_err();
    assert!(matches!(error, NetError::TimedOut { .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_is_no_http_is_told() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let half = Server::start(Some(config.clone()), |mut socket| async move {
        crate::peers::read_head(&mut socket).await;
        let _ = socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            .await;
        let _ = socket.shutdown().await;
    })
    .await;
    let door = door(&authority);
    let error = door.http(get(&half.https("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Lost { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::ConnectionLost);

    let other = https(&authority, |_| b"* OK IMAP4rev1\r\n\r\n".to_vec()).await;
    let error = door.http(get(&other.https("/"))).await.unwrap_err();
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::ServerProtocol);
}

#[tokio::test]
async fn a_connection_serves_many_requests_and_a_closed_one_is_replaced() {
    let authority = Authority::new("school");
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = https(&authority, move |_| {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        let close = if number == 3 {
            "Connection: close\r\n"
        } else {
            ""
        };
        answer("200 OK", close, "ok")
    })
    .await;
    let door = door(&authority);
    let url = server.https("/");
    for _ in 0..6 {
        door.http(get(&url)).await.unwrap();
    }
    assert_eq!(requests.load(Ordering::Relaxed), 6);
    assert_eq!(server.counts.connections.load(Ordering::Relaxed), 2);
    // Another purpose is another line in the ledger.
    door.http(HttpRequest::get(&url, Purpose::Signalling))
        .await
        .unwrap();
    assert_eq!(server.counts.connections.load(Ordering::Relaxed), 3);
}

/// The server hangs up between two requests without a word, as nginx does.
#[tokio::test]
async fn a_connection_closed_while_idle_costs_no_error() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let server = Server::start(Some(config), |mut socket| async move {
        crate::peers::read_head(&mut socket).await;
        let _ = socket.write_all(&answer("200 OK", "", "one")).await;
        let _ = socket.shutdown().await;
    })
    .await;
    let door = door(&authority);
    for _ in 0..20 {
        let page = door.http(get(&server.https("/"))).await.unwrap();
        assert_eq!(page.body, "one");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_cannot_be_asked_is_told_without_asking() {
    let door = door(&Authority::new("school"));
    for url in ["http://meet.example.org/", "ftp://x/", "nonsense", ""] {
        let error = door.http(get(url)).await.unwrap_err();
        assert!(
            matches!(error, NetError::Address { .. }),
            "{url}: {error:?}"
        );
    }
    let request = get("https://localhost:1/").header("Bad Name", "x");
    let error = door.http(request).await.unwrap_err();
    assert!(matches!(error, NetError::Request { .. }), "{error:?}");
    assert!(door.ledger().snapshot().is_empty());
}
