//! Brings the engine's updates to a page that may be slower than the engine.

use ranzen_engine::Engine;
use ranzen_engine::api::{Reply, Request, Update};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Forwards until the page or the engine is gone. `send` says whether the page still listens.
///
/// Latest wins: when several snapshots or levels wait, only the newest of each is sent. A page that
/// missed some gets the whole state anew.
pub(crate) async fn forward(engine: &Engine, send: impl Fn(Update) -> bool) {
    let mut updates = engine.updates();
    loop {
        let mut waiting = Vec::new();
        let mut lagged = false;
        match updates.recv().await {
            Ok(update) => keep_latest(&mut waiting, update),
            Err(RecvError::Lagged(_)) => lagged = true,
            Err(RecvError::Closed) => return,
        }
        loop {
            match updates.try_recv() {
                Ok(update) => keep_latest(&mut waiting, update),
                Err(TryRecvError::Lagged(_)) => lagged = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if lagged && let Reply::Snapshot { snapshot } = engine.request(Request::Snapshot).await {
            keep_latest(&mut waiting, Update::Snapshot { snapshot });
        }
        for update in waiting {
            if !send(update) {
                return;
            }
        }
    }
}

/// Puts an update in, instead of an older one of its kind.
fn keep_latest(waiting: &mut Vec<Update>, update: Update) {
    let kind = std::mem::discriminant(&update);
    waiting.retain(|known| std::mem::discriminant(known) != kind);
    waiting.push(update);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(own: f32) -> Update {
        Update::Levels {
            own,
            others: Vec::new(),
        }
    }

    #[test]
    fn only_the_newest_of_each_kind_is_kept() {
        let mut waiting = Vec::new();
        for update in [levels(0.1), Update::DevicesChanged, levels(0.2)] {
            keep_latest(&mut waiting, update);
        }
        assert_eq!(waiting, [Update::DevicesChanged, levels(0.2)]);
    }
}
