//! What happens, as lines for people or as JSON.

use crate::globals::Globals;
use crate::out::line;
use ranzen_meeting::{
    Audience, ChatMessage, Delivery, EndReason, Event, Lang, ParticipantId, Problem,
};
use serde_json::{Value, json};

/// Writes to standard output.
pub struct Report {
    json: bool,
    lang: Lang,
}

impl Report {
    pub fn new(globals: &Globals) -> Self {
        Self {
            json: globals.json,
            lang: globals.language(),
        }
    }

    /// An event of the meeting.
    pub fn event(&self, event: &Event) {
        if self.json {
            self.json_line("event", json!({ "event": event }));
        } else if let Event::Chat { message } = event {
            self.chat(message);
        } else if let Event::Trouble { problem, .. } | Event::ChatFailed { problem, .. } = event {
            self.refused(problem);
        }
    }

    /// Levels, for programs only.
    pub fn levels(&self, own: f32, others: &[(ParticipantId, f32)]) {
        if self.json {
            self.json_line("levels", json!({ "own": own, "others": others }));
        }
    }

    /// Something was not done.
    pub fn refused(&self, problem: &Problem) {
        let texts = ranzen_texts::problem_texts(problem, self.lang);
        if self.json {
            self.json_line(
                "refused",
                json!({ "code": problem.code, "cause": texts.cause, "action": texts.action }),
            );
        } else {
            eprintln!(
                "{} {} [{}]",
                texts.cause,
                texts.action,
                problem.code.as_str()
            );
        }
    }

    /// The meeting is over.
    pub fn ended(&self, reason: &EndReason) {
        if self.json {
            self.json_line("ended", json!({ "reason": reason }));
        } else if !matches!(reason, EndReason::Failed { .. }) {
            let key = match reason {
                EndReason::Kicked { .. } => "cli_ended_kicked",
                EndReason::MeetingEnded { .. } => "cli_ended_for_all",
                _ => "cli_ended_left",
            };
            line(&ranzen_texts::text(key, self.lang));
        }
    }

    fn chat(&self, message: &ChatMessage) {
        if message.delivery != Delivery::Delivered {
            return;
        }
        let whom = match &message.to {
            Audience::Everyone => String::new(),
            Audience::Private { name, .. } => format!(" → {name}"),
        };
        // One line a message, and nothing a terminal obeys.
        let plain = crate::out::plain;
        line(&format!(
            "{}{}: {}",
            plain(&message.from_name),
            plain(&whom),
            plain(&message.body)
        ));
    }

    fn json_line(&self, kind: &str, mut object: Value) {
        object["type"] = kind.into();
        line(&object.to_string());
    }
}
