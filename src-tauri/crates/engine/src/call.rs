//! A running meeting: the session, its sound, and the two streams of packets between them.

use crate::sound;
use ranzen_media::{AudioCall, AudioEvent, AudioSetup, AudioStreams};
use ranzen_meeting::{Code, Command, Event, Problem, Session};
use ranzen_rtp::SourceKey;
use ranzen_transport::MediaPort;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// News of a running call, from either side.
pub(crate) enum CallNews {
    /// From the meeting; `None`: it is over.
    Meeting(Option<Event>),
    /// From the sound.
    Sound(AudioEvent),
}

/// A session and its sound.
pub(crate) struct Call {
    session: Box<dyn Session>,
    audio: Arc<AudioCall>,
    audio_events: mpsc::Receiver<AudioEvent>,
    audio_ended: bool,
    streams: [JoinHandle<()>; 2],
}

impl Call {
    /// Joins a session's port with sound devices.
    pub(crate) async fn start(
        session: Box<dyn Session>,
        port: MediaPort,
        setup: AudioSetup,
    ) -> Result<Self, Problem> {
        // Opening devices may take a while and must not hold the network's threads.
        let started = tokio::task::spawn_blocking(move || AudioCall::start(setup)).await;
        let (audio, streams) = started
            .map_err(|error| Problem::new(Code::Internal, error))?
            .map_err(|error| sound::problem(&error))?;
        let audio = Arc::new(audio);
        let AudioStreams {
            mut captured,
            events,
        } = streams;
        let MediaPort { mut received, send } = port;
        let out = tokio::spawn(async move {
            while let Some(packet) = captured.recv().await {
                // Full means that there is no connection now: late sound is worse than none.
                if let Err(mpsc::error::TrySendError::Closed(_)) = send.try_send(packet) {
                    break;
                }
            }
        });
        let listener = Arc::clone(&audio);
        let heard = tokio::spawn(async move {
            while let Some(packet) = received.recv().await {
                listener.feed(packet);
            }
        });
        Ok(Self {
            session,
            audio,
            audio_events: events,
            audio_ended: false,
            streams: [out, heard],
        })
    }

    /// The sound of this call.
    pub(crate) fn audio(&self) -> &AudioCall {
        &self.audio
    }

    /// Forgets the sources of somebody who left.
    pub(crate) fn forget(&self, gone: impl Fn(&SourceKey) -> bool) {
        for source in self.audio.stats().sources {
            if gone(&source.source) {
                self.audio.remove_source(&source.source);
            }
        }
    }

    /// Hands a command to the meeting.
    pub(crate) fn command(&self, command: Command) {
        self.session.command(command);
    }

    /// What happens next. Cancel-safe.
    pub(crate) async fn next(&mut self) -> CallNews {
        loop {
            tokio::select! {
                event = self.session.next_event() => return CallNews::Meeting(event),
                event = self.audio_events.recv(), if !self.audio_ended => match event {
                    Some(event) => return CallNews::Sound(event),
                    None => self.audio_ended = true,
                },
            }
        }
    }

    /// Stops the sound and finishes recordings. Blocks for some 100 ms.
    pub(crate) async fn stop(self) {
        let [out, heard] = self.streams;
        out.abort();
        heard.abort();
        // The listener holds the sound's other handle until it is really gone.
        let _ = out.await;
        let _ = heard.await;
        let audio = self.audio;
        let stopped = tokio::task::spawn_blocking(move || {
            if let Some(audio) = Arc::into_inner(audio) {
                audio.stop();
            }
        });
        if stopped.await.is_err() {
            tracing::error!("stopping the sound failed");
        }
    }
}
