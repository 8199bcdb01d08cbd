//! The compact form: `{"sources":{OWNER:[video, video groups, audio, audio groups?]}}`.

use serde_json::{Map, Value, json};

use super::{Group, Kind, SourceSet};

/// The JSON of several participants' sources; `video` false leaves pictures out.
pub(crate) fn to_json<'a>(
    sets: impl IntoIterator<Item = (&'a str, &'a SourceSet)>,
    video: bool,
) -> String {
    let none = Kind::default();
    let mut owners = Map::new();
    for (owner, set) in sets {
        let pictures = if video { &set.video } else { &none };
        let mut lists = vec![
            sources(pictures),
            groups(&pictures.groups),
            sources(&set.audio),
        ];
        if !set.audio.groups.is_empty() {
            lists.push(groups(&set.audio.groups));
        }
        owners.insert(owner.to_owned(), Value::Array(lists));
    }
    json!({ "sources": owners }).to_string()
}

fn sources(kind: &Kind) -> Value {
    kind.sources
        .iter()
        .map(|source| {
            let mut one = json!({ "s": source.ssrc, "n": source.name });
            if let Some(msid) = &source.msid {
                one["m"] = json!(msid);
            }
            if source
                .video_type
                .as_deref()
                .is_some_and(|word| word != "camera")
            {
                one["v"] = json!("d");
            }
            one
        })
        .collect()
}

fn groups(groups: &[Group]) -> Value {
    groups
        .iter()
        .map(|group| {
            let letter = if group.semantics == "FID" { "f" } else { "s" };
            let mut one = vec![json!(letter)];
            one.extend(group.ssrcs.iter().map(|ssrc| json!(ssrc)));
            Value::Array(one)
        })
        .collect()
}
