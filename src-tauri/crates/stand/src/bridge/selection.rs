//! Which pictures go to whom, and what senders are told about it.

use std::collections::BTreeMap;

use super::channel::Link;
use super::conference::Conference;
use super::endpoint::Endpoint;
use super::message::{self, Constraints, Height};

/// What holds for sources that a receiver's first constraints don't mention.
const FIRST_DEFAULT_HEIGHT: i64 = 180;

impl Endpoint {
    /// Later constraints replace only what they name.
    pub(crate) fn update_constraints(&mut self, wanted: Constraints) {
        let known = self.constraints.get_or_insert_with(Constraints::default);
        known.last_n = wanted.last_n.or(known.last_n);
        known.default_constraints = wanted.default_constraints.or(known.default_constraints);
        if wanted.constraints.is_some() {
            known.constraints = wanted.constraints;
        }
        if wanted.selected_sources.is_some() {
            known.selected_sources = wanted.selected_sources;
        }
        if wanted.on_stage_sources.is_some() {
            known.on_stage_sources = wanted.on_stage_sources;
        }
    }

    /// The height it wants of a source; 0 before it said anything.
    fn height_of(&self, source: &str) -> i64 {
        let Some(constraints) = &self.constraints else {
            return 0;
        };
        let own: Option<Height> = constraints
            .constraints
            .as_ref()
            .and_then(|map| map.get(source).copied());
        own.or(constraints.default_constraints)
            .map_or(FIRST_DEFAULT_HEIGHT, |height| height.max_height)
    }

    pub(crate) fn wants_sound_of(&self, source: &str) -> bool {
        let named = |list: &Option<Vec<String>>| {
            list.as_ref()
                .is_some_and(|list| list.iter().any(|it| it == source))
        };
        if named(&self.audio.exclude) {
            return false;
        }
        self.audio.all.unwrap_or(true) || named(&self.audio.include)
    }

    pub(crate) fn gets_picture_of(&self, source: &str) -> bool {
        self.told_forwarded
            .as_ref()
            .is_some_and(|list| list.iter().any(|it| it == source))
    }

    pub(crate) fn has_socket(&self, number: u64) -> bool {
        matches!(&self.link, Some(Link::Socket(socket)) if socket.number == number)
    }

    /// Names of its pictures in order, each once, without those it stopped.
    fn pictures(&self) -> Vec<String> {
        let mut names = Vec::new();
        for source in &self.sources.video.sources {
            let stopped = self
                .video_types
                .get(&source.name)
                .is_some_and(|kind| kind == "none");
            if !stopped && !names.contains(&source.name) {
                names.push(source.name.clone());
            }
        }
        names
    }
}

impl Conference {
    /// Decides anew and tells those for whom something changed.
    pub(crate) fn select(&mut self) {
        let pictures: BTreeMap<String, Vec<String>> = self
            .endpoints
            .iter()
            .map(|(id, endpoint)| (id.clone(), endpoint.pictures()))
            .collect();
        let mut highest: BTreeMap<&str, i64> = pictures
            .values()
            .flatten()
            .map(|name| (name.as_str(), 0))
            .collect();
        for (id, receiver) in &mut self.endpoints {
            if receiver.constraints.is_none() {
                continue;
            }
            let last_n = receiver
                .constraints
                .as_ref()
                .and_then(|it| it.last_n)
                .unwrap_or(-1);
            let mut forwarded = Vec::new();
            for name in pictures
                .iter()
                .filter(|(owner, _)| *owner != id)
                .flat_map(|(_, names)| names)
            {
                let height = receiver.height_of(name);
                let full = last_n >= 0 && forwarded.len() as i64 >= last_n;
                if height == 0 || full {
                    continue;
                }
                forwarded.push(name.clone());
                if let Some(most) = highest.get_mut(name.as_str()) {
                    // -1 is unlimited.
                    *most = if height < 0 || *most < 0 {
                        -1
                    } else {
                        (*most).max(height)
                    };
                }
            }
            if receiver.told_forwarded.as_ref() != Some(&forwarded) {
                receiver.say(&message::forwarded(&forwarded));
                receiver.told_forwarded = Some(forwarded);
            }
        }
        for (id, sender) in &mut self.endpoints {
            let own = pictures.get(id).map(Vec::as_slice).unwrap_or_default();
            sender.told_heights.retain(|name, _| own.contains(name));
            for name in own {
                let height = highest.get(name.as_str()).copied().unwrap_or(0);
                if sender.told_heights.insert(name.clone(), height) != Some(height) {
                    sender.say(&message::sender_constraints(name, height));
                }
            }
        }
    }
}
