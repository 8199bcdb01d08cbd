//! The real window, driven as a person would: WebKitGTK's own driver starts the program and this
//! client presses its buttons (W3C WebDriver over plain HTTP on loopback).

use crate::{Host, Process};
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The key under which WebDriver names an element (W3C WebDriver §11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Where the driver listens, inside the host's own namespace.
const PORT: u16 = 4445;
/// How long elements are waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running window. All methods run inside the host ([`Host::run`]).
pub struct WebDriver {
    session: String,
    _driver: Process,
}

/// An element of the page.
#[derive(Debug, Clone)]
pub struct Element(String);

impl WebDriver {
    /// Starts the driver inside `host` and lets it open `program`.
    ///
    /// # Errors
    /// When the driver is missing or the program shows no page.
    pub async fn open(
        host: &Host,
        display: &str,
        environment: &[(&str, &str)],
        program: &Path,
        arguments: &[&str],
    ) -> anyhow::Result<Self> {
        let mut command = host.command("WebKitWebDriver");
        command
            .arg(format!("--port={PORT}"))
            .env("DISPLAY", display)
            .env("GDK_BACKEND", "x11")
            // Without it the window refuses to be driven and the session never begins.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().copied());
        let mut driver = Process::spawn("WebKitWebDriver", command)?;
        driver.wait_for_port(PORT, Duration::from_secs(20))?;
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": program, "args": arguments }
        } } });
        let answer = call("POST", "/session", Some(&capabilities)).await?;
        let session = answer["sessionId"]
            .as_str()
            .with_context(|| format!("no session: {answer}\n{}", driver.log()))?
            .to_owned();
        Ok(Self {
            session,
            _driver: driver,
        })
    }

    /// The first element that fits a CSS selector (or an XPath beginning with `(` or `/`), as soon as
    /// there is one.
    ///
    /// # Errors
    /// When none comes.
    pub async fn find(&self, selector: &str) -> anyhow::Result<Element> {
        let until = Instant::now() + PATIENCE;
        let using = if selector.starts_with(['(', '/']) {
            "xpath"
        } else {
            "css selector"
        };
        let wanted = json!({ "using": using, "value": selector });
        loop {
            if let Ok(found) = self.post("/element", &wanted).await
                && let Some(id) = found[ELEMENT].as_str()
            {
                return Ok(Element(id.to_owned()));
            }
            if Instant::now() > until {
                bail!(
                    "no element fits {selector:?}; the page says:\n{}",
                    self.text().await?
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Clicks the first element that fits.
    ///
    /// # Errors
    /// When there is none or it can't be clicked.
    pub async fn click(&self, selector: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let element = self.find(selector).await?;
            match self
                .post(&format!("/element/{}/click", element.0), &json!({}))
                .await
            {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > until => return Err(error),
                // Still moving, covered or disabled.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Types into the first element that fits; `\u{e007}` is Enter.
    ///
    /// # Errors
    /// When there is none or it takes no keys.
    pub async fn type_into(&self, selector: &str, text: &str) -> anyhow::Result<()> {
        let element = self.find(selector).await?;
        self.post(
            &format!("/element/{}/value", element.0),
            &json!({ "text": text }),
        )
        .await?;
        Ok(())
    }

    /// What the page says, as a person reads it.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn text(&self) -> anyhow::Result<String> {
        let text = self.script("return document.body.innerText").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page says something.
    ///
    /// # Errors
    /// When it doesn't; with what it says instead.
    pub async fn wait_text(&self, wanted: &str) -> anyhow::Result<()> {
        self.wait_script(
            &format!("return document.body.innerText.includes({})", json!(wanted)),
            wanted,
        )
        .await
    }

    /// Waits until a script gives something true.
    ///
    /// # Errors
    /// When it doesn't; with what the page says.
    pub async fn wait_script(&self, script: &str, what: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        while self.script(script).await? != json!(true) {
            if Instant::now() > until {
                bail!("not seen: {what}; the page says:\n{}", self.text().await?);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, script: &str) -> anyhow::Result<Value> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
            .await
    }

    /// Closes the window and waits for the program's end.
    ///
    /// # Errors
    /// When the driver does not answer.
    pub async fn close(self) -> anyhow::Result<()> {
        call("DELETE", &format!("/session/{}", self.session), None).await?;
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        call(
            "POST",
            &format!("/session/{}{path}", self.session),
            Some(body),
        )
        .await
    }
}

/// One request of the protocol.
async fn call(method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut stream = TcpStream::connect(("127.0.0.1", PORT)).await?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer))
        .await
        .context("the driver does not answer")??;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("no HTTP answer")?;
    let value: Value = serde_json::from_str(body.trim()).with_context(|| head.to_owned())?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{method} {path}: {}", value["value"]["message"]);
    }
    Ok(value["value"].clone())
}
