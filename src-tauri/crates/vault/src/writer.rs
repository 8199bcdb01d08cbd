//! The one writer thread: takes writes in order, commits what has gathered as one synced
//! transaction, and then acknowledges each.
//!
//! What can't be written because the disk is full (or away for a moment) stays queued in memory
//! and is tried again every second; the trouble is told through a watch meanwhile.

use crate::ack::{Ack, Acker};
use crate::db;
use crate::error::VaultError;
use crate::wal_mark::WalMark;
use crate::write::{self, Write};
use ranzen_meeting::{Problem, RecordId};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// Writes in one transaction; more only makes the first wait for the last.
const GROUP_MAX: usize = 512;
/// Waiting writes; about 100 MB of ordinary messages. Beyond it the newest is refused.
const QUEUE_MAX: usize = 200_000;
const RETRY: Duration = Duration::from_secs(1);

enum Order {
    Write(Write, Acker),
    Check(Acker),
    Stop,
}

/// The handle of the thread.
pub(crate) struct Writer {
    orders: mpsc::Sender<Order>,
    thread: Option<JoinHandle<()>>,
    waiting: Arc<AtomicUsize>,
    trouble: watch::Receiver<Option<Problem>>,
}

impl Writer {
    /// Starts the thread. With `check_first` every page is verified before the first write.
    pub(crate) fn start(
        connection: Connection,
        path: PathBuf,
        check_first: bool,
    ) -> Result<Self, VaultError> {
        let (orders, received) = mpsc::channel();
        let (troubled, trouble) = watch::channel(None);
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut inside = Inside {
            connection,
            mark: WalMark::new(&path),
            path: path.clone(),
            queue: VecDeque::new(),
            waiting: waiting.clone(),
            troubled,
            damaged: None,
        };
        let thread = std::thread::Builder::new()
            .name("vault-writer".into())
            .spawn(move || {
                if check_first {
                    inside.check_pages();
                }
                inside.run(&received);
            })
            .map_err(|e| VaultError::io(&path, &e))?;
        Ok(Self {
            orders,
            thread: Some(thread),
            waiting,
            trouble,
        })
    }

    /// Queues a write.
    pub(crate) fn write(&self, write: Write) -> Ack {
        let (acker, ack) = Ack::pair();
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE_MAX {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let _ = acker.send(Err(VaultError::DiskFull));
            return ack;
        }
        // If the thread is gone, the dropped acker says so.
        let _ = self.orders.send(Order::Write(write, acker));
        ack
    }

    /// Queues a check of the whole file.
    pub(crate) fn check(&self) -> Ack {
        let (acker, ack) = Ack::pair();
        let _ = self.orders.send(Order::Check(acker));
        ack
    }

    /// Writes handed in and not on the disk yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn trouble(&self) -> watch::Receiver<Option<Problem>> {
        self.trouble.clone()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Inside {
    connection: Connection,
    path: PathBuf,
    mark: WalMark,
    queue: VecDeque<(Write, Acker)>,
    waiting: Arc<AtomicUsize>,
    troubled: watch::Sender<Option<Problem>>,
    /// Once damage is seen, nothing is written any more.
    damaged: Option<VaultError>,
}

impl Inside {
    fn run(&mut self, orders: &mpsc::Receiver<Order>) {
        loop {
            let first = if self.queue.is_empty() {
                orders.recv().ok()
            } else {
                match orders.recv_timeout(RETRY) {
                    Ok(order) => Some(order),
                    Err(mpsc::RecvTimeoutError::Timeout) => {
                        self.write_queue();
                        continue;
                    }
                    Err(mpsc::RecvTimeoutError::Disconnected) => None,
                }
            };
            let mut next = first;
            let (mut stop, mut check) = (next.is_none(), None);
            while let Some(order) = next {
                match order {
                    Order::Write(write, acker) => self.queue.push_back((write, acker)),
                    Order::Check(acker) => check = Some(acker),
                    Order::Stop => stop = true,
                }
                let full = self.queue.len() >= GROUP_MAX || check.is_some() || stop;
                next = if full { None } else { orders.try_recv().ok() };
            }
            self.write_queue();
            if let Some(acker) = check {
                let _ = acker.send(self.check());
            }
            if stop {
                self.give_up_on_rest();
                return;
            }
        }
    }

