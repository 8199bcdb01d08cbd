//! Debian's Prosody with a configuration and modules of our own, in a temporary directory.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ranzen_testbed::{Host, Process};

use crate::Options;

/// Where Prosody speaks HTTP (BOSH and WebSocket), inside the stand's host.
pub(crate) const HTTP_PORT: u16 = 5280;
/// Where components connect (XEP-0114).
pub(crate) const COMPONENT_PORT: u16 = 5347;
/// The components' shared secret; it protects nothing.
pub(crate) const COMPONENT_SECRET: &str = "stand";

/// Our modules, written next to the configuration.
const MODULES: [(&str, &str); 10] = [
    (
        "mod_auth_stand.lua",
        include_str!("../prosody/mod_auth_stand.lua"),
    ),
    (
        "mod_stand_session.lua",
        include_str!("../prosody/mod_stand_session.lua"),
    ),
    (
        "mod_stand_identities.lua",
        include_str!("../prosody/mod_stand_identities.lua"),
    ),
    (
        "mod_stand_client.lua",
        include_str!("../prosody/mod_stand_client.lua"),
    ),
    (
        "mod_stand_room.lua",
        include_str!("../prosody/mod_stand_room.lua"),
    ),
    (
        "mod_stand_lobby.lua",
        include_str!("../prosody/mod_stand_lobby.lua"),
    ),
    (
        "mod_stand_metadata.lua",
        include_str!("../prosody/mod_stand_metadata.lua"),
    ),
    (
        "mod_stand_speakerstats.lua",
        include_str!("../prosody/mod_stand_speakerstats.lua"),
    ),
    (
        "mod_stand_avmoderation.lua",
        include_str!("../prosody/mod_stand_avmoderation.lua"),
    ),
    (
        "mod_stand_endconference.lua",
        include_str!("../prosody/mod_stand_endconference.lua"),
    ),
];

/// Starts Prosody in `host` and waits until it listens.
pub(crate) fn start(host: &Host, options: &Options, directory: &Path) -> anyhow::Result<Process> {
    let modules = directory.join("modules");
    fs::create_dir_all(&modules)?;
    fs::create_dir_all(directory.join("data"))?;
    for (name, text) in MODULES {
        fs::write(modules.join(name), text)?;
    }
    let configuration = directory.join("prosody.cfg.lua");
    fs::write(&configuration, configure(options, directory))?;
    let mut command = host.command("prosody");
    command.arg("--config").arg(&configuration).arg("-F");
    let mut process = Process::spawn("prosody", command)?;
    let patience = Duration::from_secs(30);
    process.wait_for_port(COMPONENT_PORT, patience)?;
    process.wait_for_port(HTTP_PORT, patience)?;
    Ok(process)
}

fn configure(options: &Options, directory: &Path) -> String {
    let domain = &options.domain;
    let directory = directory.display();
    let services = options.external_services.join("; ");
    let token = options
        .token_secret
        .as_ref()
        .map_or_else(String::new, |secret| {
            let quoted: String = secret
                .chars()
                .filter(|c| !matches!(c, '"' | '\\' | '\n'))
                .collect();
            format!("    stand_token_secret = \"{quoted}\"\n")
        });
    let max_occupants = options.max_occupants;
    format!(
        r#"-- Test only: written by the stand.
run_as_root = true
certificates = "{directory}"
pidfile = "{directory}/prosody.pid"
data_path = "{directory}/data"
plugin_paths = {{ "{directory}/modules" }}
log = {{ info = "*console" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{}}
c2s_direct_tls_ports = {{}}
s2s_ports = {{}}
s2s_direct_tls_ports = {{}}
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {HTTP_PORT} }}
https_ports = {{}}
http_default_host = "{domain}"
component_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {COMPONENT_PORT} }}
modules_enabled = {{ "roster"; "saslauth"; "disco"; "private"; "ping"; "limits" }}
modules_disabled = {{ "s2s"; "offline"; "register" }}
allow_registration = false
storage = "internal"
c2s_require_encryption = false
consider_bosh_secure = true
consider_websocket_secure = true
component_admins_as_room_owners = true
limits = {{ c2s = {{ rate = "512kb/s"; burst = "4s" }} }}
smacks_max_unacked_stanzas = 5
smacks_hibernation_time = 60
smacks_max_old_sessions = 1

VirtualHost "{domain}"
    authentication = "stand"
{token}    modules_enabled = {{
        "bosh"; "websocket"; "smacks"; "external_services";
        "stand_session"; "stand_identities"; "stand_client";
    }}
    external_services = {{ {services} }}
    stand_lobby = "lobby.{domain}"
    stand_components = {{
        lobbyrooms = "lobby.{domain}";
        room_metadata = "metadata.{domain}";
        speakerstats = "speakerstats.{domain}";
        av_moderation = "avmoderation.{domain}";
        end_conference = "endconference.{domain}";
    }}

Component "conference.{domain}" "muc"
    restrict_room_creation = true
    storage = "memory"
    modules_enabled = {{ "stand_room"; "stand_lobby" }}
    admins = {{ "focus@auth.{domain}" }}
    stand_focus = "focus@auth.{domain}"
    stand_lobby = "lobby.{domain}"
    stand_max_occupants = {max_occupants}
    muc_room_locking = false
    muc_room_default_public_jids = true

Component "lobby.{domain}" "muc"
    restrict_room_creation = true
    storage = "memory"
    muc_room_locking = false
    muc_room_default_public_jids = true

Component "metadata.{domain}" "stand_metadata"
    muc_component = "conference.{domain}"

Component "speakerstats.{domain}" "stand_speakerstats"
    muc_component = "conference.{domain}"

Component "avmoderation.{domain}" "stand_avmoderation"
    muc_component = "conference.{domain}"

Component "endconference.{domain}" "stand_endconference"
    muc_component = "conference.{domain}"

Component "focus.{domain}"
    component_secret = "{COMPONENT_SECRET}"

Component "auth.{domain}"
    component_secret = "{COMPONENT_SECRET}"
"#
    )
}
