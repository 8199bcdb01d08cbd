//! Runs one test of the running test program again in a process of its own, which can be killed,
//! limited or put elsewhere.
#![allow(dead_code, clippy::unwrap_used)]

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Tells the second process that it is one, and where to work.
pub const VARIABLE: &str = "RANZEN_TEST_AGAIN";

/// Where to work, in the second process.
pub fn here() -> Option<std::path::PathBuf> {
    std::env::var_os(VARIABLE).map(Into::into)
}

/// The command for the second process; `before` is put in front of it (`unshare …`).
pub fn command(before: &[&OsStr], test: &str, dir: &Path) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut words = before.iter().copied().chain([own.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command
        .args(words)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(VARIABLE, dir)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command
}

/// Runs `test` again as root of a mount namespace in which `dir` is a small file system of its own
/// (`size` bytes). False, after saying so on the real stderr, if this machine doesn't let us.
pub fn on_small_disk(test: &str, dir: &Path, size: u32) -> bool {
    let mount = format!("mount -t tmpfs -o size={size} none \"$0\"");
    let permitted = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &mount])
        .arg(dir)
        .output();
    let refusal = match permitted {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(why) = refusal {
        left_out(test, &format!("needs mount namespaces ({why})"));
        return false;
    }
    let script = format!("{mount} && exec \"$@\"");
    let before = ["unshare", "--map-root-user", "--mount", "sh", "-c", &script].map(OsStr::new);
    let before: Vec<&OsStr> = before.into_iter().chain([dir.as_os_str()]).collect();
    let output = command(&before, test, dir).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

/// Says on the real stderr (libtest swallows `eprintln!` of a passing test) what was not tested.
pub fn left_out(test: &str, why: &str) {
    assert!(
        std::env::var_os("RANZEN_REQUIRE_NAMESPACES").is_none(),
        "{test}: {why}"
    );
    let _ = writeln!(std::io::stderr(), "LEFT OUT: {test}: {why}");
}
