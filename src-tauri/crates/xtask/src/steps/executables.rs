//! What cargo built, read from its JSON messages: tests with their package, and programs.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Everything that can be run.
#[derive(Debug, Default)]
pub(super) struct Executables {
    /// Test programs in cargo's order.
    pub(super) tests: Vec<Executable>,
    /// Programs by name.
    pub(super) programs: Vec<Executable>,
}

/// One program.
#[derive(Debug, Clone)]
pub(super) struct Executable {
    /// The package, e.g. `ranzen-net`.
    pub(super) package: String,
    /// Its folder; tests run there.
    pub(super) folder: PathBuf,
    /// The target's name, e.g. of the file in `tests/`.
    pub(super) target: String,
    /// The program.
    pub(super) path: PathBuf,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    package_id: Option<String>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// Builds programs, tests and examples of all crates in one go; compiler messages go to the log.
pub(super) fn build(place: &Place, log: &Path) -> Result<Executables> {
    let messages = log.with_extension("json");
    let mut cargo: Command = place.cargo();
    cargo
        .args([
            "build",
            "--workspace",
            "--all-targets",
            "--keep-going",
            "--message-format",
            "json-render-diagnostics",
        ])
        .stdin(Stdio::null())
        .stdout(File::create(&messages)?)
        .stderr(File::create(log)?);
    let status = cargo.status().context("cargo can't be started")?;
    if !status.success() {
        bail!("cargo build: {status}");
    }
    read(&std::fs::read_to_string(messages)?)
}

fn read(messages: &str) -> Result<Executables> {
    let mut all = Executables::default();
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: Message = serde_json::from_str(line).context("a message of cargo")?;
        if message.reason != "compiler-artifact" {
            continue;
        }
        let (Some(path), Some(target), Some(manifest)) =
            (message.executable, message.target, message.manifest_path)
        else {
            continue;
        };
        let one = Executable {
            package: package(message.package_id.as_deref().unwrap_or_default()),
            folder: manifest.parent().unwrap_or(Path::new("/")).to_path_buf(),
            target: target.name,
            path,
        };
        if message.profile.is_some_and(|profile| profile.test) {
            all.tests.push(one);
        } else if target.kind.iter().any(|kind| kind == "bin") {
            all.programs.push(one);
        }
    }
    all.tests
        .sort_by(|a, b| (&a.package, &a.target).cmp(&(&b.package, &b.target)));
    Ok(all)
}

/// `path+file:///x/crates/net#ranzen-net@0.1.0` → `ranzen-net`; `path+file:///x/ranzen#0.1.0` → `ranzen`.
fn package(id: &str) -> String {
    let (place, rest) = id.rsplit_once('#').unwrap_or((id, ""));
    match rest.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => place.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"{"reason":"build-script-executed","package_id":"x"}
{"reason":"compiler-artifact","package_id":"path+file:///p/crates/net#ranzen-net@0.1.0","manifest_path":"/p/crates/net/Cargo.toml","target":{"name":"ranzen_net","kind":["lib"]},"profile":{"test":true},"executable":"/t/net-1"}
{"reason":"compiler-artifact","package_id":"path+file:///p/crates/net#ranzen-net@0.1.0","manifest_path":"/p/crates/net/Cargo.toml","target":{"name":"types","kind":["bin"]},"profile":{"test":false},"executable":"/t/types"}
{"reason":"compiler-artifact","package_id":"path+file:///p/crates/net#ranzen-net@0.1.0","manifest_path":"/p/crates/net/Cargo.toml","target":{"name":"ranzen_net","kind":["lib"]},"profile":{"test":false},"executable":null}
{"reason":"build-finished","success":true}"#;

    #[test]
    fn tests_and_programs_are_told_from_libraries() -> Result<()> {
        let all = read(MESSAGES)?;
        assert_eq!(all.tests.len(), 1);
        assert_eq!(all.tests[0].package, "ranzen-net");
        assert_eq!(all.tests[0].folder, Path::new("/p/crates/net"));
        assert_eq!(all.programs.len(), 1);
        assert_eq!(all.programs[0].target, "types");
        Ok(())
    }

    #[test]
    fn package_names_are_read_from_both_kinds_of_id() {
        assert_eq!(
            package("path+file:///x/crates/net#ranzen-net@0.1.0"),
            "ranzen-net"
        );
        assert_eq!(package("path+file:///x/ranzen#0.1.0"), "ranzen");
    }
}
