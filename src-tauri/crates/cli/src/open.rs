//! Opening the vault for one task: the secret that was given, else the keychain, else the prompt.

use crate::globals::Globals;
use crate::{out, secret};
use ranzen_meeting::{Code, Problem};
use ranzen_vault::{NoKeychain, Options, Probe, Secret, Vault, VaultError, vault_dir};
use std::path::PathBuf;
use std::sync::Arc;

/// The vault's folder.
pub fn dir(globals: &Globals) -> Result<PathBuf, Problem> {
    vault_dir(globals.profile.as_deref()).ok_or_else(|| {
        Problem::new(
            Code::VaultReadOnly,
            "the system names no folder for application data; use --profile",
        )
    })
}

/// With or without the keychain.
pub fn options(globals: &Globals) -> Options {
    let mut options = Options::default();
    if globals.no_keychain {
        options.keychain = Arc::new(NoKeychain);
    }
    options
}

/// Opens it.
pub fn open(globals: &Globals) -> Result<Vault, Problem> {
    let dir = dir(globals)?;
    let keychain = match Vault::probe(&dir) {
        Probe::Missing => return Err(VaultError::Missing { path: dir }.into()),
        Probe::Broken(error) => return Err(error.into()),
        Probe::Locked { keychain, .. } => keychain && !globals.no_keychain,
    };
    let options = options(globals);
    let mut locked = Problem::new(Code::VaultLocked, "no passphrase given");
    if keychain && !globals.secret_given() {
        match Vault::open_with_keychain(&dir, &options) {
            Ok(vault) => return Ok(vault),
            // The other slots are there for this.
            Err(VaultError::Keychain { what }) => locked.chain = format!("keychain: {what}"),
            Err(error) => return Err(error.into()),
        }
    }
    let prompt = out::text(globals, "cli_prompt_passphrase");
    let typed = secret::passphrase(globals, &prompt)?.ok_or(locked)?;
    let secret = Secret::new(typed.to_string());
    Ok(Vault::open_with_secret(&dir, &secret, &options)?)
}
