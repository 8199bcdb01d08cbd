//! Each recording's client side is played to the stand; what the server side says is compared message by
//! message. What may differ stands in the tables, with the reason.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::sync::Arc;

use ranzen_stand::{Options, Stand};
use ranzen_testbed::network_or_left_out;
use ranzen_xmpp::{ns, parse};
use support::recording::{Recording, Step, What};
use support::replay::{Action, play};

/// What the recorded focus had learnt of the web client before, from the recording where it asked.
fn known_caps() -> Vec<(String, Vec<String>)> {
    let answer = Recording::read("coldstart-u1")
        .steps
        .into_iter()
        .find_map(|step| match step.what {
            What::XmppOut(text) if text.contains("urn:ietf:rfc:4588") => {
                Some(parse(&text).unwrap())
            }
            _ => None,
        })
        .unwrap();
    let query = answer.find("query", ns::DISCO_INFO).unwrap();
    let features = query
        .children()
        .filter_map(|it| it.get("var").map(str::to_owned))
        .collect();
    vec![(query.get("node").unwrap().to_owned(), features)]
}

/// Differences of the stand as a whole.
const ALWAYS: &[(&str, &str)] = &[
    (
        "DominantSpeakerEndpointChangeEvent",
        "follows from sound, which a replay has not",
    ),
    ("ConnectionStats", "follows from media and the clock"),
    (
        "EndpointConnectivityStatusChangeEvent",
        "a replay has no media, so everybody falls silent",
    ),
    (
        "from breakout.meet.test",
        "breakout rooms are not part of the stand",
    ),
    (
        "identity[breakout.meet.test]",
        "breakout rooms are not part of the stand",
    ),
    (
        "identity[polls.meet.test]",
        "polls are not part of the stand",
    ),
    (
        "identity[filesharing.meet.test]",
        "file sharing is not part of the stand",
    ),
    (
        "identity[conferenceduration.meet.test]",
        "the room's form has the time of its beginning",
    ),
];

fn replay(
    labels: &[&str],
    options: Options,
    prepare: impl Fn(&mut Vec<Recording>),
    action: Action,
    tolerated: &[(&str, &str)],
) {
    let Some(network) = network_or_left_out(&format!("replay of {labels:?}")) else {
        return;
    };
    let stand = Arc::new(Stand::start_with(&network, options).unwrap());
    let host = network.host("clients").unwrap();
    let mut recordings: Vec<Recording> =
        labels.iter().map(|label| Recording::read(label)).collect();
    prepare(&mut recordings);
    let all: Vec<(&str, &str)> = ALWAYS.iter().chain(tolerated).copied().collect();
    let left = play(&stand, &host, recordings, action, &all);
    assert!(
        left.is_empty(),
        "{} differences:\n{}\ncomplaints: {:#?}",
        left.len(),
        left.join("\n"),
        stand.complaints()
    );
}

fn warm() -> Options {
    Options {
        known_caps: known_caps(),
        ..Options::default()
    }
}

fn nothing(_: &Stand, _: &str) {}

#[test]
fn the_first_meeting_after_a_start() {
    replay(
        &["coldstart-u1", "coldstart-u2"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn three_people() {
    replay(
        &["three-u1", "three-u2", "three-u3"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn over_bosh() {
    replay(
        &["variant-bosh-alice", "variant-bosh-bob"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn with_the_conference_request_by_http() {
    replay(
        &["variant-httpreq-alice", "variant-httpreq-bob"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn with_the_channel_over_sctp() {
    replay(
        &["variant-sctp-alice", "variant-sctp-bob"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn two_who_also_talk_directly() {
    replay(
        &["variant-p2p-alice", "variant-p2p-bob"],
        Options::default(),
        |_| {},
        nothing,
        &[],
    );
}

#[test]
fn a_long_meeting_with_everything_a_moderator_can_do() {
    let labels = [
        "scen-alice",
        "scen-bob",
        "scen-carol-password-required",
        "scen-dave-lobby",
    ];
    let carol = |recordings: &mut Vec<Recording>| {
        // Nobody but herself noticed her: she comes and goes while the room is locked.
        let unlocks =
            |step: &Step| matches!(&step.what, What::Note(note) if note == "alice unlocks");
        recordings[0].note_before("scen-carol-password-required comes", unlocks);
        recordings[0].note_before("carol was refused", unlocks);
        let last = recordings[2].steps.last().unwrap().clone();
        recordings[2].steps.push(Step {
            what: What::Note("carol was refused".to_owned()),
            ..last
        });
    };
    replay(&labels, warm(), carol, nothing, &[]);
}

#[test]
fn cut_connections_a_bridge_that_dies_and_being_alone() {
    let options = Options {
        single_participant_timeout: std::time::Duration::from_secs(2),
        ..warm()
    };
    let action: Action = |stand, note| {
        if note == "kill -9 the JVB process" {
            stand.restart_bridge();
        }
    };
    replay(&["extra-alice", "extra-bob"], options, |_| {}, action, &[]);
}
