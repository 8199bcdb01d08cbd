//! Passes XMPP over WebSocket and BOSH on to Prosody.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HOST, UPGRADE};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{Body, Front, plain};
use crate::prosody::HTTP_PORT;

/// Passes a request on; an upgrade becomes a tunnel that lives until one side or the stand ends it.
pub(crate) async fn pass(
    front: &Front,
    name: &str,
    mut request: Request<Incoming>,
) -> Response<Body> {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", HTTP_PORT)).await else {
        return plain(StatusCode::BAD_GATEWAY, "Prosody is gone");
    };
    let _ = stream.set_nodelay(true);
    let Ok((mut sender, connection)) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await
    else {
        return plain(StatusCode::BAD_GATEWAY, "Prosody is gone");
    };
    tokio::spawn(connection.with_upgrades());
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let Ok(uri) = format!("/{name}{query}").parse() else {
        return plain(StatusCode::BAD_REQUEST, "address");
    };
    *request.uri_mut() = uri;
    if let Ok(host) = front.options.domain.parse() {
        request.headers_mut().insert(HOST, host);
    }
    let upgrade = request.headers().contains_key(UPGRADE);
    if !upgrade {
        request.headers_mut().remove(CONNECTION);
    }
    let client = upgrade.then(|| hyper::upgrade::on(&mut request));
    let Ok(mut response) = sender.send_request(request).await else {
        return plain(StatusCode::BAD_GATEWAY, "Prosody did not answer");
    };
    if let (Some(client), StatusCode::SWITCHING_PROTOCOLS) = (client, response.status()) {
        let server = hyper::upgrade::on(&mut response);
        let mut dropped = front.drop_websockets.subscribe();
        tokio::spawn(async move {
            let (Ok(client), Ok(server)) = (client.await, server.await) else {
                return;
            };
            let (mut client, mut server) = (TokioIo::new(client), TokioIo::new(server));
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                // Both sides see the connection end without a closing frame.
                _ = dropped.changed() => {}
            }
        });
    }
    response.map(|body| body.boxed())
}
