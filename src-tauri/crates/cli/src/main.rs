//! Ranzen without a window: join a meeting, speak a file, record, chat; read and export the archive.

mod archive;
mod fail;
mod globals;
mod join;
mod open;
mod out;
mod secret;
mod vault;
mod when;

use clap::{Parser, Subcommand};
use globals::Globals;
use std::process::ExitCode;

/// Ranzen for terminals, tests and IT departments.
#[derive(Parser)]
#[command(name = "ranzen-cli", version, about)]
struct Arguments {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Join a meeting.
    Join(join::JoinArguments),
    /// List, search, show and export kept chat.
    #[command(subcommand)]
    Archive(archive::ArchiveTask),
    /// Make the vault, look at it, change what opens it.
    #[command(subcommand)]
    Vault(vault::VaultTask),
}

fn main() -> ExitCode {
    let Arguments { globals, task } = Arguments::parse();
    globals.start_log();
    let done = match task {
        Task::Join(arguments) => join::run(&globals, arguments),
        Task::Archive(task) => archive::run(&globals, task),
        Task::Vault(task) => vault::run(&globals, task),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail::tell(&globals, &problem),
    }
}
