//! `ranzen-cli vault`: making and looking after the encrypted store.

mod check;
mod create;
mod keychain;
mod passphrase;
mod recovery;
mod status;

use crate::globals::Globals;
use clap::Subcommand;
use ranzen_meeting::Problem;

/// Make the vault, look at it, change what opens it.
#[derive(Subcommand)]
pub enum VaultTask {
    /// Make the vault; prints the recovery code once
    Create,
    /// Say where it is and what opens it, without opening it
    Status,
    /// Open it and verify every byte
    Check,
    /// Set or replace the passphrase
    AddPassphrase(passphrase::PassphraseArguments),
    /// Let the operating system's keychain open it, too
    AddKeychain,
    /// Make a new recovery code; the old one opens nothing any more
    Recovery,
}

/// Does it.
pub fn run(globals: &Globals, task: VaultTask) -> Result<(), Problem> {
    match task {
        VaultTask::Create => create::run(globals),
        VaultTask::Status => status::run(globals),
        VaultTask::Check => check::run(globals),
        VaultTask::AddPassphrase(arguments) => passphrase::run(globals, &arguments),
        VaultTask::AddKeychain => keychain::run(globals),
        VaultTask::Recovery => recovery::run(globals),
    }
}
