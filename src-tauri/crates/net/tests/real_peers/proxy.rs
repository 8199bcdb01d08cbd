//! Through Debian's squid.

use crate::peers::{Authority, Server, Squid, Validity, direct, localhost, rerun};
use ranzen_meeting::{Code, Problem};
use ranzen_net::{
    Door, EntryState, HttpRequest, NetError, ProxyChoice, ProxyServer, Purpose, Target, WsMessage,
    WsRequest,
};
use std::sync::atomic::Ordering;

/// A name that only squid knows.
const MEET: &str = "meet.ranzen.test";

fn through(authority: &Authority, proxy: ProxyServer) -> Door {
    direct(authority)
        .proxy(ProxyChoice::Fixed(proxy))
        .build()
        .unwrap()
}

async fn refused(door: &Door, host: &str) -> NetError {
    let target = Target::tls(host, 443);
    door.stream(&target, Purpose::Signalling).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_and_websocket_go_through_the_proxy_and_the_ledger_counts_what_the_host_saw() {
    let authority = Authority::new("school");
    let config = authority.config(&[MEET], Validity::Now);
    let server = Server::http(Some(config.clone()), |_| {
        crate::peers::answer("200 OK", "Connection: close\r\n", "var config = {};")
    })
    .await;
    let squid = Squid::start();
    let door = through(&authority, squid.proxy());
    let url = format!("https://{MEET}:{}/config.js", server.port);
    let page = door
        .http(HttpRequest::get(&url, Purpose::Discovery))
        .await
        .unwrap();
    assert_eq!(page.body, "var config = {};");

    let echo = crate::websocket::echo_server(Some(config)).await;
    let url = format!("wss://{MEET}:{}/xmpp-websocket", echo.port);
    let request = WsRequest::new(&url, Purpose::Signalling).subprotocol("xmpp");
    let mut socket = door.websocket(request).await.unwrap();
    let sent = WsMessage::Text("<open/>".to_owned());
    socket.send(sent.clone()).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), Some(sent));
    socket.close().await;

    let log = squid.access_log();
    assert!(log.contains("CONNECT") && log.contains(MEET), "{log}");
    let book = door.ledger().snapshot();
    let proxy = format!("127.0.0.1:{}", squid.port);
    for (entry, server) in book.iter().zip([&server, &echo]) {
        assert_eq!(entry.host, format!("{MEET}:{}", server.port));
        assert_eq!(entry.proxy.as_ref(), Some(&proxy));
        assert_eq!(entry.sent, server.counts.received.load(Ordering::Relaxed));
        assert_eq!(entry.received, server.counts.sent.load(Ordering::Relaxed));
    }
    assert_eq!(book.len(), 2);
}

