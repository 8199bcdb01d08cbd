//! Steps that are one program or our own rules: setup, format, spelling, house rules, lints.

use super::Stage;
use crate::fuzz;
use crate::house::{RULES, Sources};
use crate::process;
use crate::setup;
use crate::summary::Tally;
use anyhow::Result;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

/// Breaches of one rule that are shown.
const SHOWN: usize = 40;

/// Installs what is missing.
pub(super) fn setup(stage: &Stage) -> Result<Tally> {
    setup::all(stage.place, true)?;
    Ok(Tally::ONE)
}

/// `cargo fmt`.
pub(super) fn format(stage: &Stage) -> Result<Tally> {
    let mut cargo = stage.place.cargo();
    cargo.args(["fmt", "--all", "--check"]);
    process::must(cargo, &stage.log, Duration::from_secs(120))?;
    Ok(Tally::ONE)
}

/// `typos`, set up in `_typos.toml`.
pub(super) fn spelling(stage: &Stage) -> Result<Tally> {
    let mut typos = Command::new(stage.place.tool("typos"));
    stage.place.prepare(&mut typos);
    typos.args(["--format", "brief"]);
    process::must(typos, &stage.log, Duration::from_secs(300))?;
    Ok(Tally::ONE)
}

/// Every rule is a test.
pub(super) fn house(stage: &Stage) -> Result<Tally> {
    let sources = Sources::read(stage.place)?;
    let (mut tally, mut log) = (Tally::default(), String::new());
    for (name, rule) in RULES {
        let breaches = match rule(&sources) {
            Ok(found) => {
                let figure = found
                    .figure
                    .map(|figure| format!(" ({figure})"))
                    .unwrap_or_default();
                let verdict = if found.breaches.is_empty() {
                    "ok"
                } else {
                    "FAILED"
                };
                println!("   {name} … {verdict}{figure}");
                found.breaches
            }
            Err(error) => {
                println!("   {name} … FAILED");
                vec![format!("{error:#}")]
            }
        };
        tally.add(if breaches.is_empty() {
            Tally::ONE
        } else {
            Tally {
                failed: 1,
                ..Tally::default()
            }
        });
        if !breaches.is_empty() {
            writeln!(log, "{name}:")?;
        }
        for breach in breaches.iter().take(SHOWN) {
            writeln!(log, "  {breach}")?;
        }
        if breaches.len() > SHOWN {
            writeln!(log, "  … and {} more", breaches.len() - SHOWN)?;
        }
    }
    std::fs::write(&stage.log, log)?;
    Ok(tally)
}

/// Every parser of foreign bytes for a moment; `cargo xtask fuzz` does it for longer.
pub(super) fn fuzz(stage: &Stage) -> Result<Tally> {
    fuzz::run(stage.place, 20, &[])
}

/// Clippy over everything; missing docs are a lint of the compiler.
pub(super) fn clippy(stage: &Stage) -> Result<Tally> {
    let mut cargo = stage.place.cargo();
    cargo.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--keep-going",
        "--",
        "--deny",
        "warnings",
    ]);
    process::must(cargo, &stage.log, Duration::from_secs(30 * 60))?;
    Ok(Tally::ONE)
}
