//! Options that every task understands.

use clap::{Args, ValueEnum};
use ranzen_meeting::Lang;
use std::path::PathBuf;

/// A language on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
}

/// Options that every task understands.
#[derive(Args)]
pub struct Globals {
    /// Folder for the vault instead of the user's own
    #[arg(long, global = true, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Write JSON, one object a line
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of messages; otherwise that of the system
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "de|en",
        hide_possible_values = true
    )]
    pub lang: Option<Language>,
    /// Read the passphrase from this open file descriptor
    #[arg(long, global = true, value_name = "N")]
    pub passphrase_fd: Option<u32>,
    /// Read the passphrase from the first line of standard input
    #[arg(long, global = true, conflicts_with = "passphrase_fd")]
    pub passphrase_stdin: bool,
    /// Leave the operating system's keychain alone
    #[arg(long, global = true)]
    pub no_keychain: bool,
}

impl Globals {
    /// The language of messages and exports.
    pub fn language(&self) -> Lang {
        match self.lang {
            Some(Language::De) => Lang::De,
            Some(Language::En) => Lang::En,
            None => ranzen_texts::system_language(),
        }
    }

    /// A passphrase or code comes with the call, so neither keychain nor prompt is needed.
    pub fn secret_given(&self) -> bool {
        self.passphrase_fd.is_some() || self.passphrase_stdin
    }
}
