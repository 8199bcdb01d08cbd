//! What the faces ask for.

use super::{Core, Outcome};
use crate::api::{Reply, Request};
use crate::{Asked, sound};
use ranzen_jitsi::JoinRequest;
use ranzen_media::Preview;
use ranzen_meeting::{
    Audience, Code, Command, EndReason, LinkError, MeetingLink, MessageId, Problem,
};
use ranzen_transport::TransportConfig;
use zeroize::Zeroizing;

/// Longest display name, in characters; Jitsi's own limit for what it shows is lower.
const NAME_MAX: usize = 80;
/// Longest chat message, in bytes of UTF-8: below what servers and rate limits let through.
const CHAT_MAX: usize = 10_000;

impl Core {
    pub(super) async fn requested(&mut self, asked: Asked) {
        let Asked { request, reply } = asked;
        let answer = match request {
            // The archive answers by itself, off this task.
            Request::CreateVault { passphrase } => {
                return self.archive.create(passphrase.map(Zeroizing::new), reply);
            }
            Request::UnlockVault { secret } => {
                return self.archive.unlock(Zeroizing::new(secret), reply);
            }
            Request::Meetings => return self.archive.meetings(reply),
            Request::Search { query } => return self.archive.search(query, reply),
            Request::Open { id } => return self.archive.open(id, reply),
            Request::Export { id, format, path } => {
                return self.archive.export(id, format, path.into(), reply);
            }
            Request::Devices => {
                tokio::task::spawn_blocking(move || {
                    let _ = reply.send(sound::devices());
                });
                return;
            }
            Request::Snapshot => Ok(Reply::Snapshot {
                snapshot: Box::new(self.snapshot()),
            }),
            Request::CheckLink { text } => check(&text),
            Request::ChooseDevices { input, output } => self.choose(input, output).await,
            Request::Preview { on } => self.preview(on).await,
            Request::Join {
                link,
                name,
                muted,
                password,
            } => self.join(&link, &name, muted, password.map(Zeroizing::new)),
            Request::Mute { muted } => self.mute(muted),
            Request::Chat { to, body } => self.chat(to, body),
            Request::RaiseHand { raised } => self.tell(Command::RaiseHand { raised }),
            Request::Leave => self.leave().await,
        };
        // A face that went away needs no reply.
        let _ = reply.send(Reply::from(answer));
    }

    fn join(
        &mut self,
        link: &str,
        name: &str,
        muted: bool,
        password: Option<Zeroizing<String>>,
    ) -> Result<Reply, Problem> {
        if self.running.as_ref().is_some_and(|running| !running.over) {
            return Err(Problem::new(Code::NotNow, "already in a meeting"));
        }
        let name = name.trim();
        if name.is_empty() {
            return Err(Problem::new(Code::NameMissing, "empty display name"));
        }
        if name.chars().count() > NAME_MAX {
            return Err(
                Problem::new(Code::NameTooLong, "display name too long").with("limit", NAME_MAX)
            );
        }
        let link = parse(link)?;
        let place = link.place();
        let room = link.title().to_owned();
        self.muted = muted;
        self.stop_preview();
        let request = JoinRequest {
            link,
            name: name.to_owned(),
            password,
            muted,
            door: self.door.clone(),
            transport: TransportConfig::new(self.door.clone()),
        };
        let outcomes = self.outcomes.clone();
        let joining = tokio::spawn(async move {
            let session = ranzen_jitsi::join(request).await;
            let _ = outcomes.send(Outcome::Joined(session)).await;
        });
        self.joining(place, room, joining);
        Ok(Reply::Done)
    }

    fn mute(&mut self, muted: bool) -> Result<Reply, Problem> {
        self.muted = muted;
        self.publisher.mark();
        if let Some(call) = self.call() {
            // The sound first: whatever the network does, nothing more is sent.
            call.audio().set_muted(muted);
            call.command(Command::SetMicrophoneMuted { muted });
        }
        Ok(Reply::Done)
    }

    fn chat(&mut self, to: Audience, body: String) -> Result<Reply, Problem> {
        if body.trim().is_empty() {
            return Err(Problem::new(Code::MessageEmpty, "empty message"));
        }
        if body.len() > CHAT_MAX {
            return Err(
                Problem::new(Code::MessageTooLong, "message too long").with("limit", CHAT_MAX)
            );
        }
        let id = MessageId(new_id()?);
        self.tell(Command::SendChat {
            id: id.clone(),
            to,
            body,
        })?;
        Ok(Reply::Sent { id })
    }

    fn tell(&self, command: Command) -> Result<Reply, Problem> {
        let call = self
            .call()
            .ok_or_else(|| Problem::new(Code::NotNow, "not in a meeting"))?;
        call.command(command);
        Ok(Reply::Done)
    }

    async fn leave(&mut self) -> Result<Reply, Problem> {
        match self.call() {
            Some(call) => call.command(Command::Leave),
            None => self.ended(EndReason::Left).await,
        }
        Ok(Reply::Done)
    }

    async fn choose(
        &mut self,
        input: Option<String>,
        output: Option<String>,
    ) -> Result<Reply, Problem> {
        self.input = sound::input(input);
        self.output = sound::output(output);
        if let Some(call) = self.call() {
            call.audio()
                .choose_input(self.input.clone())
                .map_err(|error| sound::problem(&error))?;
            call.audio().choose_output(self.output.clone());
        }
        if self.preview.is_some() {
            self.preview(true).await?;
        }
        Ok(Reply::Done)
    }

    /// Closes the microphone, off this task because that takes a moment.
    fn stop_preview(&mut self) {
        if let Some(preview) = self.preview.take() {
            tokio::task::spawn_blocking(move || preview.stop());
        }
    }

    async fn preview(&mut self, on: bool) -> Result<Reply, Problem> {
        self.stop_preview();
        if !on || self.call().is_some() {
            return Ok(Reply::Done);
        }
        let input = self.input.clone();
        let started = tokio::task::spawn_blocking(move || Preview::start(input)).await;
        let (preview, mut events) = started
            .map_err(|error| Problem::new(Code::Internal, error))?
            .map_err(|error| sound::problem(&error))?;
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if outcomes.send(Outcome::Preview(event)).await.is_err() {
                    break;
                }
            }
        });
        self.preview = Some(preview);
        self.audio_problem = None;
        Ok(Reply::Done)
    }
}

fn check(text: &str) -> Result<Reply, Problem> {
    let link = parse(text)?;
    Ok(Reply::Link {
        place: link.place(),
        name: link.suggested_name().map(str::to_owned),
    })
}

fn parse(text: &str) -> Result<MeetingLink, Problem> {
    MeetingLink::parse(text).map_err(|error| {
        let code = match error {
            LinkError::Unsupported(_) => Code::LinkUnsupported,
            _ => Code::LinkInvalid,
        };
        Problem::new(code, error)
    })
}

/// A random id for a message: 128 bits, so that two devices never choose the same.
fn new_id() -> Result<String, Problem> {
    use ring::rand::SecureRandom;
    let mut bytes = [0_u8; 16];
    ring::rand::SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Problem::new(Code::Internal, "no randomness"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
