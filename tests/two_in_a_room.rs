//! Two people in one Jitsi room behind a real Prosody: each speaks a different sentence and records
//! the other; they chat; afterwards both find the words in their own archives.
//!
//! ```text
//! [anna: ranzen-cli] ── switch ── [server: Prosody, focus, bridge]
//! [ben:  ranzen-cli] ──┘
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod support;

use ranzen_stand::Stand;
use ranzen_testbed::{network_or_left_out, speech, stoi};
use serde_json::Value;
use std::path::{Path, PathBuf};
use support::{Part, Participant, archive};

/// Intelligibility that must survive the way through Opus, SRTP, the bridge and the jitter buffer.
const STOI_LEAST: f64 = 0.9;

#[test]
fn two_people_hear_each_other_and_keep_what_they_wrote() {
    let Some(network) = network_or_left_out("two_people_hear_each_other_and_keep_what_they_wrote")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let (host_a, host_b) = (network.host("anna").unwrap(), network.host("ben").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let made = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    let (profile_a, profile_b) = (made("profile-a"), made("profile-b"));
    let (heard_by_a, heard_by_b) = (made("heard-by-a"), made("heard-by-b"));
    let (spoken_a, spoken_b) = (speech::file(0).unwrap(), speech::file(1).unwrap());
    let part = |name, speak, record, profile| Part {
        name,
        link: stand.url("klasse7b"),
        root: &root,
        speak: Some(speak),
        record: Some(record),
        profile,
    };

    let mut anna = Participant::join(&host_a, &part("Anna", &spoken_a, &heard_by_a, &profile_a));
    anna.id();
    let mut ben = Participant::join(&host_b, &part("Ben", &spoken_b, &heard_by_b, &profile_b));
    let ben_id = ben.id();
    anna.wait_media(30);
    ben.wait_media(30);
    anna.wait_event("speaking", 20, |event| {
        event["id"] == ben_id.as_str() && event["speaking"] == true
    });

    anna.say("Guten Morgen, heute rechnen wir mit Brüchen");
    ben.wait_chat("Guten Morgen, heute rechnen wir mit Brüchen", 10);
    ben.say("Ich habe Aufgabe *drei* nicht verstanden");
    anna.wait_chat("Ich habe Aufgabe *drei* nicht verstanden", 10);
    anna.say(&format!("/to {ben_id} Ich erkläre sie dir nachher"));
    ben.wait_chat("Ich erkläre sie dir nachher", 10);
    // Long enough for each to have heard the other's whole text (up to 12 s) twice.
    std::thread::sleep(std::time::Duration::from_secs(28));
    ben.leave();
    anna.leave();
    // Prosody sends back what the focus sent to somebody who has left in this moment.
    let left = |complaint: &String| {
        complaint.ends_with(": recipient-unavailable") || complaint.ends_with(": item-not-found")
    };
    let mut complaints = stand.complaints();
    complaints.retain(|complaint| !left(complaint));
    assert_eq!(
        complaints,
        Vec::<String>::new(),
        "a real server refuses this"
    );

    for (who, spoken, heard) in [
        ("Anna", &spoken_b, &heard_by_a),
        ("Ben", &spoken_a, &heard_by_b),
    ] {
        let passes = judge_each_time(spoken, &only_recording(heard));
        println!("STOI as heard by {who}: {passes:.3?}");
        // A machine that is busy with other things drops some of it; once must be enough.
        let best = passes.iter().copied().fold(0.0, f64::max);
        assert!(
            best >= STOI_LEAST,
            "{who} heard the other with STOI {passes:?}"
        );
    }

    for (profile, who) in [(&profile_a, "Anna"), (&profile_b, "Ben")] {
        let hits = archive(profile, &["archive", "search", "Brüchen", "--json"]);
        assert!(
            hits.contains("Guten Morgen, heute rechnen"),
            "{who}: {hits}"
        );
        let id = only_meeting(profile);
        let document = folder.path().join(format!("{who}.md"));
        let path = document.to_str().unwrap();
        archive(
            profile,
            &["archive", "export", &id, "--format", "md", "--out", path],
        );
        let markdown = std::fs::read_to_string(&document).unwrap();
        assert!(markdown.contains("Brüchen"), "{who}: {markdown}");
        assert!(
            markdown.contains(r"\*drei\*"),
            "{who}: a message must not become formatting: {markdown}"
        );
        assert!(
            markdown.contains("Ich erkläre sie dir nachher"),
            "{who}: {markdown}"
        );
    }
}

/// The text is spoken again and again: how well it is understood each time.
fn judge_each_time(spoken: &Path, recording: &Path) -> Vec<f64> {
    let (clean, clean_hz) = speech::read(spoken).unwrap();
    let (heard, heard_hz) = speech::read(recording).unwrap();
    let once = clean.len() * heard_hz as usize / clean_hz as usize;
    let passes: Vec<f64> = heard
        .chunks(once)
        .enumerate()
        // The text begins somewhere in each window of twice its length.
        .filter_map(|(number, _)| heard.get(number * once..(number + 2) * once))
        .filter_map(|window| stoi::judge(&clean, clean_hz, window, heard_hz))
        .filter(|judged| judged.overlap_s > 8.0)
        .map(|judged| judged.stoi)
        .collect();
    assert!(!passes.is_empty(), "the recording is too short");
    passes
}

fn only_recording(folder: &Path) -> PathBuf {
    let files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "wav"))
        .collect();
    assert_eq!(files.len(), 1, "one source was to be heard: {files:?}");
    files[0].clone()
}

fn only_meeting(profile: &Path) -> String {
    let list = archive(profile, &["archive", "list", "--json"]);
    let meetings: Vec<Value> = list
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(meetings.len(), 1, "{list}");
    meetings[0]["meeting"]["id"].to_string()
}
