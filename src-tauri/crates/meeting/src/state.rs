//! The meeting's state: a pure fold over events. What the screen shows is this, so it can't lie.

use crate::{
    ChatMessage, Connection, Delivery, EndReason, Event, MediaPhase, Participant, ParticipantId,
    Problem,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// Chat messages kept in memory; the vault has them all.
const CHAT_IN_MEMORY: usize = 2_000;
/// Participants kept; a server that names more is ignored beyond it.
const PARTICIPANTS_MAX: usize = 5_000;

/// Something that can be done in this meeting. Faces ask this, never which protocol it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Capability {
    /// Write to everybody.
    PublicChat,
    /// Write to one participant.
    PrivateChat,
    /// Raise the hand.
    RaiseHand,
    /// Send sound.
    Microphone,
}

/// Everything known about the running meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MeetingState {
    /// The signalling connection.
    pub connection: Connection,
    /// The media connection.
    pub media: MediaPhase,
    /// Our own id, once joined.
    pub own: Option<ParticipantId>,
    /// The subject; empty for none.
    pub subject: String,
    /// Everybody here, ourselves included.
    #[ts(as = "BTreeMap<String, Participant>")]
    pub participants: BTreeMap<ParticipantId, Participant>,
    /// The server's choice of who speaks most.
    pub dominant: Option<ParticipantId>,
    /// The chat in order of arrival, the newest last.
    pub chat: Vec<ChatMessage>,
    /// What can be done.
    pub capabilities: BTreeSet<Capability>,
    /// What is wrong though the meeting goes on.
    pub trouble: Option<Problem>,
    /// Why it is over.
    pub ended: Option<EndReason>,
}

impl Default for MeetingState {
    fn default() -> Self {
        Self {
            connection: Connection::Joining,
            media: MediaPhase::Idle,
            own: None,
            subject: String::new(),
            participants: BTreeMap::new(),
            dominant: None,
            chat: Vec::new(),
            capabilities: BTreeSet::new(),
            trouble: None,
            ended: None,
        }
    }
}

impl MeetingState {
    /// Folds one event in. Total: any event in any order leaves a valid state.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::ConnectionChanged { connection } => {
                self.connection = *connection;
                if *connection == Connection::Joined {
                    self.trouble = None;
                }
            }
            Event::Joined { own } => {
                self.participants.clear();
                self.dominant = None;
                self.own = Some(own.clone());
            }
            Event::MediaChanged { media } => self.media_changed(*media),
            Event::ParticipantSeen { participant } => self.seen(participant),
            Event::ParticipantLeft { id } => {
                self.participants.remove(id);
                if self.dominant.as_ref() == Some(id) {
                    self.dominant = None;
                }
            }
            Event::RoleChanged { id, role } => {
                if let Some(known) = self.participants.get_mut(id) {
                    known.role = *role;
                }
            }
            Event::Speaking { id, speaking } => {
                if let Some(known) = self.participants.get_mut(id) {
                    known.speaking = *speaking && !known.audio_muted;
                }
            }
            Event::DominantSpeaker { id } => self.dominant = id.clone(),
            Event::Chat { message } => self.chat(message),
            Event::ChatFailed { id, problem } => {
                if let Some(known) = self.chat.iter_mut().rfind(|m| m.id == *id) {
                    known.delivery = Delivery::Failed;
                }
                self.trouble = Some(problem.clone());
            }
            Event::SubjectChanged { subject } => self.subject.clone_from(subject),
            Event::MutedByModerator { .. } => {
                if let Some(own) = self
                    .own
                    .as_ref()
                    .and_then(|id| self.participants.get_mut(id))
                {
                    own.audio_muted = true;
                    own.speaking = false;
                }
            }
            Event::CapabilitiesChanged { capabilities } => {
                self.capabilities.clone_from(capabilities);
            }
            Event::Trouble { problem, .. } => self.trouble = Some(problem.clone()),
            Event::Ended { reason } => {
                self.connection = Connection::Ended;
                self.media_changed(MediaPhase::Idle);
                self.ended = Some(reason.clone());
                for message in &mut self.chat {
                    if message.delivery == Delivery::Pending {
                        message.delivery = Delivery::Failed;
                    }
                }
            }
        }
    }

    fn media_changed(&mut self, media: MediaPhase) {
        self.media = media;
        if media != MediaPhase::Connected {
            for participant in self.participants.values_mut() {
                participant.speaking = false;
            }
        }
    }

    fn seen(&mut self, news: &Participant) {
        let full = self.participants.len() >= PARTICIPANTS_MAX;
        match self.participants.get_mut(&news.id) {
            Some(known) => {
                let speaking = known.speaking && !news.audio_muted;
                known.clone_from(news);
                known.speaking = speaking;
            }
            None if full => {}
            None => {
                self.participants.insert(news.id.clone(), news.clone());
            }
        }
    }

    fn chat(&mut self, message: &ChatMessage) {
        if let Some(known) = self.chat.iter_mut().rfind(|m| m.id == message.id) {
            // History replayed after a rejoin must not turn a seen message into a new one.
            known.delivery = message.delivery;
            return;
        }
        self.chat.push(message.clone());
        if self.chat.len() > CHAT_IN_MEMORY {
            self.chat.remove(0);
        }
    }
}
