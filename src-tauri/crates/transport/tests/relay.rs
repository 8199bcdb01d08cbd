//! TURN through a real coturn, when nothing else gets through. 198.51.100.1 is the relay, .2 the peer
//! outside, .3 the school; its firewall is what each test says.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use common::{Side, play, side, tone};
use ranzen_net::{Door, DoorBuilder, ProxyChoice, Purpose};
use ranzen_testbed::{Authority, Coturn, Host, Network, network_or_left_out};
use ranzen_transport::{
    IcePolicy, IceServer, OfferWish, Transport, TransportConfig, TransportEvent, TransportState,
    TransportStats,
};
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::sync::oneshot;

const PACKETS: usize = 400;

struct Stand {
    school: Host,
    outside: Host,
    coturn: Coturn,
    authority: Authority,
    relay: Host,
    network: Network,
}

fn stand(name: &str) -> Option<Stand> {
    let network = network_or_left_out(name)?;
    let relay = network.host("relay").unwrap();
    let outside = network.host("outside").unwrap();
    let school = network.host("school").unwrap();
    let authority = Authority::new().unwrap();
    let identity = authority
        .server(&["turn.test"], &[relay.address().into()])
        .unwrap();
    let coturn = Coturn::start(&relay, &identity).unwrap();
    Some(Stand {
        school,
        outside,
        coturn,
        authority,
        relay,
        network,
    })
}

impl Stand {
    fn config(&self, door: DoorBuilder, urls: &[&str]) -> TransportConfig {
        let mut config = TransportConfig::new(door.build().unwrap());
        config.connect_timeout = Duration::from_secs(12);
        config.bind = vec![self.school.address().into()];
        let (username, credential) = self.coturn.credentials();
        config.ice_servers = urls
            .iter()
            .map(|url| IceServer {
                url: url.replace("RELAY", &self.relay.address().to_string()),
                username: username.clone(),
                credential: credential.clone().into(),
            })
            .collect();
        config
    }

    fn door(&self) -> DoorBuilder {
        Door::builder()
            .proxy(ProxyChoice::None)
            .extra_root_pem(self.authority.pem().as_bytes())
    }

    /// The school calls the peer outside; what the peer heard, and the school's figures.
    fn call(&self, config: TransportConfig) -> Outcome {
        let (offer, offered) = oneshot::channel::<String>();
        let (answer, answered) = oneshot::channel::<String>();
        let (done, is_done) = oneshot::channel::<()>();
        let address = self.outside.address();
        let outside = self.outside.spawn(move || async move {
            let mut us = side(common::bound_to(address.into())).await;
            let text = us
                .connection
                .answer_sdp(&offered.await.unwrap())
                .await
                .unwrap();
            answer.send(text).unwrap();
            let _ = is_done.await;
            us.drain(Duration::from_millis(500)).await.len()
        });
        let (state, stats, text) = self.school.run(move || async move {
            let mut us = side(config).await;
            let text = us
                .connection
                .offer_sdp(&OfferWish::default())
                .await
                .unwrap();
            offer.send(text.clone()).unwrap();
            us.connection
                .accept_answer_sdp(&answered.await.unwrap())
                .await
                .unwrap();
            let state = us.outcome().await;
            if state == TransportState::Connected {
                play(&*us.connection, tone(440.0, PACKETS)).await;
            }
            let stats = us.connection.stats().await;
            done.send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(700)).await;
            us.connection.close().await;
            (state, stats, text)
        });
        Outcome {
            state,
            stats,
            heard: outside.join(),
            offer: text,
        }
    }
}

impl Side {
    async fn outcome(&mut self) -> TransportState {
        let end = |e: &TransportEvent| {
            matches!(
                e,
                TransportEvent::State(TransportState::Connected | TransportState::Failed)
            )
        };
        match self.expect("an outcome", end).await {
            TransportEvent::State(state) => state,
            _ => unreachable!(),
        }
    }
}

#[derive(Debug)]
struct Outcome {
    state: TransportState,
    stats: TransportStats,
    heard: usize,
    offer: String,
}

impl Outcome {
    fn relayed(&self, protocol: &str) {
        assert_eq!(self.state, TransportState::Connected, "{self:?}");
        assert_eq!(self.heard, PACKETS, "{self:?}");
        let pair = self.stats.pair.as_ref().unwrap();
        assert_eq!(pair.local, "relay", "{self:?}");
        assert_eq!(pair.relay_protocol.as_deref(), Some(protocol), "{self:?}");
    }

    fn nothing(&self) {
        assert_eq!(
            (self.state, self.heard),
            (TransportState::Failed, 0),
            "{self:?}"
        );
    }
}

