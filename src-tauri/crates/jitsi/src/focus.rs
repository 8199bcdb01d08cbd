//! The conference request: asking Jicofo to come into the room (`jicofo: …/xmpp/ConferenceIqHandler.kt`,
//! `…/ConferenceRequest.kt`).

use ranzen_meeting::{Code, Problem};
use ranzen_xmpp::{Element, Jid, StanzaError, ns};
use serde_json::{Value, json};

/// What is asked for.
pub(crate) struct ConferenceRequest<'a> {
    /// The room.
    pub(crate) room: &'a Jid,
    /// Random for each meeting; it must not recognise a device.
    pub(crate) machine_uid: &'a str,
    /// The JWT of the link.
    pub(crate) token: Option<&'a str>,
}

/// The focus' answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ConferenceAnswer {
    /// It is in the room.
    Ready {
        /// Its bare address, to recognise it.
        focus: Option<Jid>,
    },
    /// It is still joining: ask again.
    NotReady,
    /// The room does not exist and we may not open it: the host has to come.
    WaitForHost,
    /// A refusal.
    Refused(Problem),
}

/// Without `visitors-version` nobody is sent to a visitor node, where there is no talking: that is not
/// spoken yet.
const PROPERTIES: [(&str, &str); 1] = [("rtcstatsEnabled", "false")];

impl ConferenceRequest<'_> {
    /// As a child of an IQ to the focus component.
    pub(crate) fn element(&self) -> Element {
        Element::new("conference", ns::FOCUS)
            .attr("machine-uid", self.machine_uid)
            .attr("room", self.room.to_string())
            .attr_opt("token", self.token)
            .children_from(PROPERTIES.iter().map(|(name, value)| {
                Element::new("property", ns::FOCUS)
                    .attr("name", *name)
                    .attr("value", *value)
            }))
    }

    /// As the body of a POST to `conferenceRequestUrl`.
    pub(crate) fn json(&self) -> Value {
        let properties: serde_json::Map<String, Value> = PROPERTIES
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
        json!({
            "room": self.room.to_string(),
            "machineUid": self.machine_uid,
            "properties": properties,
        })
    }
}

impl ConferenceAnswer {
    /// Reads the answer to the IQ.
    pub(crate) fn of_iq(iq: &Element, outcome: Result<(), StanzaError>) -> Self {
        let error = match outcome {
            Ok(()) => return Self::of_conference(iq.find("conference", ns::FOCUS)),
            Err(error) => error,
        };
        let chain = format!("conference request: {}", error.condition);
        let text = error.text.unwrap_or_default();
        let reserved = iq
            .find_any("error")
            .is_some_and(|e| e.find_any("reservation-error").is_some());
        let code = match error.condition.as_str() {
            "not-authorized" => return Self::WaitForHost,
            // Jicofo has lost its memory of us; a new request starts afresh.
            "session-invalid" | "not-acceptable" => return Self::NotReady,
            _ if reserved => Code::RoomRefused,
            "service-unavailable"
            | "recipient-unavailable"
            | "item-not-found"
            | "remote-server-not-found"
            | "remote-server-timeout" => Code::FocusMissing,
            "policy-violation" | "resource-constraint" => Code::ServerBusy,
            "not-allowed" | "forbidden" => Code::RoomRefused,
            _ => Code::ServerRefused,
        };
        Self::Refused(Problem::new(code, chain).with("text", text))
    }

    fn of_conference(conference: Option<&Element>) -> Self {
        let Some(conference) = conference else {
            return Self::Refused(Problem::new(
                Code::ServerProtocol,
                "conference request: an answer without <conference/>",
            ));
        };
        if conference.get("vnode").is_some() {
            return Self::visitors_only();
        }
        if conference.get("ready") != Some("true") {
            return Self::NotReady;
        }
        Self::Ready {
            focus: bare(conference.get("focusjid")),
        }
    }

    /// The room takes no more participants, only visitors.
    fn visitors_only() -> Self {
        Self::Refused(Problem::new(Code::RoomFull, "only visitors are let in"))
    }

