//! The passphrase, from a prompt or an open file; never from arguments or the environment, where
//! other programs can read it.

use crate::globals::Globals;
use ranzen_meeting::{Code, Problem};
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal};
use zeroize::Zeroizing;

/// Longer is no passphrase but the wrong file.
const LONGEST: u64 = 4096;

/// The passphrase that was given, or typed at the prompt; `None` if there is nobody to ask.
pub fn passphrase(globals: &Globals, prompt: &str) -> Result<Option<Zeroizing<String>>, Problem> {
    if let Some(number) = globals.passphrase_fd {
        let file = open(number)?;
        return first_line(file).map(Some);
    }
    if globals.passphrase_stdin {
        return first_line(std::io::stdin()).map(Some);
    }
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    rpassword::prompt_password(prompt)
        .map(|typed| Some(Zeroizing::new(typed)))
        .map_err(|error| Problem::new(Code::FileUnreadable, error).with("path", "terminal"))
}

/// Opens what is already open under this number. Without `unsafe` only the system's own names for
/// open files can do that.
fn open(number: u32) -> Result<File, Problem> {
    let path = if cfg!(target_os = "linux") {
        format!("/proc/self/fd/{number}")
    } else {
        format!("/dev/fd/{number}")
    };
    File::open(&path).map_err(|error| Problem::new(Code::FileUnreadable, error).with("path", path))
}

fn first_line(source: impl std::io::Read) -> Result<Zeroizing<String>, Problem> {
    let mut line = Zeroizing::new(String::new());
    BufReader::new(source.take(LONGEST))
        .read_line(&mut line)
        .map_err(|error| Problem::new(Code::FileUnreadable, error).with("path", "passphrase"))?;
    let typed = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(typed);
    Ok(line)
}
