//! Ranzen without a window: join a meeting, speak a file, record, chat; read and export the archive.

mod fail;
mod globals;
mod join;
mod secret;

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
}

fn main() -> ExitCode {
    let Arguments { globals, task } = Arguments::parse();
    globals.start_log();
    let done = match task {
        Task::Join(arguments) => join::run(&globals, arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail::tell(&globals, &problem),
    }
}
