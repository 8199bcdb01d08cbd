//! Passphrases, from a prompt or an open file; never from arguments or the environment, where other
//! programs can read them.

use crate::globals::Globals;
use ranzen_meeting::{Code, Problem};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use zeroize::Zeroizing;

/// Longer is no passphrase but the wrong file.
const LONGEST: u64 = 4096;

/// A passphrase as it was typed.
pub type Typed = Zeroizing<String>;

/// The passphrase that was given, or typed at the prompt; `None` if there is nobody to ask.
pub fn passphrase(globals: &Globals, prompt: &str) -> Result<Option<Typed>, Problem> {
    if let Some(number) = globals.passphrase_fd {
        return from_descriptor(number).map(Some);
    }
    if globals.passphrase_stdin {
        return first_line(std::io::stdin()).map(Some);
    }
    ask(prompt)
}

/// Asks at the terminal, whatever else was given; `None` if there is nobody to ask.
pub fn ask(prompt: &str) -> Result<Option<Typed>, Problem> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password(prompt)
        .map(|typed| Some(Zeroizing::new(typed)))
        .map_err(|error| Problem::new(Code::FileUnreadable, error).with("path", "terminal"))
}

/// The first line of an open file.
pub fn from_descriptor(number: u32) -> Result<Typed, Problem> {
    first_line(open(number)?)
}

/// Opens what is already open under this number. Without `unsafe` only the system's own names for
/// open files can do that; Windows has none.
fn open(number: u32) -> Result<File, Problem> {
    if cfg!(windows) {
        let problem = Problem::new(Code::FileUnreadable, "use --passphrase-stdin on Windows");
        return Err(problem.with("path", format!("--passphrase-fd {number}")));
    }
    let path = if cfg!(target_os = "linux") {
        format!("/proc/self/fd/{number}")
    } else {
        format!("/dev/fd/{number}")
    };
    File::open(&path).map_err(|error| Problem::new(Code::FileUnreadable, error).with("path", path))
}

fn first_line(source: impl std::io::Read) -> Result<Typed, Problem> {
    let unreadable =
        |why: String| Problem::new(Code::FileUnreadable, why).with("path", "passphrase");
    // Sized so that growing leaves no copies behind.
    let mut line = Zeroizing::new(String::with_capacity(4096));
    BufReader::new(source.take(LONGEST))
        .read_line(&mut line)
        .map_err(|error| unreadable(error.to_string()))?;
    let typed = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(typed);
    if line.is_empty() {
        return Err(unreadable("nothing in it".into()));
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_line_is_the_passphrase_with_its_spaces() {
        for given in [" Blume 1 \nrest", " Blume 1 \r\n", " Blume 1 "] {
            assert_eq!(*first_line(given.as_bytes()).unwrap(), " Blume 1 ");
        }
        assert_eq!(first_line(&b""[..]).unwrap_err().code, Code::FileUnreadable);
        assert_eq!(
            first_line(&b"\n"[..]).unwrap_err().code,
            Code::FileUnreadable
        );
    }

    #[test]
    fn an_unknown_descriptor_is_told() {
        assert_eq!(open(4_000_000).unwrap_err().code, Code::FileUnreadable);
    }
}
