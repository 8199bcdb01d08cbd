//! A raw client for tests: it says exactly what it is told and shows everything that comes.
#![allow(dead_code, reason = "each test uses a part")]

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ranzen_xmpp::{Element, ns, parse};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

pub mod compare;
pub mod http;
pub mod media;
pub mod recording;
pub mod replay;

pub const PATIENCE: Duration = Duration::from_secs(20);

pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// TLS to the stand, trusting only its root.
pub async fn tls(host: IpAddr, ca_pem: &str) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(SocketAddr::new(host, 443))
        .await
        .unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(ServerName::from(host), stream)
        .await
        .unwrap()
}

/// A WebSocket to `path` of the stand; the HTTP status when it is refused.
pub async fn websocket(
    host: IpAddr,
    ca_pem: &str,
    path: &str,
    protocol: Option<&str>,
) -> Result<Socket, u16> {
    let stream = tls(host, ca_pem).await;
    let mut request = format!("wss://{host}{path}").into_client_request().unwrap();
    if let Some(protocol) = protocol {
        request
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol.parse().unwrap());
    }
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
            Err(response.status().as_u16())
        }
        Err(error) => panic!("{error}"),
    }
}

/// A logged-in XMPP connection.
pub struct Client {
    pub socket: Socket,
    pub jid: String,
    pub nick: String,
    pub sm_id: Option<String>,
    pub host: IpAddr,
    pub ca_pem: String,
    /// Stanzas that came while something else was waited for.
    pub seen: VecDeque<Element>,
    /// Stanzas that count for stream management.
    pub received: u32,
    ids: u32,
}

impl Client {
    /// Logs in anonymously.
    pub async fn login(host: IpAddr, ca_pem: &str, query: &str) -> Self {
        let mut client = Self::connect(host, ca_pem, query).await;
        let success = client.authenticate().await;
        assert!(success.is("success", ns::SASL), "{}", success.to_xml());
        client.open().await;
        let bind = Element::new("iq", ns::CLIENT)
            .attr("type", "set")
            .attr("id", "bind")
            .child(Element::new("bind", ns::BIND));
        client.send(&bind).await;
        let bound = client.next().await;
        client.jid = bound
            .find("bind", ns::BIND)
            .unwrap()
            .text_of("jid", ns::BIND)
            .unwrap();
        client.nick = client.jid[..8].to_owned();
        client
    }

    /// Opens the stream, nothing more.
    pub async fn connect(host: IpAddr, ca_pem: &str, query: &str) -> Self {
        let socket = websocket(
            host,
            ca_pem,
            &format!("/xmpp-websocket?{query}"),
            Some("xmpp"),
        )
        .await
        .unwrap();
        let mut client = Self {
            socket,
            jid: String::new(),
            nick: String::new(),
            sm_id: None,
            host,
            ca_pem: ca_pem.to_owned(),
            seen: VecDeque::new(),
            received: 0,
            ids: 0,
        };
        client.open().await;
        client
    }

    pub async fn authenticate(&mut self) -> Element {
        self.send(&Element::new("auth", ns::SASL).attr("mechanism", "ANONYMOUS"))
            .await;
        self.next().await
    }

    /// (Re)starts the stream.
    pub async fn open(&mut self) {
        self.send(&ranzen_xmpp::open("meet.test")).await;
        let open = self.next().await;
        assert!(open.is("open", ns::FRAMING), "{}", open.to_xml());
        let features = self.next().await;
        assert_eq!(features.name(), "features");
    }

    /// Asks for resumption.
    pub async fn enable(&mut self) {
        self.send(&Element::new("enable", ns::SM).attr("resume", "true"))
            .await;
        let enabled = self.next().await;
        self.sm_id = enabled.get("id").map(str::to_owned);
        self.received = 0;
        assert!(self.sm_id.is_some(), "{}", enabled.to_xml());
    }

    pub async fn send(&mut self, element: &Element) {
        self.socket
            .send(Message::text(element.to_xml()))
            .await
            .unwrap();
    }

    pub async fn send_xml(&mut self, xml: &str) {
        self.socket
            .send(Message::text(xml.to_owned()))
            .await
            .unwrap();
    }

    /// The next element; stream management's requests are answered on the way.
    pub async fn next(&mut self) -> Element {
        if let Some(element) = self.seen.pop_front() {
            return element;
        }
        self.receive().await
    }

