//! The media session and the bridge channel, with a transport by hand.

use super::super::Output;
use super::scripted::{ROOM, Scripted};
use ranzen_meeting::{Code, Event, MediaPhase};
use ranzen_transport::{TransportError, TransportEvent, TransportState};
use ranzen_xmpp::{StanzaError, ns};
use std::time::Duration;

fn initiate(s: &mut Scripted, sid: &str) {
    let recorded = include_str!("../../../tests/fixtures/session-initiate.xml");
    let iq = ranzen_xmpp::parse(recorded).unwrap();
    let jingle = iq
        .find("jingle", ns::JINGLE)
        .unwrap()
        .clone()
        .attr("sid", sid)
        .to_xml();
    s.feed(&format!(
        "<iq xmlns='jabber:client' type='set' id='i-{sid}' from='{ROOM}/focus'>{jingle}</iq>"
    ));
}

fn jingle(
    s: &mut Scripted,
    from: &str,
    action: &str,
    sid: &str,
    inside: &str,
) -> ranzen_xmpp::Element {
    s.feed(&format!(
        "<iq xmlns='jabber:client' type='set' id='j' from='{ROOM}/{from}'>\
         <jingle xmlns='urn:xmpp:jingle:1' action='{action}' sid='{sid}'>{inside}</jingle></iq>"
    ));
    s.sent
        .iter()
        .rev()
        .find(|e| e.get("id") == Some("j"))
        .unwrap()
        .clone()
}

fn state(s: &mut Scripted, media: u64, state: TransportState) {
    s.client
        .transport_event(media, TransportEvent::State(state), s.now);
    s.drain();
}

fn with_session() -> Scripted {
    let mut s = Scripted::joined();
    s.presence("b0b", "", "<item role='participant' jid='b@meet.test/r'/>");
    initiate(&mut s, "s1");
    state(&mut s, 1, TransportState::Connected);
    s
}

fn channels(s: &Scripted) -> usize {
    s.outputs
        .iter()
        .filter(|o| matches!(o, Output::OpenChannel { .. }))
        .count()
}

fn phases(s: &Scripted) -> Vec<MediaPhase> {
    s.events
        .iter()
        .filter_map(|e| match e {
            Event::MediaChanged { media } => Some(*media),
            _ => None,
        })
        .collect()
}

#[test]
fn every_request_is_answered_by_what_it_is() {
    let mut s = with_session();
    let condition = |answer: ranzen_xmpp::Element| StanzaError::of(&answer).map(|e| e.condition);
    assert_eq!(
        condition(jingle(&mut s, "focus", "transport-info", "s1", "")),
        None
    );
    assert_eq!(
        condition(jingle(&mut s, "focus", "source-add", "s1", "")),
        None
    );
    assert_eq!(
        condition(jingle(&mut s, "focus", "content-add", "s1", "")).as_deref(),
        Some("feature-not-implemented")
    );
    let unknown = jingle(&mut s, "focus", "source-add", "other", "");
    assert!(
        unknown
            .find_any("error")
            .unwrap()
            .has_child("unknown-session", ns::JINGLE_ERRORS)
    );
    assert_eq!(
        condition(jingle(&mut s, "b0b", "content-modify", "p", "")).as_deref(),
        Some("item-not-found")
    );
    s.feed(
        "<iq xmlns='jabber:client' type='set' id='j' from='evil@meet.test/r'>\
         <jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='x'/></iq>",
    );
    assert_eq!(
        StanzaError::of(s.last("iq")).unwrap().condition,
        "forbidden"
    );
    let broken = jingle(&mut s, "focus", "session-initiate", "s2", "");
    assert_eq!(condition(broken).as_deref(), Some("bad-request"));
}

#[test]
fn a_direct_offer_is_declined() {
    let mut s = with_session();
    jingle(&mut s, "b0b", "session-initiate", "p2p", "");
    let decline = s.question("jingle");
    assert_eq!(decline.get("to"), Some(format!("{ROOM}/b0b").as_str()));
    insta::assert_snapshot!(decline.find_any("jingle").unwrap().to_xml());
}

