//! What the faces are told, and how often.

use super::Core;
use crate::api::{Snapshot, Update};
use ranzen_meeting::{Event, ParticipantId};
use tokio::sync::broadcast;

/// Sends updates and events to whoever listens.
pub(super) struct Publisher {
    updates: broadcast::Sender<Update>,
    events: broadcast::Sender<Event>,
    due: bool,
}

impl Publisher {
    pub(super) fn new(
        updates: broadcast::Sender<Update>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self {
            updates,
            events,
            due: false,
        }
    }

    /// Something changed that a snapshot shows.
    pub(super) fn mark(&mut self) {
        self.due = true;
    }

    /// A snapshot is due.
    pub(super) fn is_due(&self) -> bool {
        self.due
    }

    pub(super) fn event(&self, event: &Event) {
        // An error means that nobody listens, which is fine.
        let _ = self.events.send(event.clone());
    }

    fn update(&self, update: Update) {
        let _ = self.updates.send(update);
    }
}

impl Core {
    /// Everything as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            meeting: self.meeting.clone(),
            place: self.running.as_ref().map(|running| running.place.clone()),
            muted: self.muted,
            vault: self.archive.state(),
            vault_problem: self.archive.problem(),
            audio_problem: self.audio_problem.clone(),
        }
    }

    pub(super) fn publish(&mut self) {
        self.publisher.due = false;
        let snapshot = Box::new(self.snapshot());
        self.publisher.update(Update::Snapshot { snapshot });
    }

    pub(super) fn publish_levels(&self, own: f32, others: Vec<(ParticipantId, f32)>) {
        self.publisher.update(Update::Levels { own, others });
    }

    pub(super) fn publish_devices_changed(&self) {
        self.publisher.update(Update::DevicesChanged);
    }
}
