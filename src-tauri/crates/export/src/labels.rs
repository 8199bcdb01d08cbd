//! The few words a document has besides what people wrote.

use ranzen_meeting::{Audience, ChatMessage, Delivery, Lang};

/// Labels of the document's head.
pub(crate) struct Labels {
    pub(crate) place: &'static str,
    pub(crate) begin: &'static str,
    pub(crate) end: &'static str,
    pub(crate) end_unknown: &'static str,
    pub(crate) messages: &'static str,
    pub(crate) chat: &'static str,
    pub(crate) nothing_written: &'static str,
    pub(crate) untitled: &'static str,
    pub(crate) unnamed: &'static str,
}

pub(crate) fn labels(lang: Lang) -> Labels {
    match lang {
        Lang::De => Labels {
            place: "Ort",
            begin: "Beginn",
            end: "Ende",
            end_unknown: "nicht bekannt",
            messages: "Nachrichten",
            chat: "Chat",
            nothing_written: "In diesem Meeting wurde nichts geschrieben.",
            untitled: "Meeting ohne Titel",
            unnamed: "Ohne Namen",
        },
        Lang::En => Labels {
            place: "Place",
            begin: "Begin",
            end: "End",
            end_unknown: "not known",
            messages: "Messages",
            chat: "Chat",
            nothing_written: "Nothing was written in this meeting.",
            untitled: "Untitled meeting",
            unnamed: "No name",
        },
    }
}

/// What has to be known about a message besides sender and text; `name` is the other's, made fit
/// for the document.
pub(crate) fn remarks(message: &ChatMessage, name: impl Fn(&str) -> String, lang: Lang) -> String {
    let mut remarks = Vec::new();
    if let Audience::Private { name: other, .. } = &message.to {
        remarks.push(match (message.own, lang) {
            (true, Lang::De) => format!("privat an {}", name(other)),
            (true, Lang::En) => format!("private to {}", name(other)),
            (false, Lang::De) => "privat".to_owned(),
            (false, Lang::En) => "private".to_owned(),
        });
    }
    match (message.delivery, lang) {
        (Delivery::Delivered, _) => {}
        (Delivery::Pending, Lang::De) => remarks.push("Zustellung nicht bestätigt".to_owned()),
        (Delivery::Pending, Lang::En) => remarks.push("delivery not confirmed".to_owned()),
        (Delivery::Failed, Lang::De) => remarks.push("nicht zugestellt".to_owned()),
        (Delivery::Failed, Lang::En) => remarks.push("not delivered".to_owned()),
    }
    if remarks.is_empty() {
        String::new()
    } else {
        format!(" ({})", remarks.join(", "))
    }
}
