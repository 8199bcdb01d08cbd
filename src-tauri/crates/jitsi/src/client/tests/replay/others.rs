//! The recordings of the others: first and later participants, three at once, other ways of asking.

use super::{Replay, bob};
use crate::client::tests::kinds::kind_of;
use crate::client::tests::recording::recording;
use ranzen_meeting::{Command, EndReason, Event, MediaPhase};

/// Moderating is not offered yet.
const MODERATING: [&str; 6] = [
    "iq get scen@conference.meet.test query http://jabber.org/protocol/muc#owner",
    "iq set scen@conference.meet.test query http://jabber.org/protocol/muc#",
    "iq get scen@conference.meet.test",
    "iq set scen@conference.meet.test",
    "message avmoderation.meet.test",
    "message scen@conference.meet.test groupchat subject",
];

#[test]
fn the_long_scenario_from_the_moderators_side() {
    let mut replay = Replay::new(recording!("scen-alice"), "scen");
    replay.run(|note| match note {
        "alice raises hand (local participant property)" => {
            Some(Command::RaiseHand { raised: true })
        }
        "alice leaves" => Some(Command::Leave),
        _ => None,
    });
    let mut besides = MODERATING.to_vec();
    besides.extend([
        "presence join scen@lobby.meet.test",
        "presence scen@lobby.meet.test",
        "message scen@conference.meet.test  x",
    ]);
    replay.compare_but(&besides);
    assert_eq!(replay.ending(), &EndReason::Left);
}

#[test]
fn the_second_after_a_server_start() {
    let mut replay = Replay::new(recording!("coldstart-u2"), "cold");
    replay.run(bob);
    replay.compare();
}

#[test]
fn three_at_once() {
    for text in [
        recording!("three-u1"),
        recording!("three-u2"),
        recording!("three-u3"),
    ] {
        let mut replay = Replay::new(text, "final");
        replay.run(bob);
        replay.compare();
        let connected = |e: &Event| {
            matches!(
                e,
                Event::MediaChanged {
                    media: MediaPhase::Connected
                }
            )
        };
        assert!(replay.saw(connected));
    }
}

#[test]
fn the_conference_asked_for_by_http() {
    for text in [
        recording!("variant-httpreq-alice"),
        recording!("variant-httpreq-bob"),
    ] {
        let mut replay = Replay::new(text, "vhttpreq");
        replay.run(bob);
        replay.compare();
    }
}

#[test]
fn over_bosh() {
    for text in [
        recording!("variant-bosh-alice"),
        recording!("variant-bosh-bob"),
    ] {
        let mut replay = Replay::new(text, "vbosh");
        replay.run(bob);
        replay.compare();
        assert!(replay.saw(|e| matches!(e, Event::Chat { message } if message.body == "yo")));
    }
}

#[test]
fn the_other_side_of_sctp() {
    let mut replay = Replay::new(recording!("variant-sctp-alice"), "vsctp");
    replay.run(bob);
    replay.compare();
}

/// The reference client offers a direct session here. We never do, so the peer's answers to it are
/// answers to nothing.
#[test]
fn the_other_side_of_a_direct_session() {
    let mut replay = Replay::new(recording!("variant-p2p-alice"), "vp2p");
    replay.run(bob);
    let kinds: Vec<String> = replay.sent.iter().map(kind_of).collect();
    let count = |start: &str| kinds.iter().filter(|kind| kind.starts_with(start)).count();
    assert_eq!(count("jingle session-initiate"), 0);
    assert_eq!(
        count("jingle session-accept vp2p@conference.meet.test/focus"),
        1
    );
    assert_eq!(count("iq error vp2p@conference.meet.test/3525145f"), 2);
}
