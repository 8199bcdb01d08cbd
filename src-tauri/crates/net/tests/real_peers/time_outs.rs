//! Peers that never answer, at each step.

use crate::peers::{Authority, Server, Validity, all_closed, direct, impatient, localhost};
use ranzen_meeting::{Code, Problem};
use ranzen_net::{
    Door, HttpRequest, NetError, ProxyChoice, ProxyServer, Purpose, Step, Target, WsRequest,
};
use std::future::pending;
use std::time::Duration;

fn door(authority: &Authority) -> Door {
    direct(authority).time_outs(impatient()).build().unwrap()
}

/// Accepts and says nothing.
async fn silent() -> Server {
    Server::start(None, |socket| async move {
        let _held = socket;
        pending::<()>().await;
    })
    .await
}

fn step_of(error: NetError) -> Step {
    let NetError::TimedOut { step, .. } = &error else {
        panic!("{error:?}");
    };
    let step = *step;
    assert_eq!(Problem::from(error).code, Code::NetTimeout);
    step
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_told() {
    let door = door(&Authority::new("school"));
    let target = Target::tls("no-such-host.invalid", 443);
    let error = door.stream(&target, Purpose::Signalling).await.unwrap_err();
    assert!(matches!(error, NetError::UnknownHost { .. }), "{error:?}");
    let problem = Problem::from(error);
    assert_eq!(problem.code, Code::HostUnknown);
    assert_eq!(problem.values["host"], "no-such-host.invalid");
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_told() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let error = door(&Authority::new("school"))
        .stream(&localhost(port), Purpose::Signalling)
        .await
        .unwrap_err();
    assert!(matches!(error, NetError::Unreachable { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::HostUnreachable);
}

/// A listener whose queue is full lets further connections wait for ever.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_does_not_take_the_connection_times_out() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = Vec::new();
    let wait = Duration::from_millis(300);
    while let Ok(stream) = tokio::time::timeout(wait, tokio::net::TcpStream::connect(address)).await
    {
        queued.push(stream.unwrap());
    }
    let target = Target::tcp("127.0.0.1", address.port());
    let error = door(&Authority::new("school"))
        .stream(&target, Purpose::Relay)
        .await
        .unwrap_err();
    assert_eq!(step_of(error), Step::Connect);
}

#[tokio::test]
async fn a_silent_tls_server_times_out() {
    let server = silent().await;
    let error = door(&Authority::new("school"))
        .stream(&localhost(server.port), Purpose::Signalling)
        .await
        .unwrap_err();
    assert_eq!(step_of(error), Step::Tls);
}

#[tokio::test]
async fn a_silent_proxy_times_out() {
    let proxy = silent().await;
    let door = direct(&Authority::new("school"))
        .time_outs(impatient())
        .proxy(ProxyChoice::Fixed(ProxyServer::new(
            "127.0.0.1",
            proxy.port,
        )))
        .build()
        .unwrap();
    let target = Target::tls("meet.ranzen.test", 443);
    let error = door.stream(&target, Purpose::Signalling).await.unwrap_err();
    assert!(
        matches!(error, NetError::ProxyUnreachable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_silent_http_server_times_out_for_requests_and_websockets() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let server = Server::start(Some(config), |socket| async move {
        let _held = socket;
        pending::<()>().await;
    })
    .await;
    let door = door(&authority);
    let request = HttpRequest::get(&server.https("/"), Purpose::Discovery)
        .time_out(Duration::from_millis(500));
    assert_eq!(step_of(door.http(request).await.unwrap_err()), Step::Answer);
    let url = server.https("/").replace("https", "wss");
    let request = WsRequest::new(&url, Purpose::Signalling);
    let error = door.websocket(request).await.unwrap_err();
    assert_eq!(step_of(error), Step::Answer);
    all_closed(&door).await;
}
