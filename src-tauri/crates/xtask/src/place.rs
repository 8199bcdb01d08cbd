//! Where things lie: the project, the build, the cache, the logs. Nothing here changes them.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that every task needs.
pub(crate) struct Place {
    /// The project's top folder.
    pub(crate) root: PathBuf,
    /// Ours in the user's cache: tools, and the build of an automatic run.
    pub(crate) cache: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
    /// An automatic run (`CI` is set): nothing incremental, and the build outlives the clone.
    pub(crate) automatic: bool,
}

impl Place {
    /// Found from where this program's source was when it was built.
    pub(crate) fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here
            .ancestors()
            .nth(3)
            .context("the crate lies three folders below the project")?
            .to_path_buf();
        ensure!(
            root.join("Cargo.lock").exists(),
            "no project at {}: build xtask again there",
            root.display()
        );
        let automatic = std::env::var_os("CI").is_some();
        let cache = match std::env::var_os("XDG_CACHE_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => {
                PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".cache")
            }
        }
        .join("ranzen");
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => std::path::absolute(folder)?,
            None if automatic => cache.join("target"),
            None => root.join("target"),
        };
        Ok(Self {
            root,
            cache,
            target,
            automatic,
        })
    }

    /// The window's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program of the Python environment, e.g. `typos`.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.cache.join("venv/bin").join(name)
    }

    /// The log of a step.
    pub(crate) fn log(&self, step: &str) -> PathBuf {
        self.target.join("xtask").join(format!("{step}.log"))
    }

    /// `cargo` with the build folder of this place, and without what the cargo that started us
    /// told us about ourselves: crates that watch those variables would be built anew.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new("cargo");
        self.prepare(&mut command);
        command
    }

    /// The same preparation for any other program.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(about_ourselves) {
                command.env_remove(name);
            }
        }
        command.env("CARGO_TARGET_DIR", &self.target);
        if self.automatic {
            command.env("CARGO_INCREMENTAL", "0");
            command.env("CARGO_TERM_COLOR", "never");
        }
    }

    /// All files of the project, tracked or new but not ignored, relative to the root.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let listing = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(&self.root)
            .output()
            .context("git is needed to know the project's files")?;
        ensure!(listing.status.success(), "git ls-files failed");
        Ok(String::from_utf8(listing.stdout)?
            .split_terminator('\0')
            .map(PathBuf::from)
            .filter(|path| self.root.join(path).is_file())
            .collect())
    }
}

/// Variables that cargo sets for the program it runs.
fn about_ourselves(name: &str) -> bool {
    const NAMES: [&str; 2] = ["CARGO", "CARGO_PRIMARY_PACKAGE"];
    const BEGINNINGS: [&str; 4] = [
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    NAMES.contains(&name)
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_user_stay_and_what_cargo_says_about_us_goes() {
        for name in [
            "CARGO",
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_CRATE_NAME",
        ] {
            assert!(about_ourselves(name), "{name}");
        }
        for name in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
            "PATH",
        ] {
            assert!(!about_ourselves(name), "{name}");
        }
    }
}
