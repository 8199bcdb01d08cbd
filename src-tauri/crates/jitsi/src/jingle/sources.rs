//! Who sends which streams: compact JSON (`jicofo: …/conference/source/ConferenceSourceMap.kt`) or XML
//! (XEP-0339 with Jitsi's owner).

use ranzen_rtp::{MediaKind, SourceKey};
use ranzen_transport::RemoteSource;
use ranzen_xmpp::{Element, Jid, ns};
use serde_json::Value;
use std::collections::BTreeMap;

/// The compact form of a full room is some 300 kB.
const JSON_MAX: usize = 1 << 20;
/// Owners in one message.
const OWNERS_MAX: usize = 5_000;
/// Jicofo lets nobody announce more SSRCs than that (per kind of medium).
const SSRCS_PER_OWNER: usize = 40;
/// The bridge's own streams carry only RTCP and padding and belong to nobody.
const BRIDGE: &str = "jvb";

/// A stream of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The endpoint that sends it.
    pub(crate) owner: String,
    /// Its name, `<owner>-a0` or `<owner>-v1`.
    pub(crate) name: String,
    /// Sound or picture.
    pub(crate) kind: MediaKind,
    /// Primary SSRC.
    pub(crate) ssrc: u32,
    /// RTX SSRC.
    pub(crate) rtx: Option<u32>,
}

impl Source {
    /// As the transport knows it.
    pub(crate) fn remote(&self) -> RemoteSource {
        RemoteSource {
            key: SourceKey(self.name.clone()),
            kind: self.kind,
            ssrc: self.ssrc,
            rtx: self.rtx,
        }
    }
}

/// Every participant's sources in a `<jingle/>`, from JSON if there is any, else from XML.
pub(crate) fn sources_of(jingle: &Element) -> Vec<Source> {
    match jingle.find("json-message", ns::JITMEET) {
        Some(message) => of_json(&message.own_text()),
        None => of_xml(jingle),
    }
}

/// SSRCs and groups of one owner and kind, before they become sources.
#[derive(Default)]
struct Announced {
    ssrcs: Vec<(u32, Option<String>)>,
    groups: Vec<(Semantics, Vec<u32>)>,
}

#[derive(PartialEq)]
enum Semantics {
    Fid,
    Sim,
}

impl Announced {
    /// One source for each name. Its primary SSRC is the first of its SIM group, or the one of its
    /// FID group; the position in the list says nothing (the RTX SSRC may come first).
    fn sources(self, owner: &str, kind: MediaKind) -> Vec<Source> {
        let letter = match kind {
            MediaKind::Audio => 'a',
            MediaKind::Video => 'v',
        };
        let rtx_of = |ssrc: u32| {
            self.groups.iter().find_map(|(semantics, group)| {
                (*semantics == Semantics::Fid && group.first() == Some(&ssrc))
                    .then(|| group.get(1).copied())
                    .flatten()
            })
        };
        let is_secondary = |ssrc: u32| {
            self.groups
                .iter()
                .any(|(_, group)| group.iter().skip(1).any(|other| *other == ssrc))
        };
        let mut found: Vec<Source> = Vec::new();
        for (ssrc, name) in &self.ssrcs {
            if is_secondary(*ssrc) {
                continue;
            }
            let prefix = format!("{owner}-");
            let name = match name {
                Some(name) if name.starts_with(&prefix) && name.len() <= 256 => name.clone(),
                _ => format!("{owner}-{letter}{}", found.len()),
            };
            if found.iter().any(|source| source.name == name) {
                continue;
            }
            found.push(Source {
                owner: owner.to_owned(),
                name,
                kind,
                ssrc: *ssrc,
                rtx: rtx_of(*ssrc),
            });
        }
        found
    }
}

fn of_json(text: &str) -> Vec<Source> {
    if text.len() > JSON_MAX {
        return Vec::new();
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Vec::new();
    };
    let Some(owners) = value.get("sources").and_then(Value::as_object) else {
        return Vec::new();
    };
    owners
        .iter()
        .filter(|(owner, _)| is_participant(owner))
        .take(OWNERS_MAX)
        .flat_map(|(owner, lists)| {
            // [video sources, video groups, audio sources, audio groups], cut off where empty.
            let list = |at: usize| lists.get(at).and_then(Value::as_array);
            let video = announced_json(list(0), list(1)).sources(owner, MediaKind::Video);
            let audio = announced_json(list(2), list(3)).sources(owner, MediaKind::Audio);
            video.into_iter().chain(audio)
        })
        .collect()
}