    /// Reads the answer to the POST.
    pub(crate) fn of_http(status: u16, body: &[u8]) -> Self {
        match status {
            200 => {}
            401 | 403 => return Self::WaitForHost,
            400 if body.windows(15).any(|w| w == b"invalid-session") => return Self::NotReady,
            429 | 503 => {
                return Self::Refused(Problem::new(
                    Code::ServerBusy,
                    format!("conference request: status {status}"),
                ));
            }
            _ => {
                return Self::Refused(Problem::new(
                    Code::FocusMissing,
                    format!("conference request: status {status}"),
                ));
            }
        }
        let Ok(answer) = serde_json::from_slice::<Value>(body) else {
            return Self::Refused(Problem::new(
                Code::ServerProtocol,
                "conference request: not JSON",
            ));
        };
        if answer["vnode"].is_string() {
            return Self::visitors_only();
        }
        if answer["ready"] != Value::Bool(true) {
            return Self::NotReady;
        }
        Self::Ready {
            focus: bare(answer["focusJid"].as_str()),
        }
    }
}

fn bare(jid: Option<&str>) -> Option<Jid> {
    jid?.parse::<Jid>().ok().map(|jid| jid.bare())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    fn room() -> Jid {
        "vsctp@conference.meet.test".parse().unwrap()
    }

    #[test]
    fn the_request_is_the_reference_clients() {
        let room = room();
        let request = ConferenceRequest {
            room: &room,
            machine_uid: "4963",
            token: None,
        };
        insta::assert_snapshot!(request.element().to_xml());
        insta::assert_json_snapshot!(request.json());
    }

    fn answer(xml: &str) -> ConferenceAnswer {
        let iq = parse(xml).unwrap();
        let outcome = StanzaError::of(&iq).map_or(Ok(()), Err);
        ConferenceAnswer::of_iq(&iq, outcome)
    }

    fn error(condition: &str, more: &str) -> String {
        format!(
            "<iq xmlns='jabber:client' type='error'><error type='cancel'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>{more}</error></iq>"
        )
    }

    #[test]
    fn every_answer_has_its_meaning() {
        let focus: Jid = "focus@auth.meet.test".parse().unwrap();
        let conference = |ready: &str| {
            format!(
                "<iq xmlns='jabber:client' type='result'><conference xmlns='http://jitsi.org/protocol/focus' \
                 ready='{ready}' focusjid='focus@auth.meet.test/x'/></iq>"
            )
        };
        let ready = ConferenceAnswer::Ready { focus: Some(focus) };
        assert_eq!(answer(&conference("true")), ready);
        assert_eq!(answer(&conference("false")), ConferenceAnswer::NotReady);
        assert_eq!(
            answer(&error("not-authorized", "")),
            ConferenceAnswer::WaitForHost
        );
        assert_eq!(
            answer(&error("not-acceptable", "")),
            ConferenceAnswer::NotReady
        );
        let refused = |xml: &str| match answer(xml) {
            ConferenceAnswer::Refused(problem) => problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refused(&error("service-unavailable", "")).code,
            Code::FocusMissing
        );
        let booking = error(
            "undefined-condition",
            "<reservation-error error-code='401'/><text>not booked</text>",
        );
        assert_eq!(refused(&booking).code, Code::RoomRefused);
        assert_eq!(refused(&booking).values["text"], "not booked");
        let http = br#"{"ready":true,"focusJid":"focus@auth.meet.test"}"#;
        assert_eq!(ConferenceAnswer::of_http(200, http), ready);
        assert_eq!(
            ConferenceAnswer::of_http(403, b""),
            ConferenceAnswer::WaitForHost
        );
        assert_eq!(
            ConferenceAnswer::of_http(200, b"{}"),
            ConferenceAnswer::NotReady
        );
        let visitor = br#"{"ready":true,"vnode":"v1"}"#;
        assert!(matches!(
            ConferenceAnswer::of_http(200, visitor),
            ConferenceAnswer::Refused(problem) if problem.code == Code::RoomFull
        ));
        for (status, body) in [(200, &b"<html>"[..]), (404, b""), (502, b"")] {
            let answer = ConferenceAnswer::of_http(status, body);
            assert!(matches!(answer, ConferenceAnswer::Refused(_)), "{status}");
        }
    }
}
