//! A bridge as the Videobridge is seen from outside: one UDP port, one task, conferences of endpoints.

mod channel;
mod conference;
mod endpoint;
mod message;
mod selection;
mod speaker;
mod stack;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::net::Transmit;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

pub(crate) use channel::{Order, Socket};
use conference::Conference;
use endpoint::Endpoint;
use stack::Identity;

use crate::complaints::Complaints;
use crate::focus::Remote;
use crate::random;
use crate::sources::SourceSet;

/// The original's single port.
pub(crate) const PORT: u16 = 10_000;
/// The longest sleep between two rounds.
const ROUND: Duration = Duration::from_millis(200);

/// A place on the bridge for one client.
#[derive(Debug, Clone)]
pub(crate) struct Allocation {
    pub(crate) ufrag: String,
    pub(crate) pwd: String,
    pub(crate) fingerprint: String,
    pub(crate) candidate_id: String,
    pub(crate) address: SocketAddr,
    /// The conference's id in the channel's address.
    pub(crate) conference: String,
    pub(crate) channel_password: String,
    pub(crate) audio_ssrc: u32,
    pub(crate) video_ssrc: u32,
}

enum Command {
    Allocate {
        room: String,
        endpoint: String,
        sctp: bool,
        answer: oneshot::Sender<Option<Allocation>>,
    },
    Connect {
        room: String,
        endpoint: String,
        remote: Box<Remote>,
    },
    Candidates {
        room: String,
        endpoint: String,
        candidates: Vec<SocketAddr>,
    },
    Sources {
        room: String,
        endpoint: String,
        sources: SourceSet,
    },
    Expire {
        room: String,
        endpoint: String,
    },
    ExpireConference {
        room: String,
    },
    Restart,
    CloseChannels,
    OpenSocket {
        conference: String,
        endpoint: String,
        password: String,
        socket: Socket,
        answer: oneshot::Sender<bool>,
    },
    SocketText {
        conference: String,
        endpoint: String,
        number: u64,
        text: String,
    },
    SocketClosed {
        conference: String,
        endpoint: String,
        number: u64,
    },
    Conference {
        room: String,
        answer: oneshot::Sender<Option<String>>,
    },
    Connected {
        room: String,
        answer: oneshot::Sender<Vec<String>>,
    },
}

/// Where the rest of the stand reaches the bridge.
#[derive(Clone)]
pub(crate) struct Bridge(mpsc::UnboundedSender<Command>);

impl Bridge {
    /// Binds the port and goes to work.
    pub(crate) async fn start(address: SocketAddr, complaints: Complaints) -> anyhow::Result<Self> {
        let socket = UdpSocket::bind(address).await?;
        let (commands, inbox) = mpsc::unbounded_channel();
        let task = Task {
            socket,
            address,
            identity: Identity::new()?,
            rooms: BTreeMap::new(),
            complaints,
        };
        tokio::spawn(task.run(inbox));
        Ok(Self(commands))
    }

