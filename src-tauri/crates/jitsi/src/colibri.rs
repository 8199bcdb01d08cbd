//! Messages of the bridge channel (`jvb: …/message/BridgeChannelMessage.kt`).

use ranzen_meeting::ParticipantId;
use serde_json::{Value, json};

/// Longer messages are not looked at: the bridge's own limit is 256 KiB.
const MESSAGE_MAX: usize = 256 * 1024;
/// More sources in one list are nonsense.
const LIST_MAX: usize = 5_000;

/// What the bridge tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BridgeMessage {
    /// The channel works.
    ServerHello,
    /// Who speaks most, or nobody.
    DominantSpeaker(Option<ParticipantId>),
    /// Whether sound and picture of an endpoint arrive at the bridge.
    Connectivity {
        /// Which endpoint.
        endpoint: ParticipantId,
        /// They arrive.
        active: bool,
    },
    /// How high our own picture needs to be at most; 0: nobody looks.
    SenderConstraints {
        /// Which of our sources.
        source: String,
        /// Pixels; negative for no limit.
        max_height: i64,
    },
    /// Whose pictures are on their way to us.
    ForwardedSources(Vec<String>),
    /// The bridge's estimate of the way to us, in bits per second.
    ConnectionStats {
        /// The estimate.
        downlink_bps: u64,
    },
    /// Something that is of no use to us.
    Other,
}

impl BridgeMessage {
    /// Reads a message; nothing at all for what is no message.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > MESSAGE_MAX {
            return None;
        }
        let value: Value = serde_json::from_str(text).ok()?;
        let class = value.get("colibriClass")?.as_str()?;
        let word = |key: &str| value.get(key).and_then(Value::as_str);
        Some(match class {
            "ServerHello" => Self::ServerHello,
            "DominantSpeakerEndpointChangeEvent" => Self::DominantSpeaker(
                word("dominantSpeakerEndpoint")
                    .filter(|id| !id.is_empty())
                    .map(ParticipantId::from),
            ),
            // The class has a longer name in the bridge than in its documentation.
            "EndpointConnectivityStatusChangeEvent" | "EndpointConnectivityStatus" => {
                Self::Connectivity {
                    endpoint: ParticipantId::from(word("endpoint")?),
                    active: match value.get("active") {
                        Some(Value::Bool(active)) => *active,
                        Some(Value::String(active)) => active == "true",
                        _ => return Some(Self::Other),
                    },
                }
            }
            "SenderSourceConstraints" => Self::SenderConstraints {
                source: word("sourceName")?.to_owned(),
                max_height: value.get("maxHeight")?.as_i64()?,
            },
            "ForwardedSources" => Self::ForwardedSources(
                value
                    .get("forwardedSources")?
                    .as_array()?
                    .iter()
                    .take(LIST_MAX)
                    .filter_map(|source| Some(source.as_str()?.to_owned()))
                    .collect(),
            ),
            "ConnectionStats" => Self::ConnectionStats {
                downlink_bps: value
                    .get("estimatedDownlinkBandwidth")
                    .and_then(Value::as_u64)?,
            },
            _ => Self::Other,
        })
    }
}

/// What must be said after each opening of the channel: we look at no pictures. Said plainly, the
/// bridge need not guess (a first message without `defaultConstraints` would mean 180p for all).
pub(crate) fn opening() -> Vec<String> {
    vec![
        json!({
            "colibriClass": "ReceiverVideoConstraints",
            "lastN": 0,
            "defaultConstraints": { "maxHeight": 0 },
        })
        .to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn messages_of_the_recordings_are_understood() {
        let read = |text: &str| BridgeMessage::read(text).unwrap();
        assert_eq!(
            read(r#"{"colibriClass":"ServerHello"}"#),
            BridgeMessage::ServerHello
        );
        assert_eq!(
            read(
                r#"{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"c7faa5b4","previousSpeakers":[],"silence":false}"#
            ),
            BridgeMessage::DominantSpeaker(Some("c7faa5b4".into()))
        );
        assert_eq!(
            read(
                r#"{"colibriClass":"SenderSourceConstraints", "sourceName":"05943ab0-v0", "maxHeight":720}"#
            ),
            BridgeMessage::SenderConstraints {
                source: "05943ab0-v0".into(),
                max_height: 720
            }
        );
        assert_eq!(
            read(
                r#"{"colibriClass":"EndpointConnectivityStatusChangeEvent","endpoint":"a","active":"false"}"#
            ),
            BridgeMessage::Connectivity {
                endpoint: "a".into(),
                active: false
            }
        );
        assert_eq!(
            read(r#"{"colibriClass":"ForwardedSources","forwardedSources":["c7faa5b4-v0"]}"#),
            BridgeMessage::ForwardedSources(vec!["c7faa5b4-v0".into()])
        );
        assert_eq!(
            read(r#"{"colibriClass":"ConnectionStats","estimatedDownlinkBandwidth":20000000}"#),
            BridgeMessage::ConnectionStats {
                downlink_bps: 20_000_000
            }
        );
        assert_eq!(read(r#"{"colibriClass":"New"}"#), BridgeMessage::Other);
        assert_eq!(BridgeMessage::read("[]"), None);
    }

    #[test]
    fn deep_and_large_messages_are_refused() {
        assert_eq!(BridgeMessage::read(&"[".repeat(100_000)), None);
        let large = format!(
            r#"{{"colibriClass":"ServerHello","x":"{}"}}"#,
            "y".repeat(MESSAGE_MAX)
        );
        assert_eq!(BridgeMessage::read(&large), None);
    }

    #[test]
    fn the_opening_asks_for_no_picture() {
        insta::assert_snapshot!(opening().join("\n"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\{\"colibriClass\":\"(EndpointConnectivityStatus|ForwardedSources|SenderSourceConstraints)\",[\"a-zA-Z0-9:,\\[\\]{}]{0,60}\\}") {
            let _ = BridgeMessage::read(&text);
        }
    }
}
