//! Writing a document so that it is either whole or not there.

use ranzen_meeting::{Code, Problem};
use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Writes a document where nothing is yet; refused if there is something ([`Code::FileExists`]).
pub fn write_new(path: &Path, document: &str) -> Result<(), Problem> {
    // An empty file of ours holds the name until the whole document takes its place.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|e| problem(path, &e))?;
    let written = write_over(path, document);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// Writes a document, replacing what is there. Whoever calls this has asked the user.
pub fn write_over(path: &Path, document: &str) -> Result<(), Problem> {
    let beside = beside(path).ok_or_else(|| problem(path, &ErrorKind::IsADirectory.into()))?;
    let written = write_synced(&beside, document).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map_err(|e| problem(path, &e))
}

fn write_synced(path: &Path, document: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(document.as_bytes())?;
    file.sync_all()
}

/// In the same folder, so that it can be renamed; hidden, and of this process alone.
fn beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy();
    Some(path.with_file_name(format!(".{name}.{}.part", std::process::id())))
}

fn problem(path: &Path, error: &Error) -> Problem {
    let code = match error.kind() {
        ErrorKind::AlreadyExists => Code::FileExists,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::FileUnwritable,
    };
    Problem::new(code, error).with("path", path.display())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_that_is_there_is_kept_unless_replacing_was_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chat.md");
        write_new(&path, "one").unwrap();
        assert_eq!(write_new(&path, "two").unwrap_err().code, Code::FileExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write_over(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing left beside"
        );
    }

    #[test]
    fn what_can_not_be_written_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("none/chat.md");
        assert_eq!(
            write_new(&missing, "x").unwrap_err().code,
            Code::FileUnwritable
        );
        assert_eq!(
            write_over(dir.path(), "x").unwrap_err().code,
            Code::FileUnwritable
        );
        assert_eq!(
            write_over(Path::new("/"), "x").unwrap_err().code,
            Code::FileUnwritable
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
