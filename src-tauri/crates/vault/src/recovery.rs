//! The printed recovery code: 160 random bits in seven groups of five, with a checksum, read
//! tolerantly.
//!
//! Alphabet: Crockford's base 32 (no I, L, O, U). 32 symbols carry the 160 bits, the last three
//! carry 15 bits of a SHA-256 over them, so that a slip of the pen is told from a wrong code.

use crate::Secret;
use ring::digest;
use ring::rand::SecureRandom;
use zeroize::{Zeroize, Zeroizing};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BYTES: usize = 20;
const SYMBOLS: usize = 35;
const GROUP: usize = 5;

/// A recovery code. Shown once, on paper for ever; has no `Debug` on purpose.
pub struct RecoveryCode(Zeroizing<[u8; BYTES]>);

impl RecoveryCode {
    /// A new random code.
    pub(crate) fn generate(random: &dyn SecureRandom) -> Result<Self, ring::error::Unspecified> {
        let mut bytes = Zeroizing::new([0_u8; BYTES]);
        random.fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// Reads a code as a person types it: any case, spaces and dashes anywhere, `O` for `0`, `I` and
    /// `L` for `1`, `U` for `V`. `None` if it is no code or its checksum is wrong.
    pub(crate) fn read(secret: &Secret) -> Option<Self> {
        let mut symbols = Zeroizing::new([0_u8; SYMBOLS]);
        let mut count = 0;
        for c in secret.typed().chars() {
            if c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | '_') {
                continue;
            }
            *symbols.get_mut(count)? = value_of(c)?;
            count += 1;
        }
        if count != SYMBOLS {
            return None;
        }
        let mut bytes = Zeroizing::new([0_u8; BYTES]);
        for (chunk, five) in symbols[..32].chunks(8).zip(bytes.chunks_mut(5)) {
            let mut word = chunk.iter().fold(0_u64, |w, s| (w << 5) | u64::from(*s));
            five.copy_from_slice(&word.to_be_bytes()[3..]);
            word.zeroize();
        }
        let code = Self(bytes);
        (code.checksum() == symbols[32..]).then_some(code)
    }

    /// The secret bits.
    pub(crate) fn bytes(&self) -> &[u8; BYTES] {
        &self.0
    }

    /// For printing: `ABCDE-FGHJK-…`, seven groups of five. Wiped when dropped.
    pub fn printed(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
        let mut put = |symbol: u8, at: usize| {
            if at > 0 && at.is_multiple_of(GROUP) {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(symbol)]));
        };
        for (i, five) in self.0.chunks(5).enumerate() {
            let word = five.iter().fold(0_u64, |w, b| (w << 8) | u64::from(*b));
            for j in 0..8 {
                put(((word >> (35 - 5 * j)) & 31) as u8, i * 8 + j);
            }
        }
        for (j, symbol) in self.checksum().into_iter().enumerate() {
            put(symbol, 32 + j);
        }
        text
    }

    fn checksum(&self) -> [u8; 3] {
        let mut input = digest::Context::new(&digest::SHA256);
        input.update(b"ranzen recovery code 1");
        input.update(self.0.as_slice());
        let hash = input.finish();
        let word = u16::from_be_bytes([hash.as_ref()[0], hash.as_ref()[1]]);
        [10, 5, 0].map(|shift| ((word >> shift) & 31) as u8)
    }
}

fn value_of(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        'U' => 'V',
        other => other,
    };
    let at = ALPHABET.iter().position(|a| char::from(*a) == c)?;
    u8::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<[u8; BYTES]> {
        RecoveryCode::read(&Secret::new(text.into())).map(|c| *c.bytes())
    }

    #[test]
    fn the_printed_form_is_stable() {
        let code = RecoveryCode(Zeroizing::new(*b"ranzen-vault-test-01"));
        let printed = code.printed();
        insta::assert_snapshot!(printed.as_str(), @"E9GPW-YK5DR-PQCRB-NDHT2-TX35E-DT2TC-1H7G2");
        assert_eq!(read(&printed), Some(*b"ranzen-vault-test-01"));
    }

    proptest! {
        #[test]
        fn a_code_is_read_however_it_is_typed(bytes: [u8; BYTES], lower: bool) {
            let printed = RecoveryCode(Zeroizing::new(bytes)).printed();
            let mut typed = printed.replace('0', "o").replace('1', "l").replace('-', " – ");
            if lower { typed = typed.to_lowercase(); }
            prop_assert_eq!(read(&typed), Some(bytes));
        }

        #[test]
        fn one_wrong_symbol_is_noticed_nearly_always(bytes: [u8; BYTES], at in 0_usize..35) {
            let printed = RecoveryCode(Zeroizing::new(bytes)).printed().replace('-', "");
            let mut typed: Vec<u8> = printed.into_bytes();
            typed[at] = if typed[at] == b'A' { b'B' } else { b'A' };
            // 15 bits of checksum: one slip in 32,768 goes unnoticed here and then opens nothing.
            let read = read(std::str::from_utf8(&typed).unwrap());
            prop_assert_ne!(read, Some(bytes));
        }

        #[test]
        fn any_text_is_survived(text: String) { let _ = read(&text); }
    }
}
