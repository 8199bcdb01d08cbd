//! Plays the client's side of recordings to the stand and compares what the server's side says.
//!
//! Each client follows its recording step by step: what it said is said, what it heard is waited for.
//! Names that are given anew (JIDs, session ids, stanza ids) are exchanged in both directions. Stream
//! management's counters and requests depend on timing and are played freshly.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ranzen_stand::Stand;
use ranzen_testbed::Host;
use ranzen_xmpp::{Element, ns, parse};
use serde_json::Value;
use tokio::sync::{Barrier, mpsc};
use tokio_tungstenite::tungstenite::Message;

use super::compare::{differences, steady};
use super::recording::{Recording, What};
use super::{http, websocket};

/// How long a recorded message is waited for.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is known not to be the stand's business: `(part of the difference, why)`.
pub type Tolerated<'a> = &'a [(&'a str, &'a str)];

/// What a note makes the stand do.
pub type Action = fn(&Stand, &str);

#[derive(Clone)]
struct Shared {
    names: Arc<Mutex<Vec<(String, String)>>>,
    barriers: Arc<HashMap<String, Barrier>>,
    found: Arc<Mutex<BTreeSet<String>>>,
    stand: Arc<Stand>,
    action: Action,
    /// Parts of differences that are not waited for.
    skipped: Arc<Vec<String>>,
}

/// Plays recordings together; gives the differences that the table does not explain.
pub fn play(
    stand: &Arc<Stand>,
    host: &Host,
    mut recordings: Vec<Recording>,
    action: Action,
    tolerated: Tolerated<'_>,
) -> Vec<String> {
    // Later clients come when the earlier ones first hear of them.
    for later in 1..recordings.len() {
        let note = format!("{} comes", recordings[later].label);
        let nick = recordings[later].jid[..8].to_owned();
        for earlier in recordings.iter_mut().take(later) {
            if !earlier.has_note(&note) {
                earlier.note_before(&note, |step| {
                    matches!(&step.what, What::XmppIn(text) | What::HttpIn(text) if text.contains(&nick))
                });
            }
        }
        let start = recordings[later].steps[0].clone();
        recordings[later].steps.insert(
            0,
            super::recording::Step {
                what: What::Note(note),
                ..start
            },
        );
    }
    let mut notes: HashMap<String, usize> = HashMap::new();
    for recording in &recordings {
        for step in &recording.steps {
            if let What::Note(note) = &step.what {
                *notes.entry(note.clone()).or_default() += 1;
            }
        }
    }
    let shared = Shared {
        names: Arc::default(),
        barriers: Arc::new(
            notes
                .into_iter()
                .map(|(note, count)| (note, Barrier::new(count)))
                .collect(),
        ),
        found: Arc::default(),
        stand: stand.clone(),
        action,
        skipped: Arc::new(
            tolerated
                .iter()
                .map(|(part, _)| (*part).to_owned())
                .collect(),
        ),
    };
    let address = IpAddr::V4(stand.host().address());
    let ca = stand.ca_pem().to_owned();
    let inside = shared.clone();
    host.run(move || async move {
        let players = recordings.into_iter().map(|recording| {
            let player = Player::new(recording, inside.clone(), address, ca.clone());
            tokio::spawn(player.play())
        });
        for player in players.collect::<Vec<_>>() {
            player.await.unwrap();
        }
    });
    let found = shared.found.lock().unwrap().clone();
    found
        .into_iter()
        .filter(|difference| !tolerated.iter().any(|(part, _)| difference.contains(part)))
        .collect()
}

type Sink = futures_util::stream::SplitSink<super::Socket, Message>;

