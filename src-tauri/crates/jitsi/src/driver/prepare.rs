//! Before the first socket: discovery, and what is commanded meanwhile.

use super::endpoints::Endpoints;
use super::{Driver, Ends, INPUTS};
use crate::client::{Client, Settings};
use crate::clock::Now;
use crate::discovery::discover;
use crate::face::JoinRequest;
use crate::ids::Ids;
use ranzen_meeting::{Code, Command, EndReason, Event, MeetingLink, Problem};
use ranzen_transport::AudioRoute;
use ranzen_xmpp::Jid;
use tokio::sync::mpsc;

/// Runs a session to its end.
pub(crate) async fn run(request: JoinRequest, mut ends: Ends) {
    let MeetingLink::Jitsi {
        base, room, token, ..
    } = request.link
    else {
        let problem = Problem::new(Code::LinkUnsupported, "not a Jitsi link");
        let reason = EndReason::Failed { problem };
        let _ = ends.events.send(Event::Ended { reason }).await;
        return;
    };
    let mut early = Vec::new();
    let found = tokio::select! {
        found = discover(&request.door, &base, &room) => found,
        () = until_left(&mut ends.commands, &mut early) => {
            let reason = EndReason::Left;
            let _ = ends.events.send(Event::Ended { reason }).await;
            return;
        }
    };
    let prepared = found.and_then(|deployment| {
        let domain = match token {
            Some(_) => deployment.main_domain.clone(),
            None => deployment.domain.clone(),
        };
        let room_jid: Jid = format!("{room}@{}", deployment.muc)
            .parse()
            .map_err(|error| Problem::new(Code::LinkInvalid, error))?;
        let endpoints = Endpoints::new(&deployment, &base, &room, token.clone());
        let settings = Settings {
            is_guest_domain: domain != deployment.main_domain,
            domain,
            room: room_jid,
            focus: deployment.focus,
            focus_user: deployment.focus_user,
            hidden_domain: deployment.hidden_domain,
            conference_by_http: deployment.conference_request.is_some(),
            prefer_sctp: deployment.prefer_sctp,
            token,
            name: request.name,
            password: request.password,
            muted: request.muted,
        };
        Ok((settings, endpoints))
    });
    let (settings, endpoints) = match prepared {
        Ok(prepared) => prepared,
        Err(problem) => {
            let reason = EndReason::Failed { problem };
            let _ = ends.events.send(Event::Ended { reason }).await;
            return;
        }
    };
    let (inputs, from_tasks) = mpsc::channel(INPUTS);
    let now = Now::read();
    let mut client = Client::new(settings, Ids::random(), now);
    client.start(now);
    for command in early {
        client.command(command, now);
    }
    let driver = Driver {
        client,
        door: request.door,
        endpoints,
        transport: request.transport,
        audio_in: ends.audio_in,
        route: AudioRoute::new(ends.audio_out),
        events: ends.events,
        inputs,
        lines: 0,
        line_kind: None,
        line: None,
        conference: None,
        media: None,
        channel: None,
    };
    driver.run(ends.commands, from_tasks).await;
}

/// Keeps what is commanded before there is a client; returns when the meeting is to be left.
async fn until_left(commands: &mut mpsc::UnboundedReceiver<Command>, early: &mut Vec<Command>) {
    while let Some(command) = commands.recv().await {
        if command == Command::Leave {
            return;
        }
        early.push(command);
    }
}
