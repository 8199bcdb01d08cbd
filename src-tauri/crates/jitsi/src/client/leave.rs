//! The end: leaving politely, and being over for any reason.

use super::conference::Stage;
use super::{Client, Output};
use crate::clock::Now;
use crate::jingle::{Reason, terminate};
use ranzen_meeting::{EndReason, Event};
use ranzen_xmpp::{Element, close, ns};
use std::time::Duration;

/// For so long the room's goodbye is awaited.
const GOODBYE: Duration = Duration::from_secs(2);

impl Client {
    /// Says goodbye: ends the media session, leaves the room, waits for the room's answer.
    pub(super) fn leave(&mut self, now: Now) {
        if matches!(self.stage, Stage::Leaving { .. }) {
            return;
        }
        if !self.is_up() {
            self.finish(EndReason::Left, now);
            return;
        }
        if let Some(media) = &self.media {
            let sid = media.offer.sid.clone();
            let focus = self.focus_address();
            let payload = terminate(&sid, &focus, Reason::Success, "left", None);
            let iq = self.question("set", &focus, payload);
            self.send(iq);
        }
        self.stop_media();
        let was_in_room = matches!(self.stage, Stage::Joined | Stage::Joining { .. });
        self.leave_lobby();
        if !was_in_room {
            self.finish(EndReason::Left, now);
            return;
        }
        let presence = self.own.leave(&self.settings.room);
        self.send(presence);
        self.stage = Stage::Leaving {
            until: now.at + GOODBYE,
        };
    }

    /// It is over. Nothing happens after this.
    pub(super) fn finish(&mut self, reason: EndReason, _now: Now) {
        if self.is_over() {
            return;
        }
        if self.is_up() {
            // Without this the server would keep our place for a return that never comes.
            let gone = Element::new("presence", ns::CLIENT).attr("type", "unavailable");
            self.push(Output::Send(gone));
            self.push(Output::Send(close()));
        }
        self.push(Output::CloseSocket);
        self.hang_up();
        self.stop_media();
        self.abandon_chat();
        self.stage = Stage::Over;
        self.event(Event::Ended { reason });
        self.push(Output::Done);
    }
}