#[test]
fn sources_come_and_go_with_their_owners() {
    let mut s = with_session();
    let add = |ssrc: u32| {
        format!(
            "<json-message xmlns='http://jitsi.org/jitmeet'>{{&quot;sources&quot;:{{&quot;b0b&quot;:[[{{&quot;s&quot;:9,&quot;n&quot;:&quot;b0b-v0&quot;}}],[],\
             [{{&quot;s&quot;:{ssrc},&quot;n&quot;:&quot;b0b-a0&quot;}}]]}}}}</json-message>"
        )
    };
    let told = |s: &Scripted| -> Vec<String> {
        s.outputs
            .iter()
            .filter_map(|o| match o {
                Output::AddSources(all) => Some(format!("+{}:{}", all[0].key.0, all[0].ssrc)),
                Output::RemoveSources(all) => Some(format!("-{}", all[0].0)),
                _ => None,
            })
            .collect()
    };
    s.forget();
    jingle(&mut s, "focus", "source-add", "s1", &add(1));
    jingle(&mut s, "focus", "source-add", "s1", &add(1));
    jingle(&mut s, "focus", "source-add", "s1", &add(2));
    assert_eq!(told(&s), ["+b0b-a0:1", "-b0b-a0", "+b0b-a0:2"]);
    s.forget();
    s.gone("b0b", "<item role='none'/>");
    assert_eq!(told(&s), ["-b0b-a0"]);
}

#[test]
fn a_failed_path_asks_for_a_new_session() {
    let mut s = with_session();
    s.forget();
    state(&mut s, 1, TransportState::Failed);
    let jingle = s.question("jingle").find_any("jingle").unwrap().clone();
    assert_eq!(jingle.get("action"), Some("session-terminate"));
    assert_eq!(
        jingle
            .find("bridge-session", ns::FOCUS)
            .unwrap()
            .get("restart"),
        Some("true")
    );
    assert_eq!(phases(&s), [MediaPhase::Interrupted]);
    initiate(&mut s, "s2");
    state(&mut s, 1, TransportState::Failed);
    state(&mut s, 2, TransportState::Connected);
    assert_eq!(
        phases(&s),
        [
            MediaPhase::Interrupted,
            MediaPhase::Connecting,
            MediaPhase::Connected
        ]
    );
}

#[test]
fn without_a_new_offer_the_room_is_entered_anew() {
    let mut s = with_session();
    state(&mut s, 1, TransportState::Failed);
    s.forget();
    for _ in 0..7 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(3));
    }
    assert!(s.sent.iter().any(|e| e.get("type") == Some("unavailable")));
    assert!(s.sent.iter().any(|e| e.has_child("conference", ns::FOCUS)));
}

#[test]
fn a_broken_path_is_given_up_only_while_the_server_answers() {
    let mut s = with_session();
    state(&mut s, 1, TransportState::Disconnected);
    for _ in 0..5 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(2));
    }
    assert!(s.sent.iter().all(|e| {
        e.find_any("jingle")
            .is_none_or(|j| j.get("action").is_none())
    }));
    state(&mut s, 1, TransportState::Connected);
    s.pass(Duration::from_secs(3));
    let terminated = |s: &Scripted| {
        s.sent.iter().any(|e| {
            e.find_any("jingle")
                .is_some_and(|j| j.get("action") == Some("session-terminate"))
        })
    };
    assert!(!terminated(&s), "it came back");
    // The whole network away: nothing is given up.
    state(&mut s, 1, TransportState::Disconnected);
    s.client.socket_lost(s.now);
    s.drain();
    s.pass(Duration::from_secs(25));
    assert!(!terminated(&s));
    // Back, the server answers, the path does not: given up soon.
    s.client.socket_opened(true, s.now);
    s.drain();
    s.mechanisms();
    s.feed("<resumed xmlns='urn:xmpp:sm:3' previd='sm-1' h='4'/>");
    s.pass(Duration::from_secs(4));
    assert!(terminated(&s));
}

#[test]
fn an_offer_that_the_transport_can_not_use_is_told() {
    let mut s = with_session();
    initiate(&mut s, "s2");
    s.client
        .media_answered(2, Err(TransportError::Description("x".into())), s.now);
    s.drain();
    assert!(
        s.events.iter().any(
            |e| matches!(e, Event::Trouble { problem, .. } if problem.code == Code::MediaFailed)
        )
    );
    assert!(
        s.question("jingle")
            .find_any("jingle")
            .unwrap()
            .find_any("reason")
            .unwrap()
            .find_any("failed-application")
            .is_some()
    );
}

