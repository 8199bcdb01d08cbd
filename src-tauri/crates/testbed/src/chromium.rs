//! A headless Chromium inside a test network, driven over the DevTools protocol.
//!
//! It is the WebRTC that everybody else uses: pages build connections, and tests ask them what they
//! hear. The protocol runs inside the browser's own namespace; tests may call from anywhere.
#![expect(
    clippy::disallowed_types,
    reason = "test only, inside the browser's own network"
)]

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use crate::host::{Host, HostTask};
use crate::process::Process;

/// A cold start on a busy machine.
const START: Duration = Duration::from_secs(60);
/// The longest a page's promise may take.
const ANSWER: Duration = Duration::from_secs(60);

/// Without these it would talk to its maker, ask for a sandbox that namespaces don't give, hide its
/// addresses, or refuse to make a sound.
const SWITCHES: [&str; 17] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--remote-debugging-port=0",
];

type Answer = oneshot::Sender<anyhow::Result<Value>>;

struct Command {
    session: Option<String>,
    method: &'static str,
    params: Value,
    answer: Answer,
}

/// A running browser; gone on drop.
pub struct Chromium {
    commands: Option<mpsc::UnboundedSender<Command>>,
    driver: Option<HostTask<()>>,
    process: Process,
    _profile: tempfile::TempDir,
}

/// One tab.
#[derive(Clone)]
pub struct Page {
    commands: mpsc::UnboundedSender<Command>,
    session: String,
}

impl Chromium {
    /// Starts it inside `host`. Blocks until it answers: call it outside an async runtime, or from
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// When it does not start; the message carries its output.
    pub fn start(host: &Host) -> anyhow::Result<Self> {
        Self::start_with(host, &[])
    }

    /// The same with more switches (`--use-file-for-fake-audio-capture=…`, `--ignore-certificate-errors`).
    ///
    /// # Errors
    /// When it does not start; the message carries its output.
    pub fn start_with(host: &Host, more: &[&str]) -> anyhow::Result<Self> {
        let profile = tempfile::Builder::new()
            .prefix("ranzen-chromium-")
            .tempdir()?;
        let mut command = host.command("chromium");
        command.args(SWITCHES).args(more);
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        // Fonts, caches and crash reports stay in the profile, too.
        command
            .env("HOME", profile.path())
            .env("XDG_CONFIG_HOME", profile.path())
            .env("XDG_CACHE_HOME", profile.path());
        command.arg("about:blank");
        let mut process = Process::spawn("chromium", command)?;
        let (port, path) = endpoint(&mut process, profile.path())?;
        let (commands, queue) = mpsc::unbounded_channel();
        let driver = host.spawn(move || async move {
            if let Err(error) = drive(port, &path, queue).await {
                tracing::warn!(%error, "the DevTools connection ended");
            }
        });
        Ok(Self {
            commands: Some(commands),
            driver: Some(driver),
            process,
            _profile: profile,
        })
    }

    /// Opens a tab at `url` (`about:blank`, `data:…`, `http://…`).
    ///
    /// # Errors
    /// When the browser is gone or refuses.
    pub async fn page(&self, url: &str) -> anyhow::Result<Page> {
        let commands = self.commands.clone().context("the browser is closed")?;
        let target = call(
            &commands,
            None,
            "Target.createTarget",
            json!({ "url": url }),
        )
        .await?;
        let target = target["targetId"].as_str().context("no targetId")?;
        let attached = call(
            &commands,
            None,
            "Target.attachToTarget",
            json!({ "targetId": target, "flatten": true }),
        )
        .await?;
        let session = attached["sessionId"]
            .as_str()
            .context("no sessionId")?
            .to_owned();
        Ok(Page { commands, session })
    }

    /// What it said on its terminal.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }
}

impl std::fmt::Debug for Chromium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chromium")
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver ends with the last sender; pages that still live must not hold it up.
        self.commands = None;
        self.process.signal(nix::sys::signal::Signal::SIGKILL);
        if let Some(driver) = self.driver.take()
            && driver.is_finished()
        {
            driver.join();
        }
    }
}

