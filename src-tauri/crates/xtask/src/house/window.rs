//! The window knows one interface; Tauri is imported in one file behind it.

use super::{Finding, Sources};
use anyhow::Result;

/// Counts files of the window that import Tauri's packages.
pub(super) fn check(sources: &Sources) -> Result<Finding> {
    let importing: Vec<String> = sources
        .ending(&["ts", "tsx"])
        .filter(|(path, text)| {
            path.starts_with("ui/src")
                && text.lines().any(|line| {
                    line.contains("@tauri-apps/")
                        && (line.contains("from ") || line.contains("import"))
                })
        })
        .map(|(path, _)| format!("{} imports @tauri-apps", path.display()))
        .collect();
    Ok(if importing.len() > 1 {
        importing
    } else {
        Vec::new()
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_file_with_tauri_is_a_breach() -> Result<()> {
        let import = "import { invoke } from '@tauri-apps/api/core'";
        let one = Sources::of(&[("ui/src/backend/tauri.ts", import), ("ui/src/a.ts", "")]);
        assert!(check(&one)?.breaches.is_empty());
        let two = Sources::of(&[("ui/src/backend/tauri.ts", import), ("ui/src/a.ts", import)]);
        assert_eq!(check(&two)?.breaches.len(), 2);
        Ok(())
    }
}