struct Player {
    recording: Recording,
    shared: Shared,
    address: IpAddr,
    ca: String,
    /// Names only this client uses: session and stanza ids.
    own: Vec<(String, String)>,
    sink: Option<Sink>,
    inbox: mpsc::UnboundedReceiver<Element>,
    outbox: mpsc::UnboundedSender<Element>,
    came: VecDeque<Element>,
    counted: u32,
    channel: Option<Sink>,
    /// Opened before the address was known: over BOSH an answer is recorded when it is complete.
    channel_wanted: bool,
    channel_unsaid: Vec<String>,
    /// Stanzas that a poll of BOSH may bring later than recorded.
    deferred: Vec<String>,
    channel_path: Option<String>,
    channel_inbox: mpsc::UnboundedReceiver<String>,
    channel_outbox: mpsc::UnboundedSender<String>,
    said: Vec<Value>,
    wanted_said: Vec<Value>,
    /// What the focus told of others' sources: as recorded, and now.
    wanted_sources: BTreeMap<String, Value>,
    sources: BTreeMap<String, Value>,
    /// It has said goodbye: what comes now was not recorded any more.
    closing: bool,
    late: BTreeSet<String>,
}

impl Player {
    fn new(recording: Recording, shared: Shared, address: IpAddr, ca: String) -> Self {
        let (outbox, inbox) = mpsc::unbounded_channel();
        let (channel_outbox, channel_inbox) = mpsc::unbounded_channel();
        Self {
            recording,
            shared,
            address,
            ca,
            own: Vec::new(),
            sink: None,
            inbox,
            outbox,
            came: VecDeque::new(),
            counted: 0,
            channel: None,
            channel_wanted: false,
            channel_unsaid: Vec::new(),
            deferred: Vec::new(),
            channel_path: None,
            channel_inbox,
            channel_outbox,
            said: Vec::new(),
            wanted_said: Vec::new(),
            wanted_sources: BTreeMap::new(),
            sources: BTreeMap::new(),
            closing: false,
            late: BTreeSet::new(),
        }
    }

    async fn play(mut self) {
        for step in std::mem::take(&mut self.recording.steps) {
            match step.what {
                What::Note(note) => self.note(&note).await,
                What::XmppOpen { query } => {
                    let path = format!("/xmpp-websocket?{}", self.now(&query));
                    let socket = websocket(self.address, &self.ca, &path, Some("xmpp"))
                        .await
                        .expect("XMPP");
                    self.listen(socket);
                }
                What::XmppClose => self.sink = None,
                What::XmppOut(text) => self.say(&text).await,
                What::XmppIn(text) => self.hear(&text).await,
                What::ChannelOpen => self.open_channel().await,
                What::ChannelClose => self.channel = None,
                What::ChannelOut(text) => {
                    let text = self.now(&text);
                    match &mut self.channel {
                        Some(channel) => drop(channel.send(Message::text(text)).await),
                        None => self.channel_unsaid.push(text),
                    }
                }
                What::ChannelIn(text) => {
                    let text = self.now(&text);
                    self.wanted_said
                        .push(steady(serde_json::from_str(&text).unwrap()));
                }
                What::HttpOut(text) => self.request(&text).await,
                What::HttpIn(text) => self.response(&text).await,
            }
        }
        self.finish().await;
    }

    async fn note(&mut self, note: &str) {
        let barrier = &self.shared.barriers[note];
        if barrier.wait().await.is_leader() {
            let (stand, action, note) = (
                self.shared.stand.clone(),
                self.shared.action,
                note.to_owned(),
            );
            tokio::task::spawn_blocking(move || action(&stand, &note))
                .await
                .unwrap();
        }
        barrier.wait().await;
    }

    /// With today's names instead of the recorded ones.
    fn now(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let shared = self.shared.names.lock().unwrap();
        // Long names first: a nick is the beginning of a JID.
        let mut names: Vec<&(String, String)> = shared.iter().chain(&self.own).collect();
        names.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        for (number, (old, _)) in names.iter().enumerate() {
            text = text.replace(old.as_str(), &format!("\u{1}{number}\u{2}"));
        }
        for (number, (_, new)) in names.iter().enumerate() {
            text = text.replace(&format!("\u{1}{number}\u{2}"), new);
        }
        text
    }

    fn learn(&mut self, old: Option<&str>, new: Option<&str>) {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
            && !old.is_empty()
        {
            self.own.push((old.to_owned(), new.to_owned()));
        }
    }