#[test]
fn turn_over_udp_carries_a_call_that_has_no_direct_path() {
    let Some(stand) = stand("turn_over_udp") else {
        return;
    };
    let path = format!("meta l4proto udp ip daddr {} drop", stand.outside.address());
    stand.school.filter(&path).unwrap();
    let mut direct = stand.config(stand.door(), &[]);
    direct.connect_timeout = Duration::from_secs(4);
    stand.call(direct).nothing();
    let config = stand.config(stand.door(), &["turn:RELAY:3478"]);
    let ledger = config.door.ledger().clone();
    stand.call(config).relayed("udp");
    let relay = format!("{}:3478", stand.relay.address());
    let named = ledger
        .snapshot()
        .into_iter()
        .find(|entry| entry.host == relay)
        .expect("the ledger has it");
    assert_eq!((named.purpose, named.protocol), (Purpose::Relay, "udp"));
    assert!(named.sent > 40_000, "{named:?}");
}

#[test]
fn turn_over_tcp_carries_a_call_where_udp_is_blocked() {
    let Some(stand) = stand("turn_over_tcp") else {
        return;
    };
    stand.school.block_udp().unwrap();
    let urls = [
        "turn:RELAY:3478?transport=udp",
        "turn:RELAY:3478?transport=tcp",
    ];
    let mut only_udp = stand.config(stand.door(), &urls[..1]);
    only_udp.connect_timeout = Duration::from_secs(4);
    stand.call(only_udp).nothing();
    stand.call(stand.config(stand.door(), &urls)).relayed("tcp");
}

#[test]
fn turn_over_tls_carries_a_call_where_udp_is_blocked() {
    let Some(stand) = stand("turn_over_tls") else {
        return;
    };
    stand.school.block_udp().unwrap();
    let mut config = stand.config(stand.door(), &["turns:RELAY:5349?transport=tcp"]);
    config.policy = IcePolicy::Relay;
    let ledger = config.door.ledger().clone();
    let outcome = stand.call(config);
    outcome.relayed("tls");
    let address = stand.school.address().to_string();
    assert!(
        !outcome.offer.contains(&address),
        "our address stays hidden: {}",
        outcome.offer
    );
    let entries = ledger.snapshot();
    let relay = entries
        .iter()
        .find(|entry| entry.protocol == "tls")
        .expect("the ledger has it");
    assert!(relay.sent > 40_000 && relay.received > 500, "{relay:?}");
}

#[test]
fn a_turn_server_with_a_foreign_certificate_is_not_used() {
    let Some(stand) = stand("foreign_certificate") else {
        return;
    };
    stand.school.block_udp().unwrap();
    let another = Authority::new().unwrap();
    let door = Door::builder()
        .proxy(ProxyChoice::None)
        .extra_root_pem(another.pem().as_bytes());
    let mut config = stand.config(door, &["turns:RELAY:5349"]);
    config.connect_timeout = Duration::from_secs(5);
    let log = stand.coturn.log();
    stand.call(config).nothing();
    assert!(
        !stand.coturn.log()[log.len()..].contains("ALLOCATE"),
        "{}",
        stand.coturn.log()
    );
}

#[test]
fn turn_over_tls_goes_through_the_schools_proxy() {
    let Some(stand) = stand("turn_through_a_proxy") else {
        return;
    };
    let proxy = stand.network.host("proxy").unwrap();
    let _squid = squid::start(&proxy);
    let only_proxy = format!("ip saddr != {0} ip daddr != {0} drop", proxy.address());
    stand.school.filter(&only_proxy).unwrap();
    let mut without = stand.config(stand.door(), &["turns:RELAY:5349"]);
    without.connect_timeout = Duration::from_secs(4);
    stand.call(without).nothing();
    let door = stand
        .door()
        .proxy(ProxyChoice::Fixed(squid::server(proxy.address())));
    stand
        .call(stand.config(door, &["turns:RELAY:5349"]))
        .relayed("tls");
}

mod squid {
    //! The school's proxy: only CONNECT, to the TLS port of TURN.
    use super::{Duration, Host, Ipv4Addr};
    use ranzen_net::ProxyServer;
    use ranzen_testbed::Process;

    pub struct Squid {
        _process: Process,
        _files: tempfile::TempDir,
    }

    pub fn start(host: &Host) -> Squid {
        let files = tempfile::Builder::new()
            .prefix("ranzen-squid-")
            .tempdir()
            .unwrap();
        // It gives up its rights and still has to write here.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(files.path(), open).unwrap();
        let at = |name: &str| files.path().join(name).display().to_string();
        let text = format!(
            "http_port {}:3128\nacl turn port 5349\nhttp_access allow CONNECT turn\nhttp_access deny all\n\
             pid_filename {}\naccess_log none\ncache_log {}\ncache deny all\ncoredump_dir {}\nshutdown_lifetime 0\n",
            host.address(),
            at("pid"),
            at("log"),
            at("")
        );
        std::fs::write(at("squid.conf"), text).unwrap();
        let mut command = host.command("squid");
        command.args([
            "-N",
            "-f",
            &at("squid.conf"),
            "-n",
            &format!("r{}", host.namespace().replace('-', "")),
        ]);
        let mut process = Process::spawn("squid", command).unwrap();
        process
            .wait_for_port(3128, Duration::from_secs(20))
            .unwrap();
        Squid {
            _process: process,
            _files: files,
        }
    }

    pub fn server(address: Ipv4Addr) -> ProxyServer {
        ProxyServer::new(&address.to_string(), 3128)
    }
}
