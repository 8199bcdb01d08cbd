//! Ways into the room, and what keeps us out.

use super::scripted::{OWN, ROOM, Scripted, settings};
use ranzen_meeting::{Code, Command, Connection, EndReason, Event};
use ranzen_xmpp::ns;
use std::time::Duration;

fn logged_in() -> Scripted {
    let mut s = Scripted::new(settings());
    s.log_in(OWN);
    s
}

fn answer_conference(s: &mut Scripted, inside: &str) {
    let id = s.question("conference").get("id").unwrap().to_owned();
    s.feed(&format!(
        "<iq xmlns='jabber:client' id='{id}' from='focus.meet.test' {inside}</iq>"
    ));
}

fn refuse_join(s: &mut Scripted, error: &str) {
    let nick = s.nick();
    s.feed(&format!(
        "<presence xmlns='jabber:client' type='error' from='{ROOM}/{nick}'>{error}</presence>"
    ));
}

fn code(s: &Scripted) -> Code {
    match s.events.last() {
        Some(Event::Ended {
            reason: EndReason::Failed { problem },
        }) => problem.code,
        other => panic!("{other:?}"),
    }
}

fn conferences(s: &Scripted) -> usize {
    s.sent
        .iter()
        .filter(|e| e.has_child("conference", ns::FOCUS))
        .count()
}

#[test]
fn a_focus_that_is_not_ready_is_asked_again_and_given_up_in_the_end() {
    let mut s = logged_in();
    let not_ready =
        "type='result'><conference xmlns='http://jitsi.org/protocol/focus' ready='false'/>";
    answer_conference(&mut s, not_ready);
    assert_eq!(conferences(&s), 1);
    s.pass(Duration::from_secs(1));
    assert_eq!(conferences(&s), 2);
    for _ in 0..100 {
        if matches!(s.events.last(), Some(Event::Ended { .. })) {
            break;
        }
        answer_conference(&mut s, not_ready);
        s.pass(Duration::from_secs(1));
    }
    assert_eq!(code(&s), Code::FocusMissing);
    assert!(
        conferences(&s) < 12,
        "with growing pauses: {}",
        conferences(&s)
    );
}

#[test]
fn a_focus_that_says_nothing_is_given_up() {
    let mut s = logged_in();
    // The server itself answers pings.
    for _ in 0..30 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(3));
    }
    assert_eq!(code(&s), Code::FocusMissing);
}

#[test]
fn the_host_is_waited_for() {
    let mut s = logged_in();
    let no_host = "type='error'><error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    for round in 1..40 {
        answer_conference(&mut s, no_host);
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(5));
        assert_eq!(conferences(&s), round + 1);
    }
    let told = s.events.iter().filter(
        |e| matches!(e, Event::Trouble { problem, .. } if problem.code == Code::RoomWaitForHost),
    );
    assert_eq!(told.count(), 1, "once");
    assert!(s.events.contains(&Event::ConnectionChanged {
        connection: Connection::Lobby
    }));
    s.enter();
    assert!(s.events.iter().any(|e| matches!(e, Event::Joined { .. })));
}

#[test]
fn a_race_against_the_focus_is_run_again_a_few_times() {
    let mut s = logged_in();
    s.conference_ready();
    let race = "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>Room creation is restricted</text></error>";
    for joins in 1..=4 {
        let seen = s.sent.iter().filter(|e| e.has_child("x", ns::MUC)).count();
        assert_eq!(seen, joins);
        refuse_join(&mut s, race);
        s.pass(Duration::from_secs(4));
    }
    assert_eq!(code(&s), Code::RoomRefused);
}

