//! `ranzen-stand`: a Jitsi deployment to try clients with, until Ctrl-C. Needs root (namespaces).
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use ranzen_stand::{Options, Stand};
use ranzen_testbed::Network;

fn main() -> anyhow::Result<()> {
    let network = Network::new()?;
    let stand = Stand::start_with(&network, Options::default())?;
    let client = network.host("client")?;
    client.set_names(&stand.names())?;
    let directory = tempfile::Builder::new()
        .prefix("ranzen-stand-ca-")
        .tempdir()?;
    let authority = directory.path().join("ca.pem");
    std::fs::write(&authority, stand.ca_pem())?;
    println!("link:   {} (or https://meet.test/try)", stand.url("try"));
    println!("root:   {}", authority.display());
    println!("client: ip netns exec {} <program>", client.namespace());
    println!("Ctrl-C ends it.");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let mut term =
                tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted,
                _ = term.recv() => Ok(()),
            }
        })?;
    for complaint in stand.complaints() {
        println!("complaint: {complaint}");
    }
    Ok(())
}
