//! The vocabulary of a meeting, shared by every layer: links, commands, events, the state as a pure
//! fold over events, records worth keeping, and problems told to people.
//!
//! Nothing here does I/O or knows a protocol. Commands go down (face → engine → session → wire),
//! events come up (wire → session → engine → vault and face).

mod chat;
mod command;
mod event;
mod ids;
mod lang;
mod link;
mod participant;
mod problem;
mod record;
mod session;
mod state;

pub use chat::{Audience, ChatMessage, Delivery};
pub use command::Command;
pub use event::{Connection, EndReason, Event, MediaPhase};
pub use ids::{MessageId, ParticipantId, UnixMillis};
pub use lang::Lang;
pub use link::{LinkError, MeetingLink, Token};
pub use participant::{Participant, Role};
pub use problem::{Blame, Code, Problem};
pub use record::{MeetingRecord, RecordId};
pub use session::{Session, SessionFuture};
pub use state::{Capability, MeetingState};
