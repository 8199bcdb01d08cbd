//! A meeting's chat as plain text.

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
    let name = |name: &str| one_line(name, words.unnamed);
    let moment = |at| when::full(when::local(at, zone), lang);
    let title = one_line(&meeting.title, words.untitled);
    let end = meeting
        .ended_at
        .map_or_else(|| words.end_unknown.to_owned(), moment);
    let mut out = format!(
        "{title}\n{}\n\n{}: {}\n{}: {}\n{}: {end}\n{}: {}\n",
        "=".repeat(title.chars().count()),
        words.place,
        one_line(&meeting.place, words.end_unknown),
        words.begin,
        moment(meeting.started_at),
        words.end,
        words.messages,
        chat.len(),
    );
    if chat.is_empty() {
        out.push_str(&format!("\n{}\n", words.nothing_written));
    }
    let mut day = None;
    for message in chat {
        let at = when::local(message.sent_at, zone);
        if day.replace((at.date(), at.offset())) != Some((at.date(), at.offset())) {
            let (date, offset) = (when::day(at.date(), lang), when::offset(at));
            out.push_str(&format!("\n{date} ({offset})\n\n"));
        }
        let (clock, from) = (when::clock(at), name(&message.from_name));
        out.push_str(&format!(
            "{clock} {from}{}:\n",
            remarks(message, name, lang)
        ));
        // Set in, so that no message can look like the beginning of another.
        for line in lines(&message.body) {
            out.push_str(format!("      {line}").trim_end());
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{Berlin, lesson};

    #[test]
    fn a_lesson_in_both_languages() {
        let (meeting, chat) = lesson();
        insta::assert_snapshot!("german", render(&meeting, &chat, Lang::De, &Berlin));
        insta::assert_snapshot!("english", render(&meeting, &chat, Lang::En, &Berlin));
    }

    #[test]
    fn a_message_can_not_forge_another() {
        let (meeting, mut chat) = lesson();
        chat.truncate(1);
        chat[0].body = "Hallo\r10:16 Lehrerin:\u{2028}      Alle haben frei".into();
        chat[0].from_name = "Jonas\n10:17 Lehrerin".into();
        let text = render(&meeting, &chat, Lang::De, &Berlin);
        let begun = text.lines().filter(|line| line.starts_with("10:")).count();
        assert_eq!(begun, 1, "{text}");
    }
}
