//! What of the configuration matters to us (jitsi.md §1.3).

use ranzen_xmpp::Jid;
use serde_json::Value;
use std::net::IpAddr;
use url::Url;

/// A deployment as its `config.js` describes it.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    /// Domain to log in to: the guests' one where there is one.
    pub(crate) domain: String,
    /// Domain of those with accounts, and of tokens.
    pub(crate) main_domain: String,
    /// MUC component.
    pub(crate) muc: String,
    /// Focus component.
    pub(crate) focus: Jid,
    /// The focus' user.
    pub(crate) focus_user: Option<Jid>,
    /// XMPP over WebSocket.
    pub(crate) websocket: Option<Url>,
    /// XMPP over BOSH.
    pub(crate) bosh: Option<Url>,
    /// BOSH is preferred.
    pub(crate) prefer_bosh: bool,
    /// Conference request by HTTP.
    pub(crate) conference_request: Option<Url>,
    /// Recorders' domain.
    pub(crate) hidden_domain: Option<String>,
    /// The bridge channel is wanted over SCTP even where a WebSocket is offered.
    pub(crate) prefer_sctp: bool,
}

impl Deployment {
    /// Reads the configuration of the deployment at `base`; nothing if it names no domain.
    pub(crate) fn read(config: &Value, base: &Url) -> Option<Self> {
        let hosts = &config["hosts"];
        let main_domain = domain(&hosts["domain"])?;
        let guests = domain(&hosts["anonymousdomain"]);
        let focus = hosts["focus"]
            .as_str()
            .and_then(|focus| focus.parse().ok())
            .or_else(|| format!("focus.{main_domain}").parse().ok())?;
        let websocket = address(&config["websocket"], base, "wss");
        let bosh = address(&config["bosh"], base, "https");
        Some(Self {
            domain: guests.unwrap_or_else(|| main_domain.clone()),
            muc: domain(&hosts["muc"]).unwrap_or_else(|| format!("conference.{main_domain}")),
            main_domain,
            focus,
            focus_user: config["focusUserJid"]
                .as_str()
                .and_then(|jid| jid.parse().ok()),
            // Without any address the usual places are tried.
            bosh: bosh.or_else(|| {
                websocket
                    .is_none()
                    .then(|| usual(base, "http-bind", "https"))?
            }),
            websocket,
            prefer_bosh: config["preferBosh"] == Value::Bool(true),
            conference_request: address(&config["conferenceRequestUrl"], base, "https"),
            hidden_domain: domain(&config["hiddenDomain"]),
            prefer_sctp: config["bridgeChannel"]["preferSctp"] == Value::Bool(true),
        })
    }
}

fn domain(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim().to_lowercase();
    let jid: Jid = text.parse().ok()?;
    (jid.node().is_none() && jid.resource().is_none()).then_some(text)
}

/// Absolute, without scheme (`//host/path`) or relative. What would travel open is not used.
fn address(value: &Value, base: &Url, scheme: &'static str) -> Option<Url> {
    let text = value.as_str()?.trim();
    if text.is_empty() {
        return None;
    }
    let mut url = base.join(text).ok()?;
    let open = matches!(url.scheme(), "http" | "ws");
    if open && !is_this_device(&url) {
        return None;
    }
    if !open && url.scheme() != scheme {
        // From `https` to `wss` where the address was relative.
        url.set_scheme(scheme).ok()?;
    }
    url.set_fragment(None);
    Some(url)
}

fn is_this_device(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn usual(base: &Url, path: &str, scheme: &'static str) -> Option<Url> {
    address(&Value::String(path.to_owned()), base, scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(config: Value) -> Option<Deployment> {
        Deployment::read(
            &config,
            &Url::parse("https://meet.example.org/schule/").unwrap(),
        )
    }

    #[test]
    fn a_usual_deployment() {
        let found = read(json!({
            "hosts": { "domain": "meet.example.org", "muc": "conference.meet.example.org" },
            "bosh": "//meet.example.org/http-bind",
            "websocket": "wss://meet.example.org/xmpp-websocket",
            "conferenceRequestUrl": "https://meet.example.org/conference-request/v1",
            "hiddenDomain": "recorder.meet.example.org",
        }))
        .unwrap();
        assert_eq!(found.domain, "meet.example.org");
        assert_eq!(found.focus.to_string(), "focus.meet.example.org");
        assert_eq!(
            found.bosh.unwrap().as_str(),
            "https://meet.example.org/http-bind"
        );
        assert_eq!(
            found.websocket.unwrap().as_str(),
            "wss://meet.example.org/xmpp-websocket"
        );
        assert!(found.conference_request.is_some());
        assert!(!found.prefer_sctp && !found.prefer_bosh);
    }

    #[test]
    fn guests_have_a_domain_of_their_own() {
        let found = read(json!({
            "hosts": { "domain": "meet.jitsi", "anonymousdomain": "guest.meet.jitsi", "muc": "muc.meet.jitsi", "focus": "focus.meet.jitsi" },
            "bosh": "/http-bind",
            "websocket": "/schule/xmpp-websocket",
        }))
        .unwrap();
        assert_eq!(
            (found.domain.as_str(), found.main_domain.as_str()),
            ("guest.meet.jitsi", "meet.jitsi")
        );
        assert_eq!(
            found.bosh.unwrap().as_str(),
            "https://meet.example.org/http-bind"
        );
        assert_eq!(
            found.websocket.unwrap().as_str(),
            "wss://meet.example.org/schule/xmpp-websocket"
        );
    }

    #[test]
    fn what_travels_open_is_not_used() {
        let found = read(json!({
            "hosts": { "domain": "meet.jitsi" },
            "bosh": "http://meet.example.org/http-bind",
            "websocket": "ws://127.0.0.1:5280/xmpp-websocket",
            "conferenceRequestUrl": "http://meet.example.org/x",
        }))
        .unwrap();
        assert_eq!(found.websocket.unwrap().scheme(), "ws");
        assert!(found.bosh.is_none() && found.conference_request.is_none());
        assert_eq!(found.muc, "conference.meet.jitsi");
    }

    #[test]
    fn without_a_domain_it_is_no_meeting_server() {
        assert!(read(json!({})).is_none());
        assert!(read(json!({ "hosts": { "domain": 7 } })).is_none());
        assert!(read(json!({ "hosts": { "domain": "a@b" } })).is_none());
        let bare = read(json!({ "hosts": { "domain": "meet.jitsi" } })).unwrap();
        assert_eq!(
            bare.bosh.unwrap().as_str(),
            "https://meet.example.org/schule/http-bind"
        );
    }
}
