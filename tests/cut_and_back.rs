//! Three people in a room: one leaves and rejoins, one loses its network for five seconds. Nobody
//! else notices, the sound is back, and no message is lost or doubled.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod support;

use ranzen_stand::Stand;
use ranzen_testbed::{network_or_left_out, speech};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use support::{Part, Participant};

/// From the cable's return to sound: what people are promised.
const SOUND_BACK: Duration = Duration::from_secs(3);

#[test]
fn a_cut_of_five_seconds_is_nobody_elses_business() {
    let Some(network) = network_or_left_out("a_cut_of_five_seconds_is_nobody_elses_business")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let hosts: Vec<_> = ["anna", "ben", "cem"]
        .iter()
        .map(|name| network.host(name).unwrap())
        .collect();
    let profiles: Vec<_> = (0..4)
        .map(|n| {
            let path = folder.path().join(format!("profile-{n}"));
            std::fs::create_dir_all(&path).unwrap();
            path
        })
        .collect();
    let spoken: Vec<_> = (0..3).map(|n| speech::file(n).unwrap()).collect();
    let join = |n: usize, name: &str, profile: usize| {
        Participant::join(
            &hosts[n],
            &Part {
                name,
                link: stand.url("physik9"),
                root: &root,
                speak: Some(&spoken[n]),
                record: None,
                profile: &profiles[profile],
            },
        )
    };
    let mut anna = join(0, "Anna", 0);
    anna.id();
    let mut ben = join(1, "Ben", 1);
    ben.id();
    let mut cem = join(2, "Cem", 2);
    let first_cem = cem.id();
    for participant in [&mut anna, &mut ben, &mut cem] {
        participant.wait_media(30);
    }
    anna.say("eins");
    cem.wait_chat("eins", 10);

    cem.leave();
    anna.wait_event("participantLeft", 10, |event| {
        event["id"] == first_cem.as_str()
    });
    let mut cem = join(2, "Cem", 3);
    let cem_id = cem.id();
    cem.wait_media(30);
    hears(&mut anna, &cem_id, 20);
    // What was said before is replayed by the server and is not new.
    cem.wait_chat("eins", 10);

    let others_before = [changes(&anna), changes(&ben)];
    hosts[2].cut().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    anna.say("während Cem weg ist");
    cem.say("von Cem ohne Netz");
    std::thread::sleep(Duration::from_secs(4));
    let heard = heard_levels(&cem);
    hosts[2].restore().unwrap();
    let back = Instant::now();
    // Levels of others are reported only while their sound is played.
    while heard_levels(&cem) <= heard {
        assert!(
            back.elapsed() < Duration::from_secs(20),
            "no sound again:\n{}",
            cem.log()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let took = back.elapsed();
    println!("sound back after {took:?}");
    assert!(took <= SOUND_BACK, "sound was back only after {took:?}");

    cem.wait_chat("während Cem weg ist", 20);
    anna.wait_chat("von Cem ohne Netz", 20);
    ben.wait_chat("von Cem ohne Netz", 20);
    anna.say("zum Schluss");
    for participant in [&mut anna, &mut ben, &mut cem] {
        participant.wait_chat("zum Schluss", 10);
    }
    for participant in [&anna, &ben, &cem] {
        for (body, ids) in delivered(participant) {
            assert_eq!(
                ids.len(),
                1,
                "{}: {body:?} is doubled: {ids:?}",
                participant.name
            );
        }
    }
    assert_eq!(
        [changes(&anna), changes(&ben)],
        others_before,
        "the others' own connections were disturbed"
    );
    for participant in [cem, ben, anna] {
        participant.leave();
    }
}

/// Waits until somebody is heard speaking.
fn hears(participant: &mut Participant, whom: &str, patience: u64) {
    participant.wait_event("speaking", patience, |event| {
        event["id"] == whom && event["speaking"] == true
    });
}

/// How often others were audible so far.
fn heard_levels(participant: &Participant) -> usize {
    participant
        .reports()
        .iter()
        .filter(|report| report["type"] == "levels")
        .filter(|report| {
            report["others"]
                .as_array()
                .is_some_and(|others| others.iter().any(|other| other[1].as_f64() > Some(0.2)))
        })
        .count()
}

/// How often the own connections changed.
fn changes(participant: &Participant) -> usize {
    participant.events("mediaChanged").len() + participant.events("connectionChanged").len()
}

/// The ids under which each text was delivered.
fn delivered(participant: &Participant) -> BTreeMap<String, Vec<String>> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for event in participant.events("chat") {
        let message: &Value = &event["message"];
        let ids = texts
            .entry(message["body"].as_str().unwrap().to_owned())
            .or_default();
        let id = message["id"].as_str().unwrap().to_owned();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    texts
}
