//! Nothing that is secret is printed or logged, not even at the finest level.

use crate::peers::{Authority, Server, Squid, Validity, answer, direct, rerun};
use ranzen_net::{HttpRequest, ProxyChoice, Purpose, WsMessage, WsRequest};
use std::io;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const TOKEN: &str = "canaryTokenInTheQuery";
const MESSAGE: &str = "canary message of a pupil";
const PAGE: &str = "canaryPageBody";
const PASSWORD: &str = "canaryWrongPassword";

/// A subscriber for everything holds for the whole process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_neither_in_debug_output_nor_in_any_log() {
    const ROLE: &str = "RANZEN_TEST_ALL_LOGS";
    if std::env::var_os(ROLE).is_none() {
        tokio::task::spawn_blocking(|| {
            rerun(
                "secrets::secrets_are_neither_in_debug_output_nor_in_any_log",
                &[(ROLE, "yes")],
            );
        })
        .await
        .unwrap();
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let shown = everything().await;
    let logged = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(
        logged.contains("ranzen_net"),
        "nothing was captured: {logged}"
    );
    let password = Squid::PASSWORD;
    for secret in [TOKEN, MESSAGE, PAGE, PASSWORD, password, Squid::ESCAPED] {
        assert!(!logged.contains(secret), "{secret} in the log: {logged}");
        assert!(!shown.contains(secret), "{secret} in Debug: {shown}");
    }
    // Base64 of "anna:…" begins so, whatever the password.
    assert!(!logged.contains("YW5uYTp3") && !shown.contains("YW5uYTp3"));
}

/// Goes every way with secrets, good and bad, and returns all that is printable.
async fn everything() -> String {
    let mut shown = String::new();
    let authority = Authority::new("school");
    let config = authority.config(&["meet.ranzen.test", "localhost"], Validity::Now);
    let squid = Squid::start();
    let wrong = squid.without_login().with_basic(Squid::USER, PASSWORD);
    let page = Server::http(Some(config.clone()), |request| match request {
        _ if request.contains("refuse") => answer("403 Forbidden", "", "no"),
        _ => answer("200 OK", "", PAGE),
    })
    .await;
    let echo = crate::websocket::echo_server(Some(config)).await;
    for proxy in [squid.proxy(), wrong] {
        shown += &format!("{proxy:?} {:?}", ProxyChoice::Fixed(proxy.clone()));
        let door = direct(&authority).proxy(ProxyChoice::Fixed(proxy));
        shown += &format!("{door:?}");
        let door = door.build().unwrap();
        for (server, path) in [(&page, "refuse"), (&echo, "echo")] {
            let rest = format!("meet.ranzen.test:{}/{path}?jwt={TOKEN}", server.port);
            let url = format!("https://{rest}");
            if path == "refuse" {
                let url = url.replace("refuse", "config.js");
                let request =
                    HttpRequest::get(&url, Purpose::Discovery).header("Authorization", TOKEN);
                shown += &format!("{request:?} {:?}", door.http(request.clone()).await);
            }
            let request = WsRequest::new(&format!("wss://{rest}"), Purpose::Signalling);
            shown += &format!("{request:?}");
            match door.websocket(request).await {
                Ok(mut socket) => {
                    let message = WsMessage::Text(MESSAGE.to_owned());
                    shown += &format!("{socket:?} {message:?}");
                    socket.send(message).await.unwrap();
                    shown += &format!("{:?}", socket.next().await);
                    socket.close().await;
                }
                Err(error) => {
                    let problem = ranzen_meeting::Problem::from(error);
                    shown += &format!("{problem:?} {problem}");
                }
            }
        }
        shown += &format!("{door:?} {:?}", door.ledger().snapshot());
    }
    shown
}
