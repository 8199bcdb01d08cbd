//! Steps of the window: npm scripts of `ui/`, and the counts of their test runner.

use super::Stage;
use crate::process;
use crate::run;
use crate::summary::Tally;
use anyhow::{Context, Result, ensure};
use std::time::Duration;

/// Builds the window's files unless they are newer than their sources.
pub(super) fn build(stage: &Stage) -> Result<Tally> {
    if run::window_is_stale(stage.place)? {
        npm(stage, &["run", "build"], 5)?;
    }
    Ok(Tally::ONE)
}

/// Types, lints, format.
pub(super) fn check(stage: &Stage) -> Result<Tally> {
    npm(stage, &["run", "check"], 5)?;
    Ok(Tally::ONE)
}

/// Unit tests in a simulated page.
pub(super) fn unit(stage: &Stage) -> Result<Tally> {
    tests(stage, &["run", "test"])
}

/// Tests in a real Chromium.
pub(super) fn browser(stage: &Stage) -> Result<Tally> {
    tests(stage, &["run", "test:browser"])
}

/// A failing test is a count, a run without any test an error.
fn tests(stage: &Stage, arguments: &[&str]) -> Result<Tally> {
    let mut command = process::npm(stage.place, arguments);
    command.env("NO_COLOR", "1").env("CI", "true");
    let status = process::logged(command, &stage.log, Duration::from_secs(15 * 60))?;
    let output = std::fs::read_to_string(&stage.log)?;
    let tally = counted(&output).context("the test runner counted nothing")?;
    ensure!(
        status.success() || tally.failed > 0,
        "the test runner broke: {status}"
    );
    for line in output
        .lines()
        .filter(|line| line.trim_start().starts_with("Tests "))
    {
        println!("   {}", line.trim());
    }
    Ok(tally)
}

fn npm(stage: &Stage, arguments: &[&str], minutes: u64) -> Result<()> {
    let mut command = process::npm(stage.place, arguments);
    command.env("NO_COLOR", "1");
    process::must(command, &stage.log, Duration::from_secs(minutes * 60))
}

/// Sums vitest's `Tests  1 failed | 12 passed | 2 skipped (15)` lines.
fn counted(output: &str) -> Option<Tally> {
    let mut all: Option<Tally> = None;
    for line in output.lines() {
        let Some(rest) = line.trim_start().strip_prefix("Tests ") else {
            continue;
        };
        let tally = all.get_or_insert_with(Tally::default);
        for part in rest.split('(').next().unwrap_or(rest).split('|') {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<usize>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => tally.passed += number,
                (Some(number), Some("failed")) => tally.failed += number,
                (Some(number), Some("skipped" | "todo")) => tally.skipped += number,
                _ => {}
            }
        }
    }
    all.filter(|tally| *tally != Tally::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_counts_are_read() {
        let output = " Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 12 passed | 2 skipped (15)\n";
        assert_eq!(
            counted(output),
            Some(Tally {
                passed: 12,
                failed: 1,
                skipped: 2
            })
        );
        assert_eq!(
            counted("      Tests  3 passed (3)"),
            Some(Tally {
                passed: 3,
                ..Tally::default()
            })
        );
    }

    #[test]
    fn no_test_is_no_pass() {
        assert_eq!(counted("      Tests  no tests\n"), None);
        assert_eq!(counted("nothing"), None);
    }
}
