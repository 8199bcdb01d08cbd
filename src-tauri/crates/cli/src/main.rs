//! Ranzen without a window: join a meeting, speak a file, record, chat; read and export the archive.

mod archive;
mod fail;
mod globals;
mod help;
mod join;
mod open;
mod out;
mod secret;
mod vault;
mod when;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use globals::Globals;
use ranzen_meeting::Lang;
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
    let lang = help::language(std::env::args().skip(1));
    let parsed = help::translate(Arguments::command(), lang)
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let Arguments { globals, task } = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return not_understood(&error, lang),
    };
    ranzen_engine::start_log();
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

/// Help and version are asked for this way, too.
fn not_understood(error: &clap::Error, lang: Lang) -> ExitCode {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if !asked {
        eprintln!("{}", ranzen_texts::text("cli_usage_wrong", lang));
    }
    // Nobody is left to tell if the terminal is gone.
    let _ = error.print();
    ExitCode::from(if asked { 0 } else { fail::USAGE })
}
