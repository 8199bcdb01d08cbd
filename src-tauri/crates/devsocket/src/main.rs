//! The engine behind a loopback WebSocket, beside the built files of the window. For development and
//! end-to-end tests only: it is no part of what people install.
//!
//! It prints one line: the address to open, with the token that alone opens the socket.

mod address;
mod files;
mod lines;
mod server;

use address::Token;
use anyhow::Result;
use clap::Parser;
use ranzen_engine::{Engine, EngineConfig};
use std::path::PathBuf;

/// Options.
#[derive(Parser)]
struct Options {
    /// Folder for everything kept
    #[arg(long)]
    profile: PathBuf,
    /// Built files of the window
    #[arg(long, default_value = "ui/dist")]
    window: PathBuf,
    /// Further trusted root, PEM
    #[arg(long)]
    extra_root: Vec<PathBuf>,
    /// Where the page may save exports; without it, it can't
    #[arg(long)]
    save_folder: Option<PathBuf>,
    /// Port on 127.0.0.1; 0: any that is free
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let config = EngineConfig {
        profile: Some(options.profile),
        extra_roots: options.extra_root,
        keychain: false,
        ..EngineConfig::new(ranzen_texts::system_language())
    };
    let server = server::Server {
        engine: Engine::start(config)?,
        window: options.window,
        save_folder: options.save_folder,
        token: Token::new()?,
    };
    server.serve(options.port).await
}
