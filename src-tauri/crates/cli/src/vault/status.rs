//! `vault status`.

use crate::globals::Globals;
use crate::{open, out};
use ranzen_meeting::Problem;
use ranzen_vault::{Probe, Vault, VaultError};

pub fn run(globals: &Globals) -> Result<(), Problem> {
    let dir = open::dir(globals)?;
    let path = dir.display().to_string();
    let (keychain, passphrase) = match Vault::probe(&dir) {
        Probe::Missing => return Err(VaultError::Missing { path: dir }.into()),
        Probe::Broken(error) => return Err(error.into()),
        Probe::Locked {
            keychain,
            passphrase,
        } => (keychain, passphrase),
    };
    if globals.json {
        out::json(
            "vault",
            serde_json::json!({ "path": path, "keychain": keychain, "passphrase": passphrase }),
        );
        return Ok(());
    }
    let yes_no = |yes| {
        let key = if yes { "cli_yes" } else { "cli_no" };
        out::text(globals, key)
    };
    let lang = globals.language();
    for (key, value) in [
        ("cli_status_path", path),
        ("cli_status_keychain", yes_no(keychain)),
        ("cli_status_passphrase", yes_no(passphrase)),
    ] {
        out::line(&ranzen_texts::text_with(key, lang, &[("value", &value)]));
    }
    Ok(())
}
