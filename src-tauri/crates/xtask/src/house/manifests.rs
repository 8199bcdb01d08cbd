//! Every crate inherits the house's lints, licence and edition.

use super::{Finding, Sources};
use anyhow::Result;

/// What each manifest below the top one must say.
const LINES: [&str; 4] = [
    "license.workspace = true",
    "edition.workspace = true",
    "rust-version.workspace = true",
    "publish.workspace = true",
];

/// Reads every `Cargo.toml`.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for (path, text) in sources.ending(&["toml"]) {
        if path.file_name().is_none_or(|name| name != "Cargo.toml") {
            continue;
        }
        for line in LINES {
            if !text.lines().any(|one| one.trim() == line) {
                breaches.push(format!("{}: `{line}` is missing", path.display()));
            }
        }
        let mut lines = text
            .lines()
            .map(str::trim)
            .skip_while(|line| *line != "[lints]");
        if lines.nth(1) != Some("workspace = true") {
            breaches.push(format!("{}: does not inherit the lints", path.display()));
        }
    }
    Ok(breaches.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_without_the_lints_is_a_breach() -> Result<()> {
        let rest = LINES.join("\n");
        let good = format!("[package]\n{rest}\n[lints]\nworkspace = true\n");
        let sources = Sources::of(&[("a/Cargo.toml", &good), ("b/Cargo.toml", &rest)]);
        assert_eq!(
            check(&sources)?.breaches,
            ["b/Cargo.toml: does not inherit the lints"]
        );
        Ok(())
    }
}
