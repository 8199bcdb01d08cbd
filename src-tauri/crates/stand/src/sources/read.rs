//! Reads sources from the contents of a Jingle stanza.

use ranzen_xmpp::{Element, ns};

use super::{Group, Kind, Source, SourceSet};

/// Reads the sources and groups of all contents; the reason when one is malformed.
pub(crate) fn read(jingle: &Element) -> Result<SourceSet, String> {
    let mut set = SourceSet::default();
    for content in jingle
        .children()
        .filter(|child| child.is("content", ns::JINGLE))
    {
        let Some(description) = content.find("description", ns::JINGLE_RTP) else {
            continue;
        };
        let media = description
            .get("media")
            .or(content.get("name"))
            .unwrap_or_default();
        let kind = match media {
            "audio" => &mut set.audio,
            "video" => &mut set.video,
            _ => continue,
        };
        read_kind(description, kind, media == "video")?;
    }
    Ok(set)
}

fn read_kind(description: &Element, kind: &mut Kind, video: bool) -> Result<(), String> {
    for child in description
        .children()
        .filter(|child| child.ns() == ns::JINGLE_SSMA)
    {
        match child.name() {
            "source" => kind.sources.push(source(child, video)?),
            "ssrc-group" => kind.groups.push(group(child)?),
            _ => {}
        }
    }
    Ok(())
}

fn source(element: &Element, video: bool) -> Result<Source, String> {
    let name = element
        .get("name")
        .ok_or("a source without name")?
        .to_owned();
    let video_type = match element.get("videoType") {
        None if video => Some("camera".to_owned()),
        None => None,
        Some(word) if ["camera", "desktop", "desktop_high_fps"].contains(&word) => {
            Some(word.to_owned())
        }
        Some(word) => return Err(format!("unknown videoType {word}")),
    };
    let msid = element
        .children()
        .filter(|child| child.name() == "parameter" && child.get("name") == Some("msid"))
        .find_map(|child| child.get("value"))
        .map(str::to_owned);
    Ok(Source {
        ssrc: ssrc(element)?,
        name,
        msid,
        video_type,
    })
}

fn group(element: &Element) -> Result<Group, String> {
    let semantics = element
        .get("semantics")
        .ok_or("a group without semantics")?
        .to_ascii_uppercase();
    let ssrcs = element
        .children()
        .filter(|child| child.name() == "source")
        .map(ssrc)
        .collect::<Result<_, _>>()?;
    Ok(Group { semantics, ssrcs })
}

fn ssrc(element: &Element) -> Result<u32, String> {
    let text = element.get("ssrc").ok_or("a source without ssrc")?;
    match text.parse::<u32>() {
        Ok(0) | Err(_) => Err(format!("invalid SSRC {text}")),
        Ok(ssrc) => Ok(ssrc),
    }
}
