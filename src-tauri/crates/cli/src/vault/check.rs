//! `vault check`.

use crate::globals::Globals;
use crate::{open, out};
use ranzen_meeting::Problem;

pub fn run(globals: &Globals) -> Result<(), Problem> {
    let vault = open::open(globals)?;
    vault.check().wait()?;
    let meetings = vault.meetings()?;
    let messages: u64 = meetings.iter().map(|meeting| meeting.messages).sum();
    if globals.json {
        out::json(
            "checked",
            serde_json::json!({ "meetings": meetings.len(), "messages": messages }),
        );
    } else {
        let (meetings, messages) = (meetings.len().to_string(), messages.to_string());
        out::line(&ranzen_texts::text_with(
            "cli_checked",
            globals.language(),
            &[("meetings", &meetings), ("messages", &messages)],
        ));
    }
    Ok(())
}
