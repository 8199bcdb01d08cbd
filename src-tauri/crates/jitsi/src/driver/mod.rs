//! Gives the client its sockets, clocks and media: one task for each session.

mod bosh;
mod channel;
mod endpoints;
mod media;
mod prepare;
mod socket;
mod task;

pub(crate) use prepare::run;

use crate::client::{Client, Output};
use crate::clock::Now;
use endpoints::{Endpoints, LineKind};
use media::MediaLine;
use ranzen_meeting::{Command, Event, Problem};
use ranzen_net::Door;
use ranzen_transport::{
    AudioIn, AudioOut, AudioRoute, LocalAnswer, Transport, TransportConfig, TransportError,
    TransportEvent,
};
use ranzen_xmpp::Element;
use std::sync::Arc;
use std::time::Duration;
use task::Task;
use tokio::sync::mpsc;

/// Frames and events on their way to the client.
const INPUTS: usize = 256;
/// For so long the last words may take.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What the tasks around the client bring in. Lines, channels and media connections have numbers, so
/// that a late word of an old one is not taken for one of the new.
enum Input {
    SocketOpened {
        line: u64,
        managed: bool,
    },
    SocketFailed {
        line: u64,
        problem: Problem,
        other_way: bool,
    },
    SocketClosed {
        line: u64,
    },
    Frame {
        line: u64,
        element: Element,
    },
    Conference {
        status: u16,
        body: Vec<u8>,
    },
    ConferenceFailed(Problem),
    Answered {
        media: u64,
        answer: Result<LocalAnswer, TransportError>,
        transport: Option<Arc<dyn Transport>>,
    },
    Transport {
        media: u64,
        event: TransportEvent,
    },
    ChannelOpened {
        media: u64,
    },
    ChannelMessage {
        media: u64,
        text: String,
    },
    ChannelClosed {
        media: u64,
    },
}

/// The engine's side of a session.
pub(crate) struct Ends {
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) audio_in: AudioIn,
    pub(crate) audio_out: AudioOut,
}

struct Driver {
    client: Client,
    door: Door,
    endpoints: Endpoints,
    transport: TransportConfig,
    audio_in: AudioIn,
    route: AudioRoute,
    events: mpsc::Sender<Event>,
    inputs: mpsc::Sender<Input>,
    lines: u64,
    line_kind: Option<LineKind>,
    line: Option<Line>,
    conference: Option<Task>,
    media: Option<MediaLine>,
    channel: Option<channel::ChannelLine>,
}

/// The socket to the server.
struct Line {
    number: u64,
    out: mpsc::UnboundedSender<Element>,
    task: Task,
}

impl Driver {
    async fn run(
        mut self,
        mut commands: mpsc::UnboundedReceiver<Command>,
        mut from_tasks: mpsc::Receiver<Input>,
    ) {
        loop {
            if self.carry_out().await {
                return;
            }
            let deadline = self.client.deadline();
            let sleep = async {
                match deadline {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.client.command(command, Now::read()),
                    // The session was dropped: cut without a farewell.
                    None => return,
                },
                input = from_tasks.recv() => {
                    if let Some(input) = input {
                        self.input(input);
                    }
                }
                () = sleep => {}
            }
            self.client.tick(Now::read());
        }
    }

    fn input(&mut self, input: Input) {
        let now = Now::read();
        let current = self.line.as_ref().map(|line| line.number);
        match input {
            Input::SocketOpened { line, managed } if Some(line) == current => {
                self.client.socket_opened(managed, now);
            }
            Input::SocketFailed {
                line,
                problem,
                other_way,
            } if Some(line) == current => {
                self.line = None;
                if !(other_way && self.try_other_way()) {
                    self.client.socket_failed(problem, now);
                }
            }
            Input::SocketClosed { line } if Some(line) == current => {
                self.line = None;
                if self.client.is_logged_in() || !self.try_other_way() {
                    self.client.socket_lost(now);
                }
            }
            Input::Frame { line, element } if Some(line) == current => {
                self.client.frame(&element, now);
            }
            Input::Conference { status, body } => self.client.conference_http(status, &body, now),
            Input::ConferenceFailed(problem) => self.client.conference_failed(problem, now),
            Input::Answered {
                media,
                answer,
                transport,
            } => {
                if self.media.as_ref().is_some_and(|m| m.number == media) {
                    self.route.to(transport);
                }
                self.client.media_answered(media, answer, now);
            }
            Input::Transport { media, event } => self.client.transport_event(media, event, now),
            Input::ChannelOpened { media } => self.client.channel_opened(media, now),
            Input::ChannelMessage { media, text } => self.client.channel_message(media, &text, now),
            Input::ChannelClosed { media } => self.client.channel_closed(media, now),
            Input::SocketOpened { .. }
            | Input::SocketFailed { .. }
            | Input::SocketClosed { .. }
            | Input::Frame { .. } => {}
        }
    }

