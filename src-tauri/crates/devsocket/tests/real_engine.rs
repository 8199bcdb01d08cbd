//! The real engine behind the socket: only the page with the token reaches it, and it answers as
//! the contract says.
#![allow(clippy::unwrap_used, clippy::disallowed_types, missing_docs)]

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

struct Program {
    child: Child,
    port: u16,
    token: String,
}

impl Program {
    fn start(folder: &Path) -> Self {
        std::fs::write(folder.join("index.html"), "<title>page</title>").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ranzen-devsocket"))
            .arg("--profile")
            .arg(folder.join("profile"))
            .arg("--window")
            .arg(folder)
            .arg("--save-folder")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let rest = line.trim().strip_prefix("http://127.0.0.1:").unwrap();
        let (port, token) = rest.split_once("/?token=").unwrap();
        Self {
            child,
            port: port.parse().unwrap(),
            token: token.to_owned(),
        }
    }

    async fn socket(&self, token: &str, origin: &str) -> Result<Socket, Error> {
        let address = format!("ws://127.0.0.1:{}/engine?token={token}", self.port);
        let mut request = address.into_client_request().unwrap();
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .unwrap();
        Ok(Socket(
            tokio_tungstenite::client_async(request, stream).await?.0,
        ))
    }

    async fn own_socket(&self) -> Socket {
        let origin = format!("http://127.0.0.1:{}", self.port);
        self.socket(&self.token, &origin).await.unwrap()
    }

    fn get(&self, target: &str) -> String {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Socket(tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>);

impl Socket {
    async fn ask(&mut self, id: u64, request: Value) {
        let line = json!({ "id": id, "request": request }).to_string();
        self.0.send(Message::text(line)).await.unwrap();
    }

    /// The next line that fits.
    async fn hear(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                let message = self.0.next().await.unwrap().unwrap();
                let line: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
                if fits(&line) {
                    return line;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), wait)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_page_makes_the_vault_and_reads_the_empty_archive() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let mut page = program.own_socket().await;
    let first = page.hear(|_| true).await;
    assert_eq!(first["saveFolder"], folder.path().to_str().unwrap());

    page.ask(1, json!({ "kind": "snapshot" })).await;
    let reply = page.hear(|line| line["id"] == 1).await;
    assert_eq!(reply["reply"]["snapshot"]["vault"], "missing");

    page.ask(2, json!({ "kind": "meetings" })).await;
    let reply = page.hear(|line| line["id"] == 2).await;
    assert_eq!(reply["reply"]["kind"], "refused");

    let passphrase = "four quiet words here";
    page.ask(
        3,
        json!({ "kind": "createVault", "passphrase": passphrase }),
    )
    .await;
    let reply = page.hear(|line| line["id"] == 3).await;
    assert_eq!(reply["reply"]["kind"], "recoveryCode");
    page.ask(4, json!({ "kind": "meetings" })).await;
    let reply = page.hear(|line| line["id"] == 4).await;
    assert_eq!(
        reply["reply"],
        json!({ "kind": "meetings", "meetings": [] })
    );

    page.ask(
        5,
        json!({ "kind": "checkLink", "text": "https://meet.example.org/7b" }),
    )
    .await;
    let reply = page.hear(|line| line["id"] == 5).await;
    assert_eq!(reply["reply"]["place"], "meet.example.org/7b");
}

#[tokio::test]
async fn an_update_reaches_every_open_page() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let (mut one, mut other) = (program.own_socket().await, program.own_socket().await);
    // Both are heard from before anything happens.
    other.ask(1, json!({ "kind": "snapshot" })).await;
    other.hear(|line| line["id"] == 1).await;
    one.ask(
        1,
        json!({ "kind": "createVault", "passphrase": "four quiet words here" }),
    )
    .await;
    other
        .hear(|line| line["update"]["snapshot"]["vault"] == "open")
        .await;
}

#[tokio::test]
async fn without_token_or_from_a_foreign_page_nobody_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let own = format!("http://127.0.0.1:{}", program.port);
    for (token, origin) in [
        ("", own.as_str()),
        ("00000000000000000000000000000000", own.as_str()),
        (program.token.as_str(), "https://example.org"),
        (program.token.as_str(), "null"),
    ] {
        match program.socket(token, origin).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin}"),
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("{token:?} from {origin} came in"),
        }
    }
}

#[test]
fn the_pages_files_come_with_their_policy_and_nothing_else_comes() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let page = program.get("/?token=whatever");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Content-Security-Policy: default-src 'none'"));
    assert!(page.ends_with("<title>page</title>"));
    for outside in ["/../Cargo.toml", "//etc/passwd", "/none.js"] {
        assert!(
            program.get(outside).starts_with("HTTP/1.1 404"),
            "{outside}"
        );
    }
}
