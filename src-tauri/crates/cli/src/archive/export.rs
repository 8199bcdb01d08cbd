//! `archive export`.

use crate::globals::Globals;
use crate::out;
use clap::{Args, ValueEnum};
use ranzen_meeting::{Problem, RecordId};
use ranzen_vault::Vault;
use std::path::PathBuf;

/// Format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown.
    Md,
    /// Plain text.
    Txt,
    /// JSON, see docs/chat-export.md.
    Json,
}

/// What to export, and where to.
#[derive(Args)]
pub struct ExportArguments {
    /// Number of the meeting, from `archive list`
    id: i64,
    /// Format of the file
    #[arg(
        long,
        value_enum,
        default_value = "md",
        value_name = "md|txt|json",
        hide_possible_values = true
    )]
    format: Format,
    /// File to write; it is not encrypted. `-`: standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    overwrite: bool,
}

pub fn run(globals: &Globals, vault: &Vault, arguments: &ExportArguments) -> Result<(), Problem> {
    let id = RecordId(arguments.id);
    let (meeting, chat) = (vault.meeting(id)?, vault.chat(id)?);
    let document = match arguments.format {
        Format::Md => ranzen_export::markdown(&meeting, &chat, globals.language()),
        Format::Txt => ranzen_export::text(&meeting, &chat, globals.language()),
        Format::Json => ranzen_export::json(&meeting, &chat),
    };
    if arguments.out.as_os_str() == "-" {
        out::line(document.trim_end());
        return Ok(());
    }
    if arguments.overwrite {
        ranzen_export::write_over(&arguments.out, &document)?;
    } else {
        ranzen_export::write_new(&arguments.out, &document)?;
    }
    let path = arguments.out.display().to_string();
    if globals.json {
        out::json("exported", serde_json::json!({ "path": path }));
    } else {
        let lang = globals.language();
        out::line(&ranzen_texts::text_with(
            "cli_exported",
            lang,
            &[("path", &path)],
        ));
    }
    Ok(())
}