fn announced_json(sources: Option<&Vec<Value>>, groups: Option<&Vec<Value>>) -> Announced {
    let ssrcs = sources.into_iter().flatten().filter_map(|source| {
        let name = source.get("n").and_then(Value::as_str);
        Some((ssrc(source.get("s")?)?, name.map(str::to_owned)))
    });
    let groups = groups.into_iter().flatten().filter_map(|group| {
        let group = group.as_array()?;
        let semantics = match group.first()?.as_str()? {
            "f" => Semantics::Fid,
            "s" => Semantics::Sim,
            _ => return None,
        };
        let members = group.iter().skip(1).filter_map(ssrc);
        Some((semantics, members.take(SSRCS_PER_OWNER).collect()))
    });
    Announced {
        ssrcs: ssrcs.take(SSRCS_PER_OWNER).collect(),
        groups: groups.take(SSRCS_PER_OWNER).collect(),
    }
}

fn ssrc(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?)
        .ok()
        .filter(|ssrc| *ssrc != 0)
}

fn of_xml(jingle: &Element) -> Vec<Source> {
    let mut all = Vec::new();
    for content in jingle.children().filter(|c| c.name() == "content") {
        let Some(description) = content.find_any("description") else {
            continue;
        };
        let kind = match description.get("media").or_else(|| content.get("name")) {
            Some("audio") => MediaKind::Audio,
            Some("video") => MediaKind::Video,
            _ => continue,
        };
        let groups = || description.children().filter(|c| c.name() == "ssrc-group");
        let mut owners: BTreeMap<String, Announced> = BTreeMap::new();
        for source in description.children().filter(|c| c.name() == "source") {
            let Some(number) = source.get("ssrc").and_then(|s| s.parse().ok()) else {
                continue;
            };
            let Some(owner) = owner(source).filter(|owner| is_participant(owner)) else {
                continue;
            };
            if owners.len() >= OWNERS_MAX && !owners.contains_key(&owner) {
                continue;
            }
            let announced = owners.entry(owner).or_default();
            if announced.ssrcs.len() < SSRCS_PER_OWNER {
                let name = source.get("name").map(str::to_owned);
                announced.ssrcs.push((number, name));
            }
        }
        for announced in owners.values_mut() {
            let mine = |ssrc: &u32| announced.ssrcs.iter().any(|(known, _)| known == ssrc);
            announced.groups = groups()
                .filter_map(group)
                .filter(|(_, members)| members.first().is_some_and(mine))
                .take(SSRCS_PER_OWNER)
                .collect();
        }
        all.extend(
            owners
                .into_iter()
                .flat_map(|(owner, announced)| announced.sources(&owner, kind)),
        );
    }
    all
}

fn group(element: &Element) -> Option<(Semantics, Vec<u32>)> {
    let semantics = match element.get("semantics")? {
        "FID" => Semantics::Fid,
        "SIM" => Semantics::Sim,
        _ => return None,
    };
    let members = element
        .children()
        .filter_map(|source| source.get("ssrc")?.parse().ok())
        .take(SSRCS_PER_OWNER)
        .collect();
    Some((semantics, members))
}

/// An endpoint id, or an occupant's full address on older servers.
fn owner(source: &Element) -> Option<String> {
    let owner = source.find_any("ssrc-info")?.get("owner")?;
    match owner
        .parse::<Jid>()
        .ok()
        .and_then(|jid| jid.resource().map(str::to_owned))
    {
        Some(nick) => Some(nick),
        None => Some(owner.to_owned()),
    }
}

