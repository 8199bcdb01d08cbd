//! Two hosts on one switch: they reach each other, a cut and a filter are felt, nothing is left behind.
#![allow(clippy::disallowed_types, clippy::unwrap_used, missing_docs)]

use std::net::Ipv4Addr;
use std::time::Duration;

use ranzen_testbed::{Host, Network, Process, network_or_left_out};
use tokio::net::UdpSocket;

/// Sends `count` datagrams from one host to the other and counts the arrivals.
fn arrivals(from: &Host, to: &Host, count: u32) -> u32 {
    let address = to.address();
    let (ready, is_ready) = std::sync::mpsc::channel();
    let receiver = to.spawn(move || async move {
        let socket = UdpSocket::bind((address, 7000)).await.unwrap();
        ready.send(()).unwrap();
        let mut seen = 0;
        let mut buffer = [0; 16];
        while tokio::time::timeout(Duration::from_millis(500), socket.recv(&mut buffer))
            .await
            .is_ok()
        {
            seen += 1;
        }
        seen
    });
    is_ready.recv().unwrap();
    from.run(move || async move {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        for number in 0..count {
            let _ = socket.send_to(&number.to_be_bytes(), (address, 7000)).await;
        }
    });
    receiver.join()
}

fn pair(network: &Network) -> (Host, Host) {
    (network.host("a").unwrap(), network.host("b").unwrap())
}

#[test]
fn datagrams_cross_and_each_kind_of_trouble_is_felt() {
    let Some(network) = network_or_left_out("datagrams_cross_and_each_kind_of_trouble_is_felt")
    else {
        return;
    };
    let (a, b) = pair(&network);
    assert_eq!(arrivals(&a, &b, 50), 50, "an untouched link loses nothing");

    b.block_udp().unwrap();
    assert_eq!(arrivals(&a, &b, 20), 0, "blocked towards the host");
    assert_eq!(arrivals(&b, &a, 20), 0, "blocked from the host");
    b.drop_percent(50).unwrap();
    let (there, back) = (arrivals(&a, &b, 200), arrivals(&b, &a, 200));
    assert!(
        (40..160).contains(&there) && (40..160).contains(&back),
        "half lost each way: {there}, {back}"
    );
    b.restore().unwrap();
    assert_eq!(arrivals(&a, &b, 20), 20, "mended");

    b.silence().unwrap();
    assert_eq!(arrivals(&b, &a, 20), 0, "silent, though sending succeeds");
    b.restore().unwrap();
    a.cut().unwrap();
    assert_eq!(arrivals(&a, &b, 20), 0, "cable pulled");
    a.restore().unwrap();
    // The kernel tells the switch of a new link within a second or so.
    let back = (0..20).any(|_| arrivals(&a, &b, 20) == 20);
    assert!(back, "cable back");
}

#[test]
fn hosts_are_apart_from_the_machine_and_from_other_networks() {
    let Some(one) = network_or_left_out("hosts_are_apart_from_the_machine_and_from_other_networks")
    else {
        return;
    };
    let other = Network::new().unwrap();
    let (a, _b) = pair(&one);
    let (c, _d) = pair(&other);
    assert_eq!(
        a.address(),
        c.address(),
        "each network has its own addresses"
    );
    let port = a.run(|| async {
        let listener = tokio::net::TcpListener::bind("0.0.0.0:7001").await.unwrap();
        let address = listener.local_addr().unwrap();
        // Another thread of the same runtime must be inside, too.
        tokio::spawn(async move {
            tokio::net::TcpStream::connect(("127.0.0.1", address.port()))
                .await
                .unwrap()
        })
        .await
        .unwrap();
        address.port()
    });
    assert!(
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err(),
        "the machine itself doesn't see it"
    );
}

#[test]
fn processes_run_inside_see_their_names_and_die_with_the_host() {
    let Some(network) =
        network_or_left_out("processes_run_inside_see_their_names_and_die_with_the_host")
    else {
        return;
    };
    let (a, b) = pair(&network);
    a.set_names(&[("meet.test", b.address())]).unwrap();
    let mut names = a.command("getent");
    names.args(["hosts", "meet.test"]);
    let said = String::from_utf8(names.output().unwrap().stdout).unwrap();
    assert!(said.starts_with("198.51.100.2"), "{said}");

    let mut command = a.command("sh");
    command.args(["-c", "echo started; sleep 1000"]);
    let mut process = Process::spawn("sleeper", command).unwrap();
    process
        .wait_for_line("started", Duration::from_secs(10))
        .unwrap();
    let namespace = a.namespace().to_owned();
    drop(a);
    process.wait_for_end(Duration::from_secs(10)).unwrap();
    assert!(!std::path::Path::new(&format!("/var/run/netns/{namespace}")).exists());
    assert!(!std::path::Path::new(&format!("/etc/netns/{namespace}")).exists());
}

#[test]
fn a_panic_leaves_no_namespace_behind() {
    let Some(network) = network_or_left_out("a_panic_leaves_no_namespace_behind") else {
        return;
    };
    let host = network.host("a").unwrap();
    let namespace = host.namespace().to_owned();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        let _moved = (network, host);
        panic!("on purpose");
    }));
    assert!(outcome.is_err());
    assert!(!std::path::Path::new(&format!("/var/run/netns/{namespace}")).exists());
}
