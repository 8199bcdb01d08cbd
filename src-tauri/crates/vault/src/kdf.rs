//! From what a person or the keychain knows to a wrapping key: Argon2id for passphrases, HKDF for
//! everything with full entropy.

use crate::error::VaultError;
use argon2::{Algorithm, Argon2, Params, Version};
use ring::hkdf;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A 256-bit key, wiped on drop.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// What one guess at a passphrase costs. Stored with the slot; RFC 9106 names the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for KdfCost {
    /// 64 MiB, three passes, four lanes: about 150 ms on the reference machine.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 4,
        }
    }
}

impl KdfCost {
    /// As cheap as Argon2id gets. For tests only: such a slot can be guessed at.
    pub const CHEAPEST: Self = Self {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    /// A damaged or hostile slot file must not make us allocate without end.
    pub(crate) fn sane(&self) -> bool {
        self.memory_kib <= 1024 * 1024
            && (1..=64).contains(&self.passes)
            && (1..=64).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }
}

/// Argon2id v1.3 over a passphrase.
pub(crate) fn stretch(
    passphrase: &[u8],
    salt: &[u8; 16],
    cost: KdfCost,
) -> Result<Key, VaultError> {
    let failed = |what: argon2::Error| VaultError::Database {
        what: format!("argon2: {what}"),
    };
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(failed)?;
    let mut key = Key::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, key.as_mut_slice())
        .map_err(failed)?;
    Ok(key)
}

/// HKDF-SHA256; `purpose` keeps keys for different ends apart.
pub(crate) fn derive(secret: &[u8], salt: &[u8], purpose: &str) -> Result<Key, VaultError> {
    let mut key = Key::new([0; 32]);
    let info = [purpose.as_bytes()];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .map_err(|_| VaultError::Database {
            what: "hkdf".into(),
        })?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_default_cost_is_the_one_promised() {
        let cost = KdfCost::default();
        assert_eq!((cost.memory_kib, cost.passes, cost.lanes), (65_536, 3, 4));
        assert!(cost.sane() && KdfCost::CHEAPEST.sane());
    }

    #[test]
    fn a_greedy_cost_is_refused() {
        let greedy = KdfCost {
            memory_kib: u32::MAX,
            ..KdfCost::default()
        };
        assert!(!greedy.sane());
    }

    #[test]
    fn purposes_and_salts_keep_keys_apart() {
        let key = |salt: &[u8], purpose| *derive(b"secret", salt, purpose).unwrap();
        assert_ne!(key(b"salt", "one"), key(b"salt", "two"));
        assert_ne!(key(b"salt", "one"), key(b"pepper", "one"));
        assert_eq!(key(b"salt", "one"), key(b"salt", "one"));
    }

    #[test]
    fn argon2id_agrees_with_the_reference() {
        // The digest is OpenSSL's (through Python's `cryptography`) over the same input.
        let cost = KdfCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let key = stretch(b"correct horse", b"sixteen-byte-slt", cost).unwrap();
        let hex: String = key.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(
            hex,
            "1c9a41a21584a0a17a3cb15e73f75540e9d3b8bf515b23ee92b1a576fa65f6dc"
        );
    }
}
