//! Standard output, for people and for programs.

use crate::globals::Globals;
use serde_json::Value;
use std::io::{IsTerminal, Write};

/// Writes one line at once; a reader that went away is no reason to stop.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// One JSON object on a line of its own; `kind` says what it is.
pub fn json(kind: &str, mut object: Value) {
    object["type"] = kind.into();
    line(&object.to_string());
}

/// What others wrote, on one line and without control characters: a terminal obeys those.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            other => other,
        })
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect()
}

/// Emphasised, where that can be seen.
pub fn bold(text: &str) -> String {
    let shown = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if shown {
        format!("\u{1b}[1m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// A text of the catalogue in the language of the run.
pub fn text(globals: &Globals, key: &str) -> String {
    ranzen_texts::text(key, globals.language())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_can_not_command_the_terminal() {
        assert_eq!(
            plain("a\u{1b}]0;x\u{7}b\r\nc\u{9b}d\u{202e}e"),
            "a]0;xb  cde"
        );
    }
}
