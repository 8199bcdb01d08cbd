//! The engine as the shell holds it: given up as a whole at the end, so that the engine can leave its
//! meeting and write what is waiting before the program ends.

use ranzen_engine::Engine;
use ranzen_engine::api::{Reply, Request};
use ranzen_meeting::{Code, Problem};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tauri::async_runtime::JoinHandle;

/// How long the end waits for the engine.
const PATIENCE: Duration = Duration::from_secs(5);

/// The engine and the tasks that bring its updates to pages.
pub(crate) struct Held(Mutex<Option<Parts>>);

struct Parts {
    engine: Engine,
    forwarders: Vec<JoinHandle<()>>,
}

impl Held {
    /// Holds an engine.
    pub(crate) fn new(engine: Engine) -> Self {
        Self(Mutex::new(Some(Parts {
            engine,
            forwarders: Vec::new(),
        })))
    }

    /// Asks the engine.
    pub(crate) async fn request(&self, request: Request) -> Reply {
        let engine = self.with(|parts| parts.engine.clone());
        match engine {
            Some(engine) => engine.request(request).await,
            None => Reply::from(Problem::new(Code::NotNow, "the program is ending")),
        }
    }

    /// Starts a task that brings updates to a page; it ends with the engine at the latest.
    pub(crate) fn forward(&self, start: impl FnOnce(Engine) -> JoinHandle<()>) {
        self.with(|parts| parts.forwarders.push(start(parts.engine.clone())));
    }

    /// Gives the engine up and waits, not for ever, until it has left and written everything.
    pub(crate) async fn finish(&self) {
        let parts = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Parts { engine, forwarders }) = parts else {
            return;
        };
        for forwarder in forwarders {
            forwarder.abort();
            // An error says that it was stopped, which is what was asked for.
            let _ = forwarder.await;
        }
        // Whoever closes the window does not wait for a server that answers no more.
        let _ = tokio::time::timeout(PATIENCE, engine.finish()).await;
    }

    fn with<T>(&self, act: impl FnOnce(&mut Parts) -> T) -> Option<T> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
            .map(act)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ranzen_engine::EngineConfig;
    use ranzen_meeting::Lang;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_engine_ends_although_a_page_still_listens() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(EngineConfig {
            profile: Some(folder.path().to_owned()),
            keychain: false,
            ..EngineConfig::new(Lang::De)
        })
        .unwrap();
        let mut updates = engine.updates();
        let held = Held::new(engine);
        held.forward(|engine| {
            tauri::async_runtime::spawn(async move {
                crate::updates::forward(&engine, |_| true).await;
            })
        });
        assert!(matches!(
            held.request(Request::Snapshot).await,
            Reply::Snapshot { .. }
        ));
        held.finish().await;
        let closed = async { while updates.recv().await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(20), closed)
            .await
            .unwrap();
        assert!(matches!(
            held.request(Request::Snapshot).await,
            Reply::Refused { .. }
        ));
    }
}
