//! Parsing one XML document into a bounded tree.
//!
//! Everything a server sends is foreign: size, depth, attributes and nodes are limited before memory
//! is spent; document types (and with them entities of one's own) are refused (RFC 6120 §11.1).

use crate::Element;
use crate::chars::{is_plain_name, xml_text};
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// The longest namespace in use has some 60 bytes.
const NAMESPACE_MAX: usize = 512;

/// What a document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the document.
    pub bytes: usize,
    /// Elements inside each other.
    pub depth: usize,
    /// Attributes of one element.
    pub attributes: usize,
    /// Elements and texts altogether.
    pub nodes: usize,
}

impl Default for Limits {
    /// 1 MiB, 64 deep: four times what deployed servers let pass (256 KiB).
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 64,
            attributes: 64,
            nodes: 50_000,
        }
    }
}

/// Why a text is no acceptable document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// A limit was exceeded.
    #[error("the document is too large: more than {limit} {what}")]
    TooLarge {
        /// Which limit.
        what: &'static str,
        /// Its value.
        limit: usize,
    },
    /// Not well-formed, or something XMPP forbids.
    #[error("the document is not well-formed: {0}")]
    Malformed(&'static str),
}

/// Parses one document within the usual limits.
pub fn parse(text: &str) -> Result<Element, ParseError> {
    parse_with(text, Limits::default())
}

