//! The deployment's addresses with what they need in their queries (jitsi.md §1.4).

use crate::discovery::Deployment;
use ranzen_meeting::Token;
use ranzen_net::{HttpRequest, Purpose};
use url::Url;

/// How XMPP travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// RFC 7395.
    WebSocket,
    /// XEP-0206.
    Bosh,
}

/// Addresses of one meeting.
pub(super) struct Endpoints {
    websocket: Option<Url>,
    bosh: Option<Url>,
    prefer_bosh: bool,
    conference: Option<Url>,
    origin: String,
    room: String,
    token: Option<Token>,
}

impl Endpoints {
    pub(super) fn new(
        deployment: &Deployment,
        base: &Url,
        room: &str,
        token: Option<Token>,
    ) -> Self {
        Self {
            websocket: deployment.websocket.clone(),
            bosh: deployment.bosh.clone(),
            prefer_bosh: deployment.prefer_bosh,
            conference: deployment.conference_request.clone(),
            origin: base.origin().ascii_serialization(),
            room: room.to_owned(),
            token,
        }
    }

    /// `Origin`, which some installations check.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn has_bosh(&self) -> bool {
        self.bosh.is_some()
    }

    pub(super) fn first(&self) -> LineKind {
        if self.websocket.is_none() || (self.prefer_bosh && self.bosh.is_some()) {
            LineKind::Bosh
        } else {
            LineKind::WebSocket
        }
    }

    pub(super) fn websocket(&self, previd: Option<&str>) -> String {
        self.with_query(self.websocket.as_ref(), previd)
    }

    pub(super) fn bosh(&self) -> String {
        self.with_query(self.bosh.as_ref(), None)
    }

    /// `room` is needed by half of the server's components, which find the room through it.
    fn with_query(&self, url: Option<&Url>, previd: Option<&str>) -> String {
        let Some(mut url) = url.cloned() else {
            return String::new();
        };
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("room", &self.room);
            if let Some(token) = &self.token {
                query.append_pair("token", token.secret());
            }
            if let Some(previd) = previd {
                query.append_pair("previd", previd);
            }
        }
        url.into()
    }

    /// The HTTP conference request.
    pub(super) fn conference_request(&self, body: &serde_json::Value) -> Option<HttpRequest> {
        let mut url = self.conference.clone()?;
        url.query_pairs_mut().append_pair("room", &self.room);
        let request = HttpRequest::post(
            url.as_str(),
            "application/json",
            body.to_string(),
            Purpose::Signalling,
        );
        Some(match &self.token {
            Some(token) => request.header("Authorization", &format!("Bearer {}", token.secret())),
            None => request,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(token: Option<&str>) -> Endpoints {
        Endpoints {
            websocket: Url::parse("wss://meet.test/xmpp-websocket").ok(),
            bosh: Url::parse("https://meet.test/http-bind?x=1").ok(),
            prefer_bosh: false,
            conference: Url::parse("https://meet.test/conference-request/v1").ok(),
            origin: "https://meet.test".into(),
            room: "gr%c3%b6%c3%9fe".into(),
            token: token.map(|t| Token::new(t.into())),
        }
    }

    #[test]
    fn room_token_and_previous_session_go_into_the_query() {
        let with = endpoints(Some("a.b.c"));
        assert_eq!(
            with.websocket(Some("id/1")),
            "wss://meet.test/xmpp-websocket?room=gr%25c3%25b6%25c3%259fe&token=a.b.c&previd=id%2F1"
        );
        assert_eq!(
            endpoints(None).bosh(),
            "https://meet.test/http-bind?x=1&room=gr%25c3%25b6%25c3%259fe"
        );
        let request = with.conference_request(&serde_json::json!({})).unwrap();
        assert!(request.url.contains("/conference-request/v1?room="));
        assert!(
            request
                .headers
                .contains(&("Authorization".into(), "Bearer a.b.c".into()))
        );
    }
}
