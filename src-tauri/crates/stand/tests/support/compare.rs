//! Compares two elements: names, attributes, children as sets, texts; what must differ is masked.

use std::collections::BTreeSet;

use ranzen_xmpp::Element;
use serde_json::Value;

/// Attributes whose values are made up anew each time.
const VOLATILE: [&str; 19] = [
    "id",
    "sid",
    "ufrag",
    "pwd",
    "url",
    "ip",
    "port",
    "stamp",
    "h",
    "previd",
    "ver",
    "xml:lang",
    "by",
    "parent_id",
    "trace_id",
    "authid",
    "rid",
    "polling",
    "location",
];
/// Elements whose text is.
const VOLATILE_TEXT: [&str; 2] = ["fingerprint", "jid"];
/// Fields of forms whose value is.
const VOLATILE_FIELDS: [&str; 2] = ["muc#roominfo_meetingId", "muc#roominfo_created_timestamp"];

/// All differences between what was recorded and what came, as `path: what`.
pub fn differences(wanted: &Element, got: &Element) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    compare(wanted.name(), wanted, got, &mut found);
    found
}

fn compare(path: &str, wanted: &Element, got: &Element, found: &mut BTreeSet<String>) {
    let names: BTreeSet<&str> = wanted
        .attrs()
        .chain(got.attrs())
        .map(|(name, _)| name)
        .collect();
    for name in names.into_iter().filter(|name| !name.starts_with("xmlns")) {
        if let Some(difference) = attribute(wanted, got, name) {
            found.insert(format!("{path}@{name}: {difference}"));
        }
    }
    let field = wanted
        .get("var")
        .is_some_and(|var| VOLATILE_FIELDS.contains(&var));
    // Who is told which sources when depends on timing; the replay compares what is known in the end.
    let sources = wanted.name() == "json-message" && wanted.own_text().starts_with("{\"sources\"");
    if !VOLATILE_TEXT.contains(&wanted.name()) && !field && !sources {
        text(path, &wanted.own_text(), &got.own_text(), found);
    }
    let mut left: Vec<&Element> = got.children().collect();
    let mut open: Vec<&Element> = Vec::new();
    // Equal ones first, so that the rest is compared with what belongs to it.
    for child in wanted.children() {
        match left.iter().position(|other| {
            child.ns() == other.ns()
                && differences(child, other).is_empty()
                && child.name() == other.name()
        }) {
            Some(at) => drop(left.remove(at)),
            None => open.push(child),
        }
    }
    for child in open {
        let below = format!("{path}/{}", label(child));
        match left
            .iter()
            .position(|other| other.ns() == child.ns() && label(other) == label(child))
        {
            None => drop(found.insert(format!("{below}: missing"))),
            Some(at) => {
                let other = left.remove(at);
                if !field {
                    compare(&below, child, other, found);
                }
            }
        }
    }
    for other in left {
        found.insert(format!("{path}/{}: not recorded", label(other)));
    }
}

/// A child's name with what tells it from its siblings.
fn label(element: &Element) -> String {
    let key = [
        "var",
        "name",
        "uri",
        "type",
        "code",
        "key",
        "media",
        "semantics",
    ]
    .into_iter()
    .find_map(|key| element.get(key).map(|value| format!("[{value}]")));
    format!("{}{}", element.name(), key.unwrap_or_default())
}

fn attribute(wanted: &Element, got: &Element, name: &str) -> Option<String> {
    let numbered = matches!(wanted.name(), "payload-type" | "rtp-hdrext");
    let volatile = VOLATILE.contains(&name) && !(numbered && name == "id");
    match (wanted.get(name), got.get(name)) {
        (Some(a), Some(b)) if a == b || volatile || of_the_bridge(wanted, got, name) => None,
        (None, None) => None,
        (Some(a), Some(b)) => Some(format!("{a:?} became {b:?}")),
        // A server may leave its language, and whether it names an id or itself, open.
        (Some(_), None) if matches!(name, "xml:lang" | "id") => None,
        (None, Some(_)) if matches!(name, "xml:lang" | "id") => None,
        (Some(a), None) => Some(format!("{a:?} is missing")),
        (None, Some(b)) => Some(format!("{b:?} was not recorded")),
    }
}

/// The bridge's own SSRCs are random.
fn of_the_bridge(wanted: &Element, got: &Element, name: &str) -> bool {
    let own = |element: &Element| {
        element
            .get("name")
            .is_some_and(|name| name.starts_with("jvb-"))
    };
    name == "ssrc" && own(wanted) && own(got)
}

fn text(path: &str, wanted: &str, got: &str, found: &mut BTreeSet<String>) {
    let (wanted, got) = (wanted.trim(), got.trim());
    if wanted == got {
        return;
    }
    let json = |text: &str| {
        text.starts_with('{')
            .then(|| serde_json::from_str::<Value>(text).ok())
            .flatten()
    };
    match (json(wanted), json(got)) {
        (Some(a), Some(b)) => {
            let (a, b) = (steady(a), steady(b));
            if a != b {
                found.insert(format!("{path}: {a} became {b}"));
            }
        }
        _ => drop(found.insert(format!("{path}: {wanted:?} became {got:?}"))),
    }
}

/// JSON without what is random, and lists of sources in order.
pub fn steady(mut value: Value) -> Value {
    match &mut value {
        Value::Object(object) => {
            if object
                .get("n")
                .and_then(Value::as_str)
                .is_some_and(|name| name.starts_with("jvb-"))
            {
                object.insert("s".to_owned(), Value::Null);
            }
            for (key, inner) in object.iter_mut() {
                let taken = inner.take();
                *inner = if key == "totalDominantSpeakerTime" {
                    Value::Null
                } else {
                    steady(taken)
                };
            }
        }
        Value::Array(list) => {
            for inner in list.iter_mut() {
                let taken = inner.take();
                *inner = steady(taken);
            }
            if list.iter().all(Value::is_object) {
                list.sort_by_key(ToString::to_string);
            }
        }
        _ => {}
    }
    value
}
