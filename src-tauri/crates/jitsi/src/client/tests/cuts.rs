//! Cuts of the line, in virtual time.

use super::scripted::{ROOM, Scripted, settings};
use ranzen_meeting::{Audience, Code, Command, Connection, Delivery, EndReason, Event, Problem};
use ranzen_xmpp::{Element, ns};
use std::time::Duration;

fn say(scripted: &mut Scripted, id: &str, to: Audience) {
    scripted.command(Command::SendChat {
        id: id.into(),
        to,
        body: format!("text {id}"),
    });
}

fn to_bob() -> Audience {
    Audience::Private {
        with: "bob00000".into(),
        name: "Bob".into(),
    }
}

fn bob(scripted: &mut Scripted) {
    scripted.presence(
        "bob00000",
        "",
        "<item role='participant' jid='b@meet.test/r'/>",
    );
}

fn ids_sent(scripted: &Scripted) -> Vec<String> {
    scripted
        .sent
        .iter()
        .filter(|e| e.name() == "message")
        .map(|e| e.get("id").unwrap().to_owned())
        .collect()
}

fn delivered(scripted: &Scripted) -> Vec<String> {
    scripted
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Chat { message } if message.delivery == Delivery::Delivered => {
                Some(message.id.0.clone())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn a_resumed_session_sends_again_only_what_was_not_handled() {
    let mut s = Scripted::joined();
    bob(&mut s);
    s.feed("<r xmlns='urn:xmpp:sm:3'/>");
    let counted: u32 = s.last("a").get("h").unwrap().parse().unwrap();
    assert!(counted > 0);
    say(&mut s, "m1", to_bob());
    say(&mut s, "m2", Audience::Everyone);
    s.client.socket_lost(s.now);
    s.drain();
    assert_eq!(s.opened_sockets(), [Some("sm-1".to_owned())]);
    // Written while there is no line.
    say(&mut s, "m3", Audience::Everyone);
    s.forget();
    s.client.socket_opened(true, s.now);
    s.drain();
    s.mechanisms();
    assert_eq!(
        s.last("resume").get("h"),
        Some(counted.to_string().as_str())
    );
    // iqs: services, disco, conference; presence; m1: handled. m2: not.
    s.feed("<resumed xmlns='urn:xmpp:sm:3' previd='sm-1' h='5'/>");
    assert_eq!(ids_sent(&s), ["m2", "m3"]);
    assert_eq!(delivered(&s), ["m1"]);
    assert!(s.events.contains(&Event::ConnectionChanged {
        connection: Connection::Joined
    }));
    assert_eq!(s.count("presence"), 0, "the room was never left");
}

#[test]
fn after_a_lost_session_history_decides_what_is_sent_again() {
    let mut s = Scripted::joined();
    bob(&mut s);
    let first_nick = "0123abcd";
    say(&mut s, "p1", to_bob());
    say(&mut s, "g1", Audience::Everyone);
    say(&mut s, "g2", Audience::Everyone);
    s.client.socket_lost(s.now);
    s.drain();
    s.forget();
    s.client.socket_opened(true, s.now);
    s.drain();
    s.mechanisms();
    // The server had handled p1, but not what came after; the session itself is gone.
    s.feed("<failed xmlns='urn:xmpp:sm:3' h='5'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
    assert_eq!(delivered(&s), ["p1"]);
    let bind = s.last("iq").get("id").unwrap().to_owned();
    s.feed(&format!(
        "<iq xmlns='jabber:client' type='result' id='{bind}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>fedc9876-2@meet.test/r</jid></bind></iq>"
    ));
    s.conference_ready();
    s.focus_presence();
    assert_eq!(s.nick(), "fedc9876");
    s.own_presence();
    bob(&mut s);
    assert!(ids_sent(&s).is_empty(), "the history has not ended");
    // g1 did arrive after all.
    s.feed(&format!(
        "<message xmlns='jabber:client' type='groupchat' from='{ROOM}/{first_nick}' id='g1'><body>text g1</body>\
         <delay xmlns='urn:xmpp:delay' stamp='2026-11-23T19:30:53Z'/></message>"
    ));
    s.feed(&format!(
        "<message xmlns='jabber:client' type='groupchat' from='{ROOM}'><subject/></message>"
    ));
    assert_eq!(ids_sent(&s), ["g2"]);
    assert_eq!(delivered(&s), ["p1", "g1"]);
    let joined = s
        .events
        .iter()
        .filter(|e| matches!(e, Event::Joined { own } if own.as_str() == "fedc9876"));
    assert_eq!(joined.count(), 1);
}

#[test]
fn a_private_message_to_somebody_who_left_meanwhile_fails() {
    let mut s = Scripted::joined();
    bob(&mut s);
    s.client.socket_lost(s.now);
    s.drain();
    say(&mut s, "p1", to_bob());
    s.client.socket_opened(true, s.now);
    s.drain();
    s.mechanisms();
    s.feed("<resumed xmlns='urn:xmpp:sm:3' previd='sm-1' h='4'/>");
    assert_eq!(ids_sent(&s), ["p1"]);
    // Prosody's word on it.
    s.feed(&format!(
        "<message xmlns='jabber:client' type='error' id='p1' from='{ROOM}/bob00000'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    ));
    assert!(
        s.events
            .iter()
            .any(|e| matches!(e, Event::ChatFailed { id, .. } if id.as_str() == "p1"))
    );
}

#[test]
fn a_silent_server_is_noticed_and_left() {
    let mut s = Scripted::joined();
    s.pass(Duration::from_secs(10));
    let ping = s.question("ping").clone();
    assert_eq!(ping.get("to"), Some("meet.test"));
    s.feed(&format!(
        "<iq xmlns='jabber:client' type='result' from='meet.test' id='{}'/>",
        ping.get("id").unwrap()
    ));
    s.forget();
    s.pass(Duration::from_secs(14));
    assert!(s.opened_sockets().is_empty(), "asked, and waiting");
    s.pass(Duration::from_secs(2));
    assert_eq!(s.opened_sockets(), [Some("sm-1".to_owned())]);
    assert_eq!(
        s.events,
        [Event::ConnectionChanged {
            connection: Connection::Reconnecting
        }]
    );
}

#[test]
fn attempts_come_in_haste_then_slower_and_end() {
    let mut s = Scripted::joined();
    s.client.socket_lost(s.now);
    s.drain();
    let refused = || Problem::new(Code::HostUnreachable, "down");
    let begun = s.now.at;
    let mut attempts = Vec::new();
    while !s.events.iter().any(|e| matches!(e, Event::Ended { .. })) {
        attempts.push(s.now.at.duration_since(begun));
        s.client.socket_failed(refused(), s.now);
        s.drain();
        let before = s.opened_sockets().len();
        while s.opened_sockets().len() == before
            && !s.events.iter().any(|e| matches!(e, Event::Ended { .. }))
        {
            s.pass(Duration::from_millis(50));
        }
    }
    let within = |from: u64, to: u64| {
        attempts
            .iter()
            .filter(|at| (from..to).contains(&at.as_secs()))
            .count()
    };
    assert!(within(0, 10) >= 8, "in haste: {attempts:?}");
    assert!(within(120, 240) <= 25, "then slower: {attempts:?}");
    let last = attempts.last().unwrap().as_secs();
    assert!((600..620).contains(&last), "{last}");
    // After a minute the server no longer waits for the session.
    assert_eq!(s.opened_sockets().last(), Some(&None));
    let Some(Event::Ended {
        reason: EndReason::Failed { problem },
    }) = s.events.last()
    else {
        panic!("not over")
    };
    assert_eq!(problem.code, Code::ConnectionLost);
}

#[test]
fn a_server_that_shuts_down_is_waited_for() {
    let mut s = Scripted::joined();
    s.feed(
        "<error xmlns='http://etherx.jabber.org/streams'><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
    );
    assert_eq!(s.opened_sockets().len(), 1);
    let conflict = "<error xmlns='http://etherx.jabber.org/streams'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>";
    let mut s = Scripted::joined();
    s.feed(conflict);
    assert!(s.opened_sockets().is_empty());
    assert!(matches!(s.events.last(), Some(Event::Ended { .. })));
}

#[test]
fn a_message_that_breaks_the_servers_rules_is_not_sent_for_ever() {
    let mut s = Scripted::joined();
    say(&mut s, "m1", Audience::Everyone);
    s.feed(
        "<error xmlns='http://etherx.jabber.org/streams'><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></error>",
    );
    assert!(
        s.events
            .iter()
            .any(|e| matches!(e, Event::ChatFailed { id, .. } if id.as_str() == "m1"))
    );
    assert_eq!(
        s.opened_sockets(),
        [None],
        "a new session, not the same again"
    );
}

#[test]
fn a_first_connection_that_fails_ends_it_at_once() {
    let mut s = Scripted::new(settings());
    s.client
        .socket_failed(Problem::new(Code::HostUnknown, "x"), s.now);
    s.drain();
    let Some(Event::Ended {
        reason: EndReason::Failed { problem },
    }) = s.events.last()
    else {
        panic!("not over")
    };
    assert_eq!(problem.code, Code::HostUnknown);
    assert!(s.client.deadline().is_none());
}

#[test]
fn a_server_that_takes_nothing_any_more_gets_a_new_session() {
    let mut s = Scripted::joined();
    // Never acknowledged: answers to others' questions fill the queue.
    for n in 0..1_200 {
        s.feed(&format!(
            "<iq xmlns='jabber:client' type='get' id='{n}' from='{ROOM}/x'><ping xmlns='urn:xmpp:ping'/></iq>"
        ));
    }
    assert!(s.count("iq") <= 1_000);
    s.pass(Duration::from_millis(1));
    assert_eq!(s.opened_sockets(), [None]);
}

#[test]
fn late_frames_after_the_end_change_nothing() {
    let mut s = Scripted::joined();
    s.command(Command::Leave);
    s.pass(Duration::from_secs(2));
    assert!(matches!(
        s.events.last(),
        Some(Event::Ended {
            reason: EndReason::Left
        })
    ));
    s.forget();
    s.feed(&Element::new("r", ns::SM).to_xml());
    s.command(Command::RaiseHand { raised: true });
    s.pass(Duration::from_secs(100));
    assert!(s.sent.is_empty() && s.events.is_empty());
}