    /// Does what the client wants. True: all is over.
    async fn carry_out(&mut self) -> bool {
        while let Some(output) = self.client.poll() {
            match output {
                Output::Event(event) => {
                    // Nobody listens: the session was dropped, which the commands will tell.
                    let _ = self.events.send(event).await;
                }
                Output::OpenSocket { previd, within } => self.open_line(previd.as_deref(), within),
                Output::Send(element) => {
                    if let Some(line) = &self.line {
                        let _ = line.out.send(element);
                    }
                }
                Output::CloseSocket => self.close_line(),
                Output::AskConference(body) => self.ask_conference(&body),
                Output::StartMedia {
                    media,
                    offer,
                    servers,
                } => {
                    self.route.to(None);
                    let mut config = self.transport.clone();
                    config.ice_servers.extend(servers);
                    let audio = self.audio_in.clone();
                    let inputs = self.inputs.clone();
                    self.media = Some(MediaLine::start(media, config, audio, offer, inputs));
                }
                Output::AddSources(sources) => {
                    if let Some(media) = &self.media {
                        media.add(sources);
                    }
                }
                Output::RemoveSources(keys) => {
                    if let Some(media) = &self.media {
                        media.remove(keys);
                    }
                }
                Output::SendSctp(text) => {
                    if let Some(media) = &self.media {
                        media.message(text);
                    }
                }
                Output::StopMedia => {
                    self.route.to(None);
                    self.media = None;
                }
                Output::OpenChannel { media, url } => {
                    let origin = self.endpoints.origin().to_owned();
                    let inputs = self.inputs.clone();
                    let door = self.door.clone();
                    self.channel =
                        Some(channel::ChannelLine::open(door, media, url, origin, inputs));
                }
                Output::SendChannel(text) => {
                    if let Some(channel) = &self.channel {
                        channel.send(text);
                    }
                }
                Output::CloseChannel => self.channel = None,
                Output::Done => {
                    if let Some(line) = self.line.take() {
                        last_words(line).await;
                    }
                    return true;
                }
            }
        }
        false
    }

    fn open_line(&mut self, previd: Option<&str>, within: Duration) {
        self.lines += 1;
        let kind = self.line_kind.unwrap_or_else(|| self.endpoints.first());
        self.line_kind = Some(kind);
        let number = self.lines;
        let (out, from_client) = mpsc::unbounded_channel();
        let inputs = self.inputs.clone();
        let door = self.door.clone();
        let task = match kind {
            LineKind::WebSocket => Task::spawn(socket::run(socket::Socket {
                door,
                url: self.endpoints.websocket(previd),
                origin: self.endpoints.origin().to_owned(),
                with_token: self.endpoints.has_token(),
                line: number,
                within,
                from_client,
                inputs,
            })),
            LineKind::Bosh => Task::spawn(bosh::run(bosh::Bosh::new(
                door,
                self.endpoints.bosh(),
                number,
                within,
                from_client,
                inputs,
            ))),
        };
        self.line = Some(Line { number, out, task });
    }

    /// The WebSocket did not work before we were ever logged in: BOSH, if there is one.
    fn try_other_way(&mut self) -> bool {
        let possible = self.line_kind == Some(LineKind::WebSocket)
            && self.endpoints.has_bosh()
            && !self.client.is_logged_in();
        if possible {
            tracing::info!("no XMPP over WebSocket: trying BOSH");
            self.line_kind = Some(LineKind::Bosh);
            self.client.other_line();
        }
        possible
    }

    fn close_line(&mut self) {
        if let Some(line) = self.line.take() {
            // What was said last is still sent, but nobody waits for it.
            tokio::spawn(last_words(line));
        }
    }

    fn ask_conference(&mut self, body: &serde_json::Value) {
        let request = self.endpoints.conference_request(body);
        let Some(request) = request else {
            return;
        };
        let door = self.door.clone();
        let inputs = self.inputs.clone();
        self.conference = Some(Task::spawn(async move {
            let input = match door.http(request).await {
                Ok(answer) => Input::Conference {
                    status: answer.status.as_u16(),
                    body: answer.body.to_vec(),
                },
                Err(error) => Input::ConferenceFailed(error.into()),
            };
            let _ = inputs.send(input).await;
        }));
    }
}

/// Lets a line send what it was given, and close.
async fn last_words(line: Line) {
    drop(line.out);
    line.task.finish(LAST_WORDS).await;
}
