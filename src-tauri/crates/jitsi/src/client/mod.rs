//! The whole client without sockets and clocks: what comes in, what goes out, what happens.
//!
//! Inputs, each with the time it came at:
//! - the driver: a socket opened, failed, was lost; a frame came; the HTTP conference request was
//!   answered; time passed ([`Client::tick`], at [`Client::deadline`] at the latest);
//! - the transport: an answer to an offer, events;
//! - the bridge channel's WebSocket: opened, a message, closed;
//! - the engine: commands.
//!
//! After each input the outputs are taken with [`Client::poll`] until there are none.

mod channel;
mod conference;
mod cut;
mod jingle;
mod leave;
mod line;
mod lobby;
mod media;
mod questions;
mod room;
mod talk;
#[cfg(test)]
mod tests;

pub(crate) use line::LineState;

use crate::chat::ChatLedger;
use crate::clock::Now;
use crate::disco::Components;
use crate::ids::Ids;
use crate::iq::Pending;
use crate::muc::{Occupant, OwnPresence};
use crate::stream::Smacks;
use conference::Stage;
use lobby::Lobby;
use media::Media;
use questions::Ask;
use ranzen_meeting::{Capability, Command, Event, MediaPhase, ParticipantId, Problem, Role, Token};
use ranzen_rtp::SourceKey;
use ranzen_transport::{IceServer, RemoteOffer, RemoteSource};
use ranzen_xmpp::{Element, Jid};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// What is known before the first connection.
pub(crate) struct Settings {
    /// Domain to log in to.
    pub(crate) domain: String,
    /// The room.
    pub(crate) room: Jid,
    /// The focus component, which is asked for the conference.
    pub(crate) focus: Jid,
    /// The focus' user, if the configuration names it.
    pub(crate) focus_user: Option<Jid>,
    /// We log in as guests where hosts have logins.
    pub(crate) is_guest_domain: bool,
    /// Domain of recorders and the like.
    pub(crate) hidden_domain: Option<String>,
    /// The conference is asked for by HTTP.
    pub(crate) conference_by_http: bool,
    /// The deployment wants the bridge channel over SCTP.
    pub(crate) prefer_sctp: bool,
    /// The JWT of the link.
    pub(crate) token: Option<Token>,
    /// Shown name.
    pub(crate) name: String,
    /// The room's password.
    pub(crate) password: Option<Zeroizing<String>>,
    /// Join muted.
    pub(crate) muted: bool,
}

/// What the driver has to do.
#[derive(Debug)]
pub(crate) enum Output {
    /// Open a socket and log in on it.
    OpenSocket {
        /// The session to be resumed, for the URL.
        previd: Option<String>,
        /// Give up after this long.
        within: Duration,
    },
    /// Send on the socket.
    Send(Element),
    /// Close the socket; nothing comes from it any more.
    CloseSocket,
    /// Ask for the conference by HTTP.
    AskConference(serde_json::Value),
    /// Make a media connection and answer this offer.
    StartMedia {
        /// Number of the media session.
        media: u64,
        /// The offer.
        offer: RemoteOffer,
        /// Relays.
        servers: Vec<IceServer>,
    },
    /// More sources.
    AddSources(Vec<RemoteSource>),
    /// Fewer sources.
    RemoveSources(Vec<SourceKey>),
    /// Close the media connection.
    StopMedia,
    /// Open the bridge channel's WebSocket.
    OpenChannel {
        /// Number of the media session.
        media: u64,
        /// Where.
        url: String,
    },
    /// Send on the bridge channel's WebSocket.
    SendChannel(String),
    /// Send on the data channel.
    SendSctp(String),
    /// Close the bridge channel's WebSocket.
    CloseChannel,
    /// Tell the engine.
    Event(Event),
    /// Over: nothing follows.
    Done,
}

/// The client.
pub(crate) struct Client {
    settings: Settings,
    ids: Ids,
    out: VecDeque<Output>,

    line: LineState,
    smacks: Smacks,
    pending: Pending<Ask>,
    jid: Option<Jid>,
    last_heard: Instant,

