//! One media connection and the task that serves it.

use super::Input;
use super::task::Task;
use ranzen_rtp::SourceKey;
use ranzen_transport::{AudioIn, RemoteOffer, RemoteSource, Transport, TransportConfig, connect};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What may wait for the connection while it is busy.
const WORDS: usize = 4_096;

enum Word {
    Add(Vec<RemoteSource>),
    Remove(Vec<SourceKey>),
    Message(String),
}

/// A media connection. Dropping it closes the connection.
pub(super) struct MediaLine {
    pub(super) number: u64,
    words: mpsc::Sender<Word>,
    _events: Task,
}

impl MediaLine {
    pub(super) fn start(
        number: u64,
        config: TransportConfig,
        audio: AudioIn,
        offer: RemoteOffer,
        inputs: mpsc::Sender<Input>,
    ) -> Self {
        let (words, from_client) = mpsc::channel(WORDS);
        let (listen, to_listen) = tokio::sync::oneshot::channel();
        let events_to = inputs.clone();
        // Not aborted with its owner: it closes the connection when its words end.
        tokio::spawn(serve(
            number,
            config,
            audio,
            offer,
            inputs,
            from_client,
            listen,
        ));
        let events = Task::spawn(async move {
            let Ok(mut events): Result<mpsc::Receiver<_>, _> = to_listen.await else {
                return;
            };
            while let Some(event) = events.recv().await {
                let input = Input::Transport {
                    media: number,
                    event,
                };
                if events_to.send(input).await.is_err() {
                    return;
                }
            }
        });
        Self {
            number,
            words,
            _events: events,
        }
    }

    pub(super) fn add(&self, sources: Vec<RemoteSource>) {
        self.say(Word::Add(sources));
    }

    pub(super) fn remove(&self, keys: Vec<SourceKey>) {
        self.say(Word::Remove(keys));
    }

    pub(super) fn message(&self, text: String) {
        self.say(Word::Message(text));
    }

    fn say(&self, word: Word) {
        if self.words.try_send(word).is_err() {
            tracing::warn!("the media connection does not keep up");
        }
    }
}

async fn serve(
    number: u64,
    config: TransportConfig,
    audio: AudioIn,
    offer: RemoteOffer,
    inputs: mpsc::Sender<Input>,
    mut words: mpsc::Receiver<Word>,
    listen: tokio::sync::oneshot::Sender<mpsc::Receiver<ranzen_transport::TransportEvent>>,
) {
    let connection = match connect(config, audio).await {
        Ok((connection, events)) => {
            let _ = listen.send(events);
            connection
        }
        Err(error) => {
            let failed = Input::Answered {
                media: number,
                answer: Err(error),
                transport: None,
            };
            let _ = inputs.send(failed).await;
            return;
        }
    };
    let answer = connection.answer(offer).await;
    let transport: Arc<dyn Transport> = connection.clone();
    let answered = Input::Answered {
        media: number,
        transport: answer.is_ok().then_some(transport),
        answer,
    };
    let _ = inputs.send(answered).await;
    while let Some(word) = words.recv().await {
        let done = match word {
            Word::Add(sources) => connection.add_sources(sources).await,
            Word::Remove(keys) => connection.remove_sources(&keys).await,
            Word::Message(text) => connection.send_message(&text).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the media connection did not take a word");
        }
    }
    connection.close().await;
}
