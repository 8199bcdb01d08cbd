//! Lines of standard input as requests.

use ranzen_engine::api::Request;
use ranzen_meeting::{Audience, ParticipantId};
use std::io::BufRead;
use tokio::sync::mpsc;

/// Lines that may wait; typing faster than the network takes them stops the reader.
const WAITING: usize = 16;

/// What is typed.
pub struct Typed(mpsc::Receiver<String>);

impl Typed {
    /// Listens to standard input on a thread of its own, which the program's end does not wait for:
    /// a read from a terminal can't be called off.
    pub fn listen() -> Self {
        let (typed, lines) = mpsc::channel(WAITING);
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                if typed.blocking_send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }
}

/// The next request; pending for ever once there is nothing more to read. Cancel-safe.
pub async fn next(typed: &mut Option<Typed>) -> Request {
    loop {
        let Some(Typed(lines)) = typed else {
            return std::future::pending().await;
        };
        match lines.recv().await {
            Some(line) if line.trim().is_empty() => {}
            Some(line) => return request(line),
            None => *typed = None,
        }
    }
}

/// A line is chat for everybody unless it is a command.
fn request(line: String) -> Request {
    match line.trim() {
        "/mute" => Request::Mute { muted: true },
        "/unmute" => Request::Mute { muted: false },
        "/hand" => Request::RaiseHand { raised: true },
        "/hand down" => Request::RaiseHand { raised: false },
        "/leave" => Request::Leave,
        command => match command
            .strip_prefix("/to ")
            .and_then(|rest| rest.split_once(' '))
        {
            Some((id, body)) => Request::Chat {
                to: Audience::Private {
                    with: ParticipantId(id.to_owned()),
                    name: String::new(),
                },
                body: body.to_owned(),
            },
            None => Request::Chat {
                to: Audience::Everyone,
                body: line,
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_begin_with_a_slash_and_everything_else_is_chat() {
        assert!(matches!(
            request("/mute".into()),
            Request::Mute { muted: true }
        ));
        assert!(matches!(request("/leave ".into()), Request::Leave));
        assert!(matches!(
            request("/to 1a2b3c4d Hallo du".into()),
            Request::Chat { to: Audience::Private { .. }, body } if body == "Hallo du"
        ));
        assert!(matches!(
            request("Hallo /mute".into()),
            Request::Chat { to: Audience::Everyone, body } if body == "Hallo /mute"
        ));
    }
}
