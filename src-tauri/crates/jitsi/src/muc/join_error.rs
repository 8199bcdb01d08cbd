//! Why a room did not let us in, and what follows from it.

use ranzen_meeting::{Code, Problem};
use ranzen_xmpp::{Element, Jid, StanzaError};

/// What to do after a refused join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JoinFailure {
    /// Knock at this lobby.
    Lobby(Jid),
    /// The host has not come: try again every few seconds.
    WaitForHost,
    /// The room does not exist yet although the focus said so: try again a few times.
    Race(Problem),
    /// The nick is taken: take another.
    NickTaken,
    /// Too much at once: wait.
    Busy(Problem),
    /// Final.
    Refused(Problem),
}

/// Reads a presence of type `error` from the room.
pub(crate) fn join_failure(presence: &Element, is_guest_domain: bool) -> JoinFailure {
    let error = StanzaError::of(presence).unwrap_or_default();
    let text = error.text.clone().unwrap_or_default();
    let marker = |name: &str| {
        presence.find_any(name).is_some()
            || presence
                .find_any("error")
                .is_some_and(|e| e.find_any(name).is_some())
    };
    let problem = |code: Code| {
        Problem::new(code, format!("join: {} {}", error.kind, error.condition)).with("text", &text)
    };
    match error.condition.as_str() {
        "not-authorized" => JoinFailure::Refused(problem(Code::RoomPassword)),
        "registration-required" => match lobby(presence) {
            _ if marker("waiting-for-host") => JoinFailure::WaitForHost,
            Some(lobby) => JoinFailure::Lobby(lobby),
            None => JoinFailure::Refused(problem(Code::RoomMembersOnly)),
        },
        "not-allowed" if marker("authentication-required") => {
            JoinFailure::Refused(problem(Code::LoginRequired))
        }
        "not-allowed"
            if marker("room-does-not-exist")
                || text
                    .to_ascii_lowercase()
                    .contains("room creation is restricted") =>
        {
            if is_guest_domain {
                JoinFailure::WaitForHost
            } else {
                JoinFailure::Race(problem(Code::RoomRefused))
            }
        }
        "not-allowed" if text.to_ascii_lowercase().contains("token") => {
            JoinFailure::Refused(problem(Code::TokenRefused))
        }
        "not-allowed" if is_guest_domain && text.is_empty() => JoinFailure::WaitForHost,
        "service-unavailable" => JoinFailure::Refused(problem(Code::RoomFull)),
        "not-acceptable" if marker("displayname-required") => {
            JoinFailure::Refused(problem(Code::NameMissing))
        }
        "policy-violation" | "resource-constraint" => JoinFailure::Busy(problem(Code::ServerBusy)),
        "conflict" => JoinFailure::NickTaken,
        "forbidden" => JoinFailure::Refused(problem(Code::RoomRefused)),
        "item-not-found" | "recipient-unavailable" | "remote-server-not-found" => {
            JoinFailure::Race(problem(Code::RoomRefused))
        }
        _ => JoinFailure::Refused(problem(Code::RoomRefused)),
    }
}

/// The lobby's address stands beside and inside of the error, depending on the server's age.
fn lobby(presence: &Element) -> Option<Jid> {
    let inside = presence
        .find_any("error")
        .and_then(|error| error.find_any("lobbyroom"));
    let beside = presence.find_any("lobbyroom");
    inside.or(beside)?.own_text().trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::parse;

    fn failure(
        guest: bool,
        kind: &str,
        condition: &str,
        inside: &str,
        beside: &str,
    ) -> JoinFailure {
        let presence = parse(&format!(
            "<presence xmlns='jabber:client' type='error'><error type='{kind}'><{condition} \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>{inside}</error>{beside}</presence>"
        ))
        .unwrap();
        join_failure(&presence, guest)
    }

    fn code(failure: JoinFailure) -> Code {
        match failure {
            JoinFailure::Refused(problem)
            | JoinFailure::Busy(problem)
            | JoinFailure::Race(problem) => problem.code,
            other => panic!("{other:?}"),
        }
    }

    /// The table of jitsi.md §4.4, line by line.
    #[test]
    fn every_refusal_has_its_meaning() {
        let plain = |kind, condition| failure(false, kind, condition, "", "");
        assert_eq!(code(plain("auth", "not-authorized")), Code::RoomPassword);
        assert_eq!(
            code(plain("auth", "registration-required")),
            Code::RoomMembersOnly
        );
        assert_eq!(code(plain("cancel", "service-unavailable")), Code::RoomFull);
        assert_eq!(code(plain("wait", "policy-violation")), Code::ServerBusy);
        assert_eq!(code(plain("wait", "resource-constraint")), Code::ServerBusy);
        assert_eq!(code(plain("modify", "not-acceptable")), Code::RoomRefused);
        assert_eq!(code(plain("cancel", "gone")), Code::RoomRefused);
        assert_eq!(code(plain("auth", "forbidden")), Code::RoomRefused);
        assert_eq!(plain("cancel", "conflict"), JoinFailure::NickTaken);
        assert_eq!(
            failure(true, "cancel", "not-allowed", "", ""),
            JoinFailure::WaitForHost
        );
        let waiting = "<waiting-for-host xmlns='http://jitsi.org/jitmeet'/>";
        assert_eq!(
            failure(false, "auth", "registration-required", waiting, ""),
            JoinFailure::WaitForHost
        );
        let name = "<displayname-required xmlns='http://jitsi.org/jitmeet' lobby='true'/>";
        assert_eq!(
            code(failure(false, "modify", "not-acceptable", name, "")),
            Code::NameMissing
        );
        let login = "<authentication-required xmlns='http://jitsi.org/jitmeet'/>";
        assert_eq!(
            code(failure(false, "cancel", "not-allowed", login, "")),
            Code::LoginRequired
        );
        let race =
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Room creation is restricted</text>";
        assert!(matches!(
            failure(false, "cancel", "not-allowed", race, ""),
            JoinFailure::Race(_)
        ));
        let token =
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Room and token mismatched</text>";
        let JoinFailure::Refused(problem) = failure(false, "cancel", "not-allowed", token, "")
        else {
            panic!("not refused")
        };
        assert_eq!(problem.code, Code::TokenRefused);
        assert_eq!(problem.values["text"], "Room and token mismatched");
    }

    #[test]
    fn the_lobby_is_found_beside_and_inside_of_the_error() {
        let lobby = "<lobbyroom xmlns='http://jitsi.org/jitmeet'>scen@lobby.meet.test</lobbyroom>";
        let expected = JoinFailure::Lobby("scen@lobby.meet.test".parse().unwrap());
        assert_eq!(
            failure(false, "auth", "registration-required", lobby, ""),
            expected
        );
        let beside = "<lobbyroom>scen@lobby.meet.test</lobbyroom>";
        assert_eq!(
            failure(false, "auth", "registration-required", "", beside),
            expected
        );
    }
}
