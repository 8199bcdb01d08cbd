//! Adding and removing under the rules.

use super::{ConferenceSources, Kind, LIMIT, SourceSet};

impl ConferenceSources {
    /// Adds to what `owner` has; nothing is changed when a rule is broken.
    pub(crate) fn add(&mut self, owner: &str, added: &SourceSet) -> Result<(), String> {
        let mut merged = self.0.get(owner).cloned().unwrap_or_default();
        for (into, from, letter) in [
            (&mut merged.audio, &added.audio, 'a'),
            (&mut merged.video, &added.video, 'v'),
        ] {
            for source in &from.sources {
                if self.is_used(source.ssrc)
                    || into.sources.iter().any(|known| known.ssrc == source.ssrc)
                {
                    return Err(format!("SSRC {} is already used", source.ssrc));
                }
                check_name(owner, &source.name, letter)?;
                into.sources.push(source.clone());
            }
            for group in &from.groups {
                if into.groups.contains(group) {
                    return Err("the group is already there".to_owned());
                }
                into.groups.push(group.clone());
            }
        }
        for ssrc in merged.audio.sources.iter().map(|source| source.ssrc) {
            if merged
                .video
                .sources
                .iter()
                .any(|source| source.ssrc == ssrc)
            {
                return Err(format!("SSRC {ssrc} is sound and picture at once"));
            }
        }
        check(&merged)?;
        self.0.insert(owner.to_owned(), merged);
        Ok(())
    }

    /// Removes from what `owner` has; nothing is changed when a rule is broken.
    pub(crate) fn remove(&mut self, owner: &str, removed: &SourceSet) -> Result<(), String> {
        let mut left = self.0.get(owner).cloned().unwrap_or_default();
        for (from, away) in [
            (&mut left.audio, &removed.audio),
            (&mut left.video, &removed.video),
        ] {
            for source in &away.sources {
                let before = from.sources.len();
                from.sources.retain(|known| known.ssrc != source.ssrc);
                if from.sources.len() == before {
                    return Err(format!("SSRC {} does not exist", source.ssrc));
                }
            }
            for group in &away.groups {
                let before = from.groups.len();
                from.groups.retain(|known| known != group);
                if from.groups.len() == before {
                    return Err("the group does not exist".to_owned());
                }
            }
        }
        check(&left)?;
        self.0.insert(owner.to_owned(), left);
        Ok(())
    }

    fn is_used(&self, ssrc: u32) -> bool {
        self.0.values().any(|set| {
            set.kinds()
                .iter()
                .any(|kind| kind.sources.iter().any(|known| known.ssrc == ssrc))
        })
    }
}

/// `<endpoint>-a<N>` or `<endpoint>-v<N>`.
fn check_name(owner: &str, name: &str, letter: char) -> Result<(), String> {
    let number = name
        .strip_prefix(owner)
        .and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.strip_prefix(letter));
    match number {
        Some(number) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(())
        }
        _ => Err(format!("source name {name} does not belong to {owner}")),
    }
}

fn check(set: &SourceSet) -> Result<(), String> {
    let count: usize = set.kinds().iter().map(|kind| kind.sources.len()).sum();
    if count > LIMIT {
        return Err("too many sources".to_owned());
    }
    let groups: usize = set.kinds().iter().map(|kind| kind.groups.len()).sum();
    if groups > LIMIT {
        return Err("too many groups".to_owned());
    }
    set.kinds().into_iter().try_for_each(check_kind)
}

fn check_kind(kind: &Kind) -> Result<(), String> {
    for group in &kind.groups {
        match group.semantics.as_str() {
            "FID" if group.ssrcs.len() != 2 => {
                return Err("a FID group must have two SSRCs".to_owned());
            }
            "SIM" if group.ssrcs.len() < 2 => {
                return Err("a SIM group needs several SSRCs".to_owned());
            }
            _ => {}
        }
        let mut msid = None;
        for ssrc in &group.ssrcs {
            let source = kind
                .sources
                .iter()
                .find(|source| source.ssrc == *ssrc)
                .ok_or_else(|| format!("SSRC {ssrc} of a group is no source"))?;
            let own = source
                .msid
                .as_deref()
                .ok_or_else(|| format!("SSRC {ssrc} in a group needs an msid"))?;
            if *msid.get_or_insert(own) != own {
                return Err("different msids in one group".to_owned());
            }
        }
    }
    for source in &kind.sources {
        let Some(msid) = source.msid.as_deref() else {
            continue;
        };
        let conflict = kind
            .sources
            .iter()
            .any(|other| other.msid.as_deref() == Some(msid) && other.name != source.name);
        if conflict {
            return Err(format!("msid {msid} belongs to two sources"));
        }
        let twins = kind
            .sources
            .iter()
            .filter(|other| other.msid.as_deref() == Some(msid))
            .count();
        let grouped = kind
            .groups
            .iter()
            .any(|group| group.ssrcs.contains(&source.ssrc));
        if twins > 1 && !grouped {
            return Err(format!("msid {msid} is used by SSRCs that no group joins"));
        }
    }
    Ok(())
}