#[tokio::test]
async fn what_squid_refuses_is_told_apart() {
    let authority = Authority::new("school");
    let squid = Squid::start();
    let proxy = format!("127.0.0.1:{}", squid.port);
    let wrong = squid.without_login().with_basic(Squid::USER, "falsch");
    for login in [squid.without_login(), wrong] {
        let error = refused(&through(&authority, login), MEET).await;
        assert!(
            matches!(&error, NetError::ProxyAuth { schemes, .. } if schemes == &["Basic"]),
            "{error:?}"
        );
        let problem = Problem::from(error);
        assert_eq!(problem.code, Code::ProxyAuth);
        assert_eq!(problem.values["proxy"], proxy);
    }

    let door = through(&authority, squid.proxy());
    let error = refused(&door, "blocked.ranzen.test").await;
    assert!(
        matches!(&error, NetError::ProxyRefused { status, .. } if status.as_u16() == 403),
        "{error:?}"
    );
    let problem = Problem::from(error);
    assert_eq!(problem.code, Code::ProxyRefused);
    assert_eq!(problem.values["host"], "blocked.ranzen.test");

    // Squid has nobody to ask for the name; if this machine has a name server, that says no.
    let error = refused(&door, "nowhere.ranzen.test").await;
    let blames_the_way = matches!(
        error,
        NetError::BeyondProxy { .. } | NetError::UnknownHost { .. }
    );
    assert!(blames_the_way, "{error:?}");

    // A port where nobody listens: the listener is gone when squid tries.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::tls(MEET, closed.local_addr().unwrap().port());
    drop(closed);
    let error = door.stream(&target, Purpose::Signalling).await.unwrap_err();
    assert!(matches!(error, NetError::BeyondProxy { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::HostUnreachable);
    let book = door.ledger().snapshot();
    assert!(
        book.iter()
            .all(|e| e.state == EntryState::Failed && e.sent == 0)
    );
}

#[tokio::test]
async fn a_proxy_that_is_down_or_no_proxy_is_told() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let authority = Authority::new("school");
    let door = through(&authority, ProxyServer::new("127.0.0.1", port));
    let error = refused(&door, MEET).await;
    assert!(
        matches!(error, NetError::ProxyUnreachable { .. }),
        "{error:?}"
    );
    let problem = Problem::from(error);
    assert_eq!(problem.code, Code::ProxyUnreachable);
    assert_eq!(problem.values["proxy"], format!("127.0.0.1:{port}"));

    let nonsense = Server::http(None, |_| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
    let door = through(&authority, ProxyServer::new("127.0.0.1", nonsense.port));
    let error = refused(&door, MEET).await;
    assert!(
        matches!(error, NetError::ProxyUnreachable { .. }),
        "{error:?}"
    );

    let endless = Server::http(None, |_| {
        let mut answer = b"HTTP/1.1 200 OK\r\n".to_vec();
        answer.extend((0..100_000).flat_map(|_| b"X-Header: y\r\n".iter()));
        answer
    })
    .await;
    let door = through(&authority, ProxyServer::new("127.0.0.1", endless.port));
    let error = refused(&door, MEET).await;
    assert!(
        matches!(error, NetError::ProxyUnreachable { .. }),
        "{error:?}"
    );
}

/// A proxy that is itself reached over TLS.
#[tokio::test]
async fn a_proxy_behind_tls_works() {
    use tokio::io::AsyncWriteExt as _;
    let authority = Authority::new("school");
    let server = Server::echo(Some(authority.config(&[MEET], Validity::Now))).await;
    let port = server.port;
    let config = authority.config(&["localhost"], Validity::Now);
    let proxy = Server::start(Some(config), move |mut socket| async move {
        let head = crate::peers::read_head(&mut socket).await.unwrap();
        assert!(head.starts_with("CONNECT meet.ranzen.test:"));
        let mut onward = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        socket.write_all(b"HTTP/1.1 200 Yes\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut socket, &mut onward).await;
    })
    .await;
    let setting = format!("https://localhost:{}", proxy.port);
    let door = through(&authority, setting.parse().unwrap());
    let stream = door.stream(&Target::tls(MEET, port), Purpose::Relay).await;
    assert!(stream.is_ok(), "{stream:?}");
}

/// The environment belongs to the whole process, so this needs one of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_of_the_environment_is_used_with_its_login_and_exceptions() {
    const ROLE: &str = "RANZEN_TEST_ENVIRONMENT_PROXY";
    let authority = Authority::new("school");
    if std::env::var_os(ROLE).is_none() {
        let squid = Squid::start();
        let (user, password) = (Squid::USER, Squid::ESCAPED);
        let proxy = format!("http://{user}:{password}@127.0.0.1:{}/", squid.port);
        tokio::task::spawn_blocking(move || {
            rerun(
                "proxy::the_proxy_of_the_environment_is_used_with_its_login_and_exceptions",
                &[
                    (ROLE, "yes"),
                    ("https_proxy", &proxy),
                    ("no_proxy", "direct.invalid"),
                ],
            );
            assert_eq!(squid.access_log().matches("CONNECT").count(), 1);
        })
        .await
        .unwrap();
        return;
    }
    let config = authority.config(&[MEET, "localhost"], Validity::Now);
    let server = Server::echo(Some(config)).await;
    let door = direct(&authority)
        .proxy(ProxyChoice::System)
        .build()
        .unwrap();
    let target = Target::tls(MEET, server.port);
    door.stream(&target, Purpose::Signalling).await.unwrap();
    // This device itself, and the exception: straight.
    let here = localhost(server.port);
    door.stream(&here, Purpose::Signalling).await.unwrap();
    let error = refused(&door, "direct.invalid").await;
    assert!(matches!(error, NetError::UnknownHost { .. }), "{error:?}");
    let book = door.ledger().snapshot();
    let proxied: Vec<_> = book.iter().map(|entry| entry.proxy.is_some()).collect();
    assert_eq!(proxied, [true, false, false]);
}
