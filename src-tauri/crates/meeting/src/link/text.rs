//! Percent-encoding as browsers do it, and quotes as mail programs mangle them.

use std::fmt::Write;

/// `decodeURIComponent`, but a broken sequence leaves the text as it is.
pub(super) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'%' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| Some(hex(pair[0])? << 4 | hex(pair[1])?));
        match hex {
            Some(byte) => out.push(byte),
            None => return text.to_owned(),
        }
        at += 3;
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// `encodeURIComponent`.
pub(super) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c) {
            out.push(c);
        } else {
            // Writing to a String can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A value of the hash is JSON; people and mail programs turn its quotes into typographic ones or
/// lose one of them.
pub(super) fn hash_value(raw: &str) -> String {
    let decoded = percent_decode(raw);
    decoded
        .trim()
        .trim_matches(|c| "\"'“”„‟‘’«»".contains(c))
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_is_that_of_a_browser() {
        assert_eq!(percent_decode("M%C3%BCller%20x"), "Müller x");
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(percent_decode("%FF"), "%FF");
        assert_eq!(percent_encode("ü '(x)/"), "%C3%BC%20'(x)%2F");
    }
}
