//! The JSON lines of the socket.

use ranzen_engine::api::{Reply, Request, Update};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the page says.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// Chosen by the page; comes back with the reply.
    pub(crate) id: u64,
    /// What it wants.
    pub(crate) request: Request,
}

/// What the page hears.
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Said {
    /// The reply to a request.
    Reply {
        /// The request's.
        id: u64,
        /// The reply.
        reply: Reply,
    },
    /// Something changed.
    Update {
        /// What.
        update: Update,
    },
    /// Where the page may save; said first, if anywhere.
    SaveFolder {
        /// There.
        save_folder: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn the_lines_are_those_of_the_page() {
        let asked: Asked =
            serde_json::from_value(json!({ "id": 3, "request": { "kind": "leave" } })).unwrap();
        assert_eq!(asked.id, 3);
        let said = |line: Said| serde_json::to_value(line).unwrap();
        assert_eq!(
            said(Said::Reply {
                id: 3,
                reply: Reply::Done
            }),
            json!({ "id": 3, "reply": { "kind": "done" } })
        );
        assert_eq!(
            said(Said::Update {
                update: Update::DevicesChanged
            }),
            json!({ "update": { "kind": "devicesChanged" } })
        );
        assert_eq!(
            said(Said::SaveFolder {
                save_folder: "/x".into()
            }),
            json!({ "saveFolder": "/x" })
        );
    }
}
