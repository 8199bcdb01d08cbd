//! `vault add-passphrase`, and asking for a new passphrase.

use crate::globals::Globals;
use crate::secret::{self, Typed};
use crate::{open, out};
use clap::Args;
use ranzen_meeting::{Code, Problem};
use ranzen_vault::Secret;

/// Where the new passphrase comes from; the one that opens the vault is a global option.
#[derive(Args)]
pub struct PassphraseArguments {
    /// Read the new passphrase from this open file descriptor
    #[arg(long, value_name = "N")]
    new_passphrase_fd: Option<u32>,
}

pub fn run(globals: &Globals, arguments: &PassphraseArguments) -> Result<(), Problem> {
    let vault = open::open(globals)?;
    let typed = match arguments.new_passphrase_fd {
        Some(number) => Some(secret::from_descriptor(number)?),
        None => ask_twice(globals)?,
    };
    let typed = typed.ok_or_else(|| {
        Problem::new(Code::FileUnreadable, "no new passphrase given")
            .with("path", "--new-passphrase-fd")
    })?;
    vault.set_passphrase(&Secret::new(typed.to_string()))?;
    if globals.json {
        out::json("passphraseSet", serde_json::json!({}));
    } else {
        out::line(&out::text(globals, "cli_passphrase_set"));
    }
    Ok(())
}

/// Asks until both entries agree; `None` if nothing is entered, or nobody is there to ask.
pub fn ask_twice(globals: &Globals) -> Result<Option<Typed>, Problem> {
    loop {
        let first = secret::ask(&out::text(globals, "cli_prompt_new_passphrase"))?;
        let Some(first) = first.filter(|typed| !typed.is_empty()) else {
            return Ok(None);
        };
        let again = secret::ask(&out::text(globals, "cli_prompt_passphrase_again"))?;
        if again.as_deref() == Some(&*first) {
            return Ok(Some(first));
        }
        eprintln!("{}", out::text(globals, "vault_create_passphrase_differs"));
    }
}
