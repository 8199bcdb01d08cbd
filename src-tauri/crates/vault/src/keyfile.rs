//! The slot file, kept twice: `vault.keys` and `vault.keys.copy`.
//!
//! Three lines: JSON, its SHA-256, and an HMAC-SHA256 under a key derived from the data key. The
//! first check tells damage from a wrong passphrase before anything is opened; the second, after,
//! tells tampering, and that the data key is the right one. The copies are written one after the
//! other; reading takes the newest good one, and opening mends the other.

use crate::atomic;
use crate::error::VaultError;
use crate::kdf::{Key, derive};
use crate::slot::{Opener, Slot, SlotKind};
use ring::{digest, hmac};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FORMAT: &str = "ranzen-vault-keys";
const VERSION: u32 = 1;
/// Real ones have less than 2 kB.
const SIZE_MAX: u64 = 64 * 1024;
const SLOTS_MAX: usize = 16;

/// The slots of one vault.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyFile {
    format: String,
    version: u32,
    /// Counts rewrites, so that the newer of two good copies wins.
    generation: u64,
    /// 16 random bytes in hex; the keychain's entry is named by it.
    pub(crate) vault: String,
    /// At least two.
    pub(crate) slots: Vec<Slot>,
}

/// The only thing read first, so that a newer version is told from damage.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// A key file as read: its checksum is right, its seal not yet checked.
pub(crate) struct Unsealed {
    pub(crate) file: KeyFile,
    body: String,
    seal: Vec<u8>,
}

/// What the two copies hold.
pub(crate) enum Found {
    /// Neither copy is there.
    None,
    /// Good copies, the newest first.
    Some(Vec<Unsealed>),
}

