//! The operating system's keychain, behind a trait, with a time-out: Secret Service over D-Bus on
//! Linux, Keychain Services on macOS, Credential Manager on Windows.
//!
//! It keeps a random key that wraps the data key, never the data key itself, so what the keychain
//! holds is worthless without the vault's slot file.

use crate::error::VaultError;
use crate::kdf::Key;
use std::sync::mpsc;
use std::time::Duration;
use zeroize::Zeroizing;

/// Where the keychain slot's key lies.
pub trait Keychain: Send + Sync {
    /// Keeps a key for a vault, in place of an earlier one.
    fn store(&self, vault: &str, key: &Zeroizing<[u8; 32]>) -> Result<(), VaultError>;

    /// The key of a vault; `None` if the keychain works but has none.
    fn load(&self, vault: &str) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError>;

    /// Forgets the key of a vault, if there is one.
    fn forget(&self, vault: &str) -> Result<(), VaultError>;
}

/// The system's own keychain.
#[derive(Debug, Clone)]
pub struct SystemKeychain {
    /// How long to wait for it. A locked keychain asks the person in a window of its own, so with
    /// a screen this is a minute; on a headless machine nobody would answer.
    pub timeout: Duration,
}

impl Default for SystemKeychain {
    fn default() -> Self {
        let seconds = if somebody_can_answer() { 60 } else { 3 };
        Self {
            timeout: Duration::from_secs(seconds),
        }
    }
}

const SERVICE: &str = "Ranzen";

impl Keychain for SystemKeychain {
    fn store(&self, vault: &str, key: &Zeroizing<[u8; 32]>) -> Result<(), VaultError> {
        let key = key.clone();
        self.ask(vault, move |entry| entry.set_secret(key.as_slice()))
            .map(|_| ())
    }

    fn load(&self, vault: &str) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
        let found = self.ask(vault, |entry| entry.get_secret().map(Zeroizing::new))?;
        Ok(found
            .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())
            .map(Key::new))
    }

    fn forget(&self, vault: &str) -> Result<(), VaultError> {
        self.ask(vault, keyring::Entry::delete_credential)
            .map(|_| ())
    }
}

impl SystemKeychain {
    /// Asks in a thread of its own: the keychain may hang (D-Bus activation, a question nobody
    /// sees), and its client must not run inside an async runtime. A thread that hangs is left
    /// behind. `None`: the keychain works and has no such entry.
    fn ask<T: Send + 'static>(
        &self,
        vault: &str,
        question: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, VaultError> {
        let failed = |what: &str| VaultError::Keychain {
            what: what.to_owned(),
        };
        let (answer, answered) = mpsc::sync_channel(1);
        let vault = vault.to_owned();
        std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || {
                let result = keyring::Entry::new(SERVICE, &vault).and_then(|e| question(&e));
                let _ = answer.send(result);
            })
            .map_err(|_| failed("no thread"))?;
        match answered.recv_timeout(self.timeout) {
            Ok(Ok(found)) => Ok(Some(found)),
            Ok(Err(keyring::Error::NoEntry)) => Ok(None),
            Ok(Err(error)) => Err(failed(kind_of(&error))),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(failed("no answer in time")),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(failed("its client gave up")),
        }
    }
}

/// Only the kind: texts of some stores quote attributes or values.
fn kind_of(error: &keyring::Error) -> &'static str {
    match error {
        keyring::Error::NoDefaultStore => "there is none",
        keyring::Error::NoStorageAccess(_) => "locked or refused",
        keyring::Error::PlatformFailure(_) => "the system's service failed",
        keyring::Error::Ambiguous(_) => "several entries",
        _ => "refused",
    }
}

fn somebody_can_answer() -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return true;
    }
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A device without a keychain, by choice or by configuration.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeychain;

impl Keychain for NoKeychain {
    fn store(&self, _: &str, _: &Zeroizing<[u8; 32]>) -> Result<(), VaultError> {
        Err(VaultError::Keychain {
            what: "switched off".into(),
        })
    }

    fn load(&self, _: &str) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
        Ok(None)
    }

    fn forget(&self, _: &str) -> Result<(), VaultError> {
        Ok(())
    }
}
