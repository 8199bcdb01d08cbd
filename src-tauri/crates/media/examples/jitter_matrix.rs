//! Prints what the jitter buffer makes of speech in bad networks, one CSV line per network:
//! `cargo run -p ranzen-media --example jitter_matrix [-- --stoi]`.
#![allow(missing_docs, clippy::print_stdout)]

use ranzen_media::offline::{Network, call};
use ranzen_testbed::{speech, stoi};
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let judging = std::env::args().any(|argument| argument == "--stoi");
    let mut spoken = Vec::new();
    for index in 0..4 {
        let (sound, hz) = speech::read(&speech::file(index)?)?;
        assert_eq!(hz, 48_000, "the speech files are made at 48 kHz");
        spoken.extend(sound);
    }
    println!(
        "loss_percent,burst,jitter_ms,jitter_p95_ms,concealed_percent,recovered,lost,late,\
         discarded,mean_wait_ms,target_ms,stretched_ms,squeezed_ms,stoi"
    );
    for (loss, burst) in rows() {
        for jitter in [0, 20, 60, 100] {
            let network = Network {
                loss: f64::from(loss) / 100.0,
                burst,
                jitter: Duration::from_millis(jitter),
                ..Network::default()
            };
            let outcome = call(&spoken, network)?;
            let judged = judging
                .then(|| stoi::judge(&spoken, 48_000, &outcome.sound, 48_000))
                .flatten();
            let stats = outcome.stats;
            println!(
                "{loss},{burst},{jitter},{:.0},{:.2},{},{},{},{},{:.1},{:.1},{},{},{:.3}",
                outcome.jitter_p95.as_secs_f64() * 1e3,
                outcome.concealed() * 100.0,
                stats.recovered,
                stats.lost,
                stats.late,
                stats.discarded,
                outcome.mean_wait().as_secs_f64() * 1e3,
                stats.target.as_secs_f64() * 1e3,
                stats.stretched_samples / 48,
                stats.squeezed_samples / 48,
                judged.map_or(f64::NAN, |judged| judged.stoi),
            );
        }
    }
    Ok(())
}

/// Loss in percent and how many packets in a row.
fn rows() -> Vec<(u32, u32)> {
    let random = [0, 1, 5, 10, 20, 30].map(|loss| (loss, 1));
    let bursts = [2, 3, 4].map(|burst| (20, burst));
    random.into_iter().chain(bursts).collect()
}
