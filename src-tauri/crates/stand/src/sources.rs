//! Media sources of participants: what a client may add and remove, and how others are told.
//!
//! The rules are those of Jicofo's `ValidatingConferenceSourceMap`: SSRCs unique in the conference, msids
//! for everything in a group, one msid per source, FID groups of two, at most 20 sources and groups each.

use std::collections::BTreeMap;

mod json;
mod read;
mod strip;
mod validate;
mod xml;

pub(crate) use json::to_json;
pub(crate) use read::read;
pub(crate) use strip::stripped;
pub(crate) use xml::to_xml;

/// Sources of one participant at most, and groups at most.
pub(crate) const LIMIT: usize = 20;

/// One SSRC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    pub(crate) name: String,
    pub(crate) msid: Option<String>,
    /// `camera`, `desktop` or `desktop_high_fps`; absent for sound.
    pub(crate) video_type: Option<String>,
}

/// `SIM` or `FID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) semantics: String,
    pub(crate) ssrcs: Vec<u32>,
}

/// Sources and groups of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) sources: Vec<Source>,
    pub(crate) groups: Vec<Group>,
}

/// What one participant has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SourceSet {
    pub(crate) audio: Kind,
    pub(crate) video: Kind,
}

impl SourceSet {
    /// Nothing in it?
    pub(crate) fn is_empty(&self) -> bool {
        self.audio.sources.is_empty() && self.video.sources.is_empty()
    }

    /// What is in here but not in `other`.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let kind = |own: &Kind, other: &Kind| Kind {
            sources: own
                .sources
                .iter()
                .filter(|it| !other.sources.contains(it))
                .cloned()
                .collect(),
            groups: own
                .groups
                .iter()
                .filter(|it| !other.groups.contains(it))
                .cloned()
                .collect(),
        };
        Self {
            audio: kind(&self.audio, &other.audio),
            video: kind(&self.video, &other.video),
        }
    }

    /// Both kinds.
    fn kinds(&self) -> [&Kind; 2] {
        [&self.audio, &self.video]
    }
}

/// The bridge's own sources, named to everybody.
pub(crate) fn bridge_sources(audio: u32, video: u32) -> SourceSet {
    let source = |ssrc, name: &str, label: &str| Kind {
        sources: vec![Source {
            ssrc,
            name: name.to_owned(),
            msid: Some(format!("mixedmslabel {label}")),
            video_type: None,
        }],
        groups: Vec::new(),
    };
    SourceSet {
        audio: source(audio, "jvb-a0", "mixedlabelaudio0"),
        video: source(video, "jvb-v0", "mixedlabelvideo0"),
    }
}

/// Who has what, by endpoint id.
#[derive(Debug, Default)]
pub(crate) struct ConferenceSources(pub(crate) BTreeMap<String, SourceSet>);

#[cfg(test)]
mod tests;
