//! Questions under way: who was asked what, and until when an answer is awaited.

use ranzen_xmpp::{Element, StanzaError};
use std::collections::HashMap;
use std::time::Instant;

/// More questions at once are a mistake of ours.
const PENDING_MAX: usize = 256;

/// Open questions; `T` says what each was about.
#[derive(Debug)]
pub(crate) struct Pending<T> {
    open: HashMap<String, Question<T>>,
}

#[derive(Debug)]
struct Question<T> {
    about: T,
    to: String,
    until: Instant,
}

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self {
            open: HashMap::new(),
        }
    }
}

impl<T> Pending<T> {
    /// Notes a question that is being sent.
    pub(crate) fn ask(&mut self, iq: &Element, about: T, until: Instant) {
        let (Some(id), Some(to)) = (iq.get("id"), iq.get("to")) else {
            return;
        };
        if self.open.len() < PENDING_MAX {
            let question = Question {
                about,
                to: to.to_owned(),
                until,
            };
            self.open.insert(id.to_owned(), question);
        }
    }

    /// Matches an answer with its question. Only the one who was asked may answer: anybody could
    /// send a result with a guessed id.
    pub(crate) fn answer(&mut self, iq: &Element) -> Option<(T, Result<(), StanzaError>)> {
        let id = iq.get("id")?;
        let question = self.open.get(id)?;
        if iq.get("from").is_some_and(|from| from != question.to) {
            return None;
        }
        let question = self.open.remove(id)?;
        let outcome = StanzaError::of(iq).map_or(Ok(()), Err);
        Some((question.about, outcome))
    }

    /// Takes out what nobody answered in time.
    pub(crate) fn overdue(&mut self, now: Instant) -> Vec<T> {
        let late: Vec<String> = self
            .open
            .iter()
            .filter(|(_, question)| question.until <= now)
            .map(|(id, _)| id.clone())
            .collect();
        late.iter()
            .filter_map(|id| self.open.remove(id))
            .map(|question| question.about)
            .collect()
    }

    /// When the next question is overdue.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.open.values().map(|question| question.until).min()
    }

    /// All answers that are still awaited get this much longer at least (after a pause of the stream).
    pub(crate) fn extend(&mut self, until: Instant) {
        for question in self.open.values_mut() {
            question.until = question.until.max(until);
        }
    }

    /// Forgets everything: the session they were asked in is gone.
    pub(crate) fn clear(&mut self) {
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_xmpp::ns;
    use std::time::Duration;

    fn iq(kind: &str) -> Element {
        Element::new("iq", ns::CLIENT)
            .attr("type", kind)
            .attr("id", "1")
    }

    #[test]
    fn only_the_one_who_was_asked_can_answer() {
        let now = Instant::now();
        let mut pending = Pending::default();
        pending.ask(&iq("get").attr("to", "focus.meet.test"), "focus", now);
        assert!(
            pending
                .answer(&iq("result").attr("from", "room@x/evil"))
                .is_none()
        );
        let (about, outcome) = pending
            .answer(&iq("result").attr("from", "focus.meet.test"))
            .unwrap();
        assert_eq!((about, outcome), ("focus", Ok(())));
        assert!(pending.answer(&iq("result")).is_none(), "answered once");
    }

    #[test]
    fn silence_is_noticed() {
        let now = Instant::now();
        let mut pending = Pending::default();
        pending.ask(&iq("get").attr("to", "a"), 1, now + Duration::from_secs(5));
        assert_eq!(pending.deadline(), Some(now + Duration::from_secs(5)));
        assert!(pending.overdue(now).is_empty());
        assert_eq!(pending.overdue(now + Duration::from_secs(5)), [1]);
        assert_eq!(pending.deadline(), None);
    }
}
