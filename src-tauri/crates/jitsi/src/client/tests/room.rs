//! In the room: presence, muting, moderation, chat, being removed.

use super::scripted::{OWN, ROOM, Scripted};
use ranzen_meeting::{Audience, Capability, Code, Command, Delivery, EndReason, Event, Role};
use ranzen_xmpp::{StanzaError, ns};
use std::time::Duration;

const BOB: &str = "<item role='participant' jid='b@meet.test/r'/>";

fn mute_iq(from: &str, id: &str) -> String {
    format!(
        "<iq xmlns='jabber:client' type='set' id='{id}' from='{ROOM}/{from}'>\
         <mute xmlns='http://jitsi.org/jitmeet/audio' actor='{ROOM}/b0b'>true</mute></iq>"
    )
}

fn muted_events(s: &Scripted) -> usize {
    s.events
        .iter()
        .filter(|e| matches!(e, Event::MutedByModerator { .. }))
        .count()
}

fn last_info(s: &Scripted) -> String {
    s.last("presence")
        .find("SourceInfo", ns::CLIENT)
        .unwrap()
        .own_text()
}

#[test]
fn many_changes_become_few_presences() {
    let mut s = Scripted::joined();
    for n in 0..40 {
        s.command(Command::SetMicrophoneMuted { muted: n % 2 == 0 });
        s.pass(Duration::from_millis(25));
    }
    s.command(Command::SetMicrophoneMuted { muted: true });
    s.pass(Duration::from_secs(1));
    let sent = s.count("presence");
    assert!((2..=5).contains(&sent), "{sent} presences a second");
    assert_eq!(last_info(&s), "{\"0123abcd-a0\":{\"muted\":true}}");
    s.forget();
    s.pass(Duration::from_secs(5));
    assert_eq!(s.count("presence"), 0, "nothing new, nothing sent");
}

#[test]
fn only_the_focus_carries_a_moderators_word() {
    let mut s = Scripted::joined();
    s.presence("b0b", "", BOB);
    s.feed(&mute_iq("b0b", "1"));
    assert_eq!(muted_events(&s), 0);
    assert_eq!(
        StanzaError::of(s.last("iq")).unwrap().condition,
        "forbidden"
    );
    s.feed(&mute_iq("focus", "2"));
    assert_eq!(muted_events(&s), 1);
    assert_eq!(s.last("iq").get("type"), Some("result"));
    s.pass(Duration::from_secs(1));
    assert!(last_info(&s).contains("true"));
    s.feed(&mute_iq("focus", "3"));
    assert_eq!(muted_events(&s), 1, "muted already");
}

#[test]
fn a_false_focus_is_an_ordinary_participant() {
    let mut s = Scripted::joined();
    s.gone("focus", "<item role='none'/>");
    s.presence(
        "focus",
        "",
        "<item role='participant' jid='evil@meet.test/r'/>",
    );
    s.feed(&mute_iq("focus", "1"));
    assert_eq!(muted_events(&s), 0);
    assert!(s.events.iter().any(|e| matches!(e, Event::ParticipantSeen { participant } if participant.id.as_str() == "focus")));
}

fn components(s: &mut Scripted) {
    // The first session's question was not answered in `joined`.
    let mut fresh = Scripted::new(super::scripted::settings());
    fresh.log_in(OWN);
    let id = fresh
        .sent
        .iter()
        .find(|e| e.has_child("query", ns::DISCO_INFO))
        .unwrap()
        .get("id")
        .unwrap()
        .to_owned();
    fresh.feed(&format!(
        "<iq xmlns='jabber:client' type='result' from='meet.test' id='{id}'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <identity category='component' type='av_moderation' name='avmoderation.meet.test'/>\
         <identity category='component' type='room_metadata' name='metadata.meet.test'/></query></iq>"
    ));
    fresh.enter();
    fresh.forget();
    *s = fresh;
}

