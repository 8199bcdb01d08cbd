//! Certificates good and bad.

use crate::peers::{Authority, Server, Validity, direct, door, localhost, rerun};
use ranzen_meeting::{Code, Problem};
use ranzen_net::{CertificateFault, Door, NetError, ProxyChoice, Purpose, Target};
use std::path::Path;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn fault_of(door: &Door, target: &Target) -> CertificateFault {
    let error = door.stream(target, Purpose::Signalling).await.unwrap_err();
    let NetError::Certificate { host, fault, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(host, &target.host);
    let fault = *fault;
    let problem = Problem::from(error);
    assert_eq!(problem.code, Code::TlsFailed);
    assert_eq!(problem.values["host"], target.host);
    fault
}

#[tokio::test]
async fn an_extra_root_is_trusted_and_bytes_go_both_ways() {
    let authority = Authority::new("school");
    let config = authority.config(&["localhost"], Validity::Now);
    let server = Server::echo(Some(config)).await;
    let door = door(&authority);
    let target = localhost(server.port);
    let mut stream = door.stream(&target, Purpose::Relay).await.unwrap();
    stream.write_all(b"Moin").await.unwrap();
    stream.flush().await.unwrap();
    let mut back = [0; 4];
    stream.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"Moin");
    assert_eq!(stream.peer_addr().port(), server.port);
}

#[tokio::test]
async fn a_certificate_for_an_address_is_accepted() {
    let authority = Authority::new("school");
    let config = authority.config(&["127.0.0.1"], Validity::Now);
    let server = Server::echo(Some(config)).await;
    let target = Target::tls("127.0.0.1", server.port);
    let stream = door(&authority).stream(&target, Purpose::Relay).await;
    assert!(stream.is_ok(), "{stream:?}");
}

#[tokio::test]
async fn each_fault_of_a_certificate_is_told_apart() {
    let authority = Authority::new("school");
    let door = door(&authority);
    for (names, validity, expected) in [
        ("other.example", Validity::Now, CertificateFault::WrongName),
        ("localhost", Validity::Past, CertificateFault::Expired),
        ("localhost", Validity::Future, CertificateFault::NotYetValid),
    ] {
        let server = Server::echo(Some(authority.config(&[names], validity))).await;
        assert_eq!(fault_of(&door, &localhost(server.port)).await, expected);
    }
    let stranger = Authority::new("stranger").config(&["localhost"], Validity::Now);
    let server = Server::echo(Some(stranger)).await;
    let fault = fault_of(&door, &localhost(server.port)).await;
    assert_eq!(fault, CertificateFault::UnknownIssuer);
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error() {
    let plain = Server::start(None, |mut socket| async move {
        let _ = socket.write_all(b"220 smtp.example ESMTP\r\n").await;
        let mut sink = [0; 512];
        while let Ok(1..) = socket.read(&mut sink).await {}
    })
    .await;
    let door = door(&Authority::new("school"));
    let target = localhost(plain.port);
    let error = door.stream(&target, Purpose::Signalling).await.unwrap_err();
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
    assert_eq!(Problem::from(error).code, Code::TlsFailed);
}

/// On Linux the operating system's store can be replaced by `SSL_CERT_FILE`; that needs a process
/// of its own.
#[tokio::test]
async fn an_extra_root_adds_to_the_systems_and_does_not_replace_it() {
    const ROLE: &str = "RANZEN_TEST_SYSTEM_ROOT";
    let directory = tempfile::tempdir().unwrap();
    let Ok(port_of_system) = std::env::var(ROLE) else {
        let system = Authority::new("system");
        let config = system.config(&["localhost"], Validity::Now);
        let server = Server::echo(Some(config)).await;
        let store = directory.path().join("store.pem");
        std::fs::write(&store, system.pem()).unwrap();
        let port = server.port.to_string();
        tokio::task::spawn_blocking(move || {
            rerun(
                "tls::an_extra_root_adds_to_the_systems_and_does_not_replace_it",
                &[(ROLE, &port), ("SSL_CERT_FILE", store.to_str().unwrap())],
            );
        })
        .await
        .unwrap();
        return;
    };
    let of_system = localhost(port_of_system.parse().unwrap());
    let extra = Authority::new("extra");
    let config = extra.config(&["localhost"], Validity::Now);
    let server = Server::echo(Some(config)).await;
    let of_extra = localhost(server.port);

    let file = directory.path().join("extra.pem");
    std::fs::write(&file, extra.pem()).unwrap();
    let both = Door::builder()
        .proxy(ProxyChoice::None)
        .extra_root_file(&file)
        .build()
        .unwrap();
    assert!(both.stream(&of_system, Purpose::Signalling).await.is_ok());
    assert!(both.stream(&of_extra, Purpose::Signalling).await.is_ok());

    let plain = Door::builder().proxy(ProxyChoice::None).build().unwrap();
    assert!(plain.stream(&of_system, Purpose::Signalling).await.is_ok());
    let fault = fault_of(&plain, &of_extra).await;
    assert_eq!(fault, CertificateFault::UnknownIssuer);
}

#[test]
fn roots_that_cannot_be_read_are_told_when_the_door_is_built() {
    let missing = Door::builder().extra_root_file(Path::new("/nowhere/root.pem"));
    let problem = Problem::from(missing.build().unwrap_err());
    assert_eq!(problem.code, Code::FileUnreadable);
    assert_eq!(problem.values["path"], "/nowhere/root.pem");
    let nonsense = direct(&Authority::new("x")).extra_root_pem(b"not PEM");
    let problem = Problem::from(nonsense.build().unwrap_err());
    assert_eq!(problem.code, Code::FileFormat);
}
