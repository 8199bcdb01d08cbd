//! Writing an element as XML.

use crate::{Element, Node, chars};

pub(crate) fn to_xml(element: &Element) -> String {
    let mut out = String::with_capacity(256);
    write(element, "", &mut out);
    out
}

fn write(element: &Element, outer_ns: &str, out: &mut String) {
    out.push('<');
    out.push_str(element.name());
    if element.ns() != outer_ns {
        attribute("xmlns", element.ns(), out);
    }
    for (name, value) in element.attrs() {
        if writable(element, name) {
            attribute(name, value, out);
        }
    }
    if element.nodes().is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for node in element.nodes() {
        match node {
            Node::Element(child) => write(child, element.ns(), out),
            Node::Text(text) => escape(text, false, out),
        }
    }
    out.push_str("</");
    out.push_str(element.name());
    out.push('>');
}

/// A prefixed attribute can stand only where its prefix is declared.
fn writable(element: &Element, name: &str) -> bool {
    match name.split_once(':') {
        None => name != "xmlns",
        Some(("xml" | "xmlns", _)) => true,
        Some((prefix, _)) => element.get(&format!("xmlns:{prefix}")).is_some(),
    }
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, true, out);
    out.push('"');
}

fn escape(text: &str, in_attribute: bool, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            // A bare carriage return would come back as a line feed (XML 1.0 §2.11).
            '\r' => out.push_str("&#13;"),
            c if chars::allowed(c) => out.push(c),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Element, ns, parse};

    #[test]
    fn namespaces_are_declared_only_where_they_change() {
        let iq = Element::new("iq", ns::CLIENT).attr("type", "set").child(
            Element::new("jingle", ns::JINGLE)
                .child(Element::new("content", ns::JINGLE).text("a<b&c")),
        );
        assert_eq!(
            iq.to_xml(),
            "<iq xmlns=\"jabber:client\" type=\"set\"><jingle xmlns=\"urn:xmpp:jingle:1\">\
             <content>a&lt;b&amp;c</content></jingle></iq>"
        );
    }

    #[test]
    fn whitespace_and_quotes_survive_the_wire() {
        let body = Element::new("body", "")
            .attr("a", "1\n2\t3\"'\r")
            .text("x\r\ny\t\"z\"");
        assert_eq!(parse(&body.to_xml()).unwrap(), body);
    }

    #[test]
    fn an_attribute_with_an_unknown_prefix_is_left_out() {
        let element = Element::new("a", "")
            .attr("xml:lang", "de")
            .attr("foo:bar", "1");
        assert_eq!(element.to_xml(), "<a xml:lang=\"de\"/>");
        let declared = Element::new("a", "")
            .attr("xmlns:foo", "urn:foo")
            .attr("foo:bar", "1");
        assert_eq!(parse(&declared.to_xml()).unwrap().get("foo:bar"), Some("1"));
    }
}
