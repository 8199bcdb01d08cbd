//! A passphrase or recovery code as typed: wiped on drop, printed by nothing.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Something only the user knows. Has no `Debug` and no `Display` on purpose.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over what was typed; the text is wiped when the secret is dropped.
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// As typed.
    pub(crate) fn typed(&self) -> &str {
        &self.0
    }

    /// The bytes a passphrase is derived from: NFC, as RFC 8265 (OpaqueString) asks, so that an
    /// "ä" typed on another system is the same "ä".
    pub(crate) fn passphrase_bytes(&self) -> Zeroizing<Vec<u8>> {
        // Sized so that growing leaves no copies behind.
        let mut normal = Zeroizing::new(Vec::with_capacity(self.0.len() * 3 + 4));
        for c in self.0.nfc() {
            let mut buffer = Zeroizing::new([0_u8; 4]);
            normal.extend_from_slice(c.encode_utf8(&mut *buffer).as_bytes());
        }
        normal
    }

    /// How many characters a person would count, roughly.
    pub(crate) fn chars(&self) -> usize {
        self.0.nfc().count()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_umlaut_is_the_same_however_the_keyboard_composes_it() {
        let composed = Secret::new("Gärtnerei".into());
        let decomposed = Secret::new("Ga\u{308}rtnerei".into());
        assert_eq!(*composed.passphrase_bytes(), *decomposed.passphrase_bytes());
        assert_eq!(decomposed.chars(), 9);
    }
}