    pub(crate) async fn allocate(
        &self,
        room: &str,
        endpoint: &str,
        sctp: bool,
    ) -> Option<Allocation> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Allocate {
            room: room.to_owned(),
            endpoint: endpoint.to_owned(),
            sctp,
            answer,
        });
        answered.await.ok().flatten()
    }

    pub(crate) fn connect(&self, room: &str, endpoint: &str, remote: Remote) {
        self.send(Command::Connect {
            room: room.to_owned(),
            endpoint: endpoint.to_owned(),
            remote: Box::new(remote),
        });
    }

    pub(crate) fn candidates(&self, room: &str, endpoint: &str, candidates: Vec<SocketAddr>) {
        self.send(Command::Candidates {
            room: room.to_owned(),
            endpoint: endpoint.to_owned(),
            candidates,
        });
    }

    pub(crate) fn set_sources(&self, room: &str, endpoint: &str, sources: SourceSet) {
        self.send(Command::Sources {
            room: room.to_owned(),
            endpoint: endpoint.to_owned(),
            sources,
        });
    }

    pub(crate) fn expire(&self, room: &str, endpoint: &str) {
        self.send(Command::Expire {
            room: room.to_owned(),
            endpoint: endpoint.to_owned(),
        });
    }

    pub(crate) fn expire_conference(&self, room: &str) {
        self.send(Command::ExpireConference {
            room: room.to_owned(),
        });
    }

    /// Forgets everything without a word, as after a crash.
    pub(crate) fn restart(&self) {
        self.send(Command::Restart);
    }

    /// Drops the WebSocket channels without a word.
    pub(crate) fn close_channels(&self) {
        self.send(Command::CloseChannels);
    }

    /// A WebSocket for an endpoint; false when there is no such place or the password is wrong.
    pub(crate) async fn open(
        &self,
        conference: &str,
        endpoint: &str,
        password: &str,
        socket: Socket,
    ) -> bool {
        let (answer, answered) = oneshot::channel();
        self.send(Command::OpenSocket {
            conference: conference.to_owned(),
            endpoint: endpoint.to_owned(),
            password: password.to_owned(),
            socket,
            answer,
        });
        answered.await.unwrap_or(false)
    }

    pub(crate) fn text(&self, conference: &str, endpoint: &str, number: u64, text: String) {
        self.send(Command::SocketText {
            conference: conference.to_owned(),
            endpoint: endpoint.to_owned(),
            number,
            text,
        });
    }

    pub(crate) fn closed(&self, conference: &str, endpoint: &str, number: u64) {
        self.send(Command::SocketClosed {
            conference: conference.to_owned(),
            endpoint: endpoint.to_owned(),
            number,
        });
    }

    /// The id of a room's conference, if the bridge has one.
    pub(crate) async fn conference(&self, room: &str) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Conference {
            room: room.to_owned(),
            answer,
        });
        answered.await.ok().flatten()
    }

    /// Who of a room has ICE and DTLS up.
    pub(crate) async fn connected(&self, room: &str) -> Vec<String> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Connected {
            room: room.to_owned(),
            answer,
        });
        answered.await.unwrap_or_default()
    }

    fn send(&self, command: Command) {
        // The task ends only with the stand.
        let _ = self.0.send(command);
    }
}

struct Task {
    socket: UdpSocket,
    address: SocketAddr,
    identity: Identity,
    rooms: BTreeMap<String, Conference>,
    complaints: Complaints,
}

