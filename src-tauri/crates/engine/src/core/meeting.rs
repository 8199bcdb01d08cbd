//! What a running meeting does to the state, the sound and the archive.

use super::{Core, Outcome, Running};
use crate::call::{Call, CallNews};
use crate::sound;
use ranzen_jitsi::{JitsiSession, participant_of};
use ranzen_media::{AudioEvent, AudioSetup};
use ranzen_meeting::{
    ChatMessage, Code, Command, Delivery, EndReason, Event, MeetingState, ParticipantId, Problem,
    UnixMillis,
};
use ranzen_rtp::SourceKey;
use ranzen_transport::MediaPort;

impl Core {
    pub(super) async fn outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Joined(Ok((session, port))) => self.joined(session, port).await,
            Outcome::Joined(Err(problem)) => self.ended(EndReason::Failed { problem }).await,
            Outcome::VaultOpened => self.keep_what_was_said(),
            Outcome::VaultTrouble(Some(problem)) => self.happened(&Event::Trouble {
                problem,
                at: UnixMillis::now(),
            }),
            Outcome::VaultTrouble(None) => {
                self.settle(|problem| matches!(problem.code, Code::DiskFull | Code::VaultReadOnly))
            }
            Outcome::Preview(event) => self.sounded(event),
        }
        self.publisher.mark();
    }

    /// The session runs: give it sound.
    async fn joined(&mut self, session: JitsiSession, port: MediaPort) {
        let setup = AudioSetup {
            input: self.input.clone(),
            output: self.output.clone(),
            record_dir: self.config.record_dir.clone(),
            muted: self.muted,
        };
        match Call::start(Box::new(session), port, setup).await {
            Ok(call) => match &mut self.running {
                Some(running) if !running.over => {
                    running.joining = None;
                    running.call = Some(call);
                }
                // Left while joining.
                _ => {
                    call.command(Command::Leave);
                    call.stop().await;
                }
            },
            Err(problem) => self.ended(EndReason::Failed { problem }).await,
        }
    }

    pub(super) async fn news(&mut self, news: CallNews) {
        match news {
            CallNews::Meeting(Some(Event::Ended { reason })) => self.ended(reason).await,
            CallNews::Meeting(Some(event)) => self.meeting_event(&event),
            CallNews::Meeting(None) => self.ended(EndReason::Left).await,
            CallNews::Sound(event) => self.sounded(event),
        }
    }

    fn meeting_event(&mut self, event: &Event) {
        self.happened(event);
        match event {
            Event::Joined { .. } => {
                self.begin_record();
                if let Some(call) = self.call() {
                    call.command(Command::SetMicrophoneMuted { muted: self.muted });
                }
            }
            Event::Chat { message } => self.keep(message),
            Event::ChatFailed { id, .. } => {
                let failed = self
                    .meeting
                    .as_ref()
                    .and_then(|meeting| meeting.chat.iter().rfind(|message| message.id == *id));
                if let Some(message) = failed.cloned() {
                    self.keep(&message);
                }
            }
            Event::SubjectChanged { subject } if !subject.is_empty() => {
                if let Some(record) = self.record() {
                    self.archive.rename(record, subject);
                }
            }
            Event::MutedByModerator { .. } => {
                self.muted = true;
                if let Some(call) = self.call() {
                    call.audio().set_muted(true);
                }
            }
            Event::ParticipantLeft { id } => {
                if let Some(call) = self.call() {
                    call.forget(|source| participant_of(source).as_ref() == Some(id));
                }
            }
            _ => {}
        }
    }

    fn sounded(&mut self, event: AudioEvent) {
        match event {
            AudioEvent::Levels { own, others } => {
                let others = others
                    .into_iter()
                    .filter_map(|(source, level)| {
                        Some((participant_of(&source)?, sound::meter(level)))
                    })
                    .collect();
                self.publish_levels(sound::meter(own), others);
                return;
            }
            AudioEvent::Speaking { source, speaking } => {
                if let Some(id) = self.speaker(source.as_ref()) {
                    self.happened(&Event::Speaking { id, speaking });
                }
            }
            AudioEvent::Problem(error) => {
                let problem = sound::problem(&error);
                // Told as an event, but not folded in: the snapshot has a place of its own for it.
                self.publisher.event(&Event::Trouble {
                    problem: problem.clone(),
                    at: UnixMillis::now(),
                });
                self.audio_problem = Some(problem);
            }
            AudioEvent::Recovered(side) => {
                let settled = |problem: &Problem| sound::settled_by(problem, side);
                self.audio_problem = self.audio_problem.take().filter(|now| !settled(now));
            }
            AudioEvent::DevicesChanged => self.publish_devices_changed(),
            _ => {}
        }
        self.publisher.mark();
    }

    /// Takes a trouble that is over from the screen.
    fn settle(&mut self, settled: impl Fn(&Problem) -> bool) {
        if let Some(meeting) = &mut self.meeting {
            meeting.trouble = meeting.trouble.take().filter(|now| !settled(now));
        }
    }

    /// Who a source belongs to; no source means ourselves.
    fn speaker(&self, source: Option<&SourceKey>) -> Option<ParticipantId> {
        match source {
            Some(source) => participant_of(source),
            None => self.meeting.as_ref()?.own.clone(),
        }
    }

    /// Folds an event in and tells it.
    pub(super) fn happened(&mut self, event: &Event) {
        if let Some(meeting) = &mut self.meeting {
            meeting.apply(event);
        }
        self.publisher.event(event);
        self.publisher.mark();
    }

    /// The meeting is over, or never began.
    pub(super) async fn ended(&mut self, reason: EndReason) {
        self.happened(&Event::Ended { reason });
        let unsent: Vec<ChatMessage> = self
            .meeting
            .iter()
            .flat_map(|meeting| &meeting.chat)
            .filter(|message| message.delivery == Delivery::Failed)
            .cloned()
            .collect();
        for message in &unsent {
            self.keep(message);
        }
        let Some(running) = &mut self.running else {
            return;
        };
        running.over = true;
        if let Some(joining) = running.joining.take() {
            joining.abort();
        }
        let call = running.call.take();
        if let Some(record) = running.record {
            self.archive.end(record);
        }
        if let Some(call) = call {
            call.stop().await;
        }
    }

    fn begin_record(&mut self) {
        if self.record().is_some() {
            return;
        }
        if let Some(running) = &mut self.running {
            running.record = self.archive.begin(&running.room, &running.place);
        }
    }

    fn keep(&mut self, message: &ChatMessage) {
        if let Some(record) = self.record() {
            self.archive.keep(record, message);
        }
    }

    /// The vault was opened during or after a meeting: what was said so far must not be lost.
    fn keep_what_was_said(&mut self) {
        if self
            .meeting
            .as_ref()
            .is_none_or(|meeting| meeting.own.is_none())
        {
            return;
        }
        self.begin_record();
        let said = self
            .meeting
            .as_ref()
            .map(|meeting| meeting.chat.clone())
            .unwrap_or_default();
        for message in &said {
            self.keep(message);
        }
        if let Some(running) = &self.running
            && let (true, Some(record)) = (running.over, running.record)
        {
            self.archive.end(record);
        }
    }

    fn record(&self) -> Option<ranzen_meeting::RecordId> {
        self.running.as_ref()?.record
    }

    pub(super) fn call(&self) -> Option<&Call> {
        self.running.as_ref()?.call.as_ref()
    }

    /// A fresh meeting that is being joined.
    pub(super) fn joining(
        &mut self,
        place: String,
        room: String,
        joining: tokio::task::JoinHandle<()>,
    ) {
        self.meeting = Some(MeetingState::default());
        self.audio_problem = None;
        self.running = Some(Running {
            call: None,
            joining: Some(joining),
            record: None,
            place,
            room,
            over: false,
        });
        self.publisher.mark();
    }
}
