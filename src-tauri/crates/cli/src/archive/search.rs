//! `archive search`.

use crate::globals::Globals;
use crate::out;
use crate::when::minute;
use clap::Args;
use ranzen_meeting::Problem;
use ranzen_vault::{Hit, Vault};

/// What to search for.
#[derive(Args)]
pub struct SearchArguments {
    /// Words to find
    #[arg(required = true, num_args = 1..)]
    words: Vec<String>,
    /// Most hits to show, newest first
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: usize,
}

pub fn run(globals: &Globals, vault: &Vault, arguments: &SearchArguments) -> Result<(), Problem> {
    let hits = vault.search(&arguments.words.join(" "), arguments.limit)?;
    if globals.json {
        for hit in &hits {
            out::json(
                "hit",
                serde_json::json!({
                    "meeting": hit.meeting,
                    "message": hit.message,
                    "marks": hit.marks,
                }),
            );
        }
        return Ok(());
    }
    if hits.is_empty() {
        out::line(&out::text(globals, "cli_search_nothing"));
    }
    for hit in &hits {
        out::line(&format!(
            "{:>5}  {}  {}: {}",
            hit.meeting.id.0,
            minute(hit.message.sent_at),
            out::plain(&hit.message.from_name),
            marked(hit),
        ));
    }
    Ok(())
}

/// The body with the words emphasised; marks count UTF-16 units.
fn marked(hit: &Hit) -> String {
    let units: Vec<u16> = hit.message.body.encode_utf16().collect();
    let part = |from: u32, to: u32| {
        let range = units.get(from as usize..to as usize).unwrap_or_default();
        out::plain(&String::from_utf16_lossy(range))
    };
    let mut line = String::new();
    let mut done = 0;
    for (start, end) in &hit.marks {
        line.push_str(&part(done, *start));
        line.push_str(&out::bold(&part(*start, *end)));
        done = *end;
    }
    let length = u32::try_from(units.len()).unwrap_or(u32::MAX);
    line.push_str(&part(done, length));
    line
}
