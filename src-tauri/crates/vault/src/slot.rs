//! One key slot: the data key wrapped under what one way of opening knows.

use crate::error::VaultError;
use crate::kdf::{KdfCost, Key, derive, stretch};
use crate::{RecoveryCode, Secret};

use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The ways to open a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SlotKind {
    /// The operating system's keychain.
    Keychain,
    /// A passphrase of the user's choice.
    Passphrase,
    /// The printed recovery code.
    Recovery,
}

impl SlotKind {
    /// Its name in the slot file and in the authenticated data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::Passphrase => "passphrase",
            Self::Recovery => "recovery",
        }
    }
}

/// What opens a slot.
pub(crate) enum Opener<'a> {
    /// The 256-bit key kept in the keychain.
    Keychain(&'a Key),
    /// A passphrase.
    Passphrase(&'a Secret),
    /// A recovery code.
    Recovery(&'a RecoveryCode),
}

impl Opener<'_> {
    pub(crate) fn kind(&self) -> SlotKind {
        match self {
            Self::Keychain(_) => SlotKind::Keychain,
            Self::Passphrase(_) => SlotKind::Passphrase,
            Self::Recovery(_) => SlotKind::Recovery,
        }
    }

    /// The key that wraps the data key.
    fn wrapping_key(&self, salt: &[u8; 16], cost: Option<KdfCost>) -> Result<Key, VaultError> {
        match self {
            Self::Keychain(key) => derive(key.as_slice(), salt, "ranzen slot keychain 1"),
            Self::Passphrase(secret) => {
                let cost = cost.unwrap_or_default();
                let stretched = stretch(&secret.passphrase_bytes(), salt, cost)?;
                derive(stretched.as_slice(), salt, "ranzen slot passphrase 1")
            }
            Self::Recovery(code) => derive(code.bytes(), salt, "ranzen slot recovery 1"),
        }
    }
}

/// A slot as it stands in the slot file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    /// What opens it.
    pub(crate) kind: SlotKind,
    /// 16 random bytes.
    #[serde(with = "base64_bytes")]
    salt: Vec<u8>,
    /// Argon2id's parameters; passphrase slots only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    cost: Option<KdfCost>,
    /// 12 random bytes; each wrapping key wraps once.
    #[serde(with = "base64_bytes")]
    nonce: Vec<u8>,
    /// AES-256-GCM of the data key, tag appended.
    #[serde(with = "base64_bytes")]
    wrapped: Vec<u8>,
}

impl Slot {
    /// Wraps the data key.
    pub(crate) fn wrap(
        data_key: &Key,
        opener: &Opener<'_>,
        vault_id: &str,
        cost: KdfCost,
        random: &dyn SecureRandom,
    ) -> Result<Self, VaultError> {
        let mut salt = [0_u8; 16];
        let mut nonce = [0_u8; 12];
        random.fill(&mut salt).map_err(no_random)?;
        random.fill(&mut nonce).map_err(no_random)?;
        let kind = opener.kind();
        let cost = (kind == SlotKind::Passphrase).then_some(cost);
        let cipher = cipher(&opener.wrapping_key(&salt, cost)?)?;
        let mut wrapped = data_key.to_vec();
        cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                bound_to(kind, cost, vault_id),
                &mut wrapped,
            )
            .map_err(|_| VaultError::Database {
                what: "wrapping".into(),
            })?;
        Ok(Self {
            kind,
            salt: salt.to_vec(),
            cost,
            nonce: nonce.to_vec(),
            wrapped,
        })
    }

    /// Unwraps the data key; `None` if the opener is not the right one.
    pub(crate) fn unwrap_key(
        &self,
        opener: &Opener<'_>,
        vault_id: &str,
    ) -> Result<Option<Key>, VaultError> {
        let (Ok(salt), Ok(nonce)) = (
            <[u8; 16]>::try_from(self.salt.as_slice()),
            <[u8; 12]>::try_from(self.nonce.as_slice()),
        ) else {
            return Ok(None);
        };
        if opener.kind() != self.kind || !self.cost.is_none_or(|cost| cost.sane()) {
            return Ok(None);
        }
        let cipher = cipher(&opener.wrapping_key(&salt, self.cost)?)?;
        let mut buffer = Zeroizing::new(self.wrapped.clone());
        let opened = cipher.open_in_place(
            Nonce::assume_unique_for_key(nonce),
            bound_to(self.kind, self.cost, vault_id),
            &mut buffer,
        );
        Ok(opened
            .ok()
            .and_then(|plain| <[u8; 32]>::try_from(&*plain).ok())
            .map(Key::new))
    }
}

