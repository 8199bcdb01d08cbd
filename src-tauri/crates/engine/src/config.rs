//! What an engine is started with. Faces fill it from their arguments and settings.

use ranzen_media::{Input, Output};
use ranzen_meeting::Lang;
use std::path::PathBuf;

/// How the engine reaches the world, and where it keeps things.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The profile, in which the vault lies; `None`: the operating system's folder for this user.
    pub profile: Option<PathBuf>,
    /// PEM files of further trusted roots (a school's own certificate authority).
    pub extra_roots: Vec<PathBuf>,
    /// Whether the operating system's keychain may hold a key slot. Headless machines say no.
    pub keychain: bool,
    /// Where our own sound comes from until a face chooses otherwise.
    pub input: Input,
    /// Where the others' sound goes until a face chooses otherwise.
    pub output: Output,
    /// The language of exports.
    pub lang: Lang,
    /// For tests and developers: one WAV file per source is written here.
    pub record_dir: Option<PathBuf>,
}

impl EngineConfig {
    /// Everything as an ordinary user has it.
    pub fn new(lang: Lang) -> Self {
        Self {
            profile: None,
            lang,
            extra_roots: Vec::new(),
            keychain: true,
            input: Input::Default,
            output: Output::Default,
            record_dir: None,
        }
    }
}
