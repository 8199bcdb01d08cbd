//! Where a call's events go: bounded, and levels never push out anything that matters.

use crate::AudioEvent;
use tokio::sync::mpsc;

/// Room for news.
const ROOM: usize = 256;
/// Levels are left out when less than this is free.
const FREE_FOR_LEVELS: usize = ROOM / 2;

/// The sending end; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct News(mpsc::Sender<AudioEvent>);

/// Both ends.
pub(crate) fn news() -> (News, mpsc::Receiver<AudioEvent>) {
    let (sender, receiver) = mpsc::channel(ROOM);
    (News(sender), receiver)
}

impl News {
    /// Tells something; when nobody has listened for a long time it is lost.
    pub(crate) fn tell(&self, event: AudioEvent) {
        if matches!(event, AudioEvent::Levels { .. }) && self.0.capacity() < FREE_FOR_LEVELS {
            return;
        }
        let _ = self.0.try_send(event);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Side, level::SILENT};

    #[test]
    fn levels_leave_room_for_what_matters() {
        let (news, mut receiver) = news();
        for _ in 0..1000 {
            news.tell(AudioEvent::Levels {
                own: SILENT,
                others: Vec::new(),
            });
        }
        news.tell(AudioEvent::Recovered(Side::Input));
        let mut last = None;
        while let Ok(event) = receiver.try_recv() {
            last = Some(event);
        }
        assert_eq!(last.unwrap(), AudioEvent::Recovered(Side::Input));
    }
}