    fn learn_jid(&mut self, new: &str) {
        let old = self.recording.jid.clone();
        let bare = |jid: &str| jid.split('/').next().unwrap().to_owned();
        let mut names = self.shared.names.lock().unwrap();
        names.push((old.clone(), new.to_owned()));
        names.push((bare(&old), bare(new)));
        if self.recording.label != "raw-badnick" {
            names.push((old[..8].to_owned(), new[..8].to_owned()));
        }
    }

    fn listen(&mut self, socket: super::Socket) {
        let (sink, mut stream) = socket.split();
        self.sink = Some(sink);
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    let _ = outbox.send(parse(&text).unwrap());
                }
            }
        });
    }

    async fn say(&mut self, text: &str) {
        let element = parse(&self.now(text)).unwrap();
        if element.ns() == ns::SM && matches!(element.name(), "a" | "r") {
            return;
        }
        let mut element = element;
        if element.is("resume", ns::SM) {
            element.set_attr("h", self.counted.to_string());
        }
        if element.is("enable", ns::SM) {
            self.counted = 0;
        }
        let gone = element.name() == "presence" && element.get("type") == Some("unavailable");
        // The raw clients stopped listening with their request to leave.
        let stops = element.get("to").is_none() || self.recording.label.starts_with("raw-");
        self.closing |= element.is("close", ns::FRAMING) || gone && stops;
        if let Some(sink) = &mut self.sink {
            let _ = sink.send(Message::text(element.to_xml())).await;
        }
    }

    async fn hear(&mut self, text: &str) {
        let recorded = parse(text).unwrap();
        if !(recorded.ns() == ns::SM && matches!(recorded.name(), "a" | "r")) {
            self.hear_element(text).await;
        }
    }

    async fn hear_element(&mut self, recorded: &str) {
        let key = self.key_now(recorded);
        let skipped = |part: &String| format!("never came: {key}").contains(part.as_str());
        if self.shared.skipped.iter().any(skipped) {
            return;
        }
        if let Some(change) = sources_of(&parse(&self.now(recorded)).unwrap()) {
            return self.hear_sources(recorded, change).await;
        }
        let Some(got) = self.wait(recorded).await else {
            return self.find(format!("never came: {}", self.key_now(recorded)));
        };
        self.compare(recorded, &got);
    }

    /// Which sources are told in an offer and which later, and in how many steps, depends on timing: in
    /// the end the same must be known.
    async fn hear_sources(&mut self, recorded: &str, change: Change) {
        change.apply(&mut self.wanted_sources);
        let end = tokio::time::Instant::now() + PATIENCE;
        let mut first = true;
        while first || (self.sources != self.wanted_sources && tokio::time::Instant::now() < end) {
            let known = self
                .wanted_sources
                .iter()
                .all(|(owner, set)| self.sources.get(owner) == Some(set));
            if change.is_add() && known && recorded.contains("source-add") {
                return;
            }
            first = false;
            let Some(got) = self.wait(recorded).await else {
                return;
            };
            if let Some(change) = sources_of(&got) {
                change.apply(&mut self.sources);
            }
            self.compare(recorded, &got);
            if !recorded.contains("source-") {
                return;
            }
        }
    }

    fn compare(&mut self, recorded: &str, got: &Element) {
        let key = self.key_now(recorded);
        let recorded = parse(recorded).unwrap();
        self.learn(recorded.get("id"), got.get("id"));
        if let Some(jid) = got
            .find("bind", ns::BIND)
            .and_then(|bind| bind.text_of("jid", ns::BIND))
        {
            self.learn_jid(&jid);
        }
        let jingle = |element: &Element| element.find("jingle", ns::JINGLE).cloned();
        if let (Some(old), Some(new)) = (jingle(&recorded), jingle(got)) {
            self.learn(old.get("sid"), new.get("sid"));
            let bridge = |jingle: &Element| {
                jingle
                    .find("bridge-session", ns::FOCUS)
                    .and_then(|it| it.get("id"))
                    .map(str::to_owned)
            };
            self.learn(bridge(&old).as_deref(), bridge(&new).as_deref());
            self.remember_channel(&new);
        }
        let wanted = parse(&self.now(&recorded.to_xml())).unwrap();
        for difference in differences(&wanted, got) {
            self.find(format!("{key}: {difference}"));
        }
    }

    fn remember_channel(&mut self, jingle: &Element) {
        let url = jingle
            .children()
            .filter_map(|content| content.find("transport", ns::JINGLE_ICE))
            .find_map(|transport| transport.find("web-socket", ns::COLIBRI))
            .and_then(|socket| socket.get("url").map(str::to_owned));
        if let Some(url) = url {
            self.channel_path = url.split_once(":443").map(|(_, path)| path.to_owned());
        }
    }

    /// A recorded stanza's key with today's names.
    fn key_now(&self, recorded: &str) -> String {
        key(&parse(&self.now(recorded)).unwrap())
    }

    /// The first unheard stanza with the key of this one. Names may become known while waiting.
    async fn wait(&mut self, recorded: &str) -> Option<Element> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let wanted = self.key_now(recorded);
            if let Some(at) = self.came.iter().position(|element| key(element) == wanted) {
                return self.came.remove(at);
            }
            if tokio::time::Instant::now() > end {
                return None;
            }
            let step = Duration::from_millis(100);
            if let Ok(Some(element)) = tokio::time::timeout(step, self.inbox.recv()).await {
                self.take(element).await;
            }
        }
    }

    async fn take(&mut self, element: Element) {
        if self.closing {
            self.late.insert(key(&element));
        }
        if element.is("r", ns::SM) {
            let answer = Element::new("a", ns::SM).attr("h", self.counted.to_string());
            if let Some(sink) = &mut self.sink {
                let _ = sink.send(Message::text(answer.to_xml())).await;
            }
        } else if element.is("body", ns::BOSH) {
            self.came.extend(element.children().cloned());
        } else if !element.is("a", ns::SM) {
            if matches!(element.name(), "iq" | "message" | "presence") {
                self.counted += 1;
            }
            self.came.push_back(element);
        }
    }

    async fn open_channel(&mut self) {
        let Some(path) = self.channel_path.clone() else {
            self.channel_wanted = true;
            return;
        };
        let Ok(socket) = websocket(self.address, &self.ca, &path, None).await else {
            return;
        };
        let (sink, mut stream) = socket.split();
        let mut sink = sink;
        for text in std::mem::take(&mut self.channel_unsaid) {
            let _ = sink.send(Message::text(text)).await;
        }
        self.channel = Some(sink);
        let outbox = self.channel_outbox.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    let _ = outbox.send(text.to_string());
                }
            }
        });
    }

    /// A plain request, or one of BOSH, whose answer may come much later.
    async fn request(&mut self, text: &str) {
        self.await_invitation(text).await;
        let text = self.now(text).replace("https://meet.test", "");
        let (method, rest) = text.trim_start_matches("FETCH ").split_once(' ').unwrap();
        if rest.starts_with("/http-bind") {
            let (path, body) = rest.split_at(rest.find('<').unwrap());
            let (path, body) = (path.to_owned(), body.to_owned());
            let (address, ca, outbox) = (self.address, self.ca.clone(), self.outbox.clone());
            tokio::spawn(async move {
                let (_, body) = http::request(
                    address,
                    &ca,
                    "POST",
                    &path,
                    "text/xml; charset=utf-8",
                    &body,
                )
                .await;
                if let Ok(body) = parse(&body) {
                    let _ = outbox.send(body);
                }
            });
            // Request ids must arrive in order.
            tokio::time::sleep(Duration::from_millis(30)).await;
            return;
        }
        let end = rest.find('{').unwrap_or(rest.len());
        let (path, more) = rest.split_at(end);
        let body = more
            .strip_prefix(r#"{"Content-Type":"application/json"}"#)
            .unwrap_or_default()
            .to_owned();
        let (status, answer) = http::request(
            self.address,
            &self.ca,
            method,
            path,
            "application/json",
            &body,
        )
        .await;
        let answer = Element::new("http", "")
            .attr("type", status.to_string())
            .text(&answer);
        self.came.push_back(answer);
    }

    /// A client speaks of a Jingle session only once it was invited to one, however late the poll
    /// brings the invitation here.
    async fn await_invitation(&mut self, said: &str) {
        let invites = |text: &String| text.contains("session-initiate");
        let end = tokio::time::Instant::now() + PATIENCE;
        while said.contains("urn:xmpp:jingle:1")
            && tokio::time::Instant::now() < end
            && let Some(at) = self.deferred.iter().position(invites)
        {
            let invitation = self.deferred[at].clone();
            if self.wait_briefly(&invitation).await {
                self.deferred.remove(at);
                self.hear_element(&invitation).await;
            }
        }
    }

    async fn response(&mut self, text: &str) {
        let (status, rest) = text.split_once(' ').unwrap();
        if rest.starts_with("POST") && rest.contains("/http-bind") {
            let recorded = parse(&rest[rest.find('<').unwrap()..]).unwrap();
            self.unpack(&recorded).await;
            return;
        }
        let got = self.wait("<http/>").await.expect("an answer");
        if got.get("type") != Some(status) {
            self.find(format!(
                "http: status {status} became {:?}",
                got.get("type")
            ));
        }
        let wanted = self.now(rest);
        if let Some(json) = wanted.find('{').filter(|_| !wanted.contains("<!DOCTYPE")) {
            let wanted: Value = serde_json::from_str(&wanted[json..]).unwrap();
            let got: Value = serde_json::from_str(&got.own_text()).unwrap_or_default();
            if wanted != got {
                self.find(format!("http: {wanted} became {got}"));
            }
        }
    }

    /// What a recorded BOSH body held.
    async fn unpack(&mut self, recorded: &Element) {
        let sid = recorded.get("sid").map(str::to_owned);
        let children: Vec<String> = recorded.children().map(Element::to_xml).collect();
        if !children.is_empty() {
            self.bosh_sid(sid.as_deref()).await;
        }
        for text in std::mem::take(&mut self.deferred)
            .into_iter()
            .chain(children)
        {
            if self.wait_briefly(&text).await {
                self.hear_element(&text).await;
            } else {
                self.deferred.push(text);
            }
            if self.channel_wanted && self.channel_path.is_some() {
                self.channel_wanted = false;
                self.open_channel().await;
            }
        }
    }

    /// Is such a stanza there, or coming soon?
    async fn wait_briefly(&mut self, recorded: &str) -> bool {
        for _ in 0..5 {
            let wanted = self.key_now(recorded);
            if self.came.iter().any(|element| key(element) == wanted) {
                return true;
            }
            let step = Duration::from_millis(100);
            if let Ok(Some(element)) = tokio::time::timeout(step, self.inbox.recv()).await {
                self.take(element).await;
            }
        }
        false
    }

    async fn bosh_sid(&mut self, old: Option<&str>) {
        let known = old.is_none_or(|old| self.own.iter().any(|(known, _)| known == old));
        if known {
            return;
        }
        let Ok(Some(body)) = tokio::time::timeout(PATIENCE, self.inbox.recv()).await else {
            return;
        };
        self.learn(old, body.get("sid"));
        self.came.extend(body.children().cloned());
    }

    fn find(&self, difference: String) {
        let difference = format!("{}: {difference}", self.recording.label);
        self.shared.found.lock().unwrap().insert(difference);
    }

    /// What came though it was not recorded, and what was never said on the channel.
    async fn finish(mut self) {
        for text in std::mem::take(&mut self.deferred) {
            self.hear_element(&text).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        while let Ok(element) = self.inbox.try_recv() {
            self.take(element).await;
        }
        for element in std::mem::take(&mut self.came) {
            if let Some(change) = sources_of(&element) {
                change.apply(&mut self.sources);
            } else if !self.late.contains(&key(&element)) {
                self.find(format!("not recorded: {}", key(&element)));
            }
        }
        let owners: BTreeSet<&String> = self
            .wanted_sources
            .keys()
            .chain(self.sources.keys())
            .collect();
        for owner in owners {
            let (wanted, got) = (self.wanted_sources.get(owner), self.sources.get(owner));
            if wanted != got {
                self.find(format!("sources of {owner}: {wanted:?} became {got:?}"));
            }
        }
        while let Ok(text) = self.channel_inbox.try_recv() {
            self.said.push(steady(serde_json::from_str(&text).unwrap()));
        }
        for wanted in std::mem::take(&mut self.wanted_said) {
            // The bridge decides step by step; which steps are seen depends on timing.
            let list = |value: &Value| {
                value["forwardedSources"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default()
            };
            let step = wanted["colibriClass"] == "ForwardedSources"
                && self.said.iter().any(|said| {
                    said["colibriClass"] == "ForwardedSources"
                        && list(&wanted).iter().all(|it| list(said).contains(it))
                });
            if !step && !self.said.contains(&wanted) {
                self.find(format!("channel never said: {wanted}"));
            }
        }
        for extra in std::mem::take(&mut self.said) {
            let class = extra["colibriClass"].as_str().unwrap_or_default();
            if ![
                "ForwardedSources",
                "SenderSourceConstraints",
                "ServerHello",
                "EndpointMessage",
            ]
            .contains(&class)
            {
                self.find(format!("channel said unrecorded: {class}"));
            }
        }
    }
}

/// What identifies a stanza among those of a session.
fn key(element: &Element) -> String {
    let child = element.children().next();
    let get = |name: &str| element.get(name).unwrap_or_default().to_owned();
    match element.name() {
        "iq" if matches!(element.get("type"), Some("get" | "set")) => {
            let action = child
                .and_then(|child| child.get("action"))
                .unwrap_or_default();
            format!(
                "iq {} {} {action} from {}",
                get("type"),
                child.map(Element::name).unwrap_or_default(),
                get("from")
            )
        }
        "iq" => format!("iq answer {} from {}", get("id"), get("from")),
        "presence" => format!("presence {} from {}", get("type"), get("from")),
        "message" => {
            let mut names: Vec<&str> = element
                .children()
                .map(Element::name)
                .filter(|name| !matches!(*name, "occupant-id" | "delay"))
                .collect();
            names.sort_unstable();
            format!("message from {} with {}", get("from"), names.join(" "))
        }
        name => name.to_owned(),
    }
}

/// Sources that a Jingle message tells of.
struct Change {
    remove: bool,
    sets: BTreeMap<String, [BTreeSet<String>; 4]>,
}

impl Change {
    fn is_add(&self) -> bool {
        !self.remove
    }

    fn apply(&self, known: &mut BTreeMap<String, Value>) {
        for (owner, lists) in &self.sets {
            let before: [BTreeSet<String>; 4] =
                known.get(owner).map_or_else(Default::default, |value| {
                    serde_json::from_value(value.clone()).unwrap()
                });
            let after: [BTreeSet<String>; 4] = std::array::from_fn(|at| {
                if self.remove {
                    &before[at] - &lists[at]
                } else {
                    &before[at] | &lists[at]
                }
            });
            if after.iter().all(BTreeSet::is_empty) {
                known.remove(owner);
            } else {
                known.insert(owner.clone(), serde_json::to_value(after).unwrap());
            }
        }
    }
}

/// The JSON sources of a message of the focus, the bridge's own with their SSRC masked.
fn sources_of(element: &Element) -> Option<Change> {
    let jingle = element.find("jingle", ns::JINGLE)?;
    let json: Value = serde_json::from_str(&jingle.text_of("json-message", ns::JITMEET)?).ok()?;
    let sets = json["sources"].as_object()?.iter().map(|(owner, lists)| {
        let list = |at: usize| -> BTreeSet<String> {
            lists[at]
                .as_array()
                .into_iter()
                .flatten()
                .map(|one| steady(one.clone()).to_string())
                .collect()
        };
        (owner.clone(), [list(0), list(1), list(2), list(3)])
    });
    Some(Change {
        remove: jingle.get("action") == Some("source-remove"),
        sets: sets.collect(),
    })
}
