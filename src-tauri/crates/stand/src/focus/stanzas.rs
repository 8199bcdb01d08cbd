//! The stanzas the focus sends, apart from Jingle.

use ranzen_xmpp::{Element, StanzaError, ns};

/// XEP-0045: affiliations and roles.
pub(crate) const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// XEP-0045: a room's owner.
pub(crate) const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";

/// An IQ.
pub(crate) fn iq(kind: &str, from: &str, to: &str, id: &str, payload: Option<Element>) -> Element {
    let mut iq = Element::new("iq", ns::CLIENT)
        .attr("type", kind)
        .attr("from", from)
        .attr("to", to)
        .attr("id", id);
    if let Some(payload) = payload {
        iq.push(payload);
    }
    iq
}

/// The empty answer to `request`.
pub(crate) fn result(request: &Element, payload: Option<Element>) -> Element {
    answer("result", request, payload)
}

/// The refusal of `request`; `specific` is an application's own condition.
pub(crate) fn error(
    request: &Element,
    kind: &str,
    condition: &str,
    text: Option<&str>,
    specific: Option<Element>,
) -> Element {
    let mut error = StanzaError::element(kind, condition);
    if let Some(text) = text {
        // Sic: in the namespace of the stanza, as the original writes it.
        error.push(
            Element::new("text", ns::CLIENT)
                .attr("xml:lang", "en")
                .text(text),
        );
    }
    if let Some(specific) = specific {
        error.push(specific);
    }
    answer("error", request, Some(error))
}

fn answer(kind: &str, request: &Element, payload: Option<Element>) -> Element {
    let to = request.get("from").unwrap_or_default();
    let from = request.get("to").unwrap_or_default();
    iq(
        kind,
        from,
        to,
        request.get("id").unwrap_or_default(),
        payload,
    )
}

/// The focus' own presence in a room; before its first session it says nothing of bridges.
pub(crate) fn presence(from: &str, room: &str, joining: bool, bridges: Option<u32>) -> Element {
    let name = room.split('@').next().unwrap_or_default();
    let mut properties = Element::new("conference-properties", ns::FOCUS)
        .child(property("support-terminate-restart", "true"));
    if let Some(bridges) = bridges {
        properties.push(property("bridge-count", &bridges.to_string()));
    }
    let mut presence = Element::new("presence", ns::CLIENT)
        .attr("from", from)
        .attr("to", format!("{room}/focus"));
    if joining {
        presence.push(Element::new("x", ns::MUC));
    }
    presence
        .child(Element::new("priority", ns::CLIENT).text("0"))
        .child(Element::new("etherpad", "http://jitsi.org/jitmeet/etherpad").text(name))
        .child(
            Element::new("versions", ns::JITMEET).child(
                Element::new("component", ns::JITMEET)
                    .attr("name", "focus")
                    .text("1.1.build.git"),
            ),
        )
        .child(properties)
        .child(
            Element::new("c", ns::CAPS)
                .attr("hash", "sha-1")
                .attr("node", "http://jitsi.org/jicofo")
                .attr("ver", "Lg0vhCNhxjoeKJi2/hukdsizNWA="),
        )
}

fn property(key: &str, value: &str) -> Element {
    Element::new("property", ns::FOCUS)
        .attr("key", key)
        .attr("value", value)
}

/// Leaving a room.
pub(crate) fn leave(from: &str, room: &str) -> Element {
    Element::new("presence", ns::CLIENT)
        .attr("from", from)
        .attr("to", format!("{room}/focus"))
        .attr("type", "unavailable")
}

/// The answer to a conference request.
pub(crate) fn conference(room: &str, focus_bare: &str) -> Element {
    let named = |name: &str, value: &str| {
        Element::new("property", ns::FOCUS)
            .attr("name", name)
            .attr("value", value)
    };
    Element::new("conference", ns::FOCUS)
        .attr("ready", "true")
        .attr("focusjid", focus_bare)
        .attr("room", room)
        .child(named("authentication", "false"))
        .child(named("visitors-supported", "false"))
}

/// Sets an affiliation.
pub(crate) fn affiliation(value: &str, bare_jid: &str) -> Element {
    Element::new("query", MUC_ADMIN).child(
        Element::new("item", MUC_ADMIN)
            .attr("affiliation", value)
            .attr("jid", bare_jid),
    )
}

/// Removes somebody from the room.
pub(crate) fn kick(nick: &str, reason: &str) -> Element {
    Element::new("query", MUC_ADMIN).child(
        Element::new("item", MUC_ADMIN)
            .attr("nick", nick)
            .attr("role", "none")
            .child(Element::new("reason", MUC_ADMIN).text(reason)),
    )
}

/// Destroys a room.
pub(crate) fn destroy(reason: &str) -> Element {
    Element::new("query", MUC_OWNER).child(
        Element::new("destroy", MUC_OWNER).child(Element::new("reason", MUC_OWNER).text(reason)),
    )
}

/// Submits fields of a room's configuration.
pub(crate) fn configure(fields: &[(&str, &str)]) -> Element {
    let data = "jabber:x:data";
    let field = |name: &str, value: &str| {
        Element::new("field", data)
            .attr("var", name)
            .child(Element::new("value", data).text(value))
    };
    let form = Element::new("x", data)
        .attr("type", "submit")
        .child(field(
            "FORM_TYPE",
            "http://jabber.org/protocol/muc#roomconfig",
        ))
        .children_from(fields.iter().map(|(name, value)| field(name, value)));
    Element::new("query", MUC_OWNER).child(form)
}
