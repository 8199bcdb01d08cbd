//! Debian's packages: asks dpkg first, installs only what is missing, or says what to do.

use crate::place::Place;
use crate::process;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// Installs what is missing of these lists.
pub(crate) fn install(place: &Place, lists: &[&str]) -> Result<()> {
    let mut wanted = Vec::new();
    for name in lists {
        wanted.extend(super::list(place, name)?);
    }
    wanted.sort();
    wanted.dedup();
    let Ok(known) = known_to_dpkg(&wanted) else {
        println!(
            "This is no Debian. Needed are the equivalents of these Debian 12 packages:\n  {}",
            wanted.join(" ")
        );
        return Ok(());
    };
    let missing = missing(&wanted, &known);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Debian packages to install: {}", missing.join(" "));
    let Some(root) = way_to_root() else {
        bail!(
            "packages are missing; as root, run:\n  apt-get update && apt-get install --no-install-recommends {}",
            missing.join(" ")
        );
    };
    process::shown_to_person(apt_get(&root, &["update", "--quiet=2"]))?;
    let mut arguments = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
    arguments.extend(missing.iter().map(String::as_str));
    process::shown_to_person(apt_get(&root, &arguments))
}

/// dpkg's own words on these packages: `name status` lines.
fn known_to_dpkg(names: &[String]) -> Result<String> {
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(names)
        .output()
        .context("no dpkg")?;
    // The code is 1 when a package is unknown, which is no failure here.
    Ok(String::from_utf8(output.stdout)?)
}

/// Those without an `installed` line. One package can have several lines (architectures).
fn missing(wanted: &[String], known: &str) -> Vec<String> {
    wanted
        .iter()
        .filter(|name| {
            !known
                .lines()
                .any(|line| line.split_once(' ') == Some((name.as_str(), "installed")))
        })
        .cloned()
        .collect()
}

/// What to put before `apt-get`: nothing for root, `sudo` where it works without asking or a
/// person is there to answer, or no way.
fn way_to_root() -> Option<Vec<&'static str>> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(Vec::new());
    }
    let works = |flag: &str| {
        Command::new("sudo")
            .args([flag, "true"])
            .stdin(Stdio::inherit())
            .status()
            .is_ok_and(|status| status.success())
    };
    let person = std::io::IsTerminal::is_terminal(&std::io::stdin());
    (works("--non-interactive") || person && works("--validate")).then(|| vec!["sudo"])
}

fn apt_get(root: &[&str], arguments: &[&str]) -> Command {
    let words: Vec<&str> = root
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .chain(arguments.iter().copied())
        .collect();
    let mut command = Command::new(words[0]);
    // Its errors are on stderr; the rest is thousands of lines.
    command
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_installed_is_missing() {
        let wanted = ["sox", "squid", "coturn"].map(str::to_owned);
        let known = "sox installed\nsquid config-files\n";
        assert_eq!(missing(&wanted, known), ["squid", "coturn"]);
    }

    #[test]
    fn apt_is_asked_without_questions() {
        let command = apt_get(&["sudo"], &["update"]);
        assert_eq!(command.get_program(), "sudo");
        let words: Vec<_> = command.get_args().collect();
        assert_eq!(
            words,
            ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update"]
        );
    }
}
