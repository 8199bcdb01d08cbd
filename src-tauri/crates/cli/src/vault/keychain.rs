//! `vault add-keychain`.

use crate::globals::Globals;
use crate::{open, out};
use ranzen_meeting::Problem;

pub fn run(globals: &Globals) -> Result<(), Problem> {
    open::open(globals)?.set_keychain(true)?;
    if globals.json {
        out::json("keychainAdded", serde_json::json!({}));
    } else {
        out::line(&out::text(globals, "cli_keychain_added"));
    }
    Ok(())
}
