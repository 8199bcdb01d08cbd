//! `cargo xtask fuzz`: libFuzzer on every target, with the stable compiler.
//!
//! Own build folder, because everything below is built with counters in it. Inputs that lead somewhere
//! new are kept there between runs; an input that breaks a promise is kept in `artifacts`.

use crate::place::Place;
use crate::process;
use crate::summary::{self, Tally};
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// What `cargo fuzz` passes too; `-C passes` and `-C llvm-args` are stable, `-Z sanitizer` is not.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "--cfg",
    "fuzzing",
];
/// Building all of it anew on two slow cores.
const BUILD_LIMIT: Duration = Duration::from_secs(45 * 60);
/// Longer inputs only make it slower: every structure fits.
const LONGEST_INPUT: usize = 30_000;
/// A single input may take that long, in seconds, and that much memory, in MB.
const SLOWEST_S: u32 = 10;
const MEMORY_MB: u32 = 1024;

/// Builds the targets and runs those named (all, if none is) for `seconds` each. A target that
/// found something has failed.
pub(crate) fn run(place: &Place, seconds: u64, only: &[String]) -> Result<Tally> {
    let ours = place.root.join("src-tauri/crates/fuzz");
    let mut targets = names(&ours.join("seeds"))?;
    for name in only {
        ensure!(targets.contains(name), "there is no target `{name}`");
    }
    targets.retain(|name| only.is_empty() || only.contains(name));
    let folder = place.target.join("fuzz");
    let programs = build(place, &folder)?;
    let mut tally = Tally::default();
    for name in targets {
        let log = place.log(&format!("fuzz-{name}"));
        process::new_log(&log)?;
        let corpus = folder.join("corpus").join(&name);
        let artifacts = folder.join("artifacts").join(&name);
        for made in [&corpus, &artifacts] {
            std::fs::create_dir_all(made)?;
        }
        let mut fuzzer = Command::new(programs.join(format!("fuzz-{name}")));
        fuzzer
            .arg(&corpus)
            .arg(ours.join("seeds").join(&name))
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={LONGEST_INPUT}"))
            .arg(format!("-timeout={SLOWEST_S}"))
            .arg(format!("-rss_limit_mb={MEMORY_MB}"))
            .arg(format!(
                "-dict={}",
                ours.join("words")
                    .join(&name)
                    .with_extension("dict")
                    .display()
            ))
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg("-print_final_stats=1");
        println!("\n== fuzz {name}");
        let begun = Instant::now();
        let limit = Duration::from_secs(seconds + 300);
        let ended = process::logged(fuzzer, &log, limit)?;
        let text = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
        let runs = statistic(&text, "number_of_executed_units");
        let memory = statistic(&text, "peak_rss_mb");
        println!(
            "   {runs} inputs, {memory} MB at most, in {}",
            summary::clock(begun.elapsed())
        );
        if ended.success() {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            println!("{}", process::end_of(&log));
            println!(
                "   FAILED: {ended}; the input lies in {} (whole log: {})",
                artifacts.display(),
                log.display()
            );
        }
    }
    Ok(tally)
}

/// Each target has a folder of seeds.
fn names(seeds: &std::path::Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(seeds).with_context(|| seeds.display().to_string())? {
        found.push(entry?.file_name().to_string_lossy().into_owned());
    }
    found.sort();
    Ok(found)
}

/// Builds and says where the programs are.
fn build(place: &Place, folder: &std::path::Path) -> Result<PathBuf> {
    let told = Command::new("rustc").arg("-vV").output()?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc does not name its host")?;
    let log = place.log("fuzz-build");
    process::new_log(&log)?;
    let mut cargo = place.cargo();
    // Naming the target keeps the flags away from build scripts and procedural macros.
    cargo
        .args(["build", "--package", "ranzen-fuzz", "--bins"])
        .args([
            "--features",
            "libfuzzer",
            "--profile",
            "fuzz",
            "--target",
            host,
        ])
        .env("CARGO_TARGET_DIR", folder)
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    println!("== fuzz: building");
    process::must(cargo, &log, BUILD_LIMIT).with_context(|| process::end_of(&log))?;
    Ok(folder.join(host).join("fuzz"))
}

/// One of libFuzzer's closing figures.
fn statistic<'a>(log: &'a str, name: &str) -> &'a str {
    log.lines()
        .filter_map(|line| line.strip_prefix("stat::")?.split_once(':'))
        .find_map(|(key, value)| (key == name).then(|| value.trim()))
        .unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_figures_are_found() {
        let log = "Done 5 runs\nstat::number_of_executed_units: 5\nstat::peak_rss_mb:   32\n";
        assert_eq!(statistic(log, "peak_rss_mb"), "32");
        assert_eq!(statistic(log, "slowest_unit_time_sec"), "?");
    }

    #[test]
    fn every_target_has_seeds_words_and_a_program() -> Result<()> {
        let ours = Place::find()?.root.join("src-tauri/crates/fuzz");
        let targets = names(&ours.join("seeds"))?;
        assert!(!targets.is_empty());
        for name in targets {
            assert!(names(&ours.join("seeds").join(&name))?.len() >= 4, "{name}");
            assert!(ours.join(format!("words/{name}.dict")).exists(), "{name}");
            assert!(ours.join(format!("src/bin/{name}.rs")).exists(), "{name}");
        }
        Ok(())
    }
}