    stage: Stage,
    ever_joined: bool,
    host_missing_told: bool,
    lobby: Option<Lobby>,
    invite_password: Option<Zeroizing<String>>,
    machine_uid: String,
    /// Who may be the focus: as configured, and as the focus itself says.
    focus_users: Vec<Jid>,
    focus_here: bool,
    own: OwnPresence,
    own_role: Role,
    presence_dirty: bool,
    presence_not_before: Instant,
    occupants: BTreeMap<String, Occupant>,
    components: Components,
    servers: Vec<IceServer>,
    servers_asked: Instant,
    permissions: BTreeMap<String, bool>,
    microphone_blocked: bool,
    capabilities: BTreeSet<Capability>,
    start_muted_done: bool,
    bridge_missing_told: bool,

    chat: ChatLedger,
    history_done: bool,
    history_until: Instant,

    media: Option<Media>,
    media_count: u64,
    media_phase: MediaPhase,
    media_failures: u32,
    /// Since when the path is broken; it may come back by itself.
    media_broken: Option<Instant>,
    /// The session before, of which late words may still be under way.
    media_ended: Option<String>,
    media_wanted_until: Option<Instant>,
}

impl Client {
    /// A client that has done nothing yet. [`Client::start`] begins.
    pub(crate) fn new(settings: Settings, mut ids: Ids, now: Now) -> Self {
        let own = OwnPresence {
            nick: String::new(),
            name: settings.name.clone(),
            stats_id: ids.nick(),
            audio_muted: settings.muted,
            hand: None,
        };
        let machine_uid = ids.uuid().replace('-', "");
        let focus_users = settings.focus_user.iter().map(Jid::bare).collect();
        Self {
            settings,
            ids,
            out: VecDeque::new(),
            line: LineState::default(),
            smacks: Smacks::default(),
            pending: Pending::default(),
            jid: None,
            last_heard: now.at,
            stage: Stage::Offline,
            ever_joined: false,
            host_missing_told: false,
            lobby: None,
            invite_password: None,
            machine_uid,
            focus_users,
            focus_here: false,
            own,
            own_role: Role::Participant,
            presence_dirty: false,
            presence_not_before: now.at,
            occupants: BTreeMap::new(),
            components: Components::default(),
            servers: Vec::new(),
            servers_asked: now.at,
            permissions: BTreeMap::new(),
            microphone_blocked: false,
            capabilities: BTreeSet::new(),
            start_muted_done: false,
            bridge_missing_told: false,
            chat: ChatLedger::default(),
            history_done: false,
            history_until: now.at,
            media: None,
            media_count: 0,
            media_phase: MediaPhase::Idle,
            media_failures: 0,
            media_broken: None,
            media_ended: None,
            media_wanted_until: None,
        }
    }

    /// The next thing to do, if any.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When [`Client::tick`] is wanted at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        if self.is_over() {
            return None;
        }
        [
            self.line_deadline(),
            self.pending.deadline(),
            self.stage_deadline(),
            self.presence_deadline(),
            self.history_deadline(),
            self.media_deadline(),
            self.channel_deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Now) {
        if self.is_over() {
            return;
        }
        for ask in self.pending.overdue(now.at) {
            // The one before may have ended everything.
            if !self.is_over() {
                self.unanswered(ask, now);
            }
        }
        if self.is_over() {
            return;
        }
        self.line_tick(now);
        self.stage_tick(now);
        self.history_tick(now);
        self.media_tick(now);
        self.channel_tick(now);
        self.flush(now);
    }

    /// A command of the engine.
    pub(crate) fn command(&mut self, command: Command, now: Now) {
        if self.is_over() {
            return;
        }
        match command {
            Command::SetMicrophoneMuted { muted } => self.set_muted(muted, now),
            Command::SendChat { id, to, body } => self.write_chat(id, to, body, now),
            Command::RaiseHand { raised } => {
                let hand = raised.then_some(self.own.hand.unwrap_or(now.wall));
                if self.own.hand != hand {
                    self.own.hand = hand;
                    self.own_changed();
                }
            }
            Command::Leave => self.leave(now),
            _ => self.trouble(
                Problem::new(ranzen_meeting::Code::NotNow, "an unknown command"),
                now,
            ),
        }
        self.flush(now);
    }

    /// Sends what has waited for its time: presence and chat.
    fn flush(&mut self, now: Now) {
        self.flush_presence(now);
        self.flush_chat(now);
    }

    fn event(&mut self, event: Event) {
        self.out.push_back(Output::Event(event));
    }

    fn trouble(&mut self, problem: Problem, now: Now) {
        self.event(Event::Trouble {
            problem,
            at: now.wall,
        });
    }

    fn own_id(&self) -> ParticipantId {
        ParticipantId(self.own.nick.clone())
    }
}
