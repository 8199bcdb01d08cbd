//! An XML element as a tree with resolved namespaces.

use std::fmt;

/// A child of an element.
#[derive(Clone, PartialEq, Eq)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Text, unescaped.
    Text(String),
}

/// An XML element. Attributes keep their order; prefixed ones (`xml:lang`) keep their prefix.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    name: String,
    ns: String,
    attrs: Vec<(String, String)>,
    nodes: Vec<Node>,
}

impl Element {
    /// An empty element.
    pub fn new(name: &str, ns: &str) -> Self {
        Self {
            name: name.to_owned(),
            ns: ns.to_owned(),
            attrs: Vec::new(),
            nodes: Vec::new(),
        }
    }

    /// With an attribute, replacing one of that name.
    #[must_use]
    pub fn attr(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set_attr(name, value);
        self
    }

    /// With an attribute if there is a value.
    #[must_use]
    pub fn attr_opt(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// With a child element at the end.
    #[must_use]
    pub fn child(mut self, child: Element) -> Self {
        self.push(child);
        self
    }

    /// With child elements at the end.
    #[must_use]
    pub fn children_from(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.nodes.extend(children.into_iter().map(Node::Element));
        self
    }

    /// With text at the end.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.push_text(text);
        self
    }

    /// Sets an attribute, replacing one of that name.
    pub fn set_attr(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        match self.attrs.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.attrs.push((name.to_owned(), value)),
        }
    }

    /// Removes an attribute and gives its value back.
    pub fn remove_attr(&mut self, name: &str) -> Option<String> {
        let at = self.attrs.iter().position(|(known, _)| known == name)?;
        Some(self.attrs.remove(at).1)
    }

    /// Adds a child element.
    pub fn push(&mut self, child: Element) {
        self.nodes.push(Node::Element(child));
    }

    /// Adds text; neighbouring texts become one.
    pub fn push_text(&mut self, text: &str) {
        match self.nodes.last_mut() {
            Some(Node::Text(known)) => known.push_str(text),
            _ if text.is_empty() => {}
            _ => self.nodes.push(Node::Text(text.to_owned())),
        }
    }

    /// Local name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Namespace; empty for none.
    pub fn ns(&self) -> &str {
        &self.ns
    }

    /// Is it this element?
    pub fn is(&self, name: &str, ns: &str) -> bool {
        self.name == name && self.ns == ns
    }

    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attrs.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// All attributes in order.
    pub fn attrs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attrs.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// All children, text included.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Child elements in order.
    pub fn children(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(child) => Some(child),
            Node::Text(_) => None,
        })
    }

    /// The first child element of that name and namespace.
    pub fn find(&self, name: &str, ns: &str) -> Option<&Element> {
        self.children().find(|child| child.is(name, ns))
    }

    /// The first child element of that name in any namespace. Jicofo puts some children into the
    /// namespace of their grandparent; the reference client matches by local name.
    pub fn find_any(&self, name: &str) -> Option<&Element> {
        self.children().find(|child| child.name == name)
    }

    /// Is there such a child?
    pub fn has_child(&self, name: &str, ns: &str) -> bool {
        self.find(name, ns).is_some()
    }

    /// The element's own text, without that of its children.
    pub fn own_text(&self) -> String {
        let mut all = String::new();
        for node in &self.nodes {
            if let Node::Text(text) = node {
                all.push_str(text);
            }
        }
        all
    }

    /// Text of a child element, if there is that child.
    pub fn text_of(&self, name: &str, ns: &str) -> Option<String> {
        self.find(name, ns).map(Element::own_text)
    }

    /// As XML, every namespace declared where it begins.
    pub fn to_xml(&self) -> String {
        crate::write::to_xml(self)
    }
}

/// Names only: values and texts may be secrets, names of people, or chat, and must not get into logs.
impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} xmlns={:?}", self.name, self.ns)?;
        for child in self.children() {
            write!(f, " {}", child.name)?;
        }
        f.write_str("/>")
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Element(child) => child.fmt(f),
            Node::Text(text) => write!(f, "text of {} bytes", text.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_values_and_no_text() {
        let message = Element::new("message", "jabber:client")
            .attr("to", "canary-room")
            .child(Element::new("body", "jabber:client").text("canary-text"));
        let shown = format!("{message:?} {:?}", message.nodes());
        assert!(shown.contains("message") && shown.contains("body"));
        assert!(!shown.contains("canary"), "{shown}");
    }

    #[test]
    fn an_attribute_set_twice_is_there_once() {
        let iq = Element::new("iq", "").attr("id", "1").attr("id", "2");
        assert_eq!(iq.get("id"), Some("2"));
        assert_eq!(iq.attrs().count(), 1);
    }
}
