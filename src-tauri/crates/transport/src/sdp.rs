//! SDP (RFC 8866), the language of the stack below and of peers that speak SDP themselves.

mod negotiated;
mod offer;
mod read;
mod text;

pub(crate) use negotiated::{
    AUDIO_LEVEL, Negotiated, SUPPORTED_EXTENSIONS, TRANSPORT_CC, accepted,
};
pub(crate) use offer::offer_text;
pub(crate) use read::{describe, local_answer};
pub(crate) use text::Sdp;
