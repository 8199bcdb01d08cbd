//! `judge-speech original.wav recording.wav`: prints STOI, lag and overlap as JSON; exit 1 below `--at-least`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::path::Path;
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    let mut at_least = 0.0;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--at-least" {
            at_least = arguments
                .next()
                .ok_or_else(|| anyhow::anyhow!("--at-least needs a number"))?
                .parse()?;
        } else {
            files.push(argument);
        }
    }
    let [original, recording] = files.as_slice() else {
        anyhow::bail!("usage: judge-speech original.wav recording.wav [--at-least 0.9]");
    };
    let judged = ranzen_testbed::stoi::judge_files(Path::new(original), Path::new(recording))?;
    println!(
        "{}",
        serde_json::json!({"stoi": judged.stoi, "lag_ms": judged.lag_ms, "overlap_s": judged.overlap_s})
    );
    Ok(if judged.stoi >= at_least {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
