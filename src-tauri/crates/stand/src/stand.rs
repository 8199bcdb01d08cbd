//! The deployment as a test holds it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use anyhow::{Context as _, anyhow};
use ranzen_testbed::{Authority, Host, HostTask, Network, Process};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use crate::bridge::{self, Bridge};
use crate::complaints::Complaints;
use crate::focus::{Focus, Knob};
use crate::front::Front;
use crate::{Options, prosody};

/// A running deployment; everything ends when it is dropped.
pub struct Stand {
    domain: String,
    authority: Authority,
    front: Arc<Front>,
    runtime: Handle,
    complaints: Complaints,
    // Dropped in this order: our own parts, Prosody, the namespace, the files.
    stop: Option<oneshot::Sender<()>>,
    task: Option<HostTask<()>>,
    prosody: Process,
    host: Host,
    _directory: tempfile::TempDir,
}

impl Stand {
    /// Starts an open deployment on a new host of `network`.
    ///
    /// # Errors
    /// When Prosody or a part of ours can't start.
    pub fn start(network: &Network) -> anyhow::Result<Self> {
        Self::start_with(network, Options::default())
    }

    /// Starts a deployment as described by `options`.
    ///
    /// # Errors
    /// When Prosody or a part of ours can't start.
    pub fn start_with(network: &Network, options: Options) -> anyhow::Result<Self> {
        let host = network.host("stand")?;
        let directory = tempfile::Builder::new().prefix("ranzen-stand-").tempdir()?;
        let prosody = prosody::start(&host, &options, directory.path())?;
        let authority = Authority::new()?;
        let address = host.address();
        let identity = authority.server(&[&options.domain, "meet.test"], &[IpAddr::V4(address)])?;
        let domain = options.domain.clone();
        let complaints = Complaints::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, is_started) = mpsc::channel();
        let complaints_inside = complaints.clone();
        let task = host.spawn(move || async move {
            let result = assemble(options, address, &identity, complaints_inside).await;
            let up = result.is_ok();
            let _ = started.send(result.map(|front| (front, Handle::current())));
            if up {
                let _ = stopped.await;
            }
        });
        let (front, runtime) = is_started.recv().context("the stand's thread ended")??;
        Ok(Self {
            domain,
            authority,
            front,
            runtime,
            complaints,
            stop: Some(stop),
            task: Some(task),
            prosody,
            host,
            _directory: directory,
        })
    }

    /// The link of a room, with the server's address as host.
    #[must_use]
    pub fn url(&self, room: &str) -> String {
        format!("https://{}/{room}", self.host.address())
    }

    /// The root certificate clients must trust, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.authority.pem()
    }

    /// The host it runs on: cut it, block UDP, lose packets.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Names for [`Host::set_names`] of clients.
    #[must_use]
    pub fn names(&self) -> [(&str, Ipv4Addr); 1] {
        [("meet.test", self.host.address())]
    }

    /// What clients did wrong although it was tolerated, and what was refused.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.all()
    }

    /// Prosody's log so far.
    #[must_use]
    pub fn prosody_log(&self) -> String {
        self.prosody.log()
    }

    /// Kicks a participant.
    ///
    /// # Errors
    /// What Prosody says.
    pub fn kick(&self, room: &str, nick: &str, reason: &str) -> anyhow::Result<()> {
        self.knob(Knob::Kick {
            room: self.room(room),
            nick: nick.to_owned(),
            reason: reason.to_owned(),
        })
    }

    /// Ends a meeting for everybody.
    ///
    /// # Errors
    /// What Prosody says.
    pub fn destroy(&self, room: &str, reason: &str) -> anyhow::Result<()> {
        self.knob(Knob::Destroy {
            room: self.room(room),
            reason: reason.to_owned(),
        })
    }

    /// Sets or removes a room's password.
    ///
    /// # Errors
    /// What Prosody says.
    pub fn set_password(&self, room: &str, password: Option<&str>) -> anyhow::Result<()> {
        self.knob(Knob::Password {
            room: self.room(room),
            password: password.map(str::to_owned),
        })
    }

    /// Puts a lobby before a room, or removes it.
    ///
    /// # Errors
    /// What Prosody says.
    pub fn set_lobby(&self, room: &str, on: bool) -> anyhow::Result<()> {
        self.knob(Knob::Lobby {
            room: self.room(room),
            on,
        })
    }

    /// Limits the participants of a room; 0 for no limit.
    ///
    /// # Errors
    /// What Prosody says.
    pub fn max_occupants(&self, room: &str, max: u32) -> anyhow::Result<()> {
        self.knob(Knob::MaxOccupants {
            room: self.room(room),
            max,
        })
    }

    /// Ends all sessions of a room and invites anew, as when a bridge is drained.
    ///
    /// # Errors
    /// When the focus is gone.
    pub fn reinvite(&self, room: &str) -> anyhow::Result<()> {
        self.knob(Knob::Reinvite {
            room: self.room(room),
        })
    }

    /// Drops all XMPP WebSockets without a closing frame.
    pub fn drop_websockets(&self) {
        self.front.drop_websockets.send_modify(|count| *count += 1);
    }

    /// Drops all bridge-channel WebSockets without a closing frame.
    pub fn drop_channels(&self) {
        self.front.bridge.close_channels();
    }

    /// Lets the web server answer 502 instead of XMPP, or ends that.
    pub fn refuse_xmpp(&self, refuse: bool) {
        self.front.xmpp_refused.store(refuse, Ordering::Relaxed);
    }

    /// The bridge forgets everything, as after a crash: ICE fails, channels are refused.
    pub fn restart_bridge(&self) {
        self.front.bridge.restart();
    }

    /// Endpoint ids of a room whose ICE and DTLS are up.
    #[must_use]
    pub fn connected(&self, room: &str) -> Vec<String> {
        let (bridge, room) = (self.front.bridge.clone(), self.room(room));
        self.wait(async move { bridge.connected(&room).await })
            .unwrap_or_default()
    }

    fn room(&self, room: &str) -> String {
        format!("{room}@conference.{}", self.domain)
    }

    fn knob(&self, knob: Knob) -> anyhow::Result<()> {
        let focus = self.front.focus.clone();
        self.wait(async move { focus.knob(knob).await })
            .ok_or_else(|| anyhow!("the stand is gone"))?
            .map_err(|condition| anyhow!("{condition}"))
    }

    /// Runs something on the stand's runtime and waits; may be called from anywhere.
    fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (done, is_done) = mpsc::channel();
        self.runtime.spawn(async move {
            let _ = done.send(work.await);
        });
        is_done.recv().ok()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            task.join();
        }
        if std::thread::panicking() {
            for complaint in self.complaints.all() {
                use std::io::Write as _;
                let _ = writeln!(std::io::stderr(), "stand: {complaint}");
            }
        }
    }
}

impl std::fmt::Debug for Stand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stand")
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}

async fn assemble(
    options: Options,
    address: Ipv4Addr,
    identity: &ranzen_testbed::certificates::ServerIdentity,
    complaints: Complaints,
) -> anyhow::Result<Arc<Front>> {
    let bridge = Bridge::start(
        SocketAddr::from((address, bridge::PORT)),
        complaints.clone(),
    )
    .await?;
    let channel_host = format!("{address}:443");
    let focus = Focus::start(
        options.clone(),
        channel_host,
        bridge.clone(),
        complaints.clone(),
    )
    .await?;
    let front = Arc::new(Front {
        options,
        bridge,
        focus,
        complaints,
        drop_websockets: watch::Sender::new(0),
        xmpp_refused: AtomicBool::new(false),
    });
    front
        .clone()
        .start(SocketAddr::from((address, 443)), identity)
        .await?;
    Ok(front)
}
