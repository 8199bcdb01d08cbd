//! Messages of the bridge channel: what a client may say, and what the bridge says.
//!
//! As strict as the original's Jackson: no duplicate keys, no unknown keys outside endpoint messages and
//! statistics, keys that must be there.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

/// A client's message.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    ClientHello,
    Constraints(Constraints),
    VideoType {
        source: String,
        kind: String,
    },
    LastN(i64),
    AudioSubscription(AudioSubscription),
    /// `to` is empty for everybody; the whole object goes on with `from` added.
    Endpoint {
        to: String,
        whole: Value,
    },
    Stats(Value),
}

/// Which pictures a receiver wants.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Constraints {
    #[serde(rename = "colibriClass")]
    _class: Option<String>,
    pub(crate) last_n: Option<i64>,
    pub(crate) selected_sources: Option<Vec<String>>,
    pub(crate) on_stage_sources: Option<Vec<String>>,
    pub(crate) default_constraints: Option<Height>,
    pub(crate) constraints: Option<BTreeMap<String, Height>>,
    #[serde(rename = "assumedBandwidthBps")]
    _assumed_bandwidth_bps: Option<i64>,
}

/// Limits for one source.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Height {
    pub(crate) max_height: i64,
    #[serde(rename = "maxFrameRate")]
    _max_frame_rate: Option<f64>,
}

/// Whose sound a receiver wants.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AudioSubscription {
    #[serde(rename = "colibriClass")]
    _class: Option<String>,
    pub(crate) all: Option<bool>,
    pub(crate) include: Option<Vec<String>>,
    pub(crate) exclude: Option<Vec<String>>,
}

/// Reads a message; the reason why the original would drop it.
pub(crate) fn read(text: &str) -> Result<Message, String> {
    let strict: Strict =
        serde_json::from_str(text).map_err(|error| format!("malformed: {error}"))?;
    let value = strict.0;
    let class = value["colibriClass"]
        .as_str()
        .ok_or("no colibriClass")?
        .to_owned();
    let string = |key: &str| {
        value[key]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| format!("{class} without {key}"))
    };
    let only = |keys: &[&str]| {
        let unknown = value
            .as_object()
            .into_iter()
            .flatten()
            .find(|(key, _)| *key != "colibriClass" && !keys.contains(&key.as_str()));
        unknown.map_or(Ok(()), |(key, _)| Err(format!("{class} has no {key}")))
    };
    match class.as_str() {
        "ClientHello" => only(&[]).map(|()| Message::ClientHello),
        "ReceiverVideoConstraints" => serde_json::from_value(value)
            .map(Message::Constraints)
            .map_err(|error| format!("{class}: {error}")),
        "SourceVideoTypeMessage" => {
            only(&["sourceName", "videoType"])?;
            let kind = string("videoType")?.to_lowercase();
            if !["camera", "desktop", "desktop_high_fps", "none"].contains(&kind.as_str()) {
                return Err(format!("{class}: unknown videoType {kind}"));
            }
            Ok(Message::VideoType {
                source: string("sourceName")?,
                kind,
            })
        }
        "LastNChangedEvent" => {
            only(&["lastN"])?;
            value["lastN"]
                .as_i64()
                .map(Message::LastN)
                .ok_or_else(|| format!("{class} without lastN"))
        }
        "ReceiverAudioSubscription" => serde_json::from_value(value)
            .map(Message::AudioSubscription)
            .map_err(|error| format!("{class}: {error}")),
        "EndpointMessage" => {
            let to = string("to")?;
            if !value["msgPayload"].is_object() {
                return Err(format!("{class} without msgPayload"));
            }
            Ok(Message::Endpoint { to, whole: value })
        }
        "EndpointStats" => Ok(Message::Stats(value)),
        _ => Err(format!("unknown colibriClass {class}")),
    }
}

/// `ServerHello`
pub(crate) fn server_hello() -> String {
    json!({ "colibriClass": "ServerHello" }).to_string()
}

/// `ForwardedSources`
pub(crate) fn forwarded(sources: &[String]) -> String {
    json!({ "colibriClass": "ForwardedSources", "forwardedSources": sources }).to_string()
}