/// Authenticated with the wrapped key: a slot can't be passed off as another kind, version or
/// vault's, nor its cost be lowered.
fn bound_to(kind: SlotKind, cost: Option<KdfCost>, vault_id: &str) -> Aad<Vec<u8>> {
    let cost = cost.map_or_else(String::new, |c| {
        format!("m={},t={},p={}", c.memory_kib, c.passes, c.lanes)
    });
    Aad::from(format!("ranzen slot 1|{}|{cost}|{vault_id}", kind.as_str()).into_bytes())
}

fn cipher(key: &Key) -> Result<LessSafeKey, VaultError> {
    UnboundKey::new(&AES_256_GCM, key.as_slice())
        .map(LessSafeKey::new)
        .map_err(|_| VaultError::Database { what: "aes".into() })
}

pub(crate) fn no_random(_: ring::error::Unspecified) -> VaultError {
    VaultError::Database {
        what: "no random numbers".into(),
    }
}

mod base64_bytes {
    use super::{Deserialize, STANDARD};
    use base64::Engine as _;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ring::rand::SystemRandom;

    fn wrapped(opener: &Opener<'_>) -> (Key, Slot) {
        let key = Key::new([7; 32]);
        let slot = Slot::wrap(&key, opener, "id", KdfCost::CHEAPEST, &SystemRandom::new());
        (key, slot.unwrap())
    }

    #[test]
    fn the_right_passphrase_opens_and_a_wrong_one_does_not() {
        let right = Secret::new("Blumentopf am Fenster".into());
        let (key, slot) = wrapped(&Opener::Passphrase(&right));
        let open = |secret| slot.unwrap_key(&Opener::Passphrase(&secret), "id").unwrap();
        assert_eq!(open(right).as_deref(), Some(&*key));
        assert!(open(Secret::new("Blumentopf am Fenster ".into())).is_none());
    }

    #[test]
    fn a_slot_of_another_vault_or_kind_or_cost_does_not_open() {
        let keychain = Key::new([1; 32]);
        let (_, slot) = wrapped(&Opener::Keychain(&keychain));
        let opener = Opener::Keychain(&keychain);
        assert!(slot.unwrap_key(&opener, "id").unwrap().is_some());
        assert!(slot.unwrap_key(&opener, "other").unwrap().is_none());
        let passed_off = Slot {
            kind: SlotKind::Recovery,
            ..slot.clone()
        };
        assert!(passed_off.unwrap_key(&opener, "id").unwrap().is_none());
        let cheaper = Slot {
            cost: Some(KdfCost::CHEAPEST),
            ..slot
        };
        assert!(cheaper.unwrap_key(&opener, "id").unwrap().is_none());
    }

    #[test]
    fn any_flipped_bit_of_a_wrapped_key_is_noticed() {
        let keychain = Key::new([1; 32]);
        let (_, slot) = wrapped(&Opener::Keychain(&keychain));
        for bit in 0..slot.wrapped.len() * 8 {
            let mut bad = slot.clone();
            bad.wrapped[bit / 8] ^= 1 << (bit % 8);
            let opened = bad.unwrap_key(&Opener::Keychain(&keychain), "id").unwrap();
            assert!(opened.is_none(), "bit {bit}");
        }
    }
}