impl Task {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let mut buffer = vec![0; 2048];
        let mut wake = Instant::now() + ROUND;
        loop {
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(command) => self.command(command),
                    None => return,
                },
                received = self.socket.recv_from(&mut buffer) => {
                    if let Ok((length, source)) = received {
                        self.datagram(source, &buffer[..length]);
                    }
                }
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            wake = self.round().await;
        }
    }

    fn datagram(&mut self, source: SocketAddr, datagram: &[u8]) {
        let now = Instant::now();
        for (id, endpoint) in self
            .rooms
            .values_mut()
            .flat_map(|room| room.endpoints.iter_mut())
        {
            match endpoint.receive(source, self.address, datagram, now) {
                Ok(false) => {}
                Ok(true) => return,
                Err(fault) => return self.complaints.add(format!("{id}: {fault}")),
            }
        }
    }

    /// Lets every stack work until none has anything to say.
    async fn round(&mut self) -> Instant {
        let now = Instant::now();
        let mut wake = now + ROUND;
        let mut out: Vec<Transmit> = Vec::new();
        for room in self.rooms.values_mut() {
            for at in room.work(now, &mut out, &self.complaints) {
                wake = wake.min(at);
            }
        }
        for transmit in out {
            // A host that went away is no reason to stop.
            let _ = self
                .socket
                .send_to(&transmit.contents, transmit.destination)
                .await;
        }
        wake
    }

    fn command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Allocate {
                room,
                endpoint,
                sctp,
                answer,
            } => {
                let _ = answer.send(Some(self.allocate(&room, &endpoint, sctp, now)));
            }
            Command::Connect {
                room,
                endpoint,
                remote,
            } => {
                let Some(place) = self.place(&room, &endpoint) else {
                    return;
                };
                let (identity, address) = (&self.identity, self.address);
                if let Some(place) = self
                    .rooms
                    .get_mut(&place)
                    .and_then(|it| it.endpoints.get_mut(&endpoint))
                    && let Err(fault) = place.connect(identity, address, *remote, now)
                {
                    self.complaints.add(format!("{endpoint}: {fault}"));
                }
            }
            Command::Candidates {
                room,
                endpoint,
                candidates,
            } => {
                if let Some(place) = self
                    .rooms
                    .get_mut(&room)
                    .and_then(|it| it.endpoints.get_mut(&endpoint))
                {
                    place.add_candidates(&candidates);
                }
            }
            Command::Sources {
                room,
                endpoint,
                sources,
            } => {
                if let Some(room) = self.rooms.get_mut(&room) {
                    room.set_sources(&endpoint, sources);
                }
            }
            Command::Expire { room, endpoint } => {
                if let Some(room) = self.rooms.get_mut(&room) {
                    room.expire(&endpoint);
                }
            }
            Command::ExpireConference { room } => {
                if let Some(gone) = self.rooms.remove(&room) {
                    gone.close_channels(|| Order::Close(1001, "Closed."));
                }
            }
            Command::Restart => {
                for gone in std::mem::take(&mut self.rooms).into_values() {
                    gone.close_channels(|| Order::Abort);
                }
            }
            Command::CloseChannels => {
                for room in self.rooms.values() {
                    room.close_channels(|| Order::Abort);
                }
            }
            Command::OpenSocket {
                conference,
                endpoint,
                password,
                socket,
                answer,
            } => {
                let room = self.rooms.values_mut().find(|room| room.id == conference);
                let _ =
                    answer.send(room.is_some_and(|room| room.open(&endpoint, &password, socket)));
            }
            Command::SocketText {
                conference,
                endpoint,
                number,
                text,
            } => {
                if let Some(room) = self.rooms.values_mut().find(|room| room.id == conference) {
                    room.socket_text(&endpoint, number, &text, &self.complaints);
                }
            }
            Command::SocketClosed {
                conference,
                endpoint,
                number,
            } => {
                if let Some(room) = self.rooms.values_mut().find(|room| room.id == conference) {
                    room.socket_closed(&endpoint, number);
                }
            }
            Command::Conference { room, answer } => {
                let _ = answer.send(self.rooms.get(&room).map(|it| it.id.clone()));
            }
            Command::Connected { room, answer } => {
                let who = self
                    .rooms
                    .get(&room)
                    .map(Conference::connected)
                    .unwrap_or_default();
                let _ = answer.send(who);
            }
        }
    }

    fn place(&self, room: &str, endpoint: &str) -> Option<String> {
        self.rooms
            .get(room)?
            .endpoints
            .contains_key(endpoint)
            .then(|| room.to_owned())
    }

    fn allocate(&mut self, room: &str, endpoint: &str, sctp: bool, now: Instant) -> Allocation {
        let room = self
            .rooms
            .entry(room.to_owned())
            .or_insert_with(Conference::new);
        room.expire(endpoint);
        let (ufrag, pwd, password) = (
            random::base36::<14>(),
            random::base36::<26>(),
            random::letters::<24>(),
        );
        let place = Endpoint::new(ufrag.clone(), pwd.clone(), password.clone(), sctp, now);
        room.endpoints.insert(endpoint.to_owned(), place);
        Allocation {
            ufrag,
            pwd,
            fingerprint: self.identity.fingerprint.clone(),
            candidate_id: random::hex::<25>(),
            address: self.address,
            conference: room.id.clone(),
            channel_password: password,
            audio_ssrc: room.audio_ssrc,
            video_ssrc: room.video_ssrc,
        }
    }
}
