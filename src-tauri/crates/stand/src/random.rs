//! Random identifiers in the shapes the originals use.

use ring::rand::{SecureRandom as _, SystemRandom};

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The system's generator fails only where nothing else works either; zeros are still an identifier.
    let _ = SystemRandom::new().fill(&mut bytes);
    bytes
}

fn from_alphabet<const N: usize>(alphabet: &[u8]) -> String {
    bytes::<N>()
        .iter()
        .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()]))
        .collect()
}

/// Lower-case letters and digits, as Jicofo's session ids and the bridge's ICE credentials.
pub(crate) fn base36<const N: usize>() -> String {
    from_alphabet::<N>(b"0123456789abcdefghijklmnopqrstuvwxyz")
}

/// Letters and digits, as the channel's passwords.
pub(crate) fn letters<const N: usize>() -> String {
    from_alphabet::<N>(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}

/// Hexadecimal digits, as conference ids.
pub(crate) fn hex<const N: usize>() -> String {
    from_alphabet::<N>(b"0123456789abcdef")
}

/// A random UUID.
pub(crate) fn uuid() -> String {
    let hex = hex::<32>();
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}

/// A media SSRC: never 0.
pub(crate) fn ssrc() -> u32 {
    u32::from_be_bytes(bytes::<4>()).max(1)
}
