//! The other Jingle actions that we send.

use ranzen_xmpp::{Element, ns};

/// Why we end a session (XEP-0166 §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// We leave.
    Success,
    /// We don't talk directly with participants.
    Decline,
    /// ICE or DTLS failed.
    ConnectivityError,
    /// We can't use what was offered.
    FailedApplication,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Decline => "decline",
            Self::ConnectivityError => "connectivity-error",
            Self::FailedApplication => "failed-application",
        }
    }
}

/// `<jingle/>` of an action.
fn jingle(action: &str, sid: &str, initiator: &str) -> Element {
    Element::new("jingle", ns::JINGLE)
        .attr("action", action)
        .attr("initiator", initiator)
        .attr("sid", sid)
}

/// `session-terminate`; with the bridge session's id it asks for a new session at once.
pub(crate) fn terminate(
    sid: &str,
    initiator: &str,
    reason: Reason,
    text: &str,
    restart: Option<&str>,
) -> Element {
    let why = Element::new("reason", ns::JINGLE)
        .child(Element::new(reason.name(), ns::JINGLE))
        .child(Element::new("text", ns::JINGLE).text(text));
    let restart = restart.map(|id| {
        Element::new("bridge-session", ns::FOCUS)
            .attr("id", id)
            .attr("restart", "true")
    });
    jingle("session-terminate", sid, initiator)
        .child(why)
        .children_from(restart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_the_reference_clients() {
        let ice = terminate(
            "s",
            "r@c/focus",
            Reason::ConnectivityError,
            "ICE FAILED",
            Some("b"),
        );
        insta::assert_snapshot!("ice_failed", ice.to_xml());
        let left = terminate("s", "r@c/focus", Reason::Success, "left", None);
        insta::assert_snapshot!("left", left.to_xml());
    }
}
