//! Steps that run what cargo built: tests of the crates, type drift, end-to-end tests.

use super::Stage;
use super::executables::{self, Executable, Executables};
use crate::process;
use crate::summary::{Tally, clock};
use crate::types;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// A test program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(15 * 60);
/// Lines of a failed test program that are shown.
const FAILURE_LINES: usize = 100;
/// The package whose tests cross crates.
const TOP: &str = "ranzen";

/// Builds everything once.
pub(super) fn build(stage: &Stage) -> Result<Tally> {
    built(stage)?;
    Ok(Tally::ONE)
}

fn built<'a>(stage: &'a Stage) -> Result<&'a Executables> {
    let mut failure = None;
    let all = stage
        .built
        .get_or_init(|| match executables::build(stage.place, &stage.log) {
            Ok(all) => Some(all),
            Err(error) => {
                failure = Some(error);
                None
            }
        });
    match (all, failure) {
        (Some(all), _) => Ok(all),
        (None, Some(error)) => Err(error),
        (None, None) => Err(anyhow::anyhow!("nothing was built")),
    }
}

/// Regenerates the TypeScript types elsewhere and compares.
pub(super) fn types(stage: &Stage) -> Result<Tally> {
    let program = built(stage)?
        .programs
        .iter()
        .find(|one| one.target == types::PROGRAM)
        .context("the program that writes the types is missing")?;
    let fresh = stage.log.with_extension("fresh");
    let _ = std::fs::remove_dir_all(&fresh);
    let mut command = Command::new(&program.path);
    stage.place.prepare(&mut command);
    command.arg(&fresh);
    process::must(command, &stage.log, LIMIT)?;
    types::compare(&fresh, &types::folder(stage.place))?;
    Ok(Tally::ONE)
}

/// Tests of every crate, not those of the top package.
pub(super) fn crates(stage: &Stage) -> Result<Tally> {
    all_of(stage, |one| one.package != TOP)
}

/// Tests of the top package.
pub(super) fn end_to_end(stage: &Stage) -> Result<Tally> {
    all_of(stage, |one| one.package == TOP)
}

/// Links in doc comments lead somewhere, and examples run.
pub(super) fn documentation(stage: &Stage) -> Result<Tally> {
    let mut links = stage.place.cargo();
    links
        .args([
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--keep-going",
        ])
        .env("RUSTDOCFLAGS", "--deny warnings");
    process::must(links, &stage.log, Duration::from_secs(20 * 60))?;
    let mut cargo = stage.place.cargo();
    cargo.args(["test", "--workspace", "--doc", "--no-fail-fast"]);
    let status = process::logged(cargo, &stage.log, Duration::from_secs(20 * 60))?;
    let mut tally = counted(&std::fs::read_to_string(&stage.log)?);
    anyhow::ensure!(
        status.success() || tally.failed > 0,
        "cargo test --doc: {status}"
    );
    tally.add(Tally::ONE);
    Ok(tally)
}

fn all_of(stage: &Stage, wanted: fn(&Executable) -> bool) -> Result<Tally> {
    let namespaces = namespaces_work();
    let mut tally = Tally::default();
    for one in built(stage)?.tests.iter().filter(|one| wanted(one)) {
        tally.add(run(stage, one, namespaces)?);
    }
    Ok(tally)
}

/// One test program. Its own log; the step's log gets what failed.
fn run(stage: &Stage, one: &Executable, namespaces: bool) -> Result<Tally> {
    let name = format!("{}-{}", one.package, one.target);
    let log = stage.place.log(&format!("tests/{name}"));
    process::new_log(&log)?;
    let mut command = Command::new(&one.path);
    stage.place.prepare(&mut command);
    command
        .current_dir(&one.folder)
        .env("CARGO_MANIFEST_DIR", &one.folder)
        .env("CARGO_PKG_NAME", &one.package)
        .env("RUST_BACKTRACE", "0");
    if namespaces {
        // What can run here must not be left out.
        command.env("RANZEN_REQUIRE_NAMESPACES", "1");
    }
    let begun = Instant::now();
    let ended = process::logged(command, &log, LIMIT);
    let output = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    let mut tally = counted(&output);
    let good = ended.as_ref().is_ok_and(std::process::ExitStatus::success);
    if !good && tally.failed == 0 {
        // Killed, or died before it could count.
        tally.failed = 1;
    }
    for what in output
        .lines()
        .filter_map(|line| line.split_once("LEFT OUT: "))
    {
        stage.leave_out(what.1);
        tally.passed = tally.passed.saturating_sub(1);
        tally.skipped += 1;
    }
    if tally != Tally::default() {
        println!("   {name} ({})", clock(begun.elapsed()));
        for line in output
            .lines()
            .filter(|line| line.starts_with("test result: "))
        {
            println!("{line}");
        }
    }
    if !good {
        copy_failure(&stage.log, &name, &output, ended.err())?;
    }
    Ok(tally)
}

fn copy_failure(step: &Path, name: &str, output: &str, error: Option<anyhow::Error>) -> Result<()> {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(step)?;
    writeln!(file, "---- {name}\n{}", what_failed(output))?;
    if let Some(error) = error {
        writeln!(file, "{error:#}")?;
    }
    Ok(())
}

/// The beginning of libtest's list of failures; the end of the output if it did not come to that.
fn what_failed(output: &str) -> String {
    let lines: Vec<&str> = output.lines().collect();
    let part = match lines.iter().position(|line| *line == "failures:") {
        Some(begin) => &lines[begin..],
        None => &lines[lines.len().saturating_sub(FAILURE_LINES)..],
    };
    part[..part.len().min(FAILURE_LINES)].join("\n")
}

/// Sums `test result: ok. 3 passed; 0 failed; 1 ignored; …` lines.
fn counted(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output
        .lines()
        .filter(|line| line.starts_with("test result: "))
    {
        for part in line.split([';', '.']) {
            let mut words = part.split_whitespace();
            let number = words
                .next()
                .and_then(|word| word.parse::<usize>().ok())
                .unwrap_or(0);
            match words.next() {
                Some("passed") => tally.passed += number,
                Some("failed") => tally.failed += number,
                Some("ignored") => tally.skipped += number,
                _ => {}
            }
        }
    }
    tally
}

/// Can this user make network namespaces? Tried with one of our own.
fn namespaces_work() -> bool {
    let name = format!("rzn{}-probe", std::process::id());
    let ip = |verb: &str| {
        Command::new("ip")
            .args(["netns", verb, &name])
            .output()
            .is_ok_and(|output| output.status.success())
    };
    ip("add") && ip("delete")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_failed_program_the_failures_are_shown() {
        let output = "test a ... FAILED\nfailures:\n---- a\nwrong\n";
        assert_eq!(what_failed(output), "failures:\n---- a\nwrong");
        assert_eq!(what_failed("one\nkilled"), "one\nkilled");
        let long = format!("{}last", "x\n".repeat(1000));
        assert!(what_failed(&long).ends_with("last"));
    }

    #[test]
    fn the_counts_of_libtest_are_summed() {
        let output = "running 4 tests\ntest a ... ok\n\
            test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.25s\n";
        assert_eq!(
            counted(output),
            Tally {
                passed: 7,
                failed: 1,
                skipped: 1
            }
        );
        assert_eq!(counted("died"), Tally::default());
    }
}