impl Page {
    /// Evaluates an expression (which may be or contain a promise) and gives its value as JSON.
    ///
    /// # Errors
    /// When it throws, takes more than a minute, or the browser is gone.
    pub async fn evaluate(&self, expression: &str) -> anyhow::Result<Value> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut answer = call(
            &self.commands,
            Some(&self.session),
            "Runtime.evaluate",
            params,
        )
        .await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let text = thrown["exception"]["description"]
                .as_str()
                .or(thrown["text"].as_str());
            bail!("the page threw: {}", text.unwrap_or("something"));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Calls a function of the page with JSON arguments.
    ///
    /// # Errors
    /// See [`Page::evaluate`].
    pub async fn call(&self, function: &str, arguments: &[Value]) -> anyhow::Result<Value> {
        let arguments: Vec<String> = arguments.iter().map(Value::to_string).collect();
        self.evaluate(&format!("{function}({})", arguments.join(",")))
            .await
    }

    /// Evaluates until the value is true, for at most `patience`.
    ///
    /// # Errors
    /// When it does not become true.
    pub async fn wait_for(&self, expression: &str, patience: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + patience;
        loop {
            let value = self.evaluate(expression).await?;
            if value == Value::Bool(true) {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("{expression} stayed {value} for {patience:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn call(
    commands: &mpsc::UnboundedSender<Command>,
    session: Option<&str>,
    method: &'static str,
    params: Value,
) -> anyhow::Result<Value> {
    let (answer, answered) = oneshot::channel();
    let command = Command {
        session: session.map(str::to_owned),
        method,
        params,
        answer,
    };
    commands
        .send(command)
        .map_err(|_| anyhow!("the browser is gone"))?;
    match tokio::time::timeout(ANSWER, answered).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(anyhow!("the browser went away during {method}")),
        Err(_) => Err(anyhow!("{method} took too long")),
    }
}

/// Port and path that it writes into its profile once it listens.
fn endpoint(process: &mut Process, profile: &Path) -> anyhow::Result<(u16, String)> {
    let file = profile.join("DevToolsActivePort");
    let end = Instant::now() + START;
    loop {
        if let Ok(text) = std::fs::read_to_string(&file)
            && let Some((port, path)) = text.split_once('\n')
            && !path.trim().is_empty()
        {
            return Ok((port.trim().parse()?, path.trim().to_owned()));
        }
        if let Some(status) = process.child().try_wait()? {
            bail!("chromium ended ({status}):\n{}", process.log());
        }
        if Instant::now() > end {
            bail!("chromium did not start:\n{}", process.log());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Carries commands and answers until the last sender or the browser is gone.
async fn drive(
    port: u16,
    path: &str,
    mut queue: mpsc::UnboundedReceiver<Command>,
) -> anyhow::Result<()> {
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    let config =
        tokio_tungstenite::tungstenite::protocol::WebSocketConfig::default().max_message_size(None);
    let url = format!("ws://127.0.0.1:{port}{path}");
    let (socket, _) = tokio_tungstenite::client_async_with_config(url, tcp, Some(config)).await?;
    let (mut writer, mut reader) = socket.split();
    let mut waiting: HashMap<u64, Answer> = HashMap::new();
    let mut next = 0u64;
    loop {
        tokio::select! {
            command = queue.recv() => {
                let Some(command) = command else { return Ok(()) };
                next += 1;
                let mut message = json!({ "id": next, "method": command.method, "params": command.params });
                if let Some(session) = command.session {
                    message["sessionId"] = session.into();
                }
                waiting.insert(next, command.answer);
                writer.send(Message::text(message.to_string())).await?;
            }
            message = reader.next() => {
                let message = message.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))??;
                let Message::Text(text) = message else { continue };
                let mut value: Value = serde_json::from_str(&text)?;
                // Events have no id; nobody asked for them.
                let Some(answer) = value["id"].as_u64().and_then(|id| waiting.remove(&id)) else { continue };
                let result = match value.get("error") {
                    Some(error) => Err(anyhow!("DevTools: {error}")),
                    None => Ok(value["result"].take()),
                };
                let _ = answer.send(result);
            }
        }
    }
}
