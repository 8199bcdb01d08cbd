//! Licences, duplicates, origins and known weaknesses of what we build on: `cargo-deny`, set up in
//! `deny.toml`.

use super::Stage;
use crate::process;
use crate::summary::Tally;
use anyhow::Result;
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(120);

/// Needs no network.
pub(super) fn licences(stage: &Stage) -> Result<Tally> {
    process::must(
        deny(stage, &["check", "licenses", "bans", "sources"]),
        &stage.log,
        LIMIT,
    )?;
    Ok(Tally {
        passed: 3,
        ..Tally::default()
    })
}

/// Needs the advisory database, which lies on a git host. Where that can't be reached the check is
/// named as left out.
pub(super) fn advisories(stage: &Stage) -> Result<Tally> {
    let fetched = process::logged(deny(stage, &["fetch", "db"]), &stage.log, LIMIT);
    if !fetched.is_ok_and(|status| status.success()) {
        stage.leave_out("advisories: the database can't be fetched from here");
        return Ok(Tally {
            skipped: 1,
            ..Tally::default()
        });
    }
    let check = deny(stage, &["--offline", "check", "advisories"]);
    process::must(check, &stage.log, LIMIT)?;
    Ok(Tally::ONE)
}

fn deny(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = Command::new(stage.place.tool("cargo-deny"));
    stage.place.prepare(&mut command);
    command
        .args(["--locked", "--color", "never"])
        .args(arguments);
    command
}
