//! `archive list`.

use crate::globals::Globals;
use crate::out;
use crate::when::minute;
use ranzen_meeting::Problem;
use ranzen_vault::Vault;

pub fn run(globals: &Globals, vault: &Vault) -> Result<(), Problem> {
    let meetings = vault.meetings()?;
    if globals.json {
        for meeting in &meetings {
            out::json("meeting", serde_json::json!({ "meeting": meeting }));
        }
        return Ok(());
    }
    if meetings.is_empty() {
        out::line(&out::text(globals, "cli_archive_empty"));
    }
    for meeting in &meetings {
        out::line(&format!(
            "{:>5}  {}  {:>5}  {}  ({})",
            meeting.id.0,
            minute(meeting.started_at),
            meeting.messages,
            out::plain(&meeting.title),
            out::plain(&meeting.place),
        ));
    }
    Ok(())
}
