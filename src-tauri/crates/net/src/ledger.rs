//! Every connection that was made: to whom, why, how many bytes. What the user can be shown.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// A school day of meetings has a few hundred; more than this is a fault that must not eat memory.
const MAX_ENTRIES: usize = 1024;

/// Why a connection is made; shown to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// Looking up how the meeting is reached (config.js).
    Discovery,
    /// Signalling of the meeting (XMPP, GraphQL).
    Signalling,
    /// The bridge's message channel.
    BridgeChannel,
    /// Sound and picture.
    Media,
    /// A TURN relay for sound and picture.
    Relay,
}

/// How far a connection came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum EntryState {
    /// Being made.
    Connecting = 0,
    /// In use.
    Open = 1,
    /// Was in use and is over.
    Closed = 2,
    /// Never came about.
    Failed = 3,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Host and port as asked for.
    pub host: String,
    /// Why.
    pub purpose: Purpose,
    /// `tcp`, `tls`, `http`, `https`, `ws`, `wss`, `udp`.
    pub protocol: &'static str,
    /// Through which proxy, if any (never with credentials).
    pub proxy: Option<String>,
    /// When it was begun.
    pub started: SystemTime,
    /// Bytes sent to the host so far, TLS included, the talk with a proxy not.
    pub sent: u64,
    /// Bytes received from the host so far.
    pub received: u64,
    /// How far it came.
    pub state: EntryState,
}

impl Entry {
    /// Still in use.
    pub fn is_open(&self) -> bool {
        self.state == EntryState::Open
    }
}

/// All connections since the door was opened; the newest 1024, those in use before those over.
/// Clones show the same book.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Default)]
struct Book {
    lines: VecDeque<Arc<Line>>,
    omitted: u64,
}

struct Line {
    host: String,
    purpose: Purpose,
    protocol: &'static str,
    proxy: Option<String>,
    started: SystemTime,
    sent: AtomicU64,
    received: AtomicU64,
    state: AtomicU8,
}

impl Ledger {
    /// All connections in the order they were begun.
    pub fn snapshot(&self) -> Vec<Entry> {
        self.book().lines.iter().map(|line| line.entry()).collect()
    }

    /// How many old entries were dropped because the book was full.
    pub fn omitted(&self) -> u64 {
        self.book().omitted
    }

    pub(crate) fn begin(
        &self,
        host: String,
        purpose: Purpose,
        protocol: &'static str,
        proxy: Option<String>,
    ) -> Account {
        let line = Arc::new(Line {
            host,
            purpose,
            protocol,
            proxy,
            started: SystemTime::now(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            state: AtomicU8::new(EntryState::Connecting as u8),
        });
        let mut book = self.book();
        if book.lines.len() >= MAX_ENTRIES {
            let over = book
                .lines
                .iter()
                .position(|l| matches!(l.state(), EntryState::Closed | EntryState::Failed));
            book.lines.remove(over.unwrap_or(0));
            book.omitted += 1;
        }
        book.lines.push_back(Arc::clone(&line));
        Account(line)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing that holds the lock can panic half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({} entries)", self.book().lines.len())
    }
}

impl Line {
    fn entry(&self) -> Entry {
        Entry {
            host: self.host.clone(),
            purpose: self.purpose,
            protocol: self.protocol,
            proxy: self.proxy.clone(),
            started: self.started,
            sent: self.sent.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
            state: self.state(),
        }
    }

    fn state(&self) -> EntryState {
        match self.state.load(Ordering::Relaxed) {
            0 => EntryState::Connecting,
            1 => EntryState::Open,
            2 => EntryState::Closed,
            _ => EntryState::Failed,
        }
    }
}

/// The connection's end of its entry. Dropping it ends the entry: closed if it was open, else failed.
pub(crate) struct Account(Arc<Line>);

impl Account {
    pub(crate) fn opened(&self) {
        self.0
            .state
            .store(EntryState::Open as u8, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.0.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.0.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let end = match self.0.state() {
            EntryState::Connecting => EntryState::Failed,
            _ => EntryState::Closed,
        };
        self.0.state.store(end as u8, Ordering::Relaxed);
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.0.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(ledger: &Ledger, host: &str) -> Account {
        ledger.begin(host.to_owned(), Purpose::Media, "tcp", None)
    }

    #[test]
    fn an_entry_ends_as_closed_or_failed() {
        let ledger = Ledger::default();
        let account = begin(&ledger, "a:1");
        account.opened();
        account.sent(3);
        account.received(5);
        assert!(ledger.snapshot()[0].is_open());
        drop(account);
        drop(begin(&ledger, "b:1"));
        let book = ledger.snapshot();
        assert_eq!((book[0].sent, book[0].received), (3, 5));
        assert_eq!(book[0].state, EntryState::Closed);
        assert_eq!(book[1].state, EntryState::Failed);
    }

    #[test]
    fn a_full_book_forgets_what_is_over_and_keeps_what_is_in_use() {
        let ledger = Ledger::default();
        let kept = begin(&ledger, "kept:1");
        kept.opened();
        for number in 0..2 * MAX_ENTRIES {
            drop(begin(&ledger, &format!("gone:{number}")));
        }
        let book = ledger.snapshot();
        assert_eq!(book.len(), MAX_ENTRIES);
        assert_eq!(book[0].host, "kept:1");
        assert_eq!(ledger.omitted(), (MAX_ENTRIES + 1) as u64);
    }
}