fn json(s: &mut Scripted, from: &str, json: &str, more: &str) {
    let json = json.replace('"', "&quot;");
    s.feed(&format!(
        "<message xmlns='jabber:client' from='{from}'><json-message xmlns='http://jitsi.org/jitmeet'>{json}</json-message>{more}</message>"
    ));
}

#[test]
fn a_moderated_microphone_opens_only_with_permission() {
    let mut s = Scripted::joined();
    components(&mut s);
    let on = r#"{"type":"av_moderation","mediaType":"audio","enabled":true}"#;
    let component = "avmoderation.meet.test";
    json(&mut s, &format!("{ROOM}/evil"), on, "");
    json(
        &mut s,
        component,
        on,
        "<delay xmlns='urn:xmpp:delay' stamp='2026-11-23T19:30:53Z'/>",
    );
    assert_eq!(muted_events(&s), 0, "forged and outdated ones don't count");
    json(&mut s, component, on, "");
    assert_eq!(muted_events(&s), 1);
    s.command(Command::SetMicrophoneMuted { muted: false });
    s.pass(Duration::from_secs(1));
    assert!(last_info(&s).contains("true"), "still muted");
    assert!(
        s.events
            .iter()
            .any(|e| matches!(e, Event::Trouble { problem, .. } if problem.code == Code::NotNow))
    );
    json(
        &mut s,
        component,
        r#"{"type":"av_moderation","mediaType":"audio","approved":true}"#,
        "",
    );
    let Some(Event::CapabilitiesChanged { capabilities }) = s.events.last() else {
        panic!("{:?}", s.events.last())
    };
    assert!(capabilities.contains(&Capability::Microphone));
    s.command(Command::SetMicrophoneMuted { muted: false });
    s.pass(Duration::from_secs(1));
    assert!(last_info(&s).contains("false"));
}

#[test]
fn a_meeting_that_starts_muted_mutes_once() {
    let mut s = Scripted::joined();
    components(&mut s);
    let start = r#"{"type":"room_metadata","metadata":{"startMuted":{"audio":true}}}"#;
    json(&mut s, "metadata.meet.test", start, "");
    assert_eq!(muted_events(&s), 1);
    s.command(Command::SetMicrophoneMuted { muted: false });
    json(&mut s, "metadata.meet.test", start, "");
    assert_eq!(muted_events(&s), 1, "who has opened it keeps it open");
}

#[test]
fn permissions_decide_about_chat() {
    let mut s = Scripted::joined();
    s.presence(
        "0123abcd",
        "<permissions xmlns='http://jitsi.org/jitmeet'><p name='send-groupchat' val='false'/></permissions>",
        "<item role='moderator'/><status code='110'/>",
    );
    assert!(s.events.iter().any(|e| matches!(
        e,
        Event::RoleChanged {
            role: Role::Moderator,
            ..
        }
    )));
    let Some(Event::CapabilitiesChanged { capabilities }) = s.events.last() else {
        panic!("{:?}", s.events.last())
    };
    assert!(!capabilities.contains(&Capability::PublicChat));
    assert!(capabilities.contains(&Capability::PrivateChat));
}

#[test]
fn participants_are_told_only_when_something_changed() {
    let mut s = Scripted::joined();
    let info = "<SourceInfo>{&quot;b0b-a0&quot;:{&quot;muted&quot;:false}}</SourceInfo>";
    s.presence("b0b", info, BOB);
    s.presence("b0b", info, BOB);
    assert_eq!(s.events.len(), 1);
    s.presence("b0b", info, "<item role='moderator' jid='b@meet.test/r'/>");
    assert!(matches!(s.events.last(), Some(Event::RoleChanged { .. })));
    s.presence(
        "rec",
        "",
        "<item role='participant' jid='x@recorder.test/r'/>",
    );
    assert_eq!(s.events.len(), 2, "recorders are hidden");
    s.gone("rec", "<item role='none'/>");
    s.gone("b0b", "<item role='none'/>");
    assert_eq!(s.events.len(), 3);
}

#[test]
fn a_room_with_too_many_people_does_not_fill_the_memory() {
    let mut s = Scripted::joined();
    for n in 0..5_100 {
        s.presence(&format!("n{n}"), "", BOB);
    }
    assert_eq!(s.client.others(), 5_000);
}

