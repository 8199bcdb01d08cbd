//! The languages Ranzen speaks.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// German, the first language.
    #[default]
    De,
    /// English.
    En,
}
