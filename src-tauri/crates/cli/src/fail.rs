//! What went wrong: one sentence of cause, one of what to do, the code, and an exit code.

use crate::globals::Globals;
use crate::out;
use ranzen_meeting::{Blame, Problem};
use std::process::ExitCode;

/// The exit code for a call that can't be understood.
pub const USAGE: u8 = 2;

/// Tells the problem on standard error, or as a JSON line, and chooses the exit code.
pub fn tell(globals: &Globals, problem: &Problem) -> ExitCode {
    let texts = ranzen_texts::problem_texts(problem, globals.language());
    if globals.json {
        out::json(
            "problem",
            serde_json::json!({
                "code": problem.code.as_str(),
                "cause": texts.cause,
                "action": texts.action,
                "chain": problem.chain,
            }),
        );
    } else {
        eprintln!(
            "{}\n{}\n[{}]",
            out::plain(&texts.cause),
            out::plain(&texts.action),
            problem.code.as_str()
        );
    }
    ExitCode::from(exit_code(problem))
}

/// One number for each kind of trouble, so that scripts can tell them apart.
fn exit_code(problem: &Problem) -> u8 {
    let code = problem.code.as_str();
    let begins = |stems: &[&str]| stems.iter().any(|stem| code.starts_with(stem));
    if begins(&["RZ-VAULT-", "RZ-ARCHIVE-", "RZ-KEYCHAIN"]) {
        return 6;
    }
    if begins(&["RZ-FILE-", "RZ-DISK-"]) {
        return 7;
    }
    match problem.code.blame() {
        Blame::User => USAGE,
        Blame::Network => 3,
        Blame::Server => 4,
        Blame::Device => 5,
        Blame::Ourselves => 70,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_meeting::Code;

    #[test]
    fn each_kind_of_trouble_has_its_number() {
        for (code, number) in [
            (Code::LinkInvalid, 2),
            (Code::HostUnknown, 3),
            (Code::RoomFull, 4),
            (Code::MicrophoneBusy, 5),
            (Code::VaultLocked, 6),
            (Code::RecordUnknown, 6),
            (Code::KeychainUnavailable, 6),
            (Code::FileExists, 7),
            (Code::DiskFull, 7),
            (Code::Internal, 70),
        ] {
            assert_eq!(exit_code(&Problem::new(code, "")), number, "{code:?}");
        }
        for code in Code::ALL {
            assert_ne!(exit_code(&Problem::new(*code, "")), 0, "{code:?}");
        }
    }
}