/// Parses one document within the given limits.
pub fn parse_with(text: &str, limits: Limits) -> Result<Element, ParseError> {
    if text.len() > limits.bytes {
        return Err(too_large("bytes", limits.bytes));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut builder = Builder {
        limits,
        nodes: 0,
        open: Vec::new(),
        root: None,
    };
    loop {
        let (ns, event) = reader
            .read_resolved_event()
            .map_err(|_| ParseError::Malformed("syntax"))?;
        match event {
            Event::Start(start) => {
                let element = element(&start, &ns, limits)?;
                builder.start(element)?;
            }
            Event::Empty(start) => {
                let element = element(&start, &ns, limits)?;
                builder.start(element)?;
                builder.end()?;
            }
            Event::End(_) => builder.end()?,
            Event::Text(text) => builder.text(&text.xml10_content())?,
            Event::CData(text) => builder.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let found = match reference.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    Ok(None) => resolve_predefined_entity(&reference.xml10_content())
                        .ok_or(ParseError::Malformed("unknown entity"))?
                        .to_owned(),
                    Err(_) => return Err(ParseError::Malformed("character reference")),
                };
                builder.text(&found)?;
            }
            Event::DocType(_) => return Err(ParseError::Malformed("document type")),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

struct Builder {
    limits: Limits,
    nodes: usize,
    open: Vec<Element>,
    root: Option<Element>,
}

impl Builder {
    fn count(&mut self) -> Result<(), ParseError> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(too_large("nodes", self.limits.nodes));
        }
        Ok(())
    }

    fn start(&mut self, element: Element) -> Result<(), ParseError> {
        self.count()?;
        if self.open.len() >= self.limits.depth {
            return Err(too_large("levels", self.limits.depth));
        }
        if self.root.is_some() {
            return Err(ParseError::Malformed("two documents"));
        }
        self.open.push(element);
        Ok(())
    }

    fn end(&mut self) -> Result<(), ParseError> {
        let done = self
            .open
            .pop()
            .ok_or(ParseError::Malformed("end without start"))?;
        match self.open.last_mut() {
            Some(parent) => parent.push(done),
            None => self.root = Some(done),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ParseError> {
        self.count()?;
        match self.open.last_mut() {
            Some(parent) => parent.push_text(&xml_text(text)),
            None if text.trim().is_empty() => {}
            None => return Err(ParseError::Malformed("text outside of the document")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, ParseError> {
        if !self.open.is_empty() {
            return Err(ParseError::Malformed("cut off"));
        }
        self.root.ok_or(ParseError::Malformed("empty"))
    }
}

fn element(
    start: &BytesStart<'_>,
    ns: &ResolveResult<'_>,
    limits: Limits,
) -> Result<Element, ParseError> {
    let ns = match ns {
        ResolveResult::Bound(ns) => namespace(ns.as_ref())?,
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(_) => return Err(ParseError::Malformed("unknown prefix")),
    };
    let local = start.local_name();
    if !is_plain_name(local.as_ref()) {
        return Err(ParseError::Malformed("name"));
    }
    let mut element = Element::new(local.as_ref(), &ns);
    let mut count = 0;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| ParseError::Malformed("attribute"))?;
        count += 1;
        if count > limits.attributes {
            return Err(too_large("attributes", limits.attributes));
        }
        let name = attribute.key.as_ref();
        if name == "xmlns" {
            continue;
        }
        let (prefix, local) = name.split_once(':').unwrap_or(("_", name));
        if !is_plain_name(prefix) || !is_plain_name(local) {
            return Err(ParseError::Malformed("attribute name"));
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| ParseError::Malformed("attribute value"))?;
        element.set_attr(name, xml_text(&value));
    }
    Ok(element)
}

/// Every element keeps its own copy of its namespace: a long one would multiply.
fn namespace(raw: &str) -> Result<String, ParseError> {
    let ns = unescape(raw).map_err(|_| ParseError::Malformed("namespace"))?;
    if ns.len() > NAMESPACE_MAX {
        return Err(too_large("bytes of a namespace", NAMESPACE_MAX));
    }
    Ok(xml_text(&ns).into_owned())
}

fn too_large(what: &'static str, limit: usize) -> ParseError {
    ParseError::TooLarge { what, limit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ns;
    use proptest::prelude::*;

    #[test]
    fn prefixes_are_resolved() {
        let features = parse(
            "<stream:features xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client'>\
             <bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>",
        )
        .unwrap();
        assert!(features.is("features", ns::STREAMS));
        assert!(features.has_child("bind", ns::BIND));
    }

    #[test]
    fn entities_and_cdata_become_text() {
        let body = parse("<b>1 &lt; 2 &amp;&#x1F44D;<![CDATA[<raw>]]></b>").unwrap();
        assert_eq!(body.own_text(), "1 < 2 &\u{1F44D}<raw>");
        assert_eq!(body.nodes().len(), 1);
    }

    #[test]
    fn a_document_type_is_refused() {
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xx\">]><a>&x;</a>";
        assert_eq!(parse(bomb), Err(ParseError::Malformed("document type")));
        assert_eq!(
            parse("<a>&x;</a>"),
            Err(ParseError::Malformed("unknown entity"))
        );
    }

    #[test]
    fn characters_that_xml_forbids_never_come_through() {
        let odd = parse("<a b='x\u{1}&#8;y'>\u{E}&#x1F;</a>").unwrap();
        assert_eq!(odd.get("b"), Some("xy"));
        assert!(odd.nodes().is_empty());
    }

    #[test]
    fn names_that_are_none_are_refused() {
        for text in [
            "<a//>",
            "<a:b:c/>",
            "<1/>",
            "<a b:c:d='1'/>",
            "<a <='1'/>",
            "<xml:lang/x/>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("<größe über='1' xml:lang='de' _x-1.y=''/>").is_ok());
    }

    #[test]
    fn a_namespace_is_unescaped_and_cannot_multiply() {
        let odd = parse("<a xmlns='x&amp;\u{1D}y'/>").unwrap();
        assert_eq!(odd.ns(), "x&y");
        assert_eq!(parse(&odd.to_xml()).unwrap().ns(), "x&y");
        let long = format!("<p:a xmlns:p='{}'/>", "x".repeat(NAMESPACE_MAX + 1));
        let what = "bytes of a namespace";
        let limit = NAMESPACE_MAX;
        assert_eq!(parse(&long), Err(ParseError::TooLarge { what, limit }));
    }

    #[test]
    fn every_limit_holds() {
        let limits = Limits {
            bytes: 200,
            depth: 3,
            attributes: 2,
            nodes: 8,
        };
        let refused = |text: &str| match parse_with(text, limits) {
            Err(ParseError::TooLarge { what, .. }) => what,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(&format!("<a>{}</a>", "x".repeat(300))), "bytes");
        assert_eq!(refused("<a><a><a><a/></a></a></a>"), "levels");
        assert_eq!(refused("<a b='' c='' d=''/>"), "attributes");
        assert_eq!(refused(&format!("<a>{}</a>", "<b/>".repeat(10))), "nodes");
        assert!(parse_with("<a b='' c=''><a><a/></a></a>", limits).is_ok());
    }

    #[test]
    fn what_is_not_one_document_is_refused() {
        for text in [
            "", " ", "<a>", "<a></b>", "<a/><b/>", "x<a/>", "</a>", "<p:a/>", "<a b=/>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    fn tree() -> impl Strategy<Value = Element> {
        let text = "[ -~äß\u{1F600}\n\t]{0,12}";
        let leaf = ("[a-z]{1,6}", "(urn:[a-z]{1,4})?", text, text)
            .prop_map(|(n, ns, a, t)| Element::new(&n, &ns).attr("k", a).text(&t));
        leaf.prop_recursive(4, 24, 4, |inner| {
            (
                "[a-z]{1,6}",
                "(urn:[a-z]{1,4})?",
                prop::collection::vec(inner, 0..4),
            )
                .prop_map(|(n, ns, children)| Element::new(&n, &ns).children_from(children))
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(element in tree()) {
            prop_assert_eq!(parse(&element.to_xml()).unwrap(), element);
        }

        #[test]
        fn nothing_makes_it_panic(text in "[<>/&;#x!\\[\\]a-z=' \"\\?\\-]{0,80}") {
            let _ = parse(&text);
        }
    }
}
