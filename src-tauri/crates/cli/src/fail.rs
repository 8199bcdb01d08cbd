//! What went wrong: one sentence of cause, one of what to do, the code, and an exit code.

use crate::globals::Globals;
use ranzen_meeting::{Blame, Problem};
use std::process::ExitCode;

/// Tells the problem on standard error, or as a JSON line, and chooses the exit code.
pub fn tell(globals: &Globals, problem: &Problem) -> ExitCode {
    let texts = ranzen_texts::problem_texts(problem, globals.language());
    if globals.json {
        let line = serde_json::json!({
            "type": "problem",
            "code": problem.code.as_str(),
            "cause": texts.cause,
            "action": texts.action,
            "chain": problem.chain,
        });
        crate::join::line(&line.to_string());
    } else {
        eprintln!(
            "{}\n{}\n[{}]",
            texts.cause,
            texts.action,
            problem.code.as_str()
        );
    }
    ExitCode::from(match problem.code.blame() {
        Blame::User => 2,
        Blame::Network => 3,
        Blame::Server => 4,
        Blame::Device => 5,
        Blame::Ourselves => 70,
    })
}
