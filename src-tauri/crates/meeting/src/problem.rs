//! Problems told to people: a stable code for IT, who caused it, and the values for the texts.
//!
//! The sentences (one of cause, one of what to do) live in the language catalogue under the code's
//! name; nothing here is shown as it is.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Blame {
    /// The person at this device: a wrong link, name, password.
    User,
    /// The way to the server: DNS, proxy, firewall, TLS.
    Network,
    /// The meeting's server, or its operator.
    Server,
    /// This computer: devices, disk, keychain.
    Device,
    /// Ranzen itself.
    Ourselves,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $blame:ident;)*) => {
        /// A stable code: the same in every language and version.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code there is; each needs its texts in the catalogue.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as people and IT read it, e.g. `RZ-NET-DNS`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// Who can do something about it.
            pub fn blame(self) -> Blame {
                match self { $(Code::$name => Blame::$blame,)* }
            }
        }
    };
}

codes! {
    /// The text is no meeting link.
    LinkInvalid = "RZ-LINK-INVALID", User;
    /// The link leads to a kind of meeting we can't join yet.
    LinkUnsupported = "RZ-LINK-UNSUPPORTED", User;
    /// No name was given where one is needed.
    NameMissing = "RZ-NAME-MISSING", User;
    /// The display name is too long. `{limit}`.
    NameTooLong = "RZ-NAME-LONG", User;
    /// The host name does not exist. `{host}`.
    HostUnknown = "RZ-NET-DNS", Network;
    /// Nobody answers at the host. `{host}`.
    HostUnreachable = "RZ-NET-UNREACHABLE", Network;
    /// The host did not answer in time. `{host}`.
    NetTimeout = "RZ-NET-TIMEOUT", Network;
    /// The certificate is not valid for the host. `{host}`.
    TlsFailed = "RZ-NET-TLS", Network;
    /// The proxy wants a login, or refuses ours (407). `{proxy}`.
    ProxyAuth = "RZ-PROXY-AUTH", Network;
    /// The proxy refuses this connection. `{proxy}`, `{host}`.
    ProxyRefused = "RZ-PROXY-REFUSED", Network;
    /// The proxy does not answer. `{proxy}`.
    ProxyUnreachable = "RZ-PROXY-UNREACHABLE", Network;
    /// The connection broke and did not come back.
    ConnectionLost = "RZ-NET-LOST", Network;
    /// There is no Jitsi or BigBlueButton at this address. `{host}`.
    NotAMeetingServer = "RZ-SERVER-OTHER", User;
    /// The server answered something we can't use.
    ServerProtocol = "RZ-SERVER-PROTOCOL", Server;
    /// The server refused. `{text}`: its own words.
    ServerRefused = "RZ-SERVER-REFUSED", Server;
    /// Too much at once: the server asks to wait.
    ServerBusy = "RZ-SERVER-BUSY", Server;
    /// The room can't be entered. `{text}`: the server's own words.
    RoomRefused = "RZ-ROOM-REFUSED", Server;
    /// The room is full.
    RoomFull = "RZ-ROOM-FULL", Server;
    /// A room password is needed, or the one given is wrong.
    RoomPassword = "RZ-ROOM-PASSWORD", User;
    /// Only members may enter and nobody lets us in.
    RoomMembersOnly = "RZ-ROOM-MEMBERS", Server;
    /// The host of the meeting has not come yet.
    RoomWaitForHost = "RZ-ROOM-HOST", Server;
    /// The token in the link is refused. `{text}`.
    TokenRefused = "RZ-LOGIN-TOKEN", User;
    /// The server wants a login.
    LoginRequired = "RZ-LOGIN-REQUIRED", User;
    /// Nobody manages the meeting: the focus does not answer.
    FocusMissing = "RZ-SERVER-FOCUS", Server;
    /// The server has no working video bridge: chat works, sound does not.
    BridgeMissing = "RZ-SERVER-BRIDGE", Server;
    /// No way for sound was found.
    MediaFailed = "RZ-MEDIA-PATH", Network;
    /// No microphone.
    MicrophoneMissing = "RZ-MIC-MISSING", Device;
    /// Another program holds the microphone.
    MicrophoneBusy = "RZ-MIC-BUSY", Device;
    /// The operating system does not let us use the microphone.
    MicrophoneDenied = "RZ-MIC-DENIED", Device;
    /// No loudspeaker.
    SpeakerMissing = "RZ-SPK-MISSING", Device;
    /// Another program holds the loudspeaker.
    SpeakerBusy = "RZ-SPK-BUSY", Device;
    /// A sound device failed in another way.
    DeviceFailed = "RZ-DEVICE-FAILED", Device;
    /// The disk is full. Nothing kept so far is lost.
    DiskFull = "RZ-DISK-FULL", Device;
    /// A file can't be read. `{path}`.
    FileUnreadable = "RZ-FILE-READ", Device;
    /// A file can't be written. `{path}`.
    FileUnwritable = "RZ-FILE-WRITE", Device;
    /// A file is there already and is not overwritten. `{path}`.
    FileExists = "RZ-FILE-EXISTS", User;
    /// A file is not what it should be. `{path}`.
    FileFormat = "RZ-FILE-FORMAT", User;
    /// There is no vault yet. `{path}`.
    VaultMissing = "RZ-VAULT-MISSING", User;
    /// There is a vault already. `{path}`.
    VaultExists = "RZ-VAULT-EXISTS", User;
    /// The passphrase is too short. `{limit}`: the least number of characters.
    PassphraseShort = "RZ-VAULT-SHORT", User;
    /// The vault is locked.
    VaultLocked = "RZ-VAULT-LOCKED", User;
    /// The passphrase or recovery code does not open the vault.
    VaultPassphrase = "RZ-VAULT-PASSPHRASE", User;
    /// The vault is damaged; it was left untouched. `{path}`.
    VaultCorrupt = "RZ-VAULT-CORRUPT", Device;
    /// The vault can't be written. `{path}`.
    VaultReadOnly = "RZ-VAULT-READONLY", Device;
    /// Another Ranzen has the vault open.
    VaultInUse = "RZ-VAULT-INUSE", User;
    /// The vault is from a newer Ranzen.
    VaultTooNew = "RZ-VAULT-NEWER", User;
    /// There is no keychain on this device, or it refuses.
    KeychainUnavailable = "RZ-KEYCHAIN", Device;
    /// There is no such meeting in the archive.
    RecordUnknown = "RZ-ARCHIVE-UNKNOWN", User;
    /// A chat message is empty.
    MessageEmpty = "RZ-CHAT-EMPTY", User;
    /// A chat message is too long. `{limit}`.
    MessageTooLong = "RZ-CHAT-LONG", User;
    /// The chat message was not accepted. `{text}`.
    MessageRefused = "RZ-CHAT-REFUSED", Server;
    /// That can't be done now.
    NotNow = "RZ-NOT-NOW", User;
    /// A mistake of ours.
    Internal = "RZ-INTERNAL", Ourselves;
}

/// Something that went wrong, ready to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{}: {chain}", code.as_str())]
pub struct Problem {
    /// The stable code.
    pub code: Code,
    /// Values for the sentences (`host`, `limit`, …). Never a secret.
    pub values: BTreeMap<String, String>,
    /// The chain of technical causes for IT's report. Never a secret, a name or a message's text.
    pub chain: String,
}

impl Problem {
    /// A problem with the given code and technical cause.
    pub fn new(code: Code, chain: impl std::fmt::Display) -> Self {
        Self {
            code,
            values: BTreeMap::new(),
            chain: chain.to_string(),
        }
    }

    /// Adds a value for the sentences.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}
