//! Reads a recorded session.

use ranzen_xmpp::{Element, Node, ns, parse};

/// One recorded step.
#[derive(Debug, Clone)]
pub struct Step {
    pub at: f64,
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// A note of the driver, or one of ours: all recordings with it wait for each other.
    Note(String),
    XmppOpen {
        query: String,
    },
    XmppClose,
    XmppOut(String),
    XmppIn(String),
    ChannelOpen,
    ChannelClose,
    ChannelOut(String),
    ChannelIn(String),
    HttpOut(String),
    HttpIn(String),
}

/// A session of one client.
#[derive(Debug, Clone)]
pub struct Recording {
    pub label: String,
    pub steps: Vec<Step>,
    /// The JID it got then.
    pub jid: String,
}

impl Recording {
    pub fn nick(&self) -> &str {
        // The one who joined under another name than its own.
        if self.label == "raw-badnick" {
            "rawnick"
        } else {
            &self.jid[..8]
        }
    }

    /// Reads `tests/recordings/<label>.txt`.
    pub fn read(label: &str) -> Self {
        let path = format!(
            "{}/tests/recordings/{label}.txt",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let raw = label.starts_with("raw-");
        let mut steps = Vec::new();
        for part in text
            .split("\n=====")
            .map(|part| part.trim_start_matches("====="))
        {
            let Some((head, body)) = part.trim_start().split_once('\n') else {
                continue;
            };
            let mut words = head.split_whitespace();
            let Some(at) = words
                .next()
                .and_then(|at| at.strip_suffix('s'))
                .and_then(|at| at.parse().ok())
            else {
                continue;
            };
            let kind: Vec<&str> = words.collect();
            let body = body.trim();
            if raw {
                steps.extend(split(body).into_iter().map(|text| Step {
                    at,
                    what: if kind == ["out"] {
                        What::XmppOut(text)
                    } else {
                        What::XmppIn(text)
                    },
                }));
                continue;
            }
            let body = body.to_owned();
            let what = match kind.as_slice() {
                ["NOTE", _] => What::Note(body),
                ["xmpp", "open"] => {
                    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
                    let query = json["url"]
                        .as_str()
                        .unwrap()
                        .split_once('?')
                        .unwrap()
                        .1
                        .to_owned();
                    What::XmppOpen { query }
                }
                ["xmpp", "close"] => What::XmppClose,
                ["xmpp", "out"] => What::XmppOut(body),
                ["xmpp", "in"] => What::XmppIn(body),
                ["colibri", "open"] => What::ChannelOpen,
                ["colibri", "close"] => What::ChannelClose,
                ["colibri", "out"] => What::ChannelOut(body),
                ["colibri", "in"] => What::ChannelIn(body),
                ["http", "out"] => What::HttpOut(body),
                ["http", "in"] => What::HttpIn(body),
                // The SCTP channel needs the media that a replay does not have.
                ["sctp", _] => continue,
                other => panic!("{label}: {other:?}"),
            };
            steps.push(Step { at, what });
        }
        if raw {
            steps.insert(
                0,
                Step {
                    at: 0.0,
                    what: What::XmppOpen {
                        query: "room=rawroom".to_owned(),
                    },
                },
            );
        }
        let jid = text
            .split("<jid>")
            .nth(1)
            .and_then(|rest| rest.split("</jid>").next())
            .unwrap_or_default()
            .to_owned();
        assert!(jid.contains('@'), "{label}: no JID");
        Self {
            label: label.to_owned(),
            steps,
            jid,
        }
    }

    /// Is there such a note already?
    pub fn has_note(&self, wanted: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(&step.what, What::Note(note) if note == wanted))
    }

    /// Puts a note before the first step that satisfies `before`.
    pub fn note_before(&mut self, note: &str, before: impl Fn(&Step) -> bool) -> bool {
        let Some(at) = self.steps.iter().position(before) else {
            return false;
        };
        let time = self.steps[at].at;
        self.steps.insert(
            at,
            Step {
                at: time,
                what: What::Note(note.to_owned()),
            },
        );
        true
    }
}

/// A chunk of a TCP stream as frames of a WebSocket: the stream header becomes `<open/>`.
fn split(chunk: &str) -> Vec<String> {
    let mut text = chunk.to_owned();
    let mut frames = Vec::new();
    if let Some(start) = text.find("<?xml") {
        let end = start + text[start..].find("?>").unwrap() + 2;
        text.replace_range(start..end, "");
    }
    if let Some(start) = text.find("<stream:stream") {
        let end = start + text[start..].find('>').unwrap() + 1;
        let header = &text[start..end];
        frames.push(if header.contains("from=") {
            let open = Element::new("open", ns::FRAMING)
                .attr("from", "meet.test")
                .attr("version", "1.0");
            open.attr("id", "").attr("xml:lang", "en").to_xml()
        } else {
            ranzen_xmpp::open("meet.test").to_xml()
        });
        text.replace_range(start..end, "");
    }
    let text = text.replace("</stream:stream>", "");
    let root = format!(
        "<root xmlns='{}' xmlns:stream='{}'>{text}</root>",
        ns::CLIENT,
        ns::STREAMS
    );
    let root = parse(&root).unwrap_or_else(|error| panic!("{error}: {text}"));
    frames.extend(root.children().map(Element::to_xml));
    frames
}

/// All texts of an element and its descendants.
pub fn all_text(element: &Element) -> String {
    element
        .nodes()
        .iter()
        .map(|node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(child) => all_text(child),
        })
        .collect()
}