impl KeyFile {
    pub(crate) fn new(vault: String, slots: Vec<Slot>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            generation: 1,
            vault,
            slots,
        }
    }

    pub(crate) fn has(&self, kind: SlotKind) -> bool {
        self.slots.iter().any(|slot| slot.kind == kind)
    }

    /// Puts a slot in place of those of its kind.
    pub(crate) fn set(&mut self, slot: Slot) {
        self.slots.retain(|old| old.kind != slot.kind);
        self.slots.push(slot);
    }

    /// Tries every slot the opener fits.
    pub(crate) fn open(&self, opener: &Opener<'_>) -> Result<Option<Key>, VaultError> {
        for slot in self.slots.iter().filter(|s| s.kind == opener.kind()) {
            if let Some(key) = slot.unwrap_key(opener, &self.vault)? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Writes both copies, sealed, as the next generation.
    pub(crate) fn write(&mut self, dir: &Path, data_key: &Key) -> Result<(), VaultError> {
        self.generation += 1;
        let text = self.sealed(data_key)?;
        for path in paths(dir) {
            atomic::replace(&path, text.as_bytes())?;
        }
        Ok(())
    }

    fn sealed(&self, data_key: &Key) -> Result<String, VaultError> {
        let body = serde_json::to_string(self).map_err(|_| VaultError::Database {
            what: "slots don't serialise".into(),
        })?;
        let sum = hex(digest::digest(&digest::SHA256, body.as_bytes()).as_ref());
        let seal = hex(hmac::sign(&sealing_key(data_key, &self.vault)?, body.as_bytes()).as_ref());
        Ok(format!("{body}\nsha256 {sum}\nhmac {seal}\n"))
    }
}

impl Unsealed {
    /// The data key is the right one and nothing was changed by somebody who doesn't have it.
    pub(crate) fn sealed_with(&self, data_key: &Key) -> Result<bool, VaultError> {
        let key = sealing_key(data_key, &self.file.vault)?;
        Ok(hmac::verify(&key, self.body.as_bytes(), &self.seal).is_ok())
    }
}

/// Reads both copies. An error if there are some but none is good.
pub(crate) fn read(dir: &Path) -> Result<Found, VaultError> {
    let mut good = Vec::new();
    let mut problem = None;
    for path in paths(dir) {
        match read_one(&path) {
            Ok(Some(found)) => good.push(found),
            Ok(None) => {}
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    good.sort_by_key(|found: &Unsealed| std::cmp::Reverse(found.file.generation));
    match (good.is_empty(), problem) {
        // A newer version beside an older one: somebody went back; the newer one is the truth.
        (_, Some(error @ VaultError::TooNew { .. })) | (true, Some(error)) => Err(error),
        (true, None) => Ok(Found::None),
        (false, _) => Ok(Found::Some(good)),
    }
}

/// Both copies are there and equal.
pub(crate) fn both_good(dir: &Path, as_read: &Unsealed) -> bool {
    paths(dir).iter().all(|path| {
        matches!(read_one(path), Ok(Some(found)) if found.body == as_read.body && found.seal == as_read.seal)
    })
}

pub(crate) fn paths(dir: &Path) -> [PathBuf; 2] {
    [dir.join("vault.keys"), dir.join("vault.keys.copy")]
}

fn read_one(path: &Path) -> Result<Option<Unsealed>, VaultError> {
    let corrupt = |what: &str| VaultError::Corrupt {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    match std::fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(VaultError::io(path, &e)),
        Ok(meta) if meta.len() > SIZE_MAX => return Err(corrupt("too large")),
        Ok(_) => {}
    }
    let bytes = std::fs::read(path).map_err(|e| VaultError::io(path, &e))?;
    parse(&bytes).map(Some).map_err(|wrong| match wrong {
        Wrong::Damaged(what) => corrupt(what),
        Wrong::Newer(found) => VaultError::TooNew {
            found,
            known: VERSION,
        },
    })
}

#[derive(Debug, PartialEq)]
enum Wrong {
    Damaged(&'static str),
    Newer(u32),
}

fn parse(bytes: &[u8]) -> Result<Unsealed, Wrong> {
    use Wrong::Damaged;
    let text = std::str::from_utf8(bytes).map_err(|_| Damaged("no text"))?;
    let mut lines = text.split('\n');
    let (Some(body), Some(sum), Some(seal), Some(""), None) = (
        lines.next(),
        lines.next(),
        lines.next(),
        lines.next(),
        lines.next(),
    ) else {
        return Err(Damaged("not three lines"));
    };
    let expected = hex(digest::digest(&digest::SHA256, body.as_bytes()).as_ref());
    if sum.strip_prefix("sha256 ") != Some(expected.as_str()) {
        return Err(Damaged("checksum"));
    }
    let seal = seal.strip_prefix("hmac ").and_then(unhex);
    let seal = seal.ok_or(Damaged("seal unreadable"))?;
    let head: Head = serde_json::from_str(body).map_err(|_| Damaged("no slot file"))?;
    if head.format != FORMAT {
        return Err(Damaged("no slot file"));
    }
    if head.version > VERSION {
        return Err(Wrong::Newer(head.version));
    }
    let file: KeyFile = serde_json::from_str(body).map_err(|_| Damaged("slots unreadable"))?;
    if file.slots.is_empty() || file.slots.len() > SLOTS_MAX {
        return Err(Damaged("number of slots"));
    }
    Ok(Unsealed {
        file,
        body: body.to_owned(),
        seal,
    })
}

fn sealing_key(data_key: &Key, vault: &str) -> Result<hmac::Key, VaultError> {
    let key = derive(data_key.as_slice(), vault.as_bytes(), "ranzen slot file 1")?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    // Lower case only: one content, one spelling, so that no flipped bit goes unseen.
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    text.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((digit(*high)? << 4) | digit(*low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::KdfCost;
    use ring::rand::SystemRandom;

    fn made() -> (Key, KeyFile) {
        let (data_key, keychain) = (Key::new([7; 32]), Key::new([1; 32]));
        let opener = Opener::Keychain(&keychain);
        let random = SystemRandom::new();
        let slot = Slot::wrap(&data_key, &opener, "id", KdfCost::CHEAPEST, &random).unwrap();
        (data_key, KeyFile::new("id".into(), vec![slot]))
    }

    #[test]
    fn every_flipped_bit_is_noticed_before_or_at_the_seal() {
        let (data_key, file) = made();
        let text = file.sealed(&data_key).unwrap().into_bytes();
        assert!(parse(&text).unwrap().sealed_with(&data_key).unwrap());
        for bit in 0..text.len() * 8 {
            let mut bad = text.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            if let Ok(read) = parse(&bad) {
                assert!(!read.sealed_with(&data_key).unwrap(), "bit {bit}");
            }
        }
    }

    #[test]
    fn the_newest_good_copy_wins_and_one_is_enough() {
        let dir = tempfile::tempdir().unwrap();
        let (data_key, mut file) = made();
        file.write(dir.path(), &data_key).unwrap();
        let older = std::fs::read(&paths(dir.path())[1]).unwrap();
        file.write(dir.path(), &data_key).unwrap();
        std::fs::write(&paths(dir.path())[1], older).unwrap();
        let newest = |dir: &Path| match read(dir) {
            Ok(Found::Some(found)) => found[0].file.generation,
            _ => 0,
        };
        assert_eq!(newest(dir.path()), 3);
        std::fs::write(&paths(dir.path())[0], b"rubbish").unwrap();
        assert_eq!(newest(dir.path()), 2);
        std::fs::remove_file(&paths(dir.path())[1]).unwrap();
        assert!(matches!(read(dir.path()), Err(VaultError::Corrupt { .. })));
    }

    #[test]
    fn a_newer_version_is_told_from_damage() {
        let (data_key, mut file) = made();
        file.version = 2;
        let text = file.sealed(&data_key).unwrap();
        assert!(matches!(parse(text.as_bytes()), Err(Wrong::Newer(2))));
    }
}
