//! The vault as the engine uses it: opened late or never, asked off the core's task, and never a
//! reason for a meeting to stop.

use crate::EngineConfig;
use crate::api::{ExportFormat, Hit, Reply, VaultState};
use crate::core::Outcome;
use ranzen_meeting::Lang;
use ranzen_meeting::{ChatMessage, Code, Problem, RecordId, UnixMillis};
use ranzen_vault::{
    KeychainChoice, NewVault, NoKeychain, Options, Probe, Secret, Vault, VaultError, vault_dir,
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// Most hits of one search.
const HITS_MAX: usize = 200;
/// How long the end waits for what is not on the disk yet.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// Where a reply goes.
type ReplyTo = oneshot::Sender<Reply>;

/// The vault, wherever it stands.
enum Standing {
    Missing,
    Locked,
    Open(Vault),
    Broken(Problem),
}

/// Clones share the same vault.
#[derive(Clone)]
pub(crate) struct Archive {
    dir: Option<PathBuf>,
    keychain: bool,
    lang: Lang,
    standing: Arc<Mutex<Standing>>,
    outcomes: mpsc::Sender<Outcome>,
}

impl Archive {
    /// Looks at what is there; opens nothing yet.
    pub(crate) fn new(config: &EngineConfig, outcomes: mpsc::Sender<Outcome>) -> Self {
        let dir = vault_dir(config.profile.as_deref());
        let standing = match dir.as_deref().map(Vault::probe) {
            Some(Probe::Missing) => Standing::Missing,
            Some(Probe::Locked { .. }) => Standing::Locked,
            Some(Probe::Broken(error)) => Standing::Broken(error.into()),
            None => Standing::Broken(Problem::new(
                Code::VaultReadOnly,
                "the system names no folder for application data",
            )),
        };
        Self {
            dir,
            keychain: config.keychain,
            lang: config.lang,
            standing: Arc::new(Mutex::new(standing)),
            outcomes,
        }
    }

    /// Where it stands, for the faces.
    pub(crate) fn state(&self) -> VaultState {
        match &*self.standing() {
            Standing::Missing => VaultState::Missing,
            Standing::Locked => VaultState::Locked,
            Standing::Open(_) => VaultState::Open,
            Standing::Broken(_) => VaultState::Broken,
        }
    }

    /// Why it can't be used.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match &*self.standing() {
            Standing::Broken(problem) => Some(problem.clone()),
            Standing::Open(vault) => vault.trouble().borrow().clone(),
            _ => None,
        }
    }

    /// Tries the keychain in the background; a locked vault stays locked if it has no key.
    pub(crate) fn open_by_keychain(&self) {
        let locked = matches!(&*self.standing(), Standing::Locked);
        let Some(dir) = self.dir.clone().filter(|_| locked && self.keychain) else {
            return;
        };
        let archive = self.clone();
        tokio::task::spawn_blocking(move || {
            match Vault::open_with_keychain(&dir, &archive.options()) {
                Ok(vault) => archive.opened(vault),
                Err(error @ (VaultError::Corrupt { .. } | VaultError::TooNew { .. })) => {
                    *archive.standing() = Standing::Broken(error.into());
                }
                Err(error) => tracing::info!(%error, "the keychain did not open the vault"),
            }
        });
    }

    /// Makes the vault and replies with its recovery code.
    pub(crate) fn create(&self, passphrase: Option<Zeroizing<String>>, reply: ReplyTo) {
        self.work(reply, move |archive, dir| {
            let new = NewVault {
                passphrase: passphrase.map(|text| Secret::new(text.to_string())),
                keychain: if archive.keychain {
                    KeychainChoice::IfThere
                } else {
                    KeychainChoice::No
                },
            };
            let (vault, code) = Vault::create(dir, &new, &archive.options())?;
            archive.opened(vault);
            Ok(Reply::RecoveryCode {
                code: code.printed().to_string(),
            })
        });
    }

    /// Opens the vault with a passphrase or the recovery code.
    pub(crate) fn unlock(&self, secret: Zeroizing<String>, reply: ReplyTo) {
        self.work(reply, move |archive, dir| {
            if archive.vault().is_ok() {
                return Ok(Reply::Done);
            }
            let secret = Secret::new(secret.to_string());
            let vault = Vault::open_with_secret(dir, &secret, &archive.options())?;
            archive.opened(vault);
            Ok(Reply::Done)
        });
    }

    /// Kept meetings, newest first.
    pub(crate) fn meetings(&self, reply: ReplyTo) {
        self.work(reply, |archive, _| {
            let meetings = archive.vault()?.meetings()?;
            Ok(Reply::Meetings { meetings })
        });
    }

    /// Searches all chat.
    pub(crate) fn search(&self, query: String, reply: ReplyTo) {
        self.work(reply, move |archive, _| {
            let hits = archive.vault()?.search(&query, HITS_MAX)?;
            let hits = hits
                .into_iter()
                .map(|hit| Hit {
                    meeting: hit.meeting,
                    message: hit.message,
                    marks: hit.marks,
                })
                .collect();
            Ok(Reply::Hits { hits })
        });
    }

    /// One kept meeting's chat.
    pub(crate) fn open(&self, id: RecordId, reply: ReplyTo) {
        self.work(reply, move |archive, _| {
            let vault = archive.vault()?;
            Ok(Reply::Record {
                meeting: vault.meeting(id)?,
                chat: vault.chat(id)?,
            })
        });
    }

    /// Writes a kept meeting's chat to a file.
    pub(crate) fn export(&self, id: RecordId, format: ExportFormat, path: PathBuf, reply: ReplyTo) {
        self.work(reply, move |archive, _| {
            let vault = archive.vault()?;
            let (meeting, chat) = (vault.meeting(id)?, vault.chat(id)?);
            let text = match format {
                ExportFormat::Markdown => ranzen_export::markdown(&meeting, &chat, archive.lang),
                ExportFormat::Text => ranzen_export::text(&meeting, &chat, archive.lang),
                ExportFormat::Json => ranzen_export::json(&meeting, &chat),
            };
            ranzen_export::write_over(&path, &text)?;
            Ok(Reply::Exported {
                path: path.display().to_string(),
            })
        });
    }

    /// A meeting begins; `None` while the vault is not open.
    pub(crate) fn begin(&self, title: &str, place: &str) -> Option<RecordId> {
        let vault = self.vault().ok()?;
        Some(vault.begin_meeting(title, place, UnixMillis::now()))
    }

    /// A message arrived or came further.
    pub(crate) fn keep(&self, id: RecordId, message: &ChatMessage) {
        if let Ok(vault) = self.vault() {
            vault.append(id, message).ignore();
        }
    }

    /// The meeting's subject became known.
    pub(crate) fn rename(&self, id: RecordId, title: &str) {
        if let Ok(vault) = self.vault() {
            vault.rename(id, title).ignore();
        }
    }

    /// The meeting is over.
    pub(crate) fn end(&self, id: RecordId) {
        if let Ok(vault) = self.vault() {
            vault.end_meeting(id, UnixMillis::now()).ignore();
        }
    }

    /// Waits for what is not on the disk yet.
    pub(crate) async fn close(&self) {
        let Ok(vault) = self.vault() else { return };
        if tokio::time::timeout(LAST_WRITES, vault.flush())
            .await
            .is_err()
        {
            tracing::error!(waiting = vault.waiting(), "closing with unwritten messages");
        }
    }

    /// Does slow work off the core's task and replies with what came of it.
    fn work(
        &self,
        reply: ReplyTo,
        work: impl FnOnce(&Self, &Path) -> Result<Reply, Problem> + Send + 'static,
    ) {
        let archive = self.clone();
        tokio::task::spawn_blocking(move || {
            let answer = match &archive.dir {
                Some(dir) => work(&archive, dir),
                None => archive.vault().map(|_| Reply::Done),
            };
            // A face that went away needs no reply.
            let _ = reply.send(Reply::from(answer));
        });
    }

    /// From here on there is a vault; what stops it from writing becomes trouble on the screen.
    fn opened(&self, vault: Vault) {
        let mut trouble = vault.trouble();
        *self.standing() = Standing::Open(vault);
        let outcomes = self.outcomes.clone();
        tokio::runtime::Handle::current().spawn(async move {
            if outcomes.send(Outcome::VaultOpened).await.is_err() {
                return;
            }
            while trouble.changed().await.is_ok() {
                let problem = trouble.borrow_and_update().clone();
                if outcomes.send(Outcome::VaultTrouble(problem)).await.is_err() {
                    return;
                }
            }
        });
    }

    fn vault(&self) -> Result<Vault, Problem> {
        match &*self.standing() {
            Standing::Open(vault) => Ok(vault.clone()),
            Standing::Broken(problem) => Err(problem.clone()),
            Standing::Missing => Err(Problem::new(Code::VaultLocked, "there is no vault yet")),
            Standing::Locked => Err(Problem::new(Code::VaultLocked, "the vault is locked")),
        }
    }

    fn options(&self) -> Options {
        if self.keychain {
            Options::default()
        } else {
            Options {
                keychain: Arc::new(NoKeychain),
                ..Options::default()
            }
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        // A panic while it was held leaves one of the four standings, never something in between.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
