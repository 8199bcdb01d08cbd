//! The encrypted store on the user's device: key slots, chat, search, durability.
//!
//! ```text
//! vault.db         SQLCipher database under a random 256-bit key; everything is in here
//! vault.keys       the key, wrapped once per way of opening: keychain, passphrase, recovery code
//! vault.keys.copy  the same again
//! vault.db-wal     SQLite's log while it is open, and after a crash
//! vault.mark       how much of that log was acknowledged
//! vault.lock       held while a process has the vault open
//! ```
//! The promises: an acknowledged message survives the death of the process; a damaged byte is
//! noticed and nothing is made worse; nothing readable is ever on the disk; a full disk loses
//! nothing. One writer thread, readers on connections of their own.

mod ack;
mod atomic;
mod db;
mod error;
mod fold;
mod kdf;
mod keychain;
mod keyfile;
mod keys;
mod location;
mod lock;
mod migrate;
mod options;
mod probe;
mod query;
mod reader;
mod recovery;
mod search;
mod secret;
mod slot;
mod vault;
mod wal_mark;
mod write;
mod writer;

pub use ack::Ack;
pub use error::VaultError;
pub use kdf::KdfCost;
pub use keychain::{Keychain, NoKeychain, SystemKeychain};
pub use location::vault_dir;
pub use options::{KeychainChoice, NewVault, Options, PASSPHRASE_MIN_CHARS};
pub use probe::Probe;
pub use recovery::RecoveryCode;
pub use search::Hit;
pub use secret::Secret;
pub use slot::SlotKind;
pub use vault::Vault;
