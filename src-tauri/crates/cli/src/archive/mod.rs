//! `ranzen-cli archive`: what was kept.

mod export;
mod list;
mod search;
mod show;

use crate::globals::Globals;
use crate::open::open;
use clap::Subcommand;
use ranzen_meeting::{Problem, RecordId};

/// List, search, show and export kept chat.
#[derive(Subcommand)]
pub enum ArchiveTask {
    /// List the kept meetings, newest first
    List,
    /// Search all kept chat: every word must be there, "phrases" as they stand, the last may be a beginning
    Search(search::SearchArguments),
    /// Show the chat of a kept meeting
    Show {
        /// Number of the meeting, from `archive list`
        id: i64,
    },
    /// Write the chat of a kept meeting to a file
    Export(export::ExportArguments),
}

/// Opens the vault and does it.
pub fn run(globals: &Globals, task: ArchiveTask) -> Result<(), Problem> {
    let vault = open(globals)?;
    match task {
        ArchiveTask::List => list::run(globals, &vault),
        ArchiveTask::Search(arguments) => search::run(globals, &vault, &arguments),
        ArchiveTask::Show { id } => show::run(globals, &vault, RecordId(id)),
        ArchiveTask::Export(arguments) => export::run(globals, &vault, &arguments),
    }
}