/// `SenderSourceConstraints`; the spaces are the original's.
pub(crate) fn sender_constraints(source: &str, max_height: i64) -> String {
    let source = json!(source);
    format!(
        "{{\"colibriClass\":\"SenderSourceConstraints\", \"sourceName\":{source}, \"maxHeight\":{max_height}}}"
    )
}

/// `DominantSpeakerEndpointChangeEvent`
pub(crate) fn dominant_speaker(endpoint: &str, previous: &[String]) -> String {
    json!({
        "colibriClass": "DominantSpeakerEndpointChangeEvent",
        "dominantSpeakerEndpoint": endpoint, "previousSpeakers": previous, "silence": false,
    })
    .to_string()
}

/// `EndpointConnectivityStatusChangeEvent`; `active` is a string on the wire.
pub(crate) fn connectivity(endpoint: &str, active: bool) -> String {
    json!({
        "colibriClass": "EndpointConnectivityStatusChangeEvent",
        "endpoint": endpoint, "active": active.to_string(),
    })
    .to_string()
}

/// `ConnectionStats`
pub(crate) fn connection_stats(bandwidth_bps: u64) -> String {
    json!({ "colibriClass": "ConnectionStats", "estimatedDownlinkBandwidth": bandwidth_bps })
        .to_string()
}

/// JSON without duplicate keys.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Strict;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
                Ok(Strict(value.into()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
                Ok(Strict(value.into()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
                Ok(Strict(value.into()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
                Ok(Strict(value.into()))
            }
            fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
                Ok(Strict(value.into()))
            }
            fn visit_unit<E>(self) -> Result<Strict, E> {
                Ok(Strict(Value::Null))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Strict, A::Error> {
                let mut list = Vec::new();
                while let Some(Strict(value)) = seq.next_element()? {
                    list.push(value);
                }
                Ok(Strict(list.into()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Strict, A::Error> {
                let mut object = serde_json::Map::new();
                while let Some((key, Strict(value))) = map.next_entry::<String, Strict>()? {
                    if object.contains_key(&key) {
                        return Err(serde::de::Error::custom(format!("duplicate key {key}")));
                    }
                    object.insert(key, value);
                }
                Ok(Strict(object.into()))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_the_reference_client_sends_is_read() {
        for text in [
            r#"{"colibriClass":"ReceiverVideoConstraints","lastN":-1,"defaultConstraints":{"maxHeight":720}}"#,
            r#"{"colibriClass":"SourceVideoTypeMessage","sourceName":"11e41cc1-v0","videoType":"camera"}"#,
            r#"{"colibriClass":"EndpointMessage","msgPayload":{"name":"endpoint-reaction"},"to":""}"#,
            r#"{"colibriClass":"EndpointStats","bitrate":{"upload":1},"anything":[1,2.5,null,true]}"#,
            r#"{"colibriClass":"ReceiverVideoConstraints","constraints":{"a-v0":{"maxHeight":180}}}"#,
        ] {
            read(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        }
    }

    #[test]
    fn each_fault_is_named() {
        for (text, fault) in [
            ("{", "malformed"),
            (
                r#"{"colibriClass":"ClientHello","colibriClass":"ClientHello"}"#,
                "duplicate key",
            ),
            (r#"{"class":"ClientHello"}"#, "no colibriClass"),
            (r#"{"colibriClass":"Nonsense"}"#, "unknown colibriClass"),
            (
                r#"{"colibriClass":"EndpointMessage","msgPayload":{}}"#,
                "without to",
            ),
            (
                r#"{"colibriClass":"EndpointMessage","to":"","msgPayload":"x"}"#,
                "without msgPayload",
            ),
            (
                r#"{"colibriClass":"SourceVideoTypeMessage","sourceName":"a","videoType":"film"}"#,
                "unknown videoType",
            ),
            (
                r#"{"colibriClass":"SourceVideoTypeMessage","videoType":"none"}"#,
                "without sourceName",
            ),
            (
                r#"{"colibriClass":"ReceiverVideoConstraints","lastn":1}"#,
                "unknown field",
            ),
            (
                r#"{"colibriClass":"ReceiverVideoConstraints","defaultConstraints":{}}"#,
                "maxHeight",
            ),
        ] {
            let refused = read(text).unwrap_err();
            assert!(
                refused.contains(fault),
                "{text}: wanted {fault:?}, got {refused:?}"
            );
        }
    }
}
