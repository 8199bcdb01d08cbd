//! German and English texts from the one catalogue, for the command line and errors.
//!
//! The catalogue is the window's (`ui/messages/*.json`): `"key": "text with {value}"`. What stands
//! in parentheses around a value is left out when the value is not known.

mod catalogue;
mod fill;
mod system;

use catalogue::raw;
use ranzen_meeting::{Lang, Problem};

pub use system::system_language;

/// The two sentences of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemTexts {
    /// What happened.
    pub cause: String,
    /// What to do.
    pub action: String,
}

/// A text of the catalogue by its key; the key itself if there is none (a test sees to it).
pub fn text(key: &str, lang: Lang) -> String {
    raw(key, lang).unwrap_or(key).to_owned()
}

/// A text of the catalogue, if there is one under this key.
pub fn find(key: &str, lang: Lang) -> Option<&'static str> {
    raw(key, lang)
}

/// A text with its values filled in.
pub fn text_with(key: &str, lang: Lang, values: &[(&str, &str)]) -> String {
    let value = |name: &str| {
        let found = values.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    };
    fill::fill(raw(key, lang).unwrap_or(key), value)
}

/// The sentences of a problem.
pub fn problem_texts(problem: &Problem, lang: Lang) -> ProblemTexts {
    let stem = problem.code.as_str().to_lowercase().replace('-', "_");
    let sentence = |part: &str| {
        let key = format!("problem_{stem}_{part}");
        let text = raw(&key, lang).unwrap_or(problem.code.as_str());
        fill::fill(text, |name| problem.values.get(name).map(String::as_str))
    };
    ProblemTexts {
        cause: sentence("cause"),
        action: sentence("action"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ranzen_meeting::Code;

    #[test]
    fn a_problem_is_told_in_both_languages() {
        let problem = Problem::new(Code::HostUnknown, "dns").with("host", "meet.example.org");
        let german = problem_texts(&problem, Lang::De);
        let english = problem_texts(&problem, Lang::En);
        assert!(german.cause.contains("meet.example.org"), "{german:?}");
        assert!(english.cause.contains("meet.example.org"), "{english:?}");
        assert_ne!(german.action, english.action);
    }

    #[test]
    fn no_problem_shows_a_brace_whatever_is_known() {
        for code in Code::ALL {
            for lang in [Lang::De, Lang::En] {
                let texts = problem_texts(&Problem::new(*code, ""), lang);
                for text in [texts.cause, texts.action] {
                    assert!(!text.contains(['{', '}', '(']), "{code:?}: {text}");
                }
            }
        }
    }

    #[test]
    fn texts_take_values() {
        let filled = text_with("archive_hits_many", Lang::En, &[("count", "3")]);
        assert!(filled.contains('3'), "{filled}");
        assert_eq!(text("no_such_text", Lang::De), "no_such_text");
    }
}
