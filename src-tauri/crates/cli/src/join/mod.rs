//! `ranzen-cli join`: a whole meeting without a window.

mod input;
mod report;

use crate::globals::Globals;
use crate::secret;
use clap::Args;
use input::Typed;
use ranzen_engine::api::{Reply, Request, Update, VaultState};
use ranzen_engine::{Engine, EngineConfig};
use ranzen_media::{Input, Output};
use ranzen_meeting::{Code, EndReason, Event, Problem};
use report::Report;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// Join a meeting.
#[derive(Args)]
pub struct JoinArguments {
    /// The meeting's link
    link: String,
    /// The name shown to the others
    #[arg(long)]
    name: String,
    /// Speak this WAV file instead of using the microphone
    #[arg(long, value_name = "FILE")]
    speak: Option<PathBuf>,
    /// Start the file again at its end
    #[arg(long, requires = "speak")]
    repeat: bool,
    /// Write what is heard into this folder, one WAV file for each source
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Send the lines of standard input as chat; `/mute`, `/unmute`, `/hand`, `/to ID text`, `/leave` are commands
    #[arg(long)]
    chat: bool,
    /// Start with the microphone muted
    #[arg(long)]
    muted: bool,
    /// Use no loudspeaker
    #[arg(long)]
    quiet: bool,
    /// Use no microphone (unless a file is spoken)
    #[arg(long)]
    no_microphone: bool,
    /// Leave after this many seconds
    #[arg(long, value_name = "SECONDS")]
    duration: Option<f64>,
    /// Keep no chat
    #[arg(long)]
    no_archive: bool,
    /// Trust the certificate authorities in this PEM file, too
    #[arg(long, value_name = "FILE")]
    extra_root: Vec<PathBuf>,
}

/// Joins, stays until the end, and tells what happens.
pub fn run(globals: &Globals, arguments: JoinArguments) -> Result<(), Problem> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Problem::new(Code::Internal, error))?
        .block_on(join(globals, arguments))
}

async fn join(globals: &Globals, arguments: JoinArguments) -> Result<(), Problem> {
    let config = EngineConfig {
        profile: globals.profile.clone(),
        keychain: !globals.no_keychain,
        extra_roots: arguments.extra_root.clone(),
        input: match (&arguments.speak, arguments.no_microphone) {
            (Some(path), _) => Input::File {
                path: path.clone(),
                looped: arguments.repeat,
            },
            (None, true) => Input::None,
            (None, false) => Input::Default,
        },
        output: if arguments.quiet {
            Output::None
        } else {
            Output::Default
        },
        record_dir: arguments.record.clone(),
        ..EngineConfig::new(globals.language())
    };
    let engine = Engine::start(config)?;
    let mut events = engine.events();
    let mut updates = engine.updates();
    if !arguments.no_archive {
        open_vault(&engine, globals).await?;
    }
    done(
        engine
            .request(Request::Join {
                link: arguments.link,
                name: arguments.name,
                muted: arguments.muted,
                password: None,
            })
            .await,
    )?;
    let report = Report::new(globals);
    let mut typed = arguments.chat.then(Typed::listen);
    let leave_at = arguments
        .duration
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .and_then(|after| Instant::now().checked_add(after));
    let reason = loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Event::Ended { reason }) => break reason,
                Ok(event) => report.event(&event),
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "events were left out"),
                Err(RecvError::Closed) => break EndReason::Left,
            },
            update = updates.recv() => if let Ok(Update::Levels { own, others }) = update {
                report.levels(own, &others);
            },
            request = input::next(&mut typed) => {
                if let Reply::Refused { problem } = engine.request(request).await {
                    report.refused(&problem);
                }
            }
            () = at(leave_at) => { engine.request(Request::Leave).await; }
            _ = tokio::signal::ctrl_c() => { engine.request(Request::Leave).await; }
        }
    };
    report.ended(&reason);
    engine.finish().await;
    match reason {
        EndReason::Failed { problem } => Err(problem),
        _ => Ok(()),
    }
}

/// Opens the vault before joining, so that nothing said is unkept; makes it if there is none.
async fn open_vault(engine: &Engine, globals: &Globals) -> Result<(), Problem> {
    let Reply::Snapshot { snapshot } = engine.request(Request::Snapshot).await else {
        return Err(Problem::new(Code::Internal, "no snapshot"));
    };
    let text = |key| ranzen_texts::text(key, globals.language());
    match snapshot.vault {
        VaultState::Open => Ok(()),
        VaultState::Broken => Err(snapshot
            .vault_problem
            .unwrap_or_else(|| Problem::new(Code::VaultCorrupt, "unusable"))),
        VaultState::Locked => {
            let secret = secret::passphrase(globals, &text("cli_prompt_passphrase"))?
                .ok_or_else(|| Problem::new(Code::VaultLocked, "no passphrase given"))?;
            done(
                engine
                    .request(Request::UnlockVault {
                        secret: secret.to_string(),
                    })
                    .await,
            )
        }
        VaultState::Missing => {
            let passphrase = secret::passphrase(globals, &text("cli_prompt_new_passphrase"))?;
            let reply = engine
                .request(Request::CreateVault {
                    passphrase: passphrase.map(|secret| secret.to_string()),
                })
                .await;
            if let Reply::RecoveryCode { code } = &reply {
                eprintln!("{} {code}", text("cli_recovery_code"));
            }
            done(reply)
        }
    }
}

fn done(reply: Reply) -> Result<(), Problem> {
    match reply {
        Reply::Refused { problem } => Err(problem),
        _ => Ok(()),
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => {
            tokio::time::sleep_until(moment).await;
        }
        None => std::future::pending().await,
    }
}
