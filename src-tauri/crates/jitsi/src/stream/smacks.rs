//! Stream management (XEP-0198): counters, the queue of what is not acknowledged, resumption.

use ranzen_xmpp::{Element, ns};
use std::collections::VecDeque;
use std::time::Duration;

/// The reference client asks for an acknowledgement every five stanzas.
const ASK_EVERY: u32 = 5;
/// More than that unacknowledged means that the server has stopped listening.
const UNACKED_MAX: usize = 1_000;
/// The server's word on how long it waits for us, where it gives none.
const WAIT: Duration = Duration::from_secs(60);

/// Both counters of one session, which outlives its sockets.
#[derive(Debug, Default)]
pub(crate) struct Smacks {
    sending: bool,
    receiving: bool,
    acked: u32,
    received: u32,
    unacked: VecDeque<Element>,
    since_ask: u32,
    resumption: Option<(String, Duration)>,
}

/// The server acknowledges what we never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Impossible;

impl Smacks {
    /// `<enable/>`: our stanzas count from here on.
    pub(crate) fn enable(&mut self) -> Element {
        *self = Self {
            sending: true,
            ..Self::default()
        };
        Element::new("enable", ns::SM).attr("resume", "true")
    }

    /// `<enabled/>`: the server's stanzas count from here on.
    pub(crate) fn enabled(&mut self, answer: &Element) {
        self.receiving = true;
        self.received = 0;
        let resume = matches!(answer.get("resume"), Some("true" | "1"));
        let wait = answer
            .get("max")
            .and_then(|max| max.parse().ok())
            .map_or(WAIT, Duration::from_secs);
        self.resumption = answer
            .get("id")
            .filter(|id| resume && !id.is_empty() && id.len() <= 256)
            .map(|id| (id.to_owned(), wait));
    }

    /// `<failed/>` as the answer to `<enable/>`: go on without.
    pub(crate) fn refused(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn is_on(&self) -> bool {
        self.sending
    }

    /// A stanza goes out.
    pub(crate) fn sent(&mut self, element: &Element) {
        if self.sending && is_stanza(element) {
            self.unacked.push_back(element.clone());
            self.since_ask += 1;
        }
    }

    /// Nothing may be added any more.
    pub(crate) fn is_full(&self) -> bool {
        self.unacked.len() >= UNACKED_MAX
    }

    /// A stanza came in.
    pub(crate) fn received(&mut self, element: &Element) {
        if self.receiving && is_stanza(element) {
            self.received = self.received.wrapping_add(1);
        }
    }

    /// `<r/>` if it is time for one; `now` asks at once.
    pub(crate) fn ask(&mut self, now: bool) -> Option<Element> {
        let due = self.sending && (self.since_ask >= ASK_EVERY || now && self.since_ask > 0);
        due.then(|| {
            self.since_ask = 0;
            Element::new("r", ns::SM)
        })
    }

    /// `<a/>`: the answer to the server's `<r/>`.
    pub(crate) fn answer(&self) -> Element {
        Element::new("a", ns::SM).attr("h", self.received.to_string())
    }

    /// The server has handled everything up to `h`; gives back what that newly covers.
    pub(crate) fn acked(&mut self, h: u32) -> Result<Vec<Element>, Impossible> {
        let count = h.wrapping_sub(self.acked) as usize;
        if count > self.unacked.len() {
            return Err(Impossible);
        }
        self.acked = h;
        Ok(self.unacked.drain(..count).collect())
    }

    /// The id for `previd=` and `<resume/>`, with how long the server waits for us.
    pub(crate) fn resumption(&self) -> Option<(&str, Duration)> {
        self.resumption
            .as_ref()
            .map(|(id, wait)| (id.as_str(), *wait))
    }

    /// `<resume/>`, if the session can be resumed.
    pub(crate) fn resume(&self) -> Option<Element> {
        let (id, _) = self.resumption()?;
        Some(
            Element::new("resume", ns::SM)
                .attr("h", self.received.to_string())
                .attr("previd", id),
        )
    }

    /// What must be sent again after `<resumed/>`, in order. It stays unacknowledged.
    pub(crate) fn unacked(&self) -> Vec<Element> {
        self.unacked.iter().cloned().collect()
    }

    /// The session is lost: gives back what the server never acknowledged.
    pub(crate) fn give_up(&mut self) -> Vec<Element> {
        std::mem::take(self).unacked.into()
    }
}

pub(crate) fn is_stanza(element: &Element) -> bool {
    element.ns() == ns::CLIENT && matches!(element.name(), "iq" | "message" | "presence")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(id: u32) -> Element {
        Element::new("message", ns::CLIENT).attr("id", id.to_string())
    }

    fn on() -> Smacks {
        let mut smacks = Smacks::default();
        smacks.enable();
        smacks.enabled(
            &Element::new("enabled", ns::SM)
                .attr("resume", "true")
                .attr("id", "abc")
                .attr("max", "60"),
        );
        smacks
    }

    #[test]
    fn every_fifth_stanza_asks() {
        let mut smacks = on();
        for id in 0..4 {
            smacks.sent(&message(id));
            assert!(smacks.ask(false).is_none());
        }
        smacks.sent(&message(4));
        assert!(smacks.ask(false).is_some());
        assert!(smacks.ask(true).is_none(), "nothing new to ask about");
    }

    #[test]
    fn only_what_is_not_acknowledged_is_sent_again() {
        let mut smacks = on();
        (0..5).for_each(|id| smacks.sent(&message(id)));
        smacks.received(&message(9));
        assert_eq!(smacks.acked(3).unwrap().len(), 3);
        let again: Vec<_> = smacks
            .unacked()
            .iter()
            .map(|m| m.get("id").unwrap().to_owned())
            .collect();
        assert_eq!(again, ["3", "4"]);
        assert_eq!(
            smacks.resume().unwrap().to_xml(),
            "<resume xmlns=\"urn:xmpp:sm:3\" h=\"1\" previd=\"abc\"/>"
        );
        assert_eq!(smacks.acked(9), Err(Impossible));
    }

    #[test]
    fn stream_elements_do_not_count() {
        let mut smacks = on();
        smacks.received(&Element::new("r", ns::SM));
        smacks.sent(&Element::new("a", ns::SM));
        assert_eq!(smacks.answer().get("h"), Some("0"));
        assert!(smacks.unacked().is_empty());
    }

    #[test]
    fn the_counter_wraps_at_32_bits() {
        let mut smacks = on();
        smacks.acked = u32::MAX - 1;
        (0..4).for_each(|id| smacks.sent(&message(id)));
        assert_eq!(smacks.acked(1).unwrap().len(), 3);
        assert_eq!(smacks.unacked().len(), 1);
    }

    #[test]
    fn without_an_id_there_is_no_resumption() {
        let mut smacks = Smacks::default();
        smacks.enable();
        smacks.enabled(&Element::new("enabled", ns::SM));
        assert!(smacks.resume().is_none());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_acknowledged_twice(steps in prop::collection::vec(0u32..6, 1..60)) {
            let mut smacks = on();
            let (mut sent, mut seen) = (0u32, 0u32);
            for step in steps {
                smacks.sent(&message(sent));
                sent += 1;
                if let Ok(covered) = smacks.acked(seen + step) {
                    for element in &covered {
                        let expected = seen.to_string();
                        prop_assert_eq!(element.get("id"), Some(expected.as_str()));
                        seen += 1;
                    }
                }
            }
            prop_assert_eq!(seen as usize + smacks.unacked().len(), sent as usize);
        }
    }
}
