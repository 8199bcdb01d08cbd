//! The window's built page in Chromium over the real engine, in a room of a real Prosody: two people
//! with a password between them write to each other, keep it, and export it.
//!
//! ```text
//! [school: two engines behind their sockets, Chromium with a page for each] ── switch ── [server]
//! ```
#![allow(clippy::unwrap_used, missing_docs)]

use anyhow::Result;
use ranzen_stand::Stand;
use ranzen_testbed::chromium::Page;
use ranzen_testbed::{Chromium, Host, Process, network_or_left_out};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(40);
const ROOM: &str = "klasse6c";
const ROOM_PASSWORD: &str = "Kreide-und-Schwamm";

/// How a person uses the page, for the tests: as its own functions.
const HANDS: &str = r#"
    window.find = (id) => document.querySelector(`[data-testid=${id}]`);
    window.press = (id) => { (find(id).querySelector('input') ?? find(id)).click(); return true; };
    window.fill = (field, text) => {
        const own = Object.getPrototypeOf(field);
        Object.getOwnPropertyDescriptor(own, 'value').set.call(field, text);
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return true;
    };
    window.write = (id, text) => fill(find(id), text);
"#;

/// An engine, its socket, and where its person's things lie.
struct Desk {
    process: Process,
    folder: PathBuf,
}

impl Desk {
    fn start(host: &Host, folder: PathBuf, root: &Path) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let window = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/dist");
        assert!(
            window.join("index.html").exists(),
            "the window is not built: `npm --prefix ui run build`"
        );
        let mut command = host.command(env!("CARGO_BIN_EXE_ranzen-devsocket"));
        command
            .arg("--profile")
            .arg(folder.join("profile"))
            .arg("--window")
            .arg(window)
            .arg("--save-folder")
            .arg(&folder)
            .arg("--extra-root")
            .arg(root)
            .env("LANG", "de_DE.UTF-8");
        let process = Process::spawn("devsocket", command).unwrap();
        Self { process, folder }
    }

    /// Opens its page and makes the vault, up to the start page.
    async fn page(&mut self, browser: &Chromium) -> Result<Page> {
        let address = self
            .process
            .wait_for_line("http://127.0.0.1", PATIENCE)
            .unwrap();
        let page = browser.page(address.trim()).await?;
        page.wait_for("document.querySelector('h1') !== null", PATIENCE)
            .await?;
        page.evaluate(HANDS).await?;
        appears(&page, "create-vault").await?;
        // There is no keychain here: the page says so and asks for a passphrase.
        page.call("press", &[json!("create-vault")]).await?;
        let fields = "document.querySelectorAll('input[type=password]')";
        page.wait_for(&format!("{fields}.length === 2"), PATIENCE)
            .await?;
        page.evaluate(&format!(
            "[...{fields}].map((field) => fill(field, 'Apfelkuchen mit Zimt'))"
        ))
        .await?;
        page.call("press", &[json!("create-vault")]).await?;
        appears(&page, "recovery-code").await?;
        page.call("press", &[json!("code-kept")]).await?;
        page.wait_for("!find('code-continue').disabled", PATIENCE)
            .await?;
        page.call("press", &[json!("code-continue")]).await?;
        appears(&page, "join").await?;
        Ok(page)
    }
}

async fn appears(page: &Page, id: &str) -> Result<()> {
    page.wait_for(&format!("find('{id}') !== null"), PATIENCE)
        .await
}

async fn says(page: &Page, text: &str) -> Result<()> {
    let shown = format!("document.body.innerText.includes({})", json!(text));
    page.wait_for(&shown, PATIENCE).await
}

async fn join(page: &Page, link: &str, name: &str) -> Result<()> {
    page.call("write", &[json!("link"), json!(link)]).await?;
    page.call("write", &[json!("name"), json!(name)]).await?;
    says(page, "Führt zu").await?;
    page.call("press", &[json!("join")]).await?;
    Ok(())
}

async fn joined(page: &Page) -> Result<()> {
    let mark = "find('connection')?.dataset.connection === 'joined'";
    page.wait_for(mark, PATIENCE).await
}

async fn chat(page: &Page, text: &str) -> Result<()> {
    appears(page, "chat-text").await?;
    page.call("write", &[json!("chat-text"), json!(text)])
        .await?;
    page.wait_for("!find('chat-send').disabled", PATIENCE)
        .await?;
    page.call("press", &[json!("chat-send")]).await?;
    Ok(())
}

#[test]
fn two_pages_meet_behind_a_password_write_and_keep_it() {
    let Some(network) = network_or_left_out("two_pages_meet_behind_a_password_write_and_keep_it")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let school = network.host("school").unwrap();
    school.set_names(&stand.names()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.pem");
    std::fs::write(&root, stand.ca_pem()).unwrap();
    let mut teacher = Desk::start(&school, folder.path().join("teacher"), &root);
    let mut pupil = Desk::start(&school, folder.path().join("pupil"), &root);
    let browser =
        Chromium::start_with(&school, &["--accept-lang=de-DE", "--window-size=1280,900"]).unwrap();
    let link = stand.url(ROOM);

    school
        .run(|| async {
            let lindner = teacher.page(&browser).await?;
            let ada = pupil.page(&browser).await?;

            join(&lindner, &link, "Frau Lindner").await?;
            joined(&lindner).await?;
            stand.set_password(ROOM, Some(ROOM_PASSWORD))?;

            // Without the password the page says what is missing and asks for it.
            join(&ada, &link, "Ada").await?;
            appears(&ada, "room-password").await?;
            let word = json!(ROOM_PASSWORD);
            ada.call("write", &[json!("room-password"), word]).await?;
            ada.call("press", &[json!("again")]).await?;
            joined(&ada).await?;
            says(&lindner, "Ada").await?;

            chat(&lindner, "Guten Morgen, <b>Ada</b>!").await?;
            says(&ada, "Guten Morgen, <b>Ada</b>!").await?;
            chat(&ada, "Ich bin da.").await?;
            says(&lindner, "Ich bin da.").await?;
            let delivered = "[...document.querySelectorAll('[data-testid=message]')]\
                .every((line) => line.dataset.delivery === 'delivered')";
            ada.wait_for(delivered, PATIENCE).await?;
            ada.call("press", &[json!("hand")]).await?;
            says(&lindner, "Hand 1").await?;

            stand.destroy(ROOM, "Stunde vorbei")?;
            let ended = "find('ended')?.dataset.reason === 'meetingEnded'";
            ada.wait_for(ended, PATIENCE).await?;
            says(&ada, "Stunde vorbei").await?;

            appears(&ada, "read").await?;
            ada.call("press", &[json!("read")]).await?;
            appears(&ada, "export").await?;
            says(&ada, "Ich bin da.").await?;
            ada.call("press", &[json!("export")]).await?;
            appears(&ada, "export-save").await?;
            ada.call("press", &[json!("export-save")]).await?;
            says(&ada, "Gespeichert: ").await?;
            anyhow::Ok(())
        })
        .unwrap_or_else(|error| {
            let logs = [teacher.process.log(), pupil.process.log()];
            panic!("{error:#}\n{}", logs.join("\n"))
        });

    let exported: Vec<PathBuf> = std::fs::read_dir(&pupil.folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    assert_eq!(exported.len(), 1, "{exported:?}");
    let text = std::fs::read_to_string(&exported[0]).unwrap();
    assert!(text.contains("Ich bin da."), "{text}");
}
