//! Identifiers of our own: random in life, counted in tests and scripts so that they can be repeated.

use ring::rand::{SecureRandom, SystemRandom};
use std::fmt::Write;

/// Where identifiers come from.
#[derive(Debug)]
pub(crate) enum Ids {
    /// The system's randomness.
    Random(SystemRandom),
    /// 1, 2, 3…
    Counted(u64),
}

impl Ids {
    pub(crate) fn random() -> Self {
        Self::Random(SystemRandom::new())
    }

    /// A UUID of version 4 (RFC 9562 §5.4).
    pub(crate) fn uuid(&mut self) -> String {
        let mut bytes: [u8; 16] = self.bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex = hex(&bytes);
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    /// Eight hex digits: a nick where the address gives none.
    pub(crate) fn nick(&mut self) -> String {
        hex(&self.bytes::<4>())
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % bound.max(1)
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Self::Random(random) => {
                // The system's generator fails only before it is seeded at boot; identifiers of
                // zeros are then no secret but still well-formed.
                let _ = random.fill(&mut bytes);
            }
            Self::Counted(n) => {
                *n += 1;
                let count = n.to_be_bytes();
                let keep = N.min(8);
                bytes[N - keep..].copy_from_slice(&count[8 - keep..]);
            }
        }
        bytes
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing to a String can't fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_have_version_4_and_differ() {
        let mut ids = Ids::random();
        let (a, b) = (ids.uuid(), ids.uuid());
        assert_ne!(a, b);
        assert_eq!(a.len(), 36);
        assert_eq!(&a[14..15], "4");
        assert!(ids.nick().chars().all(|c| c.is_ascii_hexdigit()));
    }
}
