//! A participant under test: joins, folds its events into a state, speaks and listens in numbered packets.
#![allow(dead_code)]

use bytes::Bytes;
use ranzen_jitsi::{JoinRequest, join, participant_of};
use ranzen_meeting::{
    Audience, ChatMessage, Command, Event, MeetingLink, MeetingState, ParticipantId, Problem,
    Session,
};
use ranzen_net::{Door, ProxyChoice};
use ranzen_rtp::{AudioLevel, EncodedAudio};
use ranzen_stand::Stand;
use ranzen_transport::TransportConfig;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use zeroize::Zeroizing;

/// Whatever is awaited comes within this, or the test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What a participant has seen so far.
#[derive(Default)]
pub struct Seen {
    pub state: MeetingState,
    pub events: Vec<Event>,
    /// Numbers of the packets heard, by who sent them.
    pub heard: BTreeMap<ParticipantId, Vec<u32>>,
}

/// How to join.
#[derive(Clone)]
pub struct Ticket {
    pub url: String,
    pub ca: String,
    pub name: String,
    pub password: Option<String>,
    pub muted: bool,
}

impl Ticket {
    pub fn new(stand: &Stand, room: &str, name: &str) -> Self {
        Self {
            url: stand.url(room),
            ca: stand.ca_pem().to_owned(),
            name: name.to_owned(),
            password: None,
            muted: false,
        }
    }

    pub async fn join(self) -> Guest {
        self.try_join().await.unwrap()
    }

    pub async fn try_join(self) -> Result<Guest, Problem> {
        let door = Door::builder()
            .proxy(ProxyChoice::None)
            .extra_root_pem(self.ca.as_bytes())
            .build()
            .unwrap();
        let request = JoinRequest {
            link: MeetingLink::parse(&self.url).unwrap(),
            name: self.name,
            password: self.password.map(Zeroizing::new),
            muted: self.muted,
            transport: TransportConfig::new(door.clone()),
            door,
        };
        let (session, port) = join(request).await?;
        let (commands, from_test) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let news = Arc::new(Notify::new());
        tokio::spawn(pump(session, from_test, seen.clone(), news.clone()));
        let mut received = port.received;
        let (heard, told) = (seen.clone(), news.clone());
        tokio::spawn(async move {
            while let Some(packet) = received.recv().await {
                let Some(from) = participant_of(&packet.source) else {
                    continue;
                };
                let number = packet
                    .payload
                    .get(1..5)
                    .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
                let mut seen = heard.lock().unwrap_or_else(PoisonError::into_inner);
                seen.heard.entry(from).or_default().extend(number);
                told.notify_waiters();
            }
        });
        let send = port.send;
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            for number in 0u32.. {
                tick.tick().await;
                let mut payload = vec![0xfc];
                payload.extend_from_slice(&number.to_be_bytes());
                payload.resize(60, 0x55);
                let packet = EncodedAudio {
                    payload: Bytes::from(payload),
                    timestamp_48k: u64::from(number) * 960,
                    marker: number == 0,
                    level: AudioLevel {
                        minus_dbov: 20,
                        voice: true,
                    },
                };
                if let Err(mpsc::error::TrySendError::Closed(_)) = send.try_send(packet) {
                    return;
                }
            }
        });
        Ok(Guest {
            commands,
            seen,
            news,
        })
    }
}

async fn pump(
    mut session: ranzen_jitsi::JitsiSession,
    mut from_test: mpsc::UnboundedReceiver<Command>,
    seen: Arc<Mutex<Seen>>,
    news: Arc<Notify>,
) {
    loop {
        tokio::select! {
            command = from_test.recv() => match command {
                Some(command) => session.command(command),
                None => return,
            },
            event = session.next_event() => {
                let Some(event) = event else {
                    news.notify_waiters();
                    return;
                };
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.state.apply(&event);
                seen.events.push(event);
                drop(seen);
                news.notify_waiters();
            }
        }
    }
}

/// A participant. Dropping one cuts the connection without a farewell.
pub struct Guest {
    commands: mpsc::UnboundedSender<Command>,
    seen: Arc<Mutex<Seen>>,
    news: Arc<Notify>,
}

impl Guest {
    pub fn command(&self, command: Command) {
        self.commands.send(command).unwrap();
    }

    pub fn look<T>(&self, at: impl FnOnce(&Seen) -> T) -> T {
        at(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Seen) -> bool) {
        let wait = async {
            loop {
                let news = self.news.notified();
                if self.look(&is_so) {
                    return;
                }
                let _ = tokio::time::timeout(Duration::from_millis(200), news).await;
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            let (state, events) = self.look(|seen| (seen.state.clone(), seen.events.clone()));
            panic!("waited in vain for {what}: {state:#?}\n{events:?}");
        }
    }

    pub async fn joined(&self) -> ParticipantId {
        self.until("being joined", |seen| {
            seen.state.connection == ranzen_meeting::Connection::Joined && seen.state.own.is_some()
        })
        .await;
        self.id()
    }

    pub fn id(&self) -> ParticipantId {
        self.look(|seen| seen.state.own.clone()).unwrap()
    }

    pub async fn ended(&self) -> ranzen_meeting::EndReason {
        self.until("the end", |seen| seen.state.ended.is_some())
            .await;
        self.look(|seen| seen.state.ended.clone()).unwrap()
    }

    /// Waits until so many new packets of somebody were heard.
    pub async fn hears(&self, who: &ParticipantId, packets: usize) {
        let before = self.look(|seen| seen.heard.get(who).map_or(0, Vec::len));
        self.until("sound", |seen| {
            seen.heard.get(who).map_or(0, Vec::len) >= before + packets
        })
        .await;
    }

    pub fn say(&self, id: &str, body: &str) {
        self.command(Command::SendChat {
            id: id.into(),
            to: Audience::Everyone,
            body: body.to_owned(),
        });
    }

    pub async fn reads(&self, body: &str) -> ChatMessage {
        let find = |seen: &Seen| {
            seen.state
                .chat
                .iter()
                .find(|message| {
                    message.body == body && message.delivery == ranzen_meeting::Delivery::Delivered
                })
                .cloned()
        };
        self.until(&format!("the message {body}"), |seen| find(seen).is_some())
            .await;
        self.look(find).unwrap()
    }
}
