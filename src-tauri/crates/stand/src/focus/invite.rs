//! Sessions with participants: invite, tell of sources, end.

use ranzen_xmpp::{Element, ns};

use super::conference::{Change, Participant, Session};
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
        if conference.bridges.replace(1) != Some(1) {
            self.account
                .send(&stanzas::presence(&self.jid, room, false, Some(1)));
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
        let offered = shown
            .iter()
            .filter(|(owner, _)| owner != "jvb")
            .cloned()
            .collect();
        who.session = Some(Session {
            sid: sid.clone(),
            accepted: false,
            offered,
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

    /// Tells everybody else with an accepted session of a change in `owner`'s sources.
    pub(super) fn propagate(&mut self, room: &str, owner: &str, change: Change, set: &SourceSet) {
        let shown = stripped(set);
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        let accepted =
            |who: &Participant| who.session.as_ref().is_some_and(|session| session.accepted);
        let ready: Vec<String> = conference
            .participants
            .iter()
            .filter(|(nick, who)| *nick != owner && accepted(who))
            .map(|(nick, _)| nick.clone())
            .collect();
        for nick in ready {
            self.tell(room, &nick, change, &[(owner.to_owned(), shown.clone())]);
        }
    }

    /// Tells a participant who has just accepted what changed since its offer.
    pub(super) fn catch_up(&mut self, room: &str, nick: &str) {
        let Some(conference) = self.conferences.get(room) else {
            return;
        };
        let Some(session) = conference
            .participants
            .get(nick)
            .and_then(|who| who.session.as_ref())
        else {
            return;
        };
        let now = conference.shown_to(nick);
        let find = |list: &[(String, SourceSet)], owner: &str| {
            list.iter()
                .find(|(known, _)| known == owner)
                .map(|(_, set)| set.clone())
                .unwrap_or_default()
        };
        let added: Vec<_> = now
            .iter()
            .map(|(owner, set)| (owner.clone(), set.without(&find(&session.offered, owner))))
            .filter(|(_, set)| !set.is_empty())
            .collect();
        // Who left is not spoken of.
        let removed: Vec<_> = session
            .offered
            .iter()
            .filter(|(owner, _)| conference.participants.contains_key(owner))
            .map(|(owner, set)| (owner.clone(), set.without(&find(&now, owner))))
            .filter(|(_, set)| !set.is_empty())
            .collect();
        self.tell(room, nick, Change::Remove, &removed);
        self.tell(room, nick, Change::Add, &added);
    }

    /// Tells one participant of a change.
    pub(super) fn tell(
        &mut self,
        room: &str,
        nick: &str,
        change: Change,
        sets: &[(String, SourceSet)],
    ) {
        if sets.iter().all(|(_, set)| set.is_empty()) {
            return;
        }
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
            let sets = sets.iter().map(|(owner, set)| (owner.as_str(), set));
            jingle.push(
                Element::new("json-message", ns::JITMEET)
                    .text(&sources::to_json(sets, features.video)),
            );
        } else {
            for name in ["audio", "video"] {
                if name == "video" && !features.video {
                    continue;
                }
                let mut description =
                    Element::new("description", ns::JINGLE_RTP).attr("media", name);
                for (owner, set) in sets {
                    let kind = if name == "video" {
                        &set.video
                    } else {
                        &set.audio
                    };
                    description = description.children_from(sources::to_xml(owner, kind));
                }
                if description.children().next().is_some() {
                    jingle.push(
                        Element::new("content", ns::JINGLE)
                            .attr("name", name)
                            .child(description),
                    );
                }
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
        conference.bridges = Some(0);
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
            .send(&stanzas::presence(&self.jid, room, false, Some(0)));
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

    /// The bridge lost the conference: every session on it is dead, nobody is told but by a new invitation.
    pub(super) fn bridge_lost(&mut self, room: &str) {
        let Some(conference) = self.conferences.get_mut(room) else {
            return;
        };
        conference.bridge_session = None;
        conference.sources.0.clear();
        for who in conference.participants.values_mut() {
            who.session = None;
            who.declined = true;
        }
        let everybody: Vec<String> = conference.participants.keys().cloned().collect();
        for nick in everybody {
            self.again(room, &nick);
        }
    }
}
