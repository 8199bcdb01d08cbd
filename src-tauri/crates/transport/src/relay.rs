//! TURN over TCP and TLS, which the stack has not, and every socket through the door.
//!
//! The stack asks a *runtime* for its sockets and names. Ours ([`runtime::DoorRuntime`]) gives it UDP
//! sockets that the door counts. A TURN server that is to be reached over TCP or TLS is shown to the
//! stack as a UDP server at an address that belongs to nobody ([`servers`]); datagrams for that address
//! are put into a stream instead ([`tunnel`]), which the door opens, through a proxy where there is one.

mod framing;
mod lookup;
mod runtime;
mod servers;
mod socket;
mod tunnel;

pub(crate) use runtime::DoorRuntime;
pub(crate) use servers::Servers;
