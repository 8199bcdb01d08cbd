//! Addresses (RFC 7622), lenient: no PRECIS, because servers have prepared what they send.

use std::fmt;
use std::str::FromStr;

/// RFC 7622 §3.1: each part up to 1023 bytes.
const PART_MAX: usize = 1023;

/// `[node@]domain[/resource]`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Jid {
    node: Option<String>,
    domain: String,
    resource: Option<String>,
}

/// Not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an XMPP address")]
pub struct JidError;

impl Jid {
    /// The part before `@`.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The part after `/`: of an occupant its nick.
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref()
    }

    /// Without the resource.
    #[must_use]
    pub fn bare(&self) -> Jid {
        Jid {
            resource: None,
            ..self.clone()
        }
    }

    /// With this resource.
    #[must_use]
    pub fn with_resource(&self, resource: &str) -> Jid {
        Jid {
            resource: Some(resource.to_owned()),
            ..self.clone()
        }
    }

    /// Same node and domain?
    pub fn same_bare(&self, other: &Jid) -> bool {
        self.node == other.node && self.domain == other.domain
    }
}

impl FromStr for Jid {
    type Err = JidError;

    fn from_str(text: &str) -> Result<Self, JidError> {
        let (bare, resource) = match text.split_once('/') {
            Some((bare, resource)) => (bare, Some(resource)),
            None => (text, None),
        };
        let (node, domain) = match bare.split_once('@') {
            Some((node, domain)) => (Some(node), domain),
            None => (None, bare),
        };
        let fine = |part: &str| !part.is_empty() && part.len() <= PART_MAX;
        let clean =
            |part: &str| !part.contains(|c: char| c.is_whitespace() || c == '@' || c.is_control());
        if !fine(domain)
            || !clean(domain)
            || node.is_some_and(|n| !fine(n) || !clean(n))
            || resource.is_some_and(|r| !fine(r) || r.chars().any(char::is_control))
        {
            return Err(JidError);
        }
        Ok(Jid {
            node: node.map(str::to_lowercase),
            domain: domain.to_lowercase(),
            resource: resource.map(str::to_owned),
        })
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = &self.node {
            write!(f, "{node}@")?;
        }
        f.write_str(&self.domain)?;
        if let Some(resource) = &self.resource {
            write!(f, "/{resource}")?;
        }
        Ok(())
    }
}

/// The domain only: node and resource may name a room or a person.
impl fmt::Debug for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jid(…@{})", self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_are_found() {
        let jid: Jid = "Raum%20x@conference.Meet.test/1a2b/ü".parse().unwrap();
        assert_eq!(jid.node(), Some("raum%20x"));
        assert_eq!(jid.domain(), "conference.meet.test");
        assert_eq!(jid.resource(), Some("1a2b/ü"));
        assert_eq!(jid.bare().to_string(), "raum%20x@conference.meet.test");
        assert!("meet.test".parse::<Jid>().unwrap().node().is_none());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a/",
            &"x".repeat(2000),
        ] {
            assert_eq!(text.parse::<Jid>(), Err(JidError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn shown_and_read_again_it_is_the_same(text in "[a-zA-Z0-9@/.%]{0,30}") {
            if let Ok(jid) = text.parse::<Jid>() {
                prop_assert_eq!(jid.to_string().parse::<Jid>().unwrap(), jid);
            }
        }
    }
}
