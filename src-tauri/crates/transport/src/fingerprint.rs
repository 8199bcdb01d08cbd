//! Certificate fingerprints (RFC 8122), checked by ourselves: the stack knows SHA-256 only and gives
//! up on a description that names another hash first. Servers may announce any of the five.

use crate::description::Fingerprint;
use ring::digest;
use sha2::{Digest as _, Sha224};

/// Lower-case algorithm, upper-case hex, as the Videobridge compares them.
pub(crate) fn normalised(fingerprint: &Fingerprint) -> Fingerprint {
    Fingerprint {
        algorithm: fingerprint.algorithm.trim().to_ascii_lowercase(),
        value: fingerprint.value.trim().to_ascii_uppercase(),
    }
}

/// Whether the certificate (DER) is the one announced.
///
/// Of several fingerprints only those with the strongest hash we know count (RFC 8122 §5): whoever
/// could forge the weakest one must gain nothing by adding it.
pub(crate) fn matches(certificate: &[u8], announced: &[Fingerprint]) -> bool {
    let announced: Vec<Fingerprint> = announced.iter().map(normalised).collect();
    let Some(strongest) = announced
        .iter()
        .filter_map(|f| strength(&f.algorithm))
        .max()
    else {
        return false;
    };
    announced
        .iter()
        .filter(|f| strength(&f.algorithm) == Some(strongest))
        .any(|f| of(certificate, &f.algorithm).is_some_and(|own| own == f.value))
}

fn strength(algorithm: &str) -> Option<u8> {
    ["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]
        .iter()
        .position(|name| *name == algorithm)
        .map(|p| p as u8)
}

/// The fingerprint of a certificate as upper-case hex with colons.
pub(crate) fn of(certificate: &[u8], algorithm: &str) -> Option<String> {
    let hash = match algorithm {
        "sha-1" => digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, certificate)
            .as_ref()
            .to_vec(),
        // The one of the five that ring has not.
        "sha-224" => Sha224::digest(certificate).to_vec(),
        "sha-256" => digest::digest(&digest::SHA256, certificate)
            .as_ref()
            .to_vec(),
        "sha-384" => digest::digest(&digest::SHA384, certificate)
            .as_ref()
            .to_vec(),
        "sha-512" => digest::digest(&digest::SHA512, certificate)
            .as_ref()
            .to_vec(),
        _ => return None,
    };
    let hex: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    Some(hex.join(":"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn announced(algorithm: &str, value: &str) -> Fingerprint {
        Fingerprint {
            algorithm: algorithm.into(),
            value: value.into(),
        }
    }

    #[test]
    fn every_hash_gives_the_values_of_its_standard() {
        // FIPS 180-4, the message "abc"; the first four bytes are enough to tell them apart.
        for (algorithm, start) in [
            ("sha-1", "A9:99:3E:36"),
            ("sha-224", "23:09:7D:22"),
            ("sha-256", "BA:78:16:BF"),
            ("sha-384", "CB:00:75:3F"),
            ("sha-512", "DD:AF:35:A1"),
        ] {
            let value = of(b"abc", algorithm).unwrap();
            assert!(value.starts_with(start), "{algorithm}: {value}");
            assert!(matches(
                b"abc",
                &[announced(&algorithm.to_uppercase(), &value.to_lowercase())]
            ));
            assert!(!matches(b"abd", &[announced(algorithm, &value)]));
        }
    }

    #[test]
    fn a_weak_match_does_not_excuse_a_strong_mismatch() {
        let weak = announced("sha-1", &of(b"abc", "sha-1").unwrap());
        let strong = announced("sha-256", &of(b"other", "sha-256").unwrap());
        assert!(!matches(b"abc", &[weak.clone(), strong]));
        assert!(
            matches(b"abc", &[weak, announced("md5", "00")]),
            "a hash we don't know is passed over"
        );
    }

    #[test]
    fn nothing_announced_matches_nothing() {
        assert!(!matches(b"abc", &[]));
        assert!(!matches(b"abc", &[announced("md5", "00")]));
    }
}
