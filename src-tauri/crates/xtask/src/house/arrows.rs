//! Which crate may use which: the table is `arrows.toml` beside this crate, the truth is what the
//! manifests say. Dependencies for tests are free.

use super::{Finding, Sources};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const TABLE: &str = "src-tauri/crates/xtask/arrows.toml";

/// From each package to those it uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    path: Option<String>,
}

/// Compares the manifests with the table.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let metadata = Command::new("cargo")
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(&sources.root)
        .output()?;
    ensure!(
        metadata.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&metadata.stderr)
    );
    let drawn = drawn(serde_json::from_slice(&metadata.stdout)?);
    Ok(breaches(&drawn, &allowed(sources.named(TABLE)?)?).into())
}

/// The arrows of the manifests, without those for tests.
fn drawn(metadata: Metadata) -> Arrows {
    let uses = |package: Package| {
        let used = package
            .dependencies
            .into_iter()
            .filter(|one| one.path.is_some() && one.kind.as_deref() != Some("dev"))
            .map(|one| short(&one.name))
            .collect();
        (short(&package.name), used)
    };
    metadata.packages.into_iter().map(uses).collect()
}

fn short(name: &str) -> String {
    name.strip_prefix("ranzen-").unwrap_or(name).to_owned()
}

/// Reads `name = ["a", "b"]` lines; the table needs no more of TOML.
fn allowed(table: &str) -> Result<Arrows> {
    let mut arrows = Arrows::new();
    for line in table.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, list) = line.split_once('=').with_context(|| line.to_owned())?;
        let used: BTreeSet<String> =
            serde_json::from_str(list.trim()).with_context(|| line.to_owned())?;
        let before = arrows.insert(name.trim().to_owned(), used);
        ensure!(before.is_none(), "{} stands twice in {TABLE}", name.trim());
    }
    Ok(arrows)
}

fn breaches(drawn: &Arrows, allowed: &Arrows) -> Vec<String> {
    let mut found = Vec::new();
    for (name, used) in drawn {
        match allowed.get(name) {
            None => found.push(format!("{name}: no line in {TABLE}")),
            Some(allowed) => found.extend(
                used.difference(allowed)
                    .map(|one| format!("{name} uses {one}: not in {TABLE}")),
            ),
        }
    }
    found.extend(
        allowed
            .keys()
            .filter(|name| !drawn.contains_key(*name))
            .map(|name| format!("{TABLE}: {name} is no crate")),
    );
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(kind: &str) -> Result<Metadata> {
        Ok(serde_json::from_str(&format!(
            r#"{{"packages":[
                {{"name":"ranzen-media","dependencies":[
                    {{"name":"ranzen-net","kind":{kind},"path":"/x"}},
                    {{"name":"bytes","kind":null,"path":null}}]}},
                {{"name":"ranzen-net","dependencies":[]}}]}}"#
        ))?)
    }

    #[test]
    fn an_arrow_outside_the_table_is_a_breach() -> Result<()> {
        let table = allowed("# sound knows no network\nmedia = [\"rtp\"]\nnet = []\n")?;
        let found = breaches(&drawn(metadata("null")?), &table);
        assert_eq!(found, [format!("media uses net: not in {TABLE}")]);
        Ok(())
    }

    #[test]
    fn a_crate_that_stands_twice_is_an_error() {
        assert!(allowed("net = []\nnet = [\"media\"]\n").is_err());
    }

    #[test]
    fn arrows_for_tests_are_free_and_those_for_building_are_not() -> Result<()> {
        let table = allowed("media = []\nnet = []\n")?;
        assert!(breaches(&drawn(metadata("\"dev\"")?), &table).is_empty());
        assert_eq!(breaches(&drawn(metadata("\"build\"")?), &table).len(), 1);
        Ok(())
    }

    #[test]
    fn the_table_names_every_crate_and_no_other() -> Result<()> {
        let found = breaches(
            &drawn(metadata("\"dev\"")?),
            &allowed("media = []\nold = []\n")?,
        );
        assert_eq!(found.len(), 2, "{found:?}");
        Ok(())
    }
}
