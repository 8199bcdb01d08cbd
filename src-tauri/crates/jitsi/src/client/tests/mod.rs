//! The client against recordings and against scripted servers, in virtual time.

mod cuts;
mod entering;
mod kinds;
mod media;
mod recording;
mod replay;
mod room;
mod scripted;
