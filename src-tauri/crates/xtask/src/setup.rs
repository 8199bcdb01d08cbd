//! What the machine needs: Debian's packages, two Python programs, the window's npm packages.
//!
//! When all is there, nothing is done and no registry is asked.

mod apt;
mod npm;
mod python;

use crate::place::Place;
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// The oldest Node that the window's tools run on.
const NODE_MAJOR: u32 = 20;

/// Everything for building; with `tests` also everything for the tests.
pub(crate) fn all(place: &Place, tests: bool) -> Result<()> {
    let mut lists = vec!["build", "run"];
    if tests {
        lists.push("test");
    }
    apt::install(place, &lists)?;
    node_is_there()?;
    npm::install(place)?;
    if tests {
        python::install(place)?;
    }
    Ok(())
}

/// A list of package names beside this crate, one a line.
fn list(place: &Place, name: &str) -> Result<Vec<String>> {
    let path = place
        .root
        .join(format!("src-tauri/crates/xtask/packages/{name}.txt"));
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

fn node_is_there() -> Result<()> {
    let output = Command::new("node")
        .arg("--version")
        .output()
        .with_context(|| format!("Node {NODE_MAJOR} or newer is needed, with npm"))?;
    let version = String::from_utf8_lossy(&output.stdout);
    ensure!(
        major(&version).is_some_and(|major| major >= NODE_MAJOR),
        "Node {NODE_MAJOR} or newer is needed, this is {}",
        version.trim()
    );
    Ok(())
}

/// `v20.20.2` → 20.
fn major(version: &str) -> Option<u32> {
    version
        .trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_plain_names_once_each() -> Result<()> {
        let place = Place::find()?;
        for name in ["build", "run", "test", "python"] {
            let names = list(&place, name)?;
            assert!(!names.is_empty(), "{name}");
            let mut once = names.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), names.len(), "a name stands twice in {name}.txt");
            for package in names {
                assert!(
                    package
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "+-.=".contains(c)),
                    "{package}"
                );
            }
        }
        Ok(())
    }

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("not found"), None);
    }
}
