//! What the jitter buffer promises in bad networks, in virtual time (the table is printed by the
//! example of the same name).
#![allow(missing_docs, clippy::unwrap_used)]

use ranzen_media::offline::{Network, Outcome, call};
use ranzen_testbed::{speech, stoi};
use std::sync::OnceLock;
use std::time::Duration;

/// Some 40 s of four voices.
fn spoken() -> &'static [f32] {
    static SPOKEN: OnceLock<Vec<f32>> = OnceLock::new();
    SPOKEN.get_or_init(|| {
        let read = |index| speech::read(&speech::file(index).unwrap()).unwrap().0;
        (0..4).flat_map(read).collect()
    })
}

fn network(loss_percent: u32, burst: u32, jitter_ms: u64) -> Network {
    Network {
        loss: f64::from(loss_percent) / 100.0,
        burst,
        jitter: Duration::from_millis(jitter_ms),
        ..Network::default()
    }
}

fn run(network: Network) -> Outcome {
    call(spoken(), network).unwrap()
}

const JITTERS: [u64; 4] = [0, 20, 60, 100];

fn assert_concealed(loss_percent: u32, at_most: f64) {
    for jitter in JITTERS {
        let outcome = run(network(loss_percent, 1, jitter));
        let concealed = outcome.concealed() * 100.0;
        assert!(
            concealed <= at_most,
            "{loss_percent} % loss, {jitter} ms jitter: {concealed:.2} % concealed"
        );
    }
}

#[test]
fn nothing_is_concealed_without_loss_and_jitter() {
    let outcome = run(network(0, 1, 0));
    assert_eq!(outcome.stats.concealed_samples, 0);
    assert_eq!(outcome.stats.lost + outcome.stats.late, 0);
}

#[test]
fn jitter_alone_conceals_next_to_nothing() {
    assert_concealed(0, 0.2);
}

#[test]
fn one_percent_loss_conceals_at_most_half_a_percent() {
    assert_concealed(1, 0.5);
}

#[test]
fn ten_percent_loss_conceals_at_most_three_percent() {
    assert_concealed(10, 3.0);
}

#[test]
fn heavy_loss_conceals_less_than_half_of_what_is_lost() {
    assert_concealed(20, 10.0);
    assert_concealed(30, 15.0);
}

#[test]
fn packets_wait_no_longer_than_the_jitter_asks_for() {
    for loss in [0, 1, 10] {
        for jitter in JITTERS {
            let outcome = run(network(loss, 1, jitter));
            // While packets are being lost, the copy in the next one has to be waited for; with the
            // 10 ms grain of the ticks this is more than 20 ms only when there is no jitter at all.
            let grain = if loss > 0 && jitter == 0 { 8 } else { 0 };
            let most = outcome.jitter_p95 + Duration::from_millis(20 + grain);
            assert!(
                outcome.mean_wait() <= most,
                "{loss} % loss, {jitter} ms jitter: {:?} > {most:?}",
                outcome.mean_wait()
            );
        }
    }
}

#[test]
fn a_clock_that_drifts_is_followed() {
    for drift_ppm in [-300, 300] {
        let outcome = run(Network {
            drift_ppm,
            ..network(0, 1, 20)
        });
        assert_eq!(outcome.stats.discarded, 0);
        let concealed = outcome.concealed() * 100.0;
        assert!(concealed < 0.3, "{drift_ppm} ppm: {concealed:.2} %");
        assert!(outcome.mean_wait() < Duration::from_millis(40));
    }
}

fn understood(network: Network) -> f64 {
    let ten_seconds = &spoken()[..480_000];
    let outcome = call(ten_seconds, network).unwrap();
    let judged = stoi::judge(ten_seconds, 48_000, &outcome.sound, 48_000);
    judged.unwrap().stoi
}

#[test]
fn speech_is_untouched_by_a_good_network() {
    let stoi = understood(network(0, 1, 0));
    assert!(stoi >= 0.95, "STOI {stoi:.3}");
}

#[test]
fn speech_is_understood_at_thirty_percent_loss() {
    let stoi = understood(network(30, 1, 20));
    assert!(stoi >= 0.75, "STOI {stoi:.3}");
}

#[test]
fn speech_is_understood_at_twenty_percent_loss_in_bursts_of_four() {
    let stoi = understood(network(20, 4, 20));
    assert!(stoi >= 0.75, "STOI {stoi:.3}");
}