#[test]
fn messages_that_can_not_be_sent_are_told() {
    let mut s = Scripted::joined();
    let failed = |s: &Scripted| match s.events.last() {
        Some(Event::ChatFailed { problem, .. }) => problem.code,
        other => panic!("{other:?}"),
    };
    let say = |s: &mut Scripted, to: Audience, body: String| {
        s.command(Command::SendChat {
            id: "x".into(),
            to,
            body,
        });
    };
    say(&mut s, Audience::Everyone, " \u{0}\n".into());
    assert_eq!(failed(&s), Code::MessageEmpty);
    say(&mut s, Audience::Everyone, "ä".repeat(5_001));
    assert_eq!(failed(&s), Code::MessageTooLong);
    say(
        &mut s,
        Audience::Private {
            with: "nobody".into(),
            name: String::new(),
        },
        "a".into(),
    );
    assert_eq!(failed(&s), Code::MessageRefused);
    assert_eq!(s.count("message"), 0);
    say(&mut s, Audience::Everyone, "ä".repeat(5_000));
    assert_eq!(s.count("message"), 1);
    s.feed(&format!(
        "<message xmlns='jabber:client' type='error' id='x' from='{ROOM}'><error type='modify'>\
         <policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    ));
    assert_eq!(failed(&s), Code::ServerBusy);
}

#[test]
fn the_end_of_the_meeting_fails_what_still_waits() {
    let mut s = Scripted::joined();
    s.command(Command::SendChat {
        id: "x".into(),
        to: Audience::Everyone,
        body: "a".into(),
    });
    s.gone(
        "0123abcd",
        "<destroy><reason>Schluss</reason></destroy><status code='110'/>",
    );
    let failed = s
        .events
        .iter()
        .any(|e| matches!(e, Event::Chat { message } if message.delivery == Delivery::Failed));
    assert!(failed);
    assert_eq!(
        s.events.last(),
        Some(&Event::Ended {
            reason: EndReason::MeetingEnded {
                reason: Some("Schluss".into())
            }
        })
    );
}

#[test]
fn a_server_that_lost_us_is_entered_again() {
    let mut s = Scripted::joined();
    s.gone(
        "0123abcd",
        "<item role='none'/><status code='110'/><status code='333'/>",
    );
    s.conference_ready();
    s.focus_presence();
    s.own_presence();
    assert!(s.events.iter().any(|e| matches!(e, Event::Joined { .. })));
}

#[test]
fn others_questions_are_answered() {
    let mut s = Scripted::joined();
    let mut ask = |payload: &str, kind: &str| {
        s.feed(&format!(
            "<iq xmlns='jabber:client' type='{kind}' id='q' from='{ROOM}/focus'>{payload}</iq>"
        ));
        s.last("iq").clone()
    };
    let features = ask(
        "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        "get",
    );
    assert!(
        features
            .find("query", ns::DISCO_INFO)
            .unwrap()
            .children()
            .count()
            > 10
    );
    assert_eq!(
        ask("<ping xmlns='urn:xmpp:ping'/>", "get").get("type"),
        Some("result")
    );
    let unknown = ask("<query xmlns='jabber:iq:version'/>", "get");
    assert_eq!(
        StanzaError::of(&unknown).unwrap().condition,
        "service-unavailable"
    );
    assert_eq!(
        StanzaError::of(&ask("", "set")).unwrap().condition,
        "bad-request"
    );
}

#[test]
fn a_missing_bridge_is_told_once() {
    let mut s = Scripted::joined();
    let focus = "<item jid='focus@auth.meet.test/focus' role='moderator'/>";
    for _ in 0..3 {
        s.presence("focus", "<bridgeNotAvailable/>", focus);
    }
    let told = s.events.iter().filter(
        |e| matches!(e, Event::Trouble { problem, .. } if problem.code == Code::BridgeMissing),
    );
    assert_eq!(told.count(), 1);
}
