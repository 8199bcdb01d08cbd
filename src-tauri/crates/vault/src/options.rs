//! How a vault is made and opened.

use crate::keychain::{Keychain, SystemKeychain};
use crate::{KdfCost, Secret};
use std::sync::Arc;

/// What is configured from outside; the default is what people get.
#[derive(Clone)]
pub struct Options {
    /// The cost of guessing at a passphrase, for slots that are written. Reading takes what stands
    /// in the slot.
    pub kdf: KdfCost,
    /// The keychain.
    pub keychain: Arc<dyn Keychain>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kdf: KdfCost::default(),
            keychain: Arc::new(SystemKeychain::default()),
        }
    }
}

/// Whether the keychain gets a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeychainChoice {
    /// If there is one and it works.
    #[default]
    IfThere,
    /// It must; making the vault fails without.
    Required,
    /// It must not.
    No,
}

/// A vault to be made. The recovery code is always a slot; with neither keychain nor passphrase it
/// would be the only one, so then making it is refused with
/// [`crate::VaultError::Keychain`] – ask for a passphrase and try again.
#[derive(Clone, Default)]
pub struct NewVault {
    /// A passphrase, at least [`PASSPHRASE_MIN_CHARS`] long.
    pub passphrase: Option<Secret>,
    /// The keychain.
    pub keychain: KeychainChoice,
}

/// The least length of a passphrase in characters.
pub const PASSPHRASE_MIN_CHARS: usize = 10;
