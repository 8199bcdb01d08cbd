//! UDP: datagrams counted by the address at the other end.

use crate::peers::{Authority, door};
use ranzen_net::{Purpose, UdpPort};
use std::net::SocketAddr;
use tokio::net::UdpSocket;

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

#[tokio::test]
async fn datagrams_are_counted_for_each_peer_by_its_name() {
    let door = door(&Authority::new("school"));
    let port = door.bind_udp(loopback(), Purpose::Media).unwrap();
    let bridge = UdpSocket::bind(loopback()).await.unwrap();
    let relay = UdpSocket::bind(loopback()).await.unwrap();
    let (to_bridge, to_relay) = (bridge.local_addr().unwrap(), relay.local_addr().unwrap());
    port.name_peer(to_relay, "turn.example.org", Purpose::Relay);

    port.send_to(&[1; 100], to_bridge).await.unwrap();
    port.send_to(&[2; 30], to_relay).await.unwrap();
    port.send_to(&[3; 50], to_bridge).await.unwrap();
    let mut buffer = [0; 2000];
    let (_, us) = bridge.recv_from(&mut buffer).await.unwrap();
    assert_eq!(us, port.local_addr().unwrap());
    bridge.send_to(&[4; 700], us).await.unwrap();
    let (count, from) = port.recv_from(&mut buffer).await.unwrap();
    assert_eq!((count, from), (700, to_bridge));

    let book = door.ledger().snapshot();
    let shown: Vec<_> = book
        .iter()
        .map(|e| (e.host.clone(), e.purpose, e.sent, e.received))
        .collect();
    assert_eq!(
        shown,
        [
            (
                format!("turn.example.org:{}", to_relay.port()),
                Purpose::Relay,
                30,
                0
            ),
            (to_bridge.to_string(), Purpose::Media, 150, 700),
        ]
    );
    assert!(book.iter().all(|e| e.is_open() && e.protocol == "udp"));
    drop(port);
    assert!(
        !door
            .ledger()
            .snapshot()
            .iter()
            .any(ranzen_net::Entry::is_open)
    );
}

#[tokio::test]
async fn a_socket_bound_elsewhere_can_be_taken_over() {
    let door = door(&Authority::new("school"));
    let bound = std::net::UdpSocket::bind(loopback()).unwrap();
    let port: UdpPort = door.adopt_udp(bound, Purpose::Media).unwrap();
    let us = port.local_addr().unwrap();
    port.send_to(b"to myself", us).await.unwrap();
    let mut buffer = [0; 20];
    assert_eq!(port.recv_from(&mut buffer).await.unwrap(), (9, us));
}

#[tokio::test]
async fn a_flood_of_strangers_shares_one_entry() {
    let door = door(&Authority::new("school"));
    let port = door.bind_udp(loopback(), Purpose::Media).unwrap();
    let us = port.local_addr().unwrap();
    let mut buffer = [0; 20];
    for _ in 0..200 {
        let stranger = UdpSocket::bind(loopback()).await.unwrap();
        stranger.send_to(&[0; 10], us).await.unwrap();
        port.recv_from(&mut buffer).await.unwrap();
    }
    let book = door.ledger().snapshot();
    assert!(book.len() < 60, "{}", book.len());
    assert_eq!(book.iter().map(|e| e.received).sum::<u64>(), 2000);
    assert_eq!(book.last().unwrap().host, "*");
}
