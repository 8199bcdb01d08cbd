//! The `<error/>` of a stanza (RFC 6120 §8.3).

use crate::{Element, ns};

/// The longest text of a server that is kept, in characters.
const TEXT_MAX: usize = 500;

/// A stanza's error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StanzaError {
    /// `auth`, `cancel`, `continue`, `modify`, `wait`.
    pub kind: String,
    /// The defined condition, e.g. `not-authorized`; empty if none was given.
    pub condition: String,
    /// The server's own words.
    pub text: Option<String>,
}

impl StanzaError {
    /// The error in a stanza of type `error`.
    pub fn of(stanza: &Element) -> Option<Self> {
        if stanza.get("type") != Some("error") {
            return None;
        }
        let Some(error) = stanza.find_any("error") else {
            return Some(Self::default());
        };
        let condition = error
            .children()
            .find(|child| child.ns() == ns::STANZAS && child.name() != "text");
        let text = error
            .text_of("text", ns::STANZAS)
            .or_else(|| error.find_any("text").map(Element::own_text))
            .map(|text| text.trim().chars().take(TEXT_MAX).collect::<String>())
            .filter(|text| !text.is_empty());
        Some(Self {
            kind: error.get("type").unwrap_or_default().to_owned(),
            condition: condition.map(|c| c.name().to_owned()).unwrap_or_default(),
            text,
        })
    }

    /// The error as an element, to answer with.
    pub fn element(kind: &str, condition: &str) -> Element {
        Element::new("error", ns::CLIENT)
            .attr("type", kind)
            .child(Element::new(condition, ns::STANZAS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn condition_kind_and_text_are_found() {
        let iq = parse(
            "<iq xmlns='jabber:client' type='error'><error type='cancel'><item-not-found \
             xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xml:lang='en'>gone</text></error></iq>",
        )
        .unwrap();
        let error = StanzaError::of(&iq).unwrap();
        assert_eq!(error.condition, "item-not-found");
        assert_eq!(error.kind, "cancel");
        assert_eq!(error.text.as_deref(), Some("gone"));
    }

    #[test]
    fn an_error_without_details_is_still_one() {
        let iq = parse("<iq xmlns='jabber:client' type='error'/>").unwrap();
        assert_eq!(StanzaError::of(&iq), Some(StanzaError::default()));
        let fine = parse("<iq xmlns='jabber:client' type='result'/>").unwrap();
        assert_eq!(StanzaError::of(&fine), None);
    }
}