fn is_participant(owner: &str) -> bool {
    owner != BRIDGE && !owner.is_empty() && owner.len() <= 128
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ranzen_xmpp::parse;

    fn json(text: &str) -> Vec<Source> {
        let message = Element::new("json-message", ns::JITMEET).text(text);
        sources_of(&Element::new("jingle", ns::JINGLE).child(message))
    }

    /// From the recording of a second participant's source-add.
    #[test]
    fn compact_sources_are_read() {
        let found = json(
            r#"{"sources":{"c7faa5b4":[[{"s":3275116014,"n":"c7faa5b4-v0","m":"x"},{"s":3627488401,"n":"c7faa5b4-v0","m":"x"}],
            [["f",3275116014,3627488401]],[{"s":3390110627,"n":"c7faa5b4-a0","m":"y"}]],
            "jvb":[[{"s":1,"n":"jvb-v0","m":"m"}]]}}"#,
        );
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].ssrc, found[0].rtx),
            (3_275_116_014, Some(3_627_488_401))
        );
        assert_eq!((found[1].ssrc, found[1].rtx), (3_390_110_627, None));
        assert_eq!(found[1].name, "c7faa5b4-a0");
        assert_eq!(found[1].kind, MediaKind::Audio);
    }

    #[test]
    fn the_retransmission_ssrc_may_come_first() {
        let found =
            json(r#"{"sources":{"a":[[{"s":2,"n":"a-v0"},{"s":1,"n":"a-v0"}],[["f",1,2]]]}}"#);
        assert_eq!((found[0].ssrc, found[0].rtx), (1, Some(2)));
    }

    #[test]
    fn simulcast_is_one_source() {
        let found = json(
            r#"{"sources":{"a":[[{"s":1,"n":"a-v0"},{"s":2,"n":"a-v0"},{"s":3,"n":"a-v0"},{"s":11,"n":"a-v0"}],
            [["s",1,2,3],["f",1,11]]]}}"#,
        );
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].ssrc, found[0].rtx), (1, Some(11)));
    }

    #[test]
    fn an_owner_without_video_keeps_empty_lists_in_front() {
        let found =
            json(r#"{"sources":{"eb0d6934":[[],[],[{"s":2536695276,"n":"eb0d6934-a0"}]]}}"#);
        assert_eq!(found[0].name, "eb0d6934-a0");
    }

    /// Namespaces of `<parameter/>` are wrong on the wire, and owners are addresses on old servers.
    #[test]
    fn xml_sources_are_read() {
        let jingle = parse(
            "<jingle xmlns='urn:xmpp:jingle:1'><content name='audio'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='92302513' name='f0fc043c-a0'>\
             <ssrc-info xmlns='http://jitsi.org/jitmeet' owner='room@c.test/f0fc043c'/><parameter xmlns='urn:xmpp:jingle:apps:rtp:1' name='msid' value='x'/></source>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='5' name='jvb-a0'><ssrc-info xmlns='http://jitsi.org/jitmeet' owner='jvb'/></source>\
             </description></content><content name='video'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='7'><ssrc-info xmlns='http://jitsi.org/jitmeet' owner='f0fc043c'/></source>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='8'><ssrc-info xmlns='http://jitsi.org/jitmeet' owner='f0fc043c'/></source>\
             <ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='FID'><source ssrc='7'/><source ssrc='8'/></ssrc-group>\
             </description></content></jingle>",
        )
        .unwrap();
        let found = sources_of(&jingle);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name, "f0fc043c-a0");
        assert_eq!(found[1].name, "f0fc043c-v0");
        assert_eq!((found[1].ssrc, found[1].rtx), (7, Some(8)));
    }

    #[test]
    fn a_name_of_somebody_else_is_not_believed() {
        let found = json(r#"{"sources":{"evil":[[],[],[{"s":1,"n":"victim-a0"}]]}}"#);
        assert_eq!(found[0].name, "evil-a0");
    }

    #[test]
    fn floods_are_cut() {
        let many: Vec<String> = (1..500)
            .map(|s| format!("{{\"s\":{s},\"n\":\"a-a{s}\"}}"))
            .collect();
        let found = json(&format!(
            "{{\"sources\":{{\"a\":[[],[],[{}]]}}}}",
            many.join(",")
        ));
        assert_eq!(found.len(), SSRCS_PER_OWNER);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\{\"sources\":\\{\"a\":[\\[\\]{}\"a-z0-9:,]{0,60}\\}\\}") {
            let _ = json(&text);
        }
    }
}
