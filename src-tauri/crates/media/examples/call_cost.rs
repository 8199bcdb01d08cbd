//! What a call costs: the processor time of this process with a spoken file going out and three
//! voices coming in, `cargo run -p ranzen-media --example call_cost [seconds] [--device]`
//! (`--device`: through the default loudspeaker instead of none).
#![allow(missing_docs, clippy::print_stdout)]

use ranzen_media::{AudioCall, AudioSetup, Input, Output};
use ranzen_rtp::{ReceivedAudio, SourceKey};
use ranzen_testbed::speech;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seconds: u64 = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(20);
    let device = std::env::args().any(|argument| argument == "--device");
    let (call, mut streams) = AudioCall::start(AudioSetup {
        input: Input::File {
            path: speech::file(0)?,
            looped: true,
        },
        output: if device {
            Output::Default
        } else {
            Output::None
        },
        ..AudioSetup::default()
    })?;
    // Our own packets come back as three voices: the same work as three others speaking.
    let sources = ["one-a0", "two-a0", "three-a0"];
    let before = processor_time()?;
    let started = Instant::now();
    let mut sequence = 0u16;
    while started.elapsed() < Duration::from_secs(seconds) {
        let Some(packet) = streams.captured.blocking_recv() else {
            break;
        };
        for (ssrc, source) in sources.iter().enumerate() {
            call.feed(ReceivedAudio {
                source: SourceKey((*source).to_owned()),
                ssrc: ssrc as u32,
                sequence,
                timestamp: packet.timestamp_48k as u32,
                marker: packet.marker,
                level: Some(packet.level),
                payload: packet.payload.clone(),
                arrived: Instant::now(),
            });
        }
        sequence = sequence.wrapping_add(1);
        while streams.events.try_recv().is_ok() {}
    }
    let used = processor_time()?.saturating_sub(before);
    let share = used.as_secs_f64() / started.elapsed().as_secs_f64() * 100.0;
    println!("{share:.2} % of a core, {} kB resident", resident_kb()?);
    println!("{:?}", call.stats());
    call.stop();
    Ok(())
}

/// User and system time of this process (Linux: /proc/self/stat, in hundredths of a second).
fn processor_time() -> std::io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |index: usize| -> u64 {
        let field = fields.get(index);
        field.and_then(|field| field.parse().ok()).unwrap_or(0)
    };
    Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
}

fn resident_kb() -> std::io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(number.unwrap_or(0))
}
