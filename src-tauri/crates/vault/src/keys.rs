//! The slots of an open vault: making, adding, replacing.

use crate::error::VaultError;
use crate::kdf::Key;
use crate::keyfile::{self, Found, KeyFile};
use crate::options::{KeychainChoice, NewVault, Options, PASSPHRASE_MIN_CHARS};
use crate::slot::{Opener, Slot, SlotKind, no_random};
use crate::{RecoveryCode, Secret};
use ring::rand::{SecureRandom, SystemRandom};
use std::path::{Path, PathBuf};

/// The data key and the slots that wrap it.
pub(crate) struct Keys {
    dir: PathBuf,
    options: Options,
    data_key: Key,
    file: KeyFile,
}

impl Keys {
    /// A new random data key in its first slots; nothing is written yet.
    pub(crate) fn generate(
        dir: &Path,
        new: &NewVault,
        options: &Options,
    ) -> Result<(Self, RecoveryCode), VaultError> {
        if let Some(passphrase) = &new.passphrase {
            long_enough(passphrase)?;
        }
        let mut id = [0_u8; 16];
        SystemRandom::new().fill(&mut id).map_err(no_random)?;
        let mut keys = Self {
            dir: dir.to_owned(),
            options: options.clone(),
            data_key: random_key()?,
            file: KeyFile::new(keyfile::hex(&id), Vec::new()),
        };
        if let Some(passphrase) = &new.passphrase {
            keys.put(&Opener::Passphrase(passphrase))?;
        }
        match new.keychain {
            KeychainChoice::No if new.passphrase.is_none() => {
                return Err(VaultError::Keychain {
                    what: "not wanted, and no passphrase given".into(),
                });
            }
            KeychainChoice::No => {}
            KeychainChoice::Required => keys.put_keychain()?,
            KeychainChoice::IfThere => {
                let done = keys.put_keychain();
                if new.passphrase.is_none() {
                    done?;
                }
            }
        }
        let code = RecoveryCode::generate(&SystemRandom::new()).map_err(no_random)?;
        keys.put(&Opener::Recovery(&code))?;
        Ok((keys, code))
    }

    /// Opens the slots with what a person typed: recovery code or passphrase.
    pub(crate) fn open_with_secret(
        dir: &Path,
        secret: &Secret,
        options: &Options,
    ) -> Result<Self, VaultError> {
        if let Some(code) = RecoveryCode::read(secret) {
            match Self::open(dir, &Opener::Recovery(&code), options) {
                // It may be a passphrase that looks like a code.
                Err(VaultError::WrongSecret) => {}
                done => return done,
            }
        }
        Self::open(dir, &Opener::Passphrase(secret), options)
    }

    /// Opens the slots with the keychain.
    pub(crate) fn open_with_keychain(dir: &Path, options: &Options) -> Result<Self, VaultError> {
        let copies = copies(dir)?;
        let vault = copies
            .first()
            .map(|copy| copy.file.vault.clone())
            .unwrap_or_default();
        let key = options.keychain.load(&vault)?;
        let key = key.ok_or_else(|| VaultError::Keychain {
            what: "it has no key of this vault".into(),
        })?;
        Self::open(dir, &Opener::Keychain(&key), options).map_err(|error| match error {
            // The profile came from elsewhere, or the keychain was put back: not the user's typo.
            VaultError::WrongSecret => VaultError::Keychain {
                what: "its key does not fit".into(),
            },
            other => other,
        })
    }

    /// Takes the newest copy that opens and whose seal is right; then mends the other.
    fn open(dir: &Path, opener: &Opener<'_>, options: &Options) -> Result<Self, VaultError> {
        let mut verdict = VaultError::WrongSecret;
        for copy in copies(dir)? {
            let Some(data_key) = copy.file.open(opener)? else {
                continue;
            };
            if !copy.sealed_with(&data_key)? {
                verdict = VaultError::Corrupt {
                    path: keyfile::paths(dir)[0].clone(),
                    what: "seal of the slots".into(),
                };
                continue;
            }
            let whole = keyfile::both_good(dir, &copy);
            let mut keys = Self {
                dir: dir.to_owned(),
                options: options.clone(),
                data_key,
                file: copy.file,
            };
            if !whole && let Err(error) = keys.write() {
                tracing::warn!(%error, "one copy of the key slots is damaged and can't be mended");
            }
            return Ok(keys);
        }
        Err(verdict)
    }

