//! TypeScript types of everything that crosses into the window, written by a program of
//! `engine` (only it knows the types; this crate stays free of them).

use crate::place::Place;
use crate::process;
use anyhow::{Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The program's name.
pub(crate) const PROGRAM: &str = "ranzen-export-types";

/// Where the window reads them.
pub(crate) fn folder(place: &Place) -> PathBuf {
    place.ui().join("src/backend/types")
}

/// Writes them anew, by default where the window reads them.
pub(crate) fn write(place: &Place, out: Option<&Path>) -> Result<()> {
    let out = match out {
        Some(out) => std::path::absolute(out)?,
        None => folder(place),
    };
    let mut cargo = place.cargo();
    cargo
        .args(["run", "--package", "ranzen-engine", "--bin", PROGRAM, "--"])
        .arg(out);
    process::shown_to_person(cargo)
}

/// Error: the folders differ; names the files.
pub(crate) fn compare(fresh: &Path, kept: &Path) -> Result<()> {
    let (fresh, kept) = (read(fresh)?, read(kept)?);
    ensure!(!fresh.is_empty(), "no types were written");
    let mut differing: Vec<&String> = fresh
        .iter()
        .filter(|(name, text)| kept.get(*name) != Some(*text))
        .map(|(name, _)| name)
        .chain(kept.keys().filter(|name| !fresh.contains_key(*name)))
        .collect();
    differing.sort();
    ensure!(
        differing.is_empty(),
        "the window's types are not those of the engine, run `cargo xtask types`: {differing:?}"
    );
    Ok(())
}

/// File names and texts; a missing folder is an empty one.
fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "ts") {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.insert(name, std::fs::read_to_string(path)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_in_either_direction_is_an_error() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (fresh, kept) = (folder.path().join("fresh"), folder.path().join("kept"));
        for path in [&fresh, &kept] {
            std::fs::create_dir(path)?;
            std::fs::write(path.join("A.ts"), "type A = 1")?;
        }
        compare(&fresh, &kept)?;
        std::fs::write(kept.join("Old.ts"), "")?;
        let error = compare(&fresh, &kept).map_err(|error| error.to_string());
        assert!(
            error.is_err_and(|text| text.contains("Old.ts")),
            "a type that is gone"
        );
        std::fs::remove_file(kept.join("Old.ts"))?;
        std::fs::write(fresh.join("A.ts"), "type A = 2")?;
        assert!(compare(&fresh, &kept).is_err(), "a type that changed");
        assert!(
            compare(&folder.path().join("none"), &kept).is_err(),
            "nothing written"
        );
        Ok(())
    }
}
