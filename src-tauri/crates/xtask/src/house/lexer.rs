//! Rust source with strings, or strings and comments, blanked out, so that a word inside a text is
//! not taken for code. Positions stay the same.

/// What is left of a source.
pub(super) struct Blanked {
    /// Code only.
    pub(super) code: String,
    /// Code and comments.
    pub(super) with_comments: String,
}

/// Blanks strings and characters, and comments in `code`.
pub(super) fn blank(source: &str) -> Blanked {
    let bytes = source.as_bytes();
    let (mut code, mut with_comments) = (bytes.to_vec(), bytes.to_vec());
    let mut at = 0;
    while at < bytes.len() {
        let end = if bytes[at..].starts_with(b"//") {
            let end = line_end(bytes, at);
            wipe(&mut code, at, end);
            end
        } else if bytes[at..].starts_with(b"/*") {
            let end = block_end(bytes, at);
            wipe(&mut code, at, end);
            end
        } else if let Some(end) = string_end(bytes, at) {
            wipe(&mut code, at, end);
            wipe(&mut with_comments, at, end);
            end
        } else {
            at + 1
        };
        at = end;
    }
    Blanked {
        code: text(code),
        with_comments: text(with_comments),
    }
}

/// Every name and keyword of blanked code with its position.
pub(super) fn names(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |one: char| one.is_alphanumeric() || one == '_';
    code.match_indices(part)
        .filter(move |(at, _)| !code[..*at].ends_with(part))
        .map(move |(at, _)| {
            let rest = &code[at..];
            (
                at,
                &rest[..rest.find(|one| !part(one)).unwrap_or(rest.len())],
            )
        })
}

/// Whole strings are wiped, so what is left is still UTF-8; were it not, it is read leniently.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn wipe(bytes: &mut [u8], from: usize, to: usize) {
    for byte in &mut bytes[from..to] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| from + length)
}

/// Block comments nest in Rust.
fn block_end(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The end of a string, raw string or character that begins here.
fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    match bytes[from] {
        b'"' => Some(quoted_end(bytes, from + 1, b'"')),
        b'r' if !follows_a_name(bytes, from) => raw_end(bytes, from),
        b'\'' => char_end(bytes, from),
        _ => None,
    }
}

fn follows_a_name(bytes: &[u8], at: usize) -> bool {
    // `br"…"` is a string too; any other letter before the `r` makes it part of a name.
    at.checked_sub(1).is_some_and(|before| {
        let byte = bytes[before];
        byte != b'b' && (byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

fn quoted_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_end(bytes: &[u8], from: usize) -> Option<usize> {
    let hashes = bytes[from + 1..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    let open = from + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let inside = &bytes[open + 1..];
    let length = inside
        .windows(close.len())
        .position(|window| window == close);
    Some(length.map_or(bytes.len(), |length| open + 1 + length + close.len()))
}

/// A character literal; `'a` of a lifetime is none.
fn char_end(bytes: &[u8], from: usize) -> Option<usize> {
    let first = *bytes.get(from + 1)?;
    if first == b'\\' {
        return Some(quoted_end(bytes, from + 1, b'\''));
    }
    let width = match first {
        0x00..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    };
    (bytes.get(from + 1 + width) == Some(&b'\'')).then_some(from + width + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_vanish_and_positions_stay() {
        let source = "let a = \"unsafe // x\"; // unsafe\nlet b = 'ü'; /* a /* b */ c */ unsafe";
        let blanked = blank(source);
        assert_eq!(blanked.code.len(), source.len());
        assert_eq!(blanked.code.matches("unsafe").count(), 1);
        assert_eq!(blanked.with_comments.matches("unsafe").count(), 2);
        assert_eq!(blanked.code.find("let b"), source.find("let b"));
    }

    #[test]
    fn raw_strings_and_lifetimes_are_told_apart() {
        let blanked = blank("fn f<'a>(x: &'a str) { r#\"a \" todo\"#; br\"x\"; for_r\"y\" } end");
        assert!(!blanked.code.contains("todo"));
        assert!(blanked.code.contains("fn f<'a>(x: &'a str)"));
        assert!(blanked.code.ends_with("} end"));
    }

    #[test]
    fn names_are_whole_words() {
        let found: Vec<_> = names("a::AsyncUdp(b_c) + 1").collect();
        assert_eq!(found, [(0, "a"), (3, "AsyncUdp"), (12, "b_c"), (19, "1")]);
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string() {
        let blanked = blank(r#"a("x\"y"); b('\''); c"#);
        assert!(!blanked.code.contains('y'));
        assert!(blanked.code.ends_with("; c"));
    }
}
