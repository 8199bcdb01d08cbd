//! The public face: joining a meeting and talking with the running session.

use crate::{driver, token};
use ranzen_meeting::{
    Code, Command, Event, MeetingLink, ParticipantId, Problem, Session, SessionFuture, UnixMillis,
};
use ranzen_net::Door;
use ranzen_rtp::SourceKey;
use ranzen_transport::{MediaPort, TransportConfig, media_port};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// Events that may wait for the engine; a session whose events nobody reads stands still.
const EVENTS: usize = 1024;
/// What the others' windows can show, in characters.
const NAME_MAX: usize = 100;

/// What is needed to join.
pub struct JoinRequest {
    /// Where to.
    pub link: MeetingLink,
    /// The name shown to the others.
    pub name: String,
    /// The room's password, if it was asked for.
    pub password: Option<Zeroizing<String>>,
    /// Join with the microphone muted.
    pub muted: bool,
    /// The way out.
    pub door: Door,
    /// How media connections are made; the server's relays are added to it.
    pub transport: TransportConfig,
}

/// A running meeting on a Jitsi server.
pub struct JitsiSession {
    commands: mpsc::UnboundedSender<Command>,
    events: mpsc::Receiver<Event>,
}

/// Begins joining. Fails at once for what can be known at once (name too long, token out of date);
/// everything else comes as [`Event`]s, the last being [`Event::Ended`].
pub async fn join(mut request: JoinRequest) -> Result<(JitsiSession, MediaPort), Problem> {
    let name: String = request.name.chars().filter(|c| !c.is_control()).collect();
    name.trim().clone_into(&mut request.name);
    if request.name.chars().count() > NAME_MAX {
        return Err(Problem::new(Code::NameTooLong, "the name is too long").with("limit", NAME_MAX));
    }
    if let MeetingLink::Jitsi {
        token: Some(token), ..
    } = &request.link
    {
        token::check(token, UnixMillis::now())?;
    }
    let (commands, from_engine) = mpsc::unbounded_channel();
    let (to_engine, events) = mpsc::channel(EVENTS);
    let (port, audio_in, audio_out) = media_port();
    let ends = driver::Ends {
        commands: from_engine,
        events: to_engine,
        audio_in,
        audio_out,
    };
    tokio::spawn(driver::run(request, ends));
    Ok((JitsiSession { commands, events }, port))
}

impl Session for JitsiSession {
    fn command(&self, command: Command) {
        // Once the session is over there is nobody to tell, and the last event has said so.
        let _ = self.commands.send(command);
    }

    fn next_event(&mut self) -> SessionFuture<'_, Option<Event>> {
        Box::pin(self.events.recv())
    }
}

/// Whose sound this is: sources are named `<endpoint>-a0`.
pub fn participant_of(source: &SourceKey) -> Option<ParticipantId> {
    let (endpoint, _) = source.0.rsplit_once('-')?;
    (!endpoint.is_empty()).then(|| ParticipantId(endpoint.to_owned()))
}
