//! What kind of message something is, on the points that matter when two clients are compared.

use ranzen_xmpp::{Element, Jid, ns};

/// The kind of a message, on the points that matter.
pub(super) fn kind_of(element: &Element) -> String {
    let to = element.get("to").unwrap_or_default();
    let kind = element.get("type").unwrap_or_default();
    let payload = element.children().next();
    let payload_name = payload.map(|p| (p.name(), p.ns())).unwrap_or_default();
    match element.name() {
        "iq" => match (kind, payload_name) {
            ("result", ("", _)) => {
                format!("iq result to {}", element.get("id").unwrap_or_default())
            }
            ("result", ("query", ns::DISCO_INFO)) => "iq result disco#info".into(),
            (_, ("ping", _)) => "ping".into(),
            (_, ("session", _)) => "iq set session".into(),
            (_, ("query", ns::DISCO_INFO)) if to.contains('@') => "iq get disco#info room".into(),
            (_, ("query", _)) if !to.starts_with("meet.") => format!("iq {kind} {to}"),
            (_, ("jingle", _)) => jingle_kind(to, payload),
            (_, (name, ns)) => format!("iq {kind} {to} {name} {ns}"),
        },
        "presence" if kind == "unavailable" => format!("presence {to} unavailable"),
        "presence" if payload_name == ("x", ns::MUC) => {
            let children: Vec<_> = element.children().map(Element::name).collect();
            let children: Vec<_> = children
                .into_iter()
                .filter(|name| *name != "jitsi_participant_codecList")
                .collect();
            format!("presence join {} {}", lobby_nick(to), children.join(" "))
        }
        "presence" if element.find_any("email").is_some() => "presence lobby email".into(),
        "presence" => {
            let info = element
                .find_any("SourceInfo")
                .map(Element::own_text)
                .unwrap_or_default();
            let audio = info
                .split(',')
                .next()
                .unwrap_or_default()
                .trim_matches(['{', '}']);
            let hand = element.find_any("jitsi_participant_raisedHand");
            let hand = hand.map_or("", |_| " hand up");
            format!("presence {to} {audio}{hand}")
        }
        "message" => {
            let what = element.children().next().map_or("", Element::name);
            format!("message {to} {kind} {what}")
        }
        name => format!("{name} {}", element.ns()),
    }
}

/// Our nick in a lobby is random, like the reference client's.
fn lobby_nick(to: &str) -> String {
    match to.parse::<Jid>() {
        Ok(jid) if jid.domain().starts_with("lobby.") => jid.bare().to_string(),
        _ => to.to_owned(),
    }
}

fn jingle_kind(to: &str, payload: Option<&Element>) -> String {
    let Some(jingle) = payload else {
        return String::new();
    };
    let action = jingle.get("action").unwrap_or_default();
    let sid = jingle.get("sid").unwrap_or_default();
    match action {
        "session-terminate" => {
            let reason = jingle.find_any("reason").and_then(|r| r.children().next());
            let restart = jingle
                .find_any("bridge-session")
                .and_then(|b| b.get("restart"));
            format!(
                "session-terminate {} {to} {sid} restart {restart:?}",
                reason.map(Element::name).unwrap_or_default()
            )
        }
        "source-add" => {
            let content = jingle.find_any("content").and_then(|c| c.get("name"));
            format!("source-add {}", content.unwrap_or_default())
        }
        _ => {
            let contents: Vec<_> = jingle
                .children()
                .filter(|c| c.name() == "content")
                .filter_map(|c| c.get("name"))
                .collect();
            format!("jingle {action} {to} {sid} {}", contents.join(" "))
        }
    }
}
