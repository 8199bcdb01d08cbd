//! Everything that goes wrong says so: a sentence of cause, one of what to do, a code for IT, and an
//! exit code that is not zero. Seen from outside, through the program people start.
#![allow(clippy::disallowed_types, clippy::unwrap_used, missing_docs)]

mod support;

use ranzen_stand::{Options, Stand, Token};
use ranzen_testbed::{Host, network_or_left_out};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use support::{Part, Participant, program};

/// The exit codes of `ranzen-cli`, as its help lists them.
const USAGE: i32 = 2;
const NETWORK: i32 = 3;
const SERVER: i32 = 4;
const VAULT: i32 = 6;
const FILES: i32 = 7;

/// The answer to a call that must fail.
fn expect(what: &str, output: &Output, exit: i32, code: &str) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{what}: {said}");
    let lines: Vec<&str> = said.lines().collect();
    let at = lines
        .iter()
        .position(|line| *line == format!("[{code}]"))
        .unwrap_or_else(|| panic!("{what}: not {code}: {said}"));
    assert!(at >= 2, "{what}: cause and action are missing: {said}");
    for sentence in &lines[at - 2..at] {
        assert!(
            sentence.len() > 10 && sentence.ends_with(['.', '!', '?']) && !sentence.contains('{'),
            "{what}: no sentence: {sentence:?}"
        );
    }
}

/// `ranzen-cli join` without archive and sound devices.
fn join(host: &Host, link: &str, more: &[&str]) -> Output {
    host.command(program().to_str().unwrap())
        .args(["join", link, "--no-archive", "--no-microphone", "--quiet"])
        .args(["--lang", "de", "--no-keychain", "--duration", "40"])
        .args(more)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn links_names_and_ways_that_lead_nowhere_are_told_apart() {
    let Some(network) =
        network_or_left_out("links_names_and_ways_that_lead_nowhere_are_told_apart")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("anna").unwrap();
    // Names inside are answered by nobody but the hosts file, so an unknown one fails at once.
    host.set_names(&stand.names()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let root = root.to_str().unwrap();
    let good = stand.url("raum");

    let call = |link: &str, more: &[&str]| join(&host, link, more);
    let named = ["--name", "Anna"];
    expect(
        "no link",
        &call("Hallo zusammen", &named),
        USAGE,
        "RZ-LINK-INVALID",
    );
    expect(
        "a BigBlueButton link",
        &call(
            "https://bbb.example.org/bigbluebutton/api/join?meetingID=1",
            &named,
        ),
        USAGE,
        "RZ-LINK-UNSUPPORTED",
    );
    expect(
        "no name",
        &call(&good, &["--name", " "]),
        USAGE,
        "RZ-NAME-MISSING",
    );
    let long = "ä".repeat(200);
    expect(
        "a long name",
        &call(&good, &["--name", &long]),
        USAGE,
        "RZ-NAME-LONG",
    );
    expect(
        "an unknown host",
        &call("https://gibt-es-nicht.invalid/raum", &named),
        NETWORK,
        "RZ-NET-DNS",
    );
    expect(
        "an unknown authority",
        &call(&good, &named),
        NETWORK,
        "RZ-NET-TLS",
    );
    expect(
        "nobody at the port",
        &call(
            &format!("https://{}:9/raum", stand.host().address()),
            &["--name", "Anna", "--extra-root", root],
        ),
        NETWORK,
        "RZ-NET-UNREACHABLE",
    );
    expect(
        "a proxy that wants a login",
        &behind_a_proxy_that_wants_a_login(&host, &good, root),
        NETWORK,
        "RZ-PROXY-AUTH",
    );
}

/// Joins through a proxy in the same host that answers every CONNECT with 407.
fn behind_a_proxy_that_wants_a_login(host: &Host, link: &str, root: &str) -> Output {
    let proxy = host.spawn(|| async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:3128")
            .await
            .unwrap();
        let (mut caller, _) = listener.accept().await.unwrap();
        let mut asked = [0_u8; 2048];
        let length = caller.read(&mut asked).await.unwrap();
        caller
            .write_all(
                b"HTTP/1.1 407 Proxy Authentication Required\r\n\
                  Proxy-Authenticate: Basic realm=\"Schule\"\r\nContent-Length: 0\r\n\r\n",
            )
            .await
            .unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    // The address is asked for by the client, so that the proxy must be there before.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let output = host
        .command(program().to_str().unwrap())
        .args([
            "join",
            link,
            "--name",
            "Anna",
            "--no-archive",
            "--no-microphone",
        ])
        .args([
            "--quiet",
            "--lang",
            "de",
            "--no-keychain",
            "--extra-root",
            root,
        ])
        .env("https_proxy", "http://127.0.0.1:3128")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let asked = proxy.join();
    assert!(asked.starts_with("CONNECT "), "{asked}");
    output
}

#[test]
fn rooms_that_refuse_say_why() {
    let Some(network) = network_or_left_out("rooms_that_refuse_say_why") else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let (host, other) = (network.host("anna").unwrap(), network.host("ben").unwrap());
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let more = ["--name", "Anna", "--extra-root", root.to_str().unwrap()];
    let mut ben = Participant::join(
        &other,
        &Part {
            name: "Ben",
            link: stand.url("raum"),
            root: &root,
            speak: None,
            record: None,
            profile: folder.path(),
        },
    );
    ben.id();

    stand.set_password("raum", Some("geheim")).unwrap();
    let output = join(&host, &stand.url("raum"), &more);
    expect("a room with a password", &output, USAGE, "RZ-ROOM-PASSWORD");
    stand.set_password("raum", None).unwrap();

    stand.max_occupants("raum", 1).unwrap();
    let output = join(&host, &stand.url("raum"), &more);
    expect("a full room", &output, SERVER, "RZ-ROOM-FULL");
    stand.max_occupants("raum", 0).unwrap();

    // Whoever is inside is not disturbed by all this.
    ben.say("noch da");
    ben.wait_chat("noch da", 10);
    ben.leave();
}

#[test]
fn tokens_that_do_not_fit_are_refused_and_a_good_one_is_taken() {
    let Some(network) =
        network_or_left_out("tokens_that_do_not_fit_are_refused_and_a_good_one_is_taken")
    else {
        return;
    };
    let options = Options {
        token_secret: Some("ein-geheimnis".into()),
        ..Options::default()
    };
    let stand = Stand::start_with(&network, options).unwrap();
    let host = network.host("anna").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let more = ["--name", "Anna", "--extra-root", root.to_str().unwrap()];
    let with = |token: &str| format!("{}?jwt={token}", stand.url("raum"));

    let forged = Token::new("raum", "Anna").sign("ein-anderes");
    expect(
        "a forged token",
        &join(&host, &with(&forged), &more),
        USAGE,
        "RZ-LOGIN-TOKEN",
    );
    let old = Token {
        valid_for_s: -60,
        ..Token::new("raum", "Anna")
    };
    let old = old.sign("ein-geheimnis");
    expect(
        "an old token",
        &join(&host, &with(&old), &more),
        USAGE,
        "RZ-LOGIN-TOKEN",
    );

    let good = Token::new("raum", "Anna").sign("ein-geheimnis");
    let short = [&more[..], &["--duration", "3"]].concat();
    let output = host
        .command(program().to_str().unwrap())
        .args([
            "join",
            &with(&good),
            "--no-archive",
            "--no-microphone",
            "--quiet",
        ])
        .args(["--json", "--no-keychain"])
        .args(&short)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\"kind\":\"joined\""), "{said}");
    assert!(!said.contains(&good), "the token is a secret");
}

#[test]
fn a_computer_without_a_microphone_joins_all_the_same_and_says_so() {
    let Some(network) =
        network_or_left_out("a_computer_without_a_microphone_joins_all_the_same_and_says_so")
    else {
        return;
    };
    let stand = Stand::start(&network).unwrap();
    let host = network.host("anna").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = support::root(folder.path(), &stand);
    let output = host
        .command(program().to_str().unwrap())
        .args([
            "join",
            &stand.url("raum"),
            "--name",
            "Anna",
            "--no-archive",
            "--json",
        ])
        .args([
            "--no-keychain",
            "--lang",
            "de",
            "--duration",
            "5",
            "--extra-root",
        ])
        .arg(&root)
        .env("PULSE_SERVER", "unix:/nonexistent")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\"kind\":\"joined\""), "{said}");
    assert!(said.contains("RZ-MIC-MISSING"), "{said}");
}