    /// Writes as much of the queue as can be written.
    fn write_queue(&mut self) {
        let mut size = GROUP_MAX;
        while !self.queue.is_empty() {
            if let Some(damage) = self.damaged.clone() {
                self.acknowledge(self.queue.len(), &vec![Err(damage); self.queue.len()]);
                return;
            }
            let group = size.min(self.queue.len());
            match self.write_group(group) {
                Ok(results) => {
                    self.mark.note(&self.connection);
                    self.acknowledge(group, &results);
                    self.tell(None);
                }
                Err(error) if error.may_pass() => {
                    self.tell(Some(&error));
                    return;
                }
                Err(error @ VaultError::Corrupt { .. }) => self.damage(error),
                // A statement refused for another reason: find the one, refuse it, go on.
                Err(_) if group > 1 => size = 1,
                Err(error) => {
                    tracing::error!(%error, "a write to the vault was refused");
                    self.acknowledge(1, &[Err(error)]);
                }
            }
        }
    }

    fn write_group(&mut self, group: usize) -> Result<Vec<Result<(), VaultError>>, VaultError> {
        let sql = |e: rusqlite::Error| VaultError::sql(&self.path, &e);
        let transaction = self.connection.transaction().map_err(sql)?;
        let mut results = Vec::with_capacity(group);
        for (write, _) in self.queue.iter().take(group) {
            let found = write::apply(&transaction, write).map_err(sql)?;
            results.push(match record_of(write) {
                Some(id) if !found => Err(VaultError::RecordUnknown(id.0)),
                _ => Ok(()),
            });
        }
        transaction.commit().map_err(sql)?;
        Ok(results)
    }

    fn acknowledge(&mut self, group: usize, results: &[Result<(), VaultError>]) {
        for ((_, acker), result) in self.queue.drain(..group).zip(results) {
            let _ = acker.send(result.clone());
        }
        self.waiting.fetch_sub(group, Ordering::Relaxed);
    }

    fn check_pages(&mut self) {
        if let Err(error) = db::check_pages(&self.connection, &self.path) {
            self.damage(error);
        }
    }

    fn check(&mut self) -> Result<(), VaultError> {
        if let Some(damage) = &self.damaged {
            return Err(damage.clone());
        }
        // The check empties the log.
        self.mark.remove();
        let checked = db::check(&self.connection, &self.path);
        if let Err(error @ VaultError::Corrupt { .. }) = &checked {
            self.damage(error.clone());
        }
        checked
    }

    fn damage(&mut self, error: VaultError) {
        tracing::error!(%error, "the vault is damaged; nothing more is written to it");
        self.tell(Some(&error));
        // Not even closing may change the files then.
        let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        let _ = self.connection.set_db_config(keep, true);
        self.damaged = Some(error);
    }

    fn tell(&self, error: Option<&VaultError>) {
        let problem = error.cloned().map(Problem::from);
        self.troubled.send_if_modified(|told| {
            let news = *told != problem;
            told.clone_from(&problem);
            news
        });
    }

    /// At the end: what still can't be written is told so.
    fn give_up_on_rest(&mut self) {
        let count = self.queue.len();
        if count > 0 {
            tracing::error!(count, "chat was not written before the vault was closed");
            self.acknowledge(count, &vec![Err(VaultError::DiskFull); count]);
        }
        if self.damaged.is_none() {
            // Closing the last connection empties the log.
            self.mark.remove();
            let _ = self.connection.execute_batch("PRAGMA optimize");
        }
    }
}

fn record_of(write: &Write) -> Option<RecordId> {
    match write {
        Write::Begin { .. } | Write::Barrier => None,
        Write::End { id, .. } | Write::Rename { id, .. } | Write::Put { id, .. } => Some(*id),
    }
}