    async fn receive(&mut self) -> Element {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("nothing came");
            let text = match message.expect("the connection ended").unwrap() {
                Message::Text(text) => text,
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => continue,
            };
            let element = parse(&text).unwrap();
            if element.is("r", ns::SM) {
                let answer = Element::new("a", ns::SM).attr("h", self.received.to_string());
                self.send(&answer).await;
                continue;
            }
            if matches!(element.name(), "iq" | "presence" | "message") {
                self.received += 1;
            }
            return element;
        }
    }

    /// Waits for an element; others are kept for later.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Element) -> bool) -> Element {
        if let Some(at) = self.seen.iter().position(&wanted) {
            return self.seen.remove(at).unwrap();
        }
        let all = async {
            loop {
                let element = self.receive().await;
                if wanted(&element) {
                    return element;
                }
                self.seen.push_back(element);
            }
        };
        match tokio::time::timeout(PATIENCE, all).await {
            Ok(element) => element,
            Err(_) => {
                let seen: Vec<String> = self.seen.iter().map(Element::to_xml).collect();
                panic!("no {what}; instead: {seen:#?}")
            }
        }
    }

    /// Sends an IQ and waits for its answer.
    pub async fn ask(&mut self, kind: &str, to: &str, payload: Element) -> Element {
        self.ids += 1;
        let id = format!("ask-{}", self.ids);
        let iq = Element::new("iq", ns::CLIENT)
            .attr("type", kind)
            .attr("to", to)
            .attr("id", &id)
            .child(payload);
        self.send(&iq).await;
        self.until("answer", |it| {
            it.name() == "iq" && it.get("id") == Some(&id) && it.get("type") != Some("set")
        })
        .await
    }

    /// The conference request.
    pub async fn request(&mut self, room: &str) -> Element {
        let request = Element::new("conference", ns::FOCUS)
            .attr("machine-uid", "test")
            .attr("room", format!("{room}@conference.meet.test"));
        self.ask("set", "focus.meet.test", request).await
    }

    /// Joins the room (conference request included) and waits for its own presence.
    pub async fn join(&mut self, room: &str) {
        let ready = self.request(room).await;
        assert_eq!(ready.get("type"), Some("result"), "{}", ready.to_xml());
        self.enter(room, None).await;
        let me = format!("{room}@conference.meet.test/{}", self.nick);
        self.until("own presence", |it| {
            it.name() == "presence" && it.get("from") == Some(&me) && it.get("type").is_none()
        })
        .await;
    }

    /// Sends the presence that joins.
    pub async fn enter(&mut self, room: &str, password: Option<&str>) {
        let mut x = Element::new("x", ns::MUC);
        if let Some(password) = password {
            x.push(Element::new("password", ns::MUC).text(password));
        }
        let presence = Element::new("presence", ns::CLIENT)
            .attr("to", format!("{room}@conference.meet.test/{}", self.nick))
            .child(x)
            .child(Element::new("SourceInfo", ns::CLIENT).text("{}"))
            .child(Element::new("nick", ns::NICK).text("somebody"));
        self.send(&presence).await;
    }

    /// Answers the focus' disco#info with these features.
    pub async fn answer_disco(&mut self, features: &[&str]) {
        let query = self
            .until("disco#info", |it| {
                it.has_child("query", ns::DISCO_INFO) && it.get("type") == Some("get")
            })
            .await;
        let list = features
            .iter()
            .map(|var| Element::new("feature", ns::DISCO_INFO).attr("var", *var));
        let answer = Element::new("iq", ns::CLIENT)
            .attr("type", "result")
            .attr("to", query.get("from").unwrap())
            .attr("id", query.get("id").unwrap())
            .child(Element::new("query", ns::DISCO_INFO).children_from(list));
        self.send(&answer).await;
    }

    /// Waits for a Jingle action and acknowledges it.
    pub async fn jingle(&mut self, action: &str) -> Element {
        let iq = self
            .until(action, |it| {
                it.find("jingle", ns::JINGLE)
                    .is_some_and(|jingle| jingle.get("action") == Some(action))
            })
            .await;
        let ack = Element::new("iq", ns::CLIENT)
            .attr("type", "result")
            .attr("to", iq.get("from").unwrap())
            .attr("id", iq.get("id").unwrap());
        self.send(&ack).await;
        iq.find("jingle", ns::JINGLE).unwrap().clone()
    }
}

/// What a current web client announces, without SSRC rewriting.
pub const ALL_FEATURES: [&str; 7] = [
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:jingle:apps:rtp:video",
    "urn:xmpp:jingle:transports:dtls-sctp:1",
    "urn:ietf:rfc:4588",
    "http://jitsi.org/tcc",
    "http://jitsi.org/json-encoded-sources",
    "http://jitsi.org/source-name",
];
