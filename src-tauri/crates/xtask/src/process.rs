//! Running programs: output into a log, a limit on time, the log's end shown on failure.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Lines of a failed program's log that are shown.
const SHOWN_LINES: usize = 400;

/// Runs the program in its own process group, output appended to the log; after `limit` the whole
/// group is killed. Error: it can't be started, or was killed.
pub(crate) fn logged(mut command: Command, log: &Path, limit: Duration) -> Result<ExitStatus> {
    let mut file = open_log(log)?;
    writeln!(file, "$ {}", shown(&command))?;
    command.stdin(Stdio::null());
    command.stdout(file.try_clone()?).stderr(file.try_clone()?);
    command.process_group(0);
    let mut child = command
        .spawn()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if begun.elapsed() > limit {
            let group = format!("-{}", child.id());
            Command::new("kill")
                .args(["-KILL", "--", &group])
                .status()?;
            child.wait()?;
            let minutes = limit.as_secs().div_ceil(60);
            writeln!(file, "killed: longer than {minutes} min")?;
            bail!(
                "{} took longer than {minutes} min and was killed",
                shown(&command)
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Like [`logged`]; a program that ends with another code than 0 is an error too.
pub(crate) fn must(command: Command, log: &Path, limit: Duration) -> Result<()> {
    let name = shown(&command);
    let status = logged(command, log, limit)?;
    if !status.success() {
        bail!("{name}: {status}");
    }
    Ok(())
}

/// Runs the program with our own output, for tasks a person watches.
pub(crate) fn shown_to_person(mut command: Command) -> Result<()> {
    println!("$ {}", shown(&command));
    let status = command
        .status()
        .with_context(|| format!("{} can't be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{}: {status}", shown(&command));
    }
    Ok(())
}

/// `npm` in the window's folder.
pub(crate) fn npm(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    place.prepare(&mut command);
    command.current_dir(place.ui()).args(arguments);
    command
}

/// The last lines of a log.
pub(crate) fn end_of(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = without_colours(&String::from_utf8_lossy(&text));
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
}

/// Takes out terminal sequences: colours (`ESC [ … m`) and links (`ESC ] … ESC \`).
fn without_colours(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(match part.as_bytes().first() {
            Some(b'[') => part
                .find(|one: char| one.is_ascii_alphabetic())
                .map_or("", |end| &part[end + 1..]),
            Some(b'\\') => &part[1..],
            Some(b']') => "",
            _ => part,
        });
    }
    plain
}

/// A new, empty log.
pub(crate) fn new_log(log: &Path) -> Result<()> {
    std::fs::create_dir_all(log.parent().context("a log lies in a folder")?)?;
    File::create(log)?;
    Ok(())
}

fn open_log(log: &Path) -> Result<File> {
    std::fs::create_dir_all(log.parent().context("a log lies in a folder")?)?;
    Ok(OpenOptions::new().create(true).append(true).open(log)?)
}

fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_failing_program_is_an_error_and_its_output_is_in_the_log() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("step.log");
        let error = must(
            shell("echo broken >&2; exit 3"),
            &log,
            Duration::from_secs(60),
        );
        assert!(error.is_err(), "exit code 3 is a failure");
        assert!(end_of(&log).ends_with("broken"), "{}", end_of(&log));
        Ok(())
    }

    #[test]
    fn a_program_beyond_its_time_is_killed_with_its_children() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("step.log");
        let begun = Instant::now();
        let error = must(
            shell("sleep 3600 & sleep 3600"),
            &log,
            Duration::from_millis(200),
        );
        assert!(error.is_err_and(|error| error.to_string().contains("killed")));
        assert!(
            begun.elapsed() < Duration::from_secs(1800),
            "it was not waited for"
        );
        Ok(())
    }

    #[test]
    fn colours_and_links_are_not_shown() {
        let coloured = "\u{1b}[1m\u{1b}[31mwrong\u{1b}[0m: \u{1b}]8;;https://a.test\u{1b}\\a\u{1b}]8;;\u{1b}\\ b";
        assert_eq!(without_colours(coloured), "wrong: a b");
        assert_eq!(without_colours("plain"), "plain");
    }

    #[test]
    fn only_the_end_of_a_long_log_is_shown() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("long.log");
        must(shell("seq 1 1000"), &log, Duration::from_secs(60))?;
        let end = end_of(&log);
        assert_eq!(end.lines().count(), SHOWN_LINES);
        assert!(end.ends_with("1000"));
        Ok(())
    }
}
