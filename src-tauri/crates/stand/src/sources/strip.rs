//! Simulcast is not shown to receivers: the bridge sends one stream per source.

use super::{Kind, SourceSet};

/// Only the first SSRC of each simulcast group with its repair stream, as receivers are told.
pub(crate) fn stripped(set: &SourceSet) -> SourceSet {
    SourceSet {
        audio: set.audio.clone(),
        video: strip(&set.video),
    }
}

fn strip(kind: &Kind) -> Kind {
    let mut hidden: Vec<u32> = Vec::new();
    for group in kind.groups.iter().filter(|group| group.semantics == "SIM") {
        hidden.extend(group.ssrcs.iter().skip(1));
    }
    let repairs: Vec<u32> = kind
        .groups
        .iter()
        .filter(|group| group.semantics == "FID" && hidden.contains(&group.ssrcs[0]))
        .filter_map(|group| group.ssrcs.get(1).copied())
        .collect();
    hidden.extend(repairs);
    Kind {
        sources: kind
            .sources
            .iter()
            .filter(|source| !hidden.contains(&source.ssrc))
            .cloned()
            .collect(),
        groups: kind
            .groups
            .iter()
            .filter(|group| {
                group.semantics != "SIM" && !group.ssrcs.iter().any(|ssrc| hidden.contains(ssrc))
            })
            .cloned()
            .collect(),
    }
}