#[test]
fn alone_media_rests() {
    let mut s = with_session();
    s.gone("b0b", "<item role='none'/>");
    jingle(
        &mut s,
        "focus",
        "session-terminate",
        "s1",
        "<reason><expired/></reason>",
    );
    assert_eq!(phases(&s).last(), Some(&MediaPhase::Idle));
    assert!(s.outputs.iter().any(|o| matches!(o, Output::StopMedia)));
    s.forget();
    for _ in 0..20 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(5));
    }
    assert!(phases(&s).is_empty(), "and nothing is missed");
}

#[test]
fn the_channel_is_opened_again_with_growing_pauses_and_says_everything_again() {
    let mut s = with_session();
    assert_eq!(channels(&s), 1);
    s.client.channel_opened(1, s.now);
    s.client.channel_closed(1, s.now);
    s.drain();
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let before = channels(&s);
        let mut waited = 0;
        while channels(&s) == before {
            s.feed("<r xmlns='urn:xmpp:sm:3'/>");
            s.pass(Duration::from_millis(500));
            waited += 1;
        }
        pauses.push(waited / 2);
        s.client.channel_closed(1, s.now);
    }
    assert_eq!(pauses, [1, 2, 4, 8, 8, 8]);
    s.forget();
    s.client.channel_opened(1, s.now);
    s.drain();
    let said = s
        .outputs
        .iter()
        .filter(|o| matches!(o, Output::SendChannel(_)))
        .count();
    assert_eq!(said, 1);
}

#[test]
fn words_of_an_old_channel_or_connection_do_not_count() {
    let mut s = with_session();
    initiate(&mut s, "s2");
    s.forget();
    let speaker =
        r#"{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"b0b"}"#;
    s.client.channel_message(1, speaker, s.now);
    state(&mut s, 1, TransportState::Connected);
    assert!(s.events.is_empty(), "{:?}", s.events);
    s.client.channel_message(2, speaker, s.now);
    s.drain();
    assert_eq!(s.events.len(), 1);
}

#[test]
fn where_no_websocket_gets_through_the_next_session_uses_sctp() {
    let sctp_offered = |s: &Scripted| {
        s.outputs.iter().rev().find_map(|o| match o {
            Output::StartMedia { offer, .. } => Some(offer.sctp.is_some()),
            _ => None,
        })
    };
    let mut s = with_session();
    assert_eq!(sctp_offered(&s), Some(false));
    for _ in 0..4 {
        s.client.channel_closed(1, s.now);
    }
    initiate(&mut s, "s2");
    assert_eq!(sctp_offered(&s), Some(true));
    s.client
        .transport_event(2, TransportEvent::ChannelOpen, s.now);
    s.drain();
    assert!(s.outputs.iter().any(|o| matches!(o, Output::SendSctp(_))));
}

#[test]
fn relays_are_handed_to_the_transport_and_asked_for_again_when_they_grow_old() {
    let relays = |s: &Scripted| {
        s.outputs.iter().rev().find_map(|o| match o {
            Output::StartMedia { servers, .. } => {
                Some(servers.iter().map(|r| r.url.clone()).collect::<Vec<_>>())
            }
            _ => None,
        })
    };
    let mut s = Scripted::new(super::scripted::settings());
    s.log_in(super::scripted::OWN);
    let answer = |s: &mut Scripted, user: &str| {
        let id = s.question("services").get("id").unwrap().to_owned();
        s.feed(&format!(
            "<iq xmlns='jabber:client' type='result' from='meet.test' id='{id}'><services xmlns='urn:xmpp:extdisco:2'>\
             <service type='turns' host='{user}.test' port='443' transport='tcp' username='{user}' password='p'/></services></iq>"
        ));
    };
    answer(&mut s, "one");
    s.enter();
    initiate(&mut s, "s1");
    assert_eq!(relays(&s).unwrap(), ["turns:one.test:443?transport=tcp"]);
    s.forget();
    for _ in 0..300 {
        s.feed("<r xmlns='urn:xmpp:sm:3'/>");
        s.pass(Duration::from_secs(5));
    }
    assert!(
        s.sent.iter().all(|e| e.find_any("services").is_none()),
        "not without need"
    );
    state(&mut s, 1, TransportState::Failed);
    answer(&mut s, "two");
    initiate(&mut s, "s2");
    assert_eq!(relays(&s).unwrap(), ["turns:two.test:443?transport=tcp"]);
}
