//! The one interface to a running meeting on any kind of server.

use crate::{Command, Event};
use std::future::Future;
use std::pin::Pin;

/// A boxed future borrowed from a session.
pub type SessionFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A running meeting: commands in, events out. Dropping it cuts the connection without a farewell;
/// [`Command::Leave`] is the polite way.
pub trait Session: Send {
    /// Hands a command down. Never blocks; what comes of it is told by events.
    fn command(&self, command: Command);

    /// The next event; `None` after [`Event::Ended`]. Cancel-safe.
    fn next_event(&mut self) -> SessionFuture<'_, Option<Event>>;
}
