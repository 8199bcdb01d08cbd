//! The web server in front, as nginx stands in front of a deployment: one TLS port for pages,
//! `config.js`, XMPP (WebSocket and BOSH), conference requests and bridge channels.

mod colibri;
mod pages;
mod proxy;
mod request;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use ranzen_testbed::certificates::ServerIdentity;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::Options;
use crate::bridge::Bridge;
use crate::complaints::Complaints;
use crate::focus::FocusHandle;

pub(crate) type Body = BoxBody<Bytes, hyper::Error>;

/// What requests are answered from.
pub(crate) struct Front {
    pub(crate) options: Options,
    pub(crate) bridge: Bridge,
    pub(crate) focus: FocusHandle,
    pub(crate) complaints: Complaints,
    /// Counts up when all proxied WebSockets shall be dropped.
    pub(crate) drop_websockets: watch::Sender<u64>,
    /// While set, XMPP connections are answered with 502.
    pub(crate) xmpp_refused: AtomicBool,
}

impl Front {
    /// Listens on `address` and serves until the runtime ends.
    pub(crate) async fn start(
        self: Arc<Self>,
        address: SocketAddr,
        identity: &ServerIdentity,
    ) -> anyhow::Result<()> {
        let certificate = CertificateDer::from(identity.certificate_der.clone());
        let key = PrivateKeyDer::try_from(identity.key_der.clone())
            .map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("listen on {address}"))?;
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let (front, acceptor) = (self.clone(), acceptor.clone());
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let service = service_fn(move |request| {
                        let front = front.clone();
                        async move { Ok::<_, hyper::Error>(front.serve(request).await) }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .with_upgrades()
                        .await;
                });
            }
        });
        Ok(())
    }

    async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        // Tenants: everything is also there below `/<tenant>/`.
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        match name.as_str() {
            "xmpp-websocket" | "http-bind" if self.xmpp_refused.load(Ordering::Relaxed) => {
                plain(StatusCode::BAD_GATEWAY, "no XMPP at the moment")
            }
            "xmpp-websocket" | "http-bind" => proxy::pass(&self, &name, request).await,
            "config.js" => pages::config(&self.options, &request),
            _ if path.contains("/conference-request/v1") => request::answer(&self, request).await,
            _ if path.starts_with("/colibri-ws/") => colibri::open(&self, request).await,
            _ => pages::room(&path),
        }
    }
}

/// A short answer.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    answer(status, "text/plain; charset=utf-8", text.to_owned())
}

/// An answer with a type.
pub(crate) fn answer(status: StatusCode, content_type: &str, text: String) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    if let Ok(value) = content_type.parse() {
        response
            .headers_mut()
            .insert(hyper::header::CONTENT_TYPE, value);
    }
    response
}

/// A body of known text.
pub(crate) fn full(text: String) -> Body {
    Full::new(Bytes::from(text))
        .map_err(|never| match never {})
        .boxed()
}
