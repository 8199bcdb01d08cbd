//! Random numbers and names of a connection: SSRCs, sequence starts, CNAMEs.

use ring::rand::{SecureRandom, SystemRandom};

/// Fills an array from the system's generator.
///
/// Should that fail (it does not on any system we run on), zeros are returned: SSRCs and sequence
/// starts are then predictable, which costs privacy of a counter, not of the media.
fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    let _ = SystemRandom::new().fill(&mut out);
    out
}

/// A random number.
pub(crate) fn number() -> u32 {
    u32::from_be_bytes(bytes())
}

/// A random SSRC: never 0 and never with the top bit, which some stacks print as a negative number.
pub(crate) fn ssrc() -> u32 {
    (number() & 0x7fff_ffff).max(1)
}

/// `length` random lower-case letters and digits (at most 32).
pub(crate) fn token(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    bytes::<32>()
        .iter()
        .take(length)
        .map(|b| ALPHABET[usize::from(b & 31)] as char)
        .collect()
}
