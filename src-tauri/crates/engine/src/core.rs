//! The one task that owns everything: it takes requests, folds events and publishes snapshots.
//!
//! Inputs, by source: requests of the faces; events of the meeting and of its sound; results of
//! work that was handed off (joining, opening the vault). Nothing slow runs in here.

mod meeting;
mod publish;
mod requests;

use crate::api::Update;
use crate::archive::Archive;
use crate::call::{Call, CallNews};
use crate::{Asked, EngineConfig};
use publish::Publisher;
use ranzen_jitsi::JitsiSession;
use ranzen_media::{Input, Output, Preview};
use ranzen_meeting::{Event, MeetingState, Problem};
use ranzen_net::Door;
use ranzen_transport::MediaPort;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

/// Snapshots are sent at most this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(50);
/// Results waiting for the core.
const RESULTS: usize = 32;
/// How long the end waits for a polite farewell.
const FAREWELL: Duration = Duration::from_secs(3);

/// Results of work that was handed off.
pub(crate) enum Outcome {
    /// Joining has come to an end.
    Joined(Result<(JitsiSession, MediaPort), Problem>),
    /// The vault was opened or made: keep what was said meanwhile.
    VaultOpened,
    /// The vault can't write, or can again. Nothing is lost meanwhile: it waits and is tried again.
    VaultTrouble(Option<Problem>),
    /// News of the preview's meter.
    Preview(ranzen_media::AudioEvent),
}

/// The meeting as far as it is not state: what is needed to run and keep it.
struct Running {
    /// None while joining.
    call: Option<Call>,
    /// The task that joins.
    joining: Option<JoinHandle<()>>,
    /// Its record in the archive, once we were in.
    record: Option<ranzen_meeting::RecordId>,
    /// Host and room for people.
    place: String,
    /// The room's name, until a subject comes.
    room: String,
    /// It has ended; kept so that its chat can still be written when the vault is opened late.
    over: bool,
}

/// Everything.
pub(crate) struct Core {
    config: EngineConfig,
    door: Door,
    archive: Archive,
    publisher: Publisher,
    outcomes: mpsc::Sender<Outcome>,
    running: Option<Running>,
    meeting: Option<MeetingState>,
    muted: bool,
    input: Input,
    output: Output,
    preview: Option<Preview>,
    audio_problem: Option<Problem>,
}

impl Core {
    /// Starts the task.
    pub(crate) fn start(
        config: EngineConfig,
        asked: mpsc::Receiver<Asked>,
        updates: broadcast::Sender<Update>,
        events: broadcast::Sender<Event>,
    ) -> Result<(), Problem> {
        let door = config
            .extra_roots
            .iter()
            .fold(Door::builder(), |door, root| door.extra_root_file(root))
            .build()?;
        let (outcomes, results) = mpsc::channel(RESULTS);
        let core = Self {
            archive: Archive::new(&config, outcomes.clone()),
            door,
            publisher: Publisher::new(updates, events),
            outcomes,
            running: None,
            meeting: None,
            muted: false,
            input: config.input.clone(),
            output: config.output.clone(),
            preview: None,
            audio_problem: None,
            config,
        };
        tokio::spawn(core.run(asked, results));
        Ok(())
    }

    async fn run(mut self, mut asked: mpsc::Receiver<Asked>, mut results: mpsc::Receiver<Outcome>) {
        let mut publish = tokio::time::interval(PUBLISH_EVERY);
        publish.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        self.archive.open_by_keychain();
        loop {
            tokio::select! {
                request = asked.recv() => match request {
                    Some(request) => self.requested(request).await,
                    None => break,
                },
                Some(outcome) = results.recv() => self.outcome(outcome).await,
                news = next_news(&mut self.running) => self.news(news).await,
                _ = publish.tick(), if self.publisher.is_due() => self.publish(),
            }
        }
        self.farewell().await;
    }

    /// Leaves politely and writes what is waiting.
    async fn farewell(&mut self) {
        if let Some(Running {
            call: Some(call), ..
        }) = &self.running
        {
            call.command(ranzen_meeting::Command::Leave);
            let ended = async {
                while self.call().is_some() {
                    let news = next_news(&mut self.running).await;
                    self.news(news).await;
                }
            };
            if tokio::time::timeout(FAREWELL, ended).await.is_err() {
                tracing::warn!("the server did not confirm that we left");
            }
        }
        self.archive.close().await;
    }
}

/// The running call's next news; pending for ever while there is none.
async fn next_news(running: &mut Option<Running>) -> CallNews {
    match running.as_mut().and_then(|running| running.call.as_mut()) {
        Some(call) => call.next().await,
        None => std::future::pending().await,
    }
}
