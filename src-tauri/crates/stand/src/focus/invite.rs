//! Sessions with participants: invite, tell of sources, end.

use ranzen_xmpp::{Element, ns};

use super::conference::{Change, Session};
use super::offer::Offer;
use super::{Focus, MIN_PARTICIPANTS, Pending, stanzas};
use crate::random;
use crate::sources::{self, SourceSet, bridge_sources, stripped};

impl Focus {
    /// Invites everybody who has no session, once there are enough.
    pub(super) async fn invite_all(&mut self, room: &str) {
        let Some(conference) = self.conferences.get(room) else {
            return;
        };
        if conference.participants.len() < MIN_PARTICIPANTS {
            return;
        }
        for nick in conference.uninvited() {
            self.invite(room, &nick).await;
        }
    }

    async fn invite(&mut self, room: &str, nick: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let Some(mut features) = conference
            .participants
            .get(nick)
            .and_then(|who| who.features)
        else {
            return;
        };
        features.sctp &= self.options.sctp;
        if conference.bridge_session.is_none() {
            self.account
                .send(&stanzas::presence(&self.jid, room, false, true));
        }
        let Some(allocation) = self.bridge.allocate(room, nick, features.sctp).await else {
            return self
                .complaints
                .add(format!("the bridge has no place for {nick}"));
        };
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let bridge_session = match &conference.bridge_session {
            Some((bridge, session)) if *bridge == allocation.conference => session.clone(),
            _ => random::uuid(),
        };
        conference.bridge_session = Some((allocation.conference.clone(), bridge_session.clone()));
        let mut shown = conference.shown_to(nick);
        shown.push((
            "jvb".to_owned(),
            bridge_sources(allocation.audio_ssrc, allocation.video_ssrc),
        ));
        let Some(who) = conference.participants.get_mut(nick) else {
            return;
        };
        let sid = random::base36::<13>();
        who.session = Some(Session {
            sid: sid.clone(),
            bridge_session: bridge_session.clone(),
            accepted: false,
            queued: Vec::new(),
        });
        let channel_url = self.options.colibri_websocket.then(|| {
            format!(
                "wss://{}/colibri-ws/default-id/{}/{nick}?pwd={}",
                self.channel_host, allocation.conference, allocation.channel_password
            )
        });
        let offer = Offer {
            features,
            allocation: &allocation,
            channel_url,
            focus_jid: &self.jid,
            sid: &sid,
            bridge_session: &bridge_session,
            sources: shown,
        };
        let element = offer.element();
        self.say(room, nick, element, "session-initiate");
    }

    /// Sends a `<jingle/>` to a participant.
    pub(super) fn say(&mut self, room: &str, nick: &str, jingle: Element, action: &'static str) {
        let about = Pending::Jingle {
            room: room.to_owned(),
            nick: nick.to_owned(),
            action,
        };
        self.ask("set", &format!("{room}/{nick}"), jingle, about);
    }

    /// Tells everybody else with a session of a change in `owner`'s sources.
    pub(super) fn propagate(&mut self, room: &str, owner: &str, change: Change, set: &SourceSet) {
        let shown = stripped(set);
        if shown.is_empty() {
            return;
        }
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let mut ready = Vec::new();
        for (nick, who) in conference
            .participants
            .iter_mut()
            .filter(|(nick, _)| *nick != owner)
        {
            match &mut who.session {
                Some(session) if session.accepted => ready.push(nick.clone()),
                Some(session) => session
                    .queued
                    .push((change, owner.to_owned(), shown.clone())),
                None => {}
            }
        }
        for nick in ready {
            self.tell(room, &nick, change, owner, &shown);
        }
    }

    /// Tells one participant of a change.
    pub(super) fn tell(
        &mut self,
        room: &str,
        nick: &str,
        change: Change,
        owner: &str,
        shown: &SourceSet,
    ) {
        let Some(who) = self
            .conferences
            .get(room)
            .and_then(|it| it.participants.get(nick))
        else {
            return;
        };
        let (Some(session), Some(features)) = (&who.session, who.features) else {
            return;
        };
        let mut jingle = Element::new("jingle", ns::JINGLE)
            .attr("action", change.action())
            .attr("sid", &session.sid);
        if features.json_sources {
            jingle.push(
                Element::new("json-message", ns::JITMEET)
                    .text(&sources::to_json([(owner, shown)], features.video)),
            );
        } else {
            for (name, kind) in [("audio", &shown.audio), ("video", &shown.video)] {
                if kind.sources.is_empty() || (name == "video" && !features.video) {
                    continue;
                }
                let description = Element::new("description", ns::JINGLE_RTP)
                    .attr("media", name)
                    .children_from(sources::to_xml(owner, kind));
                jingle.push(
                    Element::new("content", ns::JINGLE)
                        .attr("name", name)
                        .child(description),
                );
            }
        }
        self.say(room, nick, jingle, change.action());
    }

    /// Ends everybody's session because nobody else is there.
    pub(super) fn expire_sessions(&mut self, room: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        conference.bridge_session = None;
        let mut ended = Vec::new();
        for (nick, who) in &mut conference.participants {
            who.declined = false;
            if let Some(session) = who.session.take() {
                ended.push((nick.clone(), session.sid));
            }
        }
        conference.sources.0.clear();
        for (nick, sid) in ended {
            self.end(room, &nick, &sid, "expired", "Idle session timeout");
        }
        self.bridge.expire_conference(room);
        self.account
            .send(&stanzas::presence(&self.jid, room, false, false));
    }

    /// Sends session-terminate.
    pub(super) fn end(&mut self, room: &str, nick: &str, sid: &str, reason: &str, text: &str) {
        let jingle = Element::new("jingle", ns::JINGLE)
            .attr("action", "session-terminate")
            .attr("sid", sid)
            .child(
                Element::new("reason", ns::JINGLE)
                    .child(Element::new(reason, ns::JINGLE))
                    .child(Element::new("text", ns::JINGLE).text(text)),
            );
        self.say(room, nick, jingle, "session-terminate");
    }

    /// Takes a participant's session and sources away; others with sessions are told.
    pub(super) fn drop_session(&mut self, room: &str, nick: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        if let Some(who) = conference.participants.get_mut(nick) {
            who.session = None;
        }
        let sources = conference.sources.0.remove(nick).unwrap_or_default();
        self.bridge.expire(room, nick);
        self.propagate(room, nick, Change::Remove, &sources);
    }
}
