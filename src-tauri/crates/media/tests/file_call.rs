//! Two calls without devices, in real time: one speaks a file, the other records what it plays.
#![allow(missing_docs, clippy::unwrap_used)]

use ranzen_media::{AudioCall, AudioEvent, AudioSetup, Input, MediaError, Output};
use ranzen_rtp::{ReceivedAudio, SourceKey};
use ranzen_testbed::{speech, stoi};
use std::path::Path;
use std::time::{Duration, Instant};

fn silent_setup() -> AudioSetup {
    AudioSetup {
        input: Input::None,
        output: Output::None,
        ..AudioSetup::default()
    }
}

fn speaking(path: &Path) -> AudioSetup {
    AudioSetup {
        input: Input::File {
            path: path.to_owned(),
            looped: false,
        },
        ..silent_setup()
    }
}

#[test]
fn a_spoken_file_is_recorded_on_the_other_side_in_time_and_understandable() {
    let folder = tempfile::tempdir().unwrap();
    let original = speech::file(3).unwrap();
    let (listener, mut heard) = AudioCall::start(AudioSetup {
        record_dir: Some(folder.path().to_owned()),
        ..silent_setup()
    })
    .unwrap();
    let (speaker, mut spoken) = AudioCall::start(speaking(&original)).unwrap();
    let source = SourceKey("pupil-a0".into());
    let (mut sequence, mut ended) = (0u16, false);
    let mut deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        while let Ok(packet) = spoken.captured.try_recv() {
            listener.feed(ReceivedAudio {
                source: source.clone(),
                ssrc: 7,
                sequence,
                timestamp: packet.timestamp_48k as u32,
                marker: packet.marker,
                level: Some(packet.level),
                payload: packet.payload,
                arrived: Instant::now(),
            });
            sequence = sequence.wrapping_add(1);
        }
        while let Ok(event) = spoken.events.try_recv() {
            if event == AudioEvent::InputEnded {
                ended = true;
                deadline = Instant::now() + Duration::from_millis(300);
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(ended, "the file's end was told");
    speaker.stop();
    let stats = listener.stats();
    listener.stop();

    let counters = stats.sources[0].counters;
    assert_eq!(counters.lost, 0, "{counters:?}");
    let mut speaks = Vec::new();
    while let Ok(event) = heard.events.try_recv() {
        if let AudioEvent::Speaking {
            source: who,
            speaking,
        } = event
        {
            assert_eq!(who.as_ref(), Some(&source));
            speaks.push(speaking);
        }
    }
    assert_eq!(speaks.first(), Some(&true), "it was seen to speak");

    let (clean, clean_hz) = speech::read(&original).unwrap();
    let recording = folder.path().join("pupil-a0.wav");
    let (played, played_hz) = speech::read(&recording).unwrap();
    assert_eq!(clean_hz, played_hz);
    let missing = clean.len().saturating_sub(played.len());
    assert!(missing < 24_000, "{missing} samples missing");
    // In the first seconds the buffer finds its size; the sound shifts by some 10 ms, which people
    // don't hear but a comparison in step with the original does.
    let settled = 3 * 48_000;
    let judged = stoi::judge(&clean[settled..], clean_hz, &played[settled..], played_hz).unwrap();
    assert!(judged.stoi >= 0.95, "{judged:?}");
    assert!((0.0..400.0).contains(&judged.lag_ms), "{judged:?}");
}

#[test]
fn a_file_that_cannot_be_spoken_fails_the_start() {
    let missing = AudioCall::start(speaking(Path::new("/nowhere/speech.wav")));
    let error = missing.err().unwrap();
    assert!(
        matches!(error, MediaError::FileUnreadable { .. }),
        "{error}"
    );
}

#[test]
fn another_file_can_be_chosen_while_the_call_runs() {
    let (call, mut streams) = AudioCall::start(silent_setup()).unwrap();
    let refused = call.choose_input(Input::File {
        path: "/nowhere/speech.wav".into(),
        looped: true,
    });
    assert!(refused.is_err());
    call.choose_input(Input::File {
        path: speech::file(3).unwrap(),
        looped: true,
    })
    .unwrap();
    let packet = streams.captured.blocking_recv().unwrap();
    assert!(!packet.payload.is_empty());
    call.choose_input(Input::None).unwrap();
    call.set_muted(true);
    call.stop();
}
