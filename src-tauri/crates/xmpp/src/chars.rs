//! Characters that may stand in an XML 1.0 document.

use std::borrow::Cow;

/// The text without characters that XML 1.0 §2.2 forbids: one of them makes the server close the
/// stream, so they are taken out of everything that people type.
pub fn xml_text(text: &str) -> Cow<'_, str> {
    if text.chars().all(allowed) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| allowed(*c)).collect())
    }
}

pub(crate) fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Whether this is a name without prefix (Namespaces in XML 1.0 §3, `NCName`); beyond ASCII every
/// letter passes.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let inside =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') || !c.is_ascii();
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    name.starts_with(first) && name.chars().all(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_taken_out_and_nothing_else() {
        assert_eq!(
            xml_text("a\u{0}b\u{8}\u{B}\u{FFFE}ü\u{1F44D}\n"),
            "abü\u{1F44D}\n"
        );
        assert!(matches!(xml_text("plain"), Cow::Borrowed("plain")));
    }
}
