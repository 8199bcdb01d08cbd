//! Reading the recordings that the stand is judged by, too.

use ranzen_xmpp::{Element, Node, ns, parse};

/// A recording's text, by name.
macro_rules! recording {
    ($name:literal) => {
        include_str!(concat!(
            "../../../../../stand/tests/recordings/",
            $name,
            ".txt"
        ))
    };
}
pub(super) use recording;

/// One thing that happened.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    SocketOpened,
    SocketClosed,
    /// The server said it.
    In(Element),
    /// The reference client said it.
    Out(Element),
    ChannelOpened,
    ChannelIn(String),
    ChannelClosed,
    SctpOpened,
    SctpIn(String),
    /// What was done at that moment.
    Note(String),
    /// The focus' answer to the HTTP conference request.
    Conference(String),
}

/// A whole recording.
pub(super) struct Recording {
    /// Milliseconds since its beginning, in order.
    pub(super) frames: Vec<(u64, Frame)>,
    pub(super) is_bosh: bool,
    pub(super) by_http: bool,
    pub(super) over_sctp: bool,
}

impl Recording {
    pub(super) fn read(text: &str) -> Self {
        let mut recording = Self {
            frames: Vec::new(),
            is_bosh: false,
            by_http: false,
            over_sctp: false,
        };
        for entry in text
            .split("\n=====")
            .filter(|entry| !entry.trim().is_empty())
        {
            let (head, body) = entry.split_once('\n').unwrap_or((entry, ""));
            let mut head = head.trim_start_matches('=').split_whitespace();
            let seconds: f64 = head.next().unwrap().trim_end_matches('s').parse().unwrap();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few minutes"
            )]
            let at = (seconds * 1000.0).round() as u64;
            let kind = head.next().unwrap_or_default();
            let direction = head.next().unwrap_or_default();
            for frame in recording.frames_of(kind, direction, body.trim()) {
                recording.frames.push((at, frame));
            }
        }
        recording
    }

    fn frames_of(&mut self, kind: &str, direction: &str, body: &str) -> Vec<Frame> {
        match (kind, direction) {
            ("xmpp", "open") => vec![Frame::SocketOpened],
            ("xmpp", "close") => vec![Frame::SocketClosed],
            ("xmpp", "in") => vec![Frame::In(element(body))],
            ("xmpp", "out") => vec![Frame::Out(element(body))],
            ("colibri", "open") => vec![Frame::ChannelOpened],
            ("colibri", "in") => vec![Frame::ChannelIn(body.to_owned())],
            ("colibri", "close") => vec![Frame::ChannelClosed],
            ("sctp", "opened") => {
                self.over_sctp = true;
                vec![Frame::SctpOpened]
            }
            ("sctp", "in") => vec![Frame::SctpIn(body.to_owned())],
            ("NOTE", _) => vec![Frame::Note(body.to_owned())],
            ("http", _) => self.http(direction, body),
            _ => Vec::new(),
        }
    }

    fn http(&mut self, direction: &str, body: &str) -> Vec<Frame> {
        if body.contains("/conference-request/") && direction == "in" {
            self.by_http = true;
            let json = body.find('{').map_or("", |at| &body[at..]);
            return vec![Frame::Conference(json.to_owned())];
        }
        let Some(at) = body.find("<body").filter(|_| body.contains("httpbind")) else {
            return Vec::new();
        };
        self.is_bosh = true;
        let bosh = element(&body[at..]);
        let mut frames = Vec::new();
        let children = bosh.children().cloned();
        if direction == "in" {
            frames.extend(children.map(Frame::In));
            return frames;
        }
        let first = bosh.get("sid").is_none();
        if first {
            frames.push(Frame::SocketOpened);
        }
        if first || bosh.get("xmpp:restart").is_some() {
            frames.push(Frame::Out(Element::new("open", ns::FRAMING)));
        }
        frames.extend(children.map(Frame::Out));
        frames
    }
}

/// Recordings are indented for reading.
fn element(text: &str) -> Element {
    without_indent(&parse(text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

fn without_indent(element: &Element) -> Element {
    let mut out = Element::new(element.name(), element.ns());
    for (name, value) in element.attrs() {
        out.set_attr(name, value);
    }
    let has_children = element.children().next().is_some();
    for node in element.nodes() {
        match node {
            Node::Element(child) => out.push(without_indent(child)),
            Node::Text(text) if has_children && text.trim().is_empty() => {}
            Node::Text(text) => out.push_text(text),
        }
    }
    out
}
