//! Why a connection could not be made, by who can do something about it.

use ranzen_meeting::Problem;

/// A failed connection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// The name does not exist.
    #[error("no address for {host}")]
    UnknownHost {
        /// Which.
        host: String,
    },
}

impl From<NetError> for Problem {
    fn from(error: NetError) -> Self {
        match &error {
            NetError::UnknownHost { host } => {
                Problem::new(ranzen_meeting::Code::HostUnknown, &error).with("host", host)
            }
        }
    }
}
