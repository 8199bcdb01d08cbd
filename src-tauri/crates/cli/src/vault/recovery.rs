//! `vault recovery`, and showing a recovery code.

use crate::globals::Globals;
use crate::{open, out};
use ranzen_meeting::Problem;
use ranzen_vault::RecoveryCode;

pub fn run(globals: &Globals) -> Result<(), Problem> {
    let code = open::open(globals)?.renew_recovery()?;
    tell(globals, &code);
    Ok(())
}

/// Shows the code, this once.
pub fn tell(globals: &Globals, code: &RecoveryCode) {
    let printed = code.printed();
    if globals.json {
        out::json(
            "recoveryCode",
            serde_json::json!({ "code": printed.as_str() }),
        );
    } else {
        out::line(&out::text(globals, "cli_recovery_code"));
        out::line("");
        out::line(&format!("    {}", printed.as_str()));
        out::line("");
        out::line(&out::text(globals, "cli_recovery_code_keep"));
    }
}