/// A passphrase on descriptor 3, as a script would give it.
fn vault(profile: &Path, passphrase: Option<&str>, task: &[&str]) -> Output {
    let given = profile.parent().unwrap().join("given");
    let mut command = Command::new("sh");
    let (descriptor, flag) = match passphrase {
        Some(passphrase) => {
            std::fs::write(&given, format!("{passphrase}\n")).unwrap();
            ("3<\"$p\"", "--passphrase-fd 3")
        }
        None => ("", ""),
    };
    let script = format!("p=$1; shift; exec \"$@\" {flag} {descriptor}");
    command
        .args(["-c", &script, "sh"])
        .arg(&given)
        .arg(program());
    command
        .args(task)
        .args(["--no-keychain", "--lang", "de", "--profile"])
        .arg(profile)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_locked_a_damaged_and_a_homeless_vault_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    let made = vault(&profile, Some("Apfelkuchen mit Zimt"), &["vault", "create"]);
    assert!(made.status.success(), "{made:?}");

    let list = ["archive", "list"];
    expect(
        "locked",
        &vault(&profile, None, &list),
        VAULT,
        "RZ-VAULT-LOCKED",
    );
    let wrong = vault(&profile, Some("Birnenkuchen"), &list);
    expect("a wrong passphrase", &wrong, VAULT, "RZ-VAULT-PASSPHRASE");

    let database = profile.join("vault/vault.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&database, &bytes).unwrap();
    let damaged = vault(&profile, Some("Apfelkuchen mit Zimt"), &list);
    expect("damaged", &damaged, VAULT, "RZ-VAULT-CORRUPT");
    assert_eq!(
        std::fs::read(&database).unwrap(),
        bytes,
        "it must be left untouched"
    );
    bytes[middle] ^= 1;
    std::fs::write(&database, &bytes).unwrap();
    let mended = vault(&profile, Some("Apfelkuchen mit Zimt"), &list);
    assert!(mended.status.success(), "{mended:?}");
}

/// A file system of 256 KiB; unmounted on drop.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where mounting is not allowed.
    fn mount(at: &Path) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
            .arg(at)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_is_named_and_nothing_half_made_stays() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(&folder.path().join("disk")) else {
        // The real stderr: what a passing test prints is swallowed otherwise.
        let _ = writeln!(
            std::io::stderr(),
            "LEFT OUT: a_full_disk_is_named_and_nothing_half_made_stays: needs the right to mount"
        );
        return;
    };
    std::fs::write(disk.0.join("filling"), vec![7_u8; 250 * 1024]).unwrap();
    let profile = disk.0.join("profile");
    let made = vault(&profile, Some("Apfelkuchen mit Zimt"), &["vault", "create"]);
    expect("a full disk", &made, FILES, "RZ-DISK-FULL");
    std::fs::remove_file(disk.0.join("filling")).unwrap();
    let made = vault(&profile, Some("Apfelkuchen mit Zimt"), &["vault", "create"]);
    assert!(made.status.success(), "after making room: {made:?}");
}