#[test]
fn a_taken_nick_is_replaced() {
    let mut s = logged_in();
    s.conference_ready();
    assert_eq!(s.nick(), "0123abcd");
    refuse_join(
        &mut s,
        "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    );
    assert_ne!(s.nick(), "0123abcd");
    s.focus_presence();
    s.own_presence();
    assert!(
        s.events
            .iter()
            .any(|e| matches!(e, Event::Joined { own } if own.as_str() == s.nick()))
    );
}

#[test]
fn an_address_that_is_no_hex_gets_a_random_nick() {
    let mut s = Scripted::new(settings());
    s.log_in("ab-_cdefgh@meet.test/r");
    s.conference_ready();
    assert!(
        s.nick().len() == 8 && s.nick().chars().all(|c| c.is_ascii_hexdigit()),
        "{}",
        s.nick()
    );
}

fn in_the_lobby() -> Scripted {
    let mut s = logged_in();
    s.conference_ready();
    refuse_join(
        &mut s,
        "<error type='auth'><registration-required xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <lobbyroom xmlns='http://jitsi.org/jitmeet'>r@lobby.meet.test</lobbyroom></error>",
    );
    let nick = s.nick();
    s.feed(&format!(
        "<presence xmlns='jabber:client' from='r@lobby.meet.test/{nick}'>\
         <x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/><status code='110'/></x></presence>"
    ));
    assert!(s.events.contains(&Event::ConnectionChanged {
        connection: Connection::Lobby
    }));
    s
}

#[test]
fn an_invitation_with_a_password_leads_from_the_lobby_into_the_room() {
    let mut s = in_the_lobby();
    let lobby_nick = s.nick();
    // Not from the room: not an invitation.
    let invite = |from: &str| {
        format!(
            "<message xmlns='jabber:client' from='{from}'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <invite from='m@meet.test/r'/><password>pw</password></x></message>"
        )
    };
    s.forget();
    s.feed(&invite("evil@meet.test"));
    s.feed(&invite(&format!("{ROOM}/somebody")));
    assert!(s.sent.is_empty());
    s.feed(&invite(ROOM));
    s.conference_ready();
    let join = s.last("presence");
    assert_eq!(
        join.find("x", ns::MUC)
            .unwrap()
            .text_of("password", ns::MUC)
            .as_deref(),
        Some("pw")
    );
    s.focus_presence();
    s.own_presence();
    let leaves = s.sent.iter().any(|e| {
        e.get("type") == Some("unavailable")
            && e.get("to") == Some(format!("r@lobby.meet.test/{lobby_nick}").as_str())
    });
    assert!(leaves, "the lobby is left");
}

#[test]
fn a_lobby_can_refuse_and_close() {
    let gone = |s: &mut Scripted, inside: &str| {
        let nick = s.nick();
        s.feed(&format!(
            "<presence xmlns='jabber:client' type='unavailable' from='r@lobby.meet.test/{nick}'>\
             <x xmlns='http://jabber.org/protocol/muc#user'>{inside}<status code='110'/></x></presence>"
        ));
    };
    let mut s = in_the_lobby();
    gone(&mut s, "<item role='none'/><status code='307'/>");
    assert_eq!(code(&s), Code::RoomMembersOnly);
    let mut s = in_the_lobby();
    gone(&mut s, "<destroy><reason>over</reason></destroy>");
    assert!(matches!(
        s.events.last(),
        Some(Event::Ended {
            reason: EndReason::MeetingEnded { .. }
        })
    ));
    let mut s = in_the_lobby();
    gone(&mut s, "<destroy jid='r@conference.meet.test'/>");
    assert_eq!(conferences(&s), 2, "into the room");
}

#[test]
fn leaving_while_waiting_needs_no_answer() {
    let mut s = in_the_lobby();
    s.command(Command::Leave);
    assert!(matches!(
        s.events.last(),
        Some(Event::Ended {
            reason: EndReason::Left
        })
    ));
    assert!(s.sent.iter().any(|e| e.is("close", ns::FRAMING)));
}

#[test]
fn an_answer_from_somebody_else_is_no_answer() {
    let mut s = logged_in();
    let id = s.question("conference").get("id").unwrap().to_owned();
    s.feed(&format!(
        "<iq xmlns='jabber:client' type='result' id='{id}' from='{ROOM}/evil'>\
         <conference xmlns='http://jitsi.org/protocol/focus' ready='true'/></iq>"
    ));
    assert_eq!(s.count("presence"), 0);
}

#[test]
fn a_queued_join_is_told_and_waited_for() {
    let mut s = logged_in();
    s.conference_ready();
    for _ in 0..8 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(5));
    }
    let slow = s.events.iter().filter(
        |e| matches!(e, Event::Trouble { problem, .. } if problem.code == Code::ServerBusy),
    );
    assert_eq!(slow.count(), 1);
    s.focus_presence();
    s.own_presence();
    assert!(s.events.iter().any(|e| matches!(e, Event::Joined { .. })));
}
