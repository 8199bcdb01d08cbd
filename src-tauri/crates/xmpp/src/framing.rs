//! Opening and closing a stream on a WebSocket (RFC 7395) and in BOSH bodies (XEP-0124, XEP-0206).

use crate::{Element, ns};

/// `<open/>`: begins a stream, or restarts it after SASL.
pub fn open(domain: &str) -> Element {
    Element::new("open", ns::FRAMING)
        .attr("to", domain)
        .attr("version", "1.0")
}

/// `<close/>`: ends a stream.
pub fn close() -> Element {
    Element::new("close", ns::FRAMING)
}

/// A BOSH request's body.
#[derive(Debug, Clone)]
pub struct BoshBody(Element);

impl BoshBody {
    /// The first request (XEP-0124 §7): no session yet.
    pub fn create(domain: &str, rid: u64, wait_s: u32) -> Self {
        Self(
            body(rid)
                .attr("content", "text/xml; charset=utf-8")
                .attr("hold", "1")
                .attr("to", domain)
                .attr("ver", "1.6")
                .attr("wait", wait_s.to_string())
                .attr("xml:lang", "en")
                .attr("xmlns:xmpp", ns::XBOSH)
                .attr("xmpp:version", "1.0"),
        )
    }

    /// A request within a session.
    pub fn next(sid: &str, rid: u64) -> Self {
        Self(body(rid).attr("sid", sid))
    }

    /// Restarts the stream after SASL (XEP-0206 §5).
    #[must_use]
    pub fn restart(self, domain: &str) -> Self {
        Self(
            self.0
                .attr("to", domain)
                .attr("xml:lang", "en")
                .attr("xmlns:xmpp", ns::XBOSH)
                .attr("xmpp:restart", "true"),
        )
    }

    /// Ends the session.
    #[must_use]
    pub fn terminate(self) -> Self {
        Self(self.0.attr("type", "terminate"))
    }

    /// With stanzas in it.
    #[must_use]
    pub fn stanzas(self, stanzas: impl IntoIterator<Item = Element>) -> Self {
        Self(self.0.children_from(stanzas))
    }

    /// The finished body.
    pub fn into_element(self) -> Element {
        self.0
    }
}

fn body(rid: u64) -> Element {
    Element::new("body", ns::BOSH).attr("rid", rid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_names_domain_and_version() {
        assert_eq!(
            open("meet.test").to_xml(),
            "<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" to=\"meet.test\" version=\"1.0\"/>"
        );
    }

    #[test]
    fn bosh_bodies_are_what_the_reference_client_sends() {
        let first = BoshBody::create("meet.test", 7, 60).into_element().to_xml();
        assert!(
            first.contains("xmpp:version=\"1.0\"") && first.contains("hold=\"1\""),
            "{first}"
        );
        let restart = BoshBody::next("s", 8)
            .restart("meet.test")
            .into_element()
            .to_xml();
        assert!(restart.contains("sid=\"s\"") && restart.contains("xmpp:restart=\"true\""));
    }
}
