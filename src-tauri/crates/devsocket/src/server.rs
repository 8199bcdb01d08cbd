//! Accepts connections on loopback: a WebSocket at `/engine`, files everywhere else.
#![expect(
    clippy::disallowed_types,
    reason = "a program for development and tests that listens on loopback and calls nobody"
)]

use crate::address::{self, Token};
use crate::files;
use crate::lines::{Asked, Said};
use anyhow::Result;
use futures_util::{Sink, SinkExt, StreamExt};
use ranzen_engine::Engine;
use ranzen_engine::api::{Reply, Request, Update};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{
    ErrorResponse, Request as Knock, Response,
};
use tokio_tungstenite::tungstenite::http::StatusCode;

/// Where the socket is.
const SOCKET: &str = "/engine";
/// Lines that wait for a slow page.
const LINES: usize = 256;

/// What every connection needs.
pub(crate) struct Server {
    pub(crate) engine: Engine,
    pub(crate) window: PathBuf,
    pub(crate) save_folder: Option<PathBuf>,
    pub(crate) token: Token,
}

impl Server {
    /// Serves until the program is ended.
    pub(crate) async fn serve(self, port: u16) -> Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        say(&self.token.address(port));
        let server = Arc::new(self);
        loop {
            let (stream, _) = listener.accept().await?;
            let server = Arc::clone(&server);
            tokio::spawn(async move {
                if let Err(error) = server.connection(stream, port).await {
                    eprintln!("devsocket: {error:#}");
                }
            });
        }
    }

    async fn connection(&self, stream: TcpStream, port: u16) -> Result<()> {
        // A look ahead tells the two kinds apart; both then read their request from the start.
        let mut start = [0; 32];
        let seen = stream.peek(&mut start).await?;
        if !start[..seen].starts_with(format!("GET {SOCKET}").as_bytes()) {
            return files::answer(stream, &self.window).await;
        }
        #[expect(
            clippy::result_large_err,
            reason = "the type is that of the library's callback"
        )]
        let check = |knock: &Knock, response: Response| self.admit(knock, response, port);
        let socket = tokio_tungstenite::accept_hdr_async(stream, check).await?;
        let (mut out, mut incoming) = socket.split();
        if let Some(save_folder) = self.save_folder.clone() {
            send(&mut out, Said::SaveFolder { save_folder }).await?;
        }
        let mut updates = self.engine.updates();
        let (replies, mut replied) = mpsc::channel(LINES);
        loop {
            tokio::select! {
                message = incoming.next() => match message {
                    Some(Ok(Message::Text(text))) => self.asked(&text, &replies)?,
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                },
                Some(line) = replied.recv() => send(&mut out, line).await?,
                update = updates.recv() => match update {
                    Ok(update) => send(&mut out, Said::Update { update }).await?,
                    // Some were missed: the whole state makes up for them.
                    Err(RecvError::Lagged(_)) => {
                        if let Reply::Snapshot { snapshot } = self.engine.request(Request::Snapshot).await {
                            send(&mut out, Said::Update { update: Update::Snapshot { snapshot } }).await?;
                        }
                    }
                    Err(RecvError::Closed) => return Ok(()),
                },
            }
        }
    }

    /// Hands a request to the engine; its reply waits for nobody else's.
    fn asked(&self, text: &str, replies: &mpsc::Sender<Said>) -> Result<()> {
        let Asked { id, request } = serde_json::from_str(text)?;
        let (engine, replies) = (self.engine.clone(), replies.clone());
        tokio::spawn(async move {
            let reply = engine.request(request).await;
            // An error means that the page is gone.
            let _ = replies.send(Said::Reply { id, reply }).await;
        });
        Ok(())
    }

    #[expect(
        clippy::result_large_err,
        reason = "the type is that of the library's callback"
    )]
    fn admit(
        &self,
        knock: &Knock,
        response: Response,
        port: u16,
    ) -> Result<Response, ErrorResponse> {
        let origin = knock
            .headers()
            .get("origin")
            .and_then(|origin| origin.to_str().ok());
        if self.token.opens(knock.uri().query()) && address::is_own_origin(origin, port) {
            return Ok(response);
        }
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::FORBIDDEN;
        Err(refusal)
    }
}

async fn send<S>(out: &mut S, line: Said) -> Result<()>
where
    S: Sink<Message> + Unpin,
    S::Error: std::error::Error + Send + Sync + 'static,
{
    out.send(Message::text(serde_json::to_string(&line)?))
        .await?;
    Ok(())
}

/// The address is what this program is asked for.
#[expect(
    clippy::print_stdout,
    reason = "whoever started the program reads the address here"
)]
fn say(address: &str) {
    println!("{address}");
}
