//! What the tests of the vault share: cheap keys, a keychain in memory, messages.
#![allow(dead_code, clippy::unwrap_used)]

pub mod again;

use ranzen_meeting::{Audience, ChatMessage, Delivery, MessageId, UnixMillis};
use ranzen_vault::{
    KdfCost, Keychain, KeychainChoice, NewVault, NoKeychain, Options, RecoveryCode, Secret, Vault,
    VaultError,
};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

pub const PASSPHRASE: &str = "Blumentopf am Fenster";

/// A keychain that lives as long as the test.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<HashMap<String, Zeroizing<[u8; 32]>>>);

impl Keychain for MemoryKeychain {
    fn store(&self, vault: &str, key: &Zeroizing<[u8; 32]>) -> Result<(), VaultError> {
        self.0.lock().unwrap().insert(vault.into(), key.clone());
        Ok(())
    }
    fn load(&self, vault: &str) -> Result<Option<Zeroizing<[u8; 32]>>, VaultError> {
        Ok(self.0.lock().unwrap().get(vault).cloned())
    }
    fn forget(&self, vault: &str) -> Result<(), VaultError> {
        self.0.lock().unwrap().remove(vault);
        Ok(())
    }
}

pub fn cheap() -> Options {
    Options {
        kdf: KdfCost::CHEAPEST,
        keychain: Arc::new(NoKeychain),
    }
}

pub fn passphrase() -> Secret {
    Secret::new(PASSPHRASE.into())
}

pub fn create(dir: &Path) -> (Vault, RecoveryCode) {
    let new = NewVault {
        passphrase: Some(passphrase()),
        keychain: KeychainChoice::No,
    };
    Vault::create(dir, &new, &cheap()).unwrap()
}

pub fn open(dir: &Path) -> Result<Vault, VaultError> {
    Vault::open_with_secret(dir, &passphrase(), &cheap())
}

pub fn message(id: &str, body: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId(id.into()),
        from: Some("abcd1234".into()),
        from_name: "Frau Özdemir".into(),
        to: Audience::Everyone,
        body: body.into(),
        sent_at: UnixMillis(1_700_000_000_000),
        own: false,
        from_history: false,
        delivery: Delivery::Delivered,
    }
}