    pub(crate) fn write(&mut self) -> Result<(), VaultError> {
        self.file.write(&self.dir, &self.data_key)
    }

    pub(crate) fn data_key(&self) -> &Key {
        &self.data_key
    }

    pub(crate) fn kinds(&self) -> Vec<SlotKind> {
        let mut kinds: Vec<_> = self.file.slots.iter().map(|slot| slot.kind).collect();
        kinds.sort_unstable();
        kinds
    }

    pub(crate) fn set_passphrase(&mut self, passphrase: &Secret) -> Result<(), VaultError> {
        long_enough(passphrase)?;
        self.change(|keys| keys.put(&Opener::Passphrase(passphrase)))
    }

    pub(crate) fn renew_recovery(&mut self) -> Result<RecoveryCode, VaultError> {
        let code = RecoveryCode::generate(&SystemRandom::new()).map_err(no_random)?;
        self.change(|keys| keys.put(&Opener::Recovery(&code)))?;
        Ok(code)
    }

    pub(crate) fn set_keychain(&mut self, on: bool) -> Result<(), VaultError> {
        if on {
            return self.change(Self::put_keychain);
        }
        if self.file.slots.len() <= 2 && self.file.has(SlotKind::Keychain) {
            return Err(VaultError::LastSlots);
        }
        self.change(|keys| {
            keys.file
                .slots
                .retain(|slot| slot.kind != SlotKind::Keychain);
            Ok(())
        })?;
        // Without its slot the key opens nothing; if the keychain is away it may keep it.
        if let Err(error) = self.options.keychain.forget(&self.file.vault) {
            tracing::warn!(%error, "the keychain still has a key that opens nothing");
        }
        Ok(())
    }

    /// Changes the slots and writes them; if that fails they stay as they were.
    fn change(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let before = self.file.clone();
        let done = change(self).and_then(|()| self.write());
        if done.is_err() {
            self.file = before;
        }
        done
    }

    fn put(&mut self, opener: &Opener<'_>) -> Result<(), VaultError> {
        let slot = Slot::wrap(
            &self.data_key,
            opener,
            &self.file.vault,
            self.options.kdf,
            &SystemRandom::new(),
        )?;
        self.file.set(slot);
        Ok(())
    }

    fn put_keychain(&mut self) -> Result<(), VaultError> {
        let keychain = self.options.keychain.clone();
        // The key it has already is kept: until the slots are written the old slot must open.
        let key = match keychain.load(&self.file.vault)? {
            Some(key) => key,
            None => {
                let key = random_key()?;
                keychain.store(&self.file.vault, &key)?;
                key
            }
        };
        self.put(&Opener::Keychain(&key))
    }
}

fn copies(dir: &Path) -> Result<Vec<keyfile::Unsealed>, VaultError> {
    match keyfile::read(dir)? {
        Found::Some(copies) => Ok(copies),
        Found::None => Err(VaultError::Missing {
            path: dir.to_owned(),
        }),
    }
}

fn long_enough(passphrase: &Secret) -> Result<(), VaultError> {
    if passphrase.chars() < PASSPHRASE_MIN_CHARS {
        return Err(VaultError::PassphraseShort {
            min: PASSPHRASE_MIN_CHARS,
        });
    }
    Ok(())
}

fn random_key() -> Result<Key, VaultError> {
    let mut key = Key::new([0; 32]);
    SystemRandom::new()
        .fill(key.as_mut_slice())
        .map_err(no_random)?;
    Ok(key)
}
