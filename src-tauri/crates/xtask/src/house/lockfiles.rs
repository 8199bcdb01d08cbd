//! What is committed builds anywhere: lock files name no registry address but the public index,
//! and no file names a folder of somebody's machine.

use super::{Finding, Sources, line_of};
use anyhow::Result;

/// Cargo's name for the public registry, whatever mirror is used.
const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Folders that exist only on some machine. Joined here so that this file does not name them.
const FOLDERS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/runner"),
    concat!("/Us", "ers/"),
];

/// Looks at the lock files, then at every text file.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let mut breaches = Vec::new();
    for line in sources.named("Cargo.lock")?.lines() {
        if line
            .strip_prefix("source = \"")
            .is_some_and(|from| from.trim_end_matches('"') != INDEX)
        {
            breaches.push(format!("Cargo.lock: {line}"));
        }
    }
    for (at, _) in sources
        .named("ui/package-lock.json")?
        .match_indices("\"resolved\":")
    {
        let line = line_of(sources.named("ui/package-lock.json")?, at);
        breaches.push(format!("ui/package-lock.json:{line}: names an address"));
    }
    for (path, text) in &sources.files {
        for folder in FOLDERS {
            for (at, _) in text.match_indices(folder) {
                breaches.push(format!(
                    "{}:{}: {folder}",
                    path.display(),
                    line_of(text, at)
                ));
            }
        }
    }
    Ok(breaches.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_folders_of_a_machine_are_breaches() -> Result<()> {
        let lock = format!("source = \"{INDEX}\"\nsource = \"git+https://example.org/x\"\n");
        let path = format!("let x = \"{}secret\";", FOLDERS[1]);
        let sources = Sources::of(&[
            ("Cargo.lock", lock.as_str()),
            (
                "ui/package-lock.json",
                "{\n\"resolved\": \"https://example.org/x.tgz\"}",
            ),
            ("a.rs", path.as_str()),
        ]);
        let found = check(&sources)?.breaches;
        assert_eq!(found.len(), 3, "{found:?}");
        Ok(())
    }
}
