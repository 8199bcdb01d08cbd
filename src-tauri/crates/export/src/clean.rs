//! What people wrote, made fit for a document for people: lines are lines, and nothing invisible
//! changes how the rest reads.

/// The lines of a text, whatever ends them, without control characters.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split(is_line_end).map(visible).collect()
}

/// A name or title: one line, and never empty.
pub(crate) fn one_line(text: &str, if_empty: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| is_line_end(c) || c.is_whitespace())
        .map(visible)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        if_empty.to_owned()
    } else {
        words.join(" ")
    }
}

fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn visible(line: &str) -> String {
    line.chars()
        .filter(|c| *c == '\t' || !(c.is_control() || turns_direction(*c)))
        .collect()
}

/// The explicit embeddings and overrides of Unicode Annex 9: with them a name could read as if
/// something else had been written.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_ends_a_line() {
        let text = "a\r\nb\rc\nd\u{2028}e\u{85}f\u{c}g";
        assert_eq!(lines(text), ["a", "b", "c", "d", "e", "f", "g"]);
    }

    #[test]
    fn nothing_invisible_is_left() {
        assert_eq!(lines("a\u{1b}[31m\u{202e}b\0\tc"), ["a[31mb\tc"]);
        assert_eq!(one_line(" Frau\n\u{202e}Özdemir \0", "?"), "Frau Özdemir");
        assert_eq!(one_line("\n\0 ", "?"), "?");
    }
}
