//! `archive show`.

use crate::globals::Globals;
use crate::out;
use ranzen_meeting::{Problem, RecordId};
use ranzen_vault::Vault;

pub fn run(globals: &Globals, vault: &Vault, id: RecordId) -> Result<(), Problem> {
    let (meeting, chat) = (vault.meeting(id)?, vault.chat(id)?);
    if globals.json {
        out::json("meeting", serde_json::json!({ "meeting": meeting }));
        for message in &chat {
            out::json("message", serde_json::json!({ "message": message }));
        }
        return Ok(());
    }
    let document = ranzen_export::text(&meeting, &chat, globals.language());
    out::line(document.trim_end());
    Ok(())
}
