//! What the focus knows about one room.

use std::collections::BTreeMap;
use std::time::Instant;

use ranzen_xmpp::Element;
use tokio::sync::oneshot;

use super::features::Features;
use crate::sources::{ConferenceSources, SourceSet, stripped};

/// Whoever waits for the room to be ready.
pub(crate) enum Waiting {
    /// A conference request by IQ.
    Iq(Element),
    /// One by HTTP.
    Http(oneshot::Sender<Result<(), String>>),
}

/// A room.
#[derive(Default)]
pub(crate) struct Conference {
    /// The focus is in the room.
    pub(crate) joined: bool,
    pub(crate) waiting: Vec<Waiting>,
    pub(crate) participants: BTreeMap<String, Participant>,
    pub(crate) sources: ConferenceSources,
    /// Names this conference on this bridge: the bridge's id and ours for it.
    pub(crate) bridge_session: Option<(String, String)>,
    /// How many bridges the focus' presence names.
    pub(crate) bridges: Option<u32>,
    /// Counts up whenever the number of participants changes, so that late timers can be told.
    pub(crate) generation: u64,
}

/// Somebody in a room.
pub(crate) struct Participant {
    pub(crate) real_jid: String,
    pub(crate) moderator: bool,
    pub(crate) features: Option<Features>,
    pub(crate) session: Option<Session>,
    /// Told by its IQs that it must not be invited again by itself.
    pub(crate) declined: bool,
    /// When it asked for new sessions, for the limits.
    pub(crate) restarts: Vec<Instant>,
}

/// A Jingle session with a participant.
pub(crate) struct Session {
    pub(crate) sid: String,
    pub(crate) accepted: bool,
    /// What others had when it was offered: the difference is told once it is accepted.
    pub(crate) offered: Vec<(String, SourceSet)>,
}

/// What happened to sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// source-add
    Add,
    /// source-remove
    Remove,
}

impl Change {
    /// The Jingle action.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Add => "source-add",
            Self::Remove => "source-remove",
        }
    }
}

impl Conference {
    /// The sources of everybody but `receiver`, as others are told.
    pub(crate) fn shown_to(&self, receiver: &str) -> Vec<(String, SourceSet)> {
        self.sources
            .0
            .iter()
            .filter(|(owner, set)| *owner != receiver && !set.is_empty())
            .map(|(owner, set)| (owner.clone(), stripped(set)))
            .collect()
    }

    /// Everybody who could get a session but has none.
    pub(crate) fn uninvited(&self) -> Vec<String> {
        self.participants
            .iter()
            .filter(|(_, who)| who.session.is_none() && who.features.is_some() && !who.declined)
            .map(|(nick, _)| nick.clone())
            .collect()
    }
}
