//! A meeting's chat as Markdown (CommonMark 0.31), readable as it stands and when rendered.

use crate::clean::{lines, one_line};
use crate::labels::{labels, remarks};
use crate::when::{self, Zone};
use ranzen_meeting::{ChatMessage, Lang, MeetingRecord};

pub(crate) fn render(
    meeting: &MeetingRecord,
    chat: &[ChatMessage],
    lang: Lang,
    zone: &dyn Zone,
) -> String {
    let words = labels(lang);
    let name = |name: &str| escape(&one_line(name, words.unnamed));
    let moment = |at| when::full(when::local(at, zone), lang);
    let end = meeting
        .ended_at
        .map_or_else(|| words.end_unknown.to_owned(), moment);
    let mut out = format!(
        "# {}\n\n- {}: {}\n- {}: {}\n- {}: {}\n- {}: {}\n\n## {}\n",
        escape(&one_line(&meeting.title, words.untitled)),
        words.place,
        escape(&one_line(&meeting.place, words.end_unknown)),
        words.begin,
        moment(meeting.started_at),
        words.end,
        end,
        words.messages,
        chat.len(),
        words.chat,
    );
    if chat.is_empty() {
        out.push_str(&format!("\n{}\n", words.nothing_written));
    }
    let mut day = None;
    for message in chat {
        let at = when::local(message.sent_at, zone);
        // The offset belongs to it: in the night the clocks change there are two headings.
        if day.replace((at.date(), at.offset())) != Some((at.date(), at.offset())) {
            let (date, offset) = (when::day(at.date(), lang), when::offset(at));
            out.push_str(&format!("\n### {date} ({offset})\n"));
        }
        out.push_str(&format!(
            "\n**{} {}**{}\n\n{}",
            when::clock(at),
            name(&message.from_name),
            remarks(message, name, lang),
            quote(&message.body)
        ));
    }
    out
}

/// A message as a block quote: whatever is in it, it ends where the quote ends.
fn quote(body: &str) -> String {
    let lines = lines(body);
    let mut out = String::with_capacity(body.len() + lines.len() * 4);
    for (n, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            out.push_str(">\n");
            continue;
        }
        out.push_str("> ");
        // Spaces in front would make a code block; no-break ones only make space.
        let text = line.trim_start();
        for c in line[..line.len() - text.len()].chars() {
            out.push_str(if c == '\t' {
                "\u{a0}\u{a0}\u{a0}\u{a0}"
            } else {
                "\u{a0}"
            });
        }
        out.push_str(&escape(text.trim_end()));
        // A backslash at its end breaks a line; at the end of a paragraph it would show.
        let goes_on = lines.get(n + 1).is_some_and(|next| !next.trim().is_empty());
        out.push_str(if goes_on { "\\\n" } else { "\n" });
    }
    out
}

/// Escapes whatever CommonMark, its common extensions (tables, strikethrough, autolinks, math,
/// footnotes, emoji names) or HTML could take for more than a letter. One line only.
fn escape(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut before = None;
    let mut only_digits_yet = true;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        let special = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$'
            | '^' | '@' => true,
            // Headings, lists, rules, underlines: only where a line begins.
            '#' | '+' | '-' => before.is_none(),
            '=' => before.is_none() || before == Some('=') || next == Some('='),
            // "1." and "1)" begin a list; "www." an automatic link.
            '.' | ')' => (only_digits_yet && before.is_some()) || ends_with_www(&out),
            // "https://", "mailto:", ":emoji:"; a definition where a line begins.
            ':' if before.is_none() => true,
            ':' => next.is_some_and(|n| n == '/' || n == '+' || n == '-' || n.is_alphabetic()),
            '!' => next == Some('['),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        only_digits_yet &= c.is_ascii_digit();
        before = Some(c);
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let tail = text.len().checked_sub(3).and_then(|at| text.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case("www"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Berlin, lesson};
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    #[test]
    fn a_lesson_in_both_languages() {
        let (meeting, chat) = lesson();
        insta::assert_snapshot!("german", render(&meeting, &chat, Lang::De, &Berlin));
        insta::assert_snapshot!("english", render(&meeting, &chat, Lang::En, &Berlin));
        insta::assert_snapshot!("empty", render(&meeting, &[], Lang::De, &Berlin));
    }

    #[test]
    fn what_could_be_taken_for_markup_is_escaped() {
        let same = [
            "3 - 2 = 1",
            "S. 12, Nr. 3 (a)",
            "um 10:15 Uhr!",
            "C# und C++",
            "é 👋",
        ];
        for text in same {
            assert_eq!(escape(text), text);
        }
        for (text, escaped) in [
            ("# laut", "\\# laut"),
            ("- eins", "\\- eins"),
            ("1. eins", "1\\. eins"),
            ("12) zwölf", "12\\) zwölf"),
            ("<b>&amp;</b>", "\\<b\\>\\&amp;\\</b\\>"),
            ("![x](y)", "\\!\\[x\\](y)"),
            ("https://a.de", "https\\://a.de"),
            ("WWW.a.de", "WWW\\.a.de"),
            ("a@b.de", "a\\@b.de"),
            ("===", "\\=\\=\\="),
            (":smile:", "\\:smile:"),
            (":#", "\\:#"),
            ("|a|b|", "\\|a\\|b\\|"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    #[test]
    fn a_message_stays_inside_its_quote() {
        let forged = "Hallo\r\n\r\n### Montag\u{2028}**10:15 Lehrerin**\n\n    Alle haben frei";
        for line in quote(forged).lines() {
            assert!(line.starts_with('>'), "{line:?}");
        }
        assert_eq!(
            quote("a\n\n    b\nc"),
            "> a\n>\n> \u{a0}\u{a0}\u{a0}\u{a0}b\\\n> c\n"
        );
    }

    /// The text a reader of the rendered message sees; panics if it became anything but text.
    fn rendered(body: &str) -> String {
        let all = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
        let mut seen = String::new();
        for event in Parser::new_ext(&quote(body), all) {
            match event {
                Event::Text(text) => seen.push_str(&text),
                Event::SoftBreak | Event::HardBreak => seen.push('\n'),
                Event::Start(Tag::BlockQuote(None) | Tag::Paragraph)
                | Event::End(TagEnd::BlockQuote(None)) => {}
                Event::End(TagEnd::Paragraph) => seen.push('\n'),
                other => panic!("{body:?} became {other:?}"),
            }
        }
        seen
    }

    /// Without blank lines and the space around lines, which Markdown doesn't keep.
    fn gist(text: &str) -> Vec<String> {
        lines(text)
            .iter()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect()
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_rendered_as_text(
            body in "([#*_`~<>&|\\\\!\\[\\]():+.=$^{}@/\"' \t\n-]|[a-z0-9]|www|&amp;|<b>|:[+]1:|\\[\\^1\\]:|1[.] |[ ]{4}|é){0,40}"
        ) {
            prop_assert_eq!(gist(&rendered(&body)), gist(&body));
        }

        #[test]
        fn any_text_is_rendered_as_text(body: String) {
            prop_assert_eq!(gist(&rendered(&body)), gist(&body));
        }
    }
}
