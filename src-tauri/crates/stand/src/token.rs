//! Tokens as a school's portal would make them (HS256).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// What a token says; [`Token::sign`] makes the text for `?jwt=`.
#[derive(Debug, Clone)]
pub struct Token {
    /// The room it is for, `*` for any.
    pub room: String,
    /// The person's name in it.
    pub name: String,
    /// Seconds from now until it expires; may be negative.
    pub valid_for_s: i64,
    /// Who it is meant for; the stand wants `ranzen`.
    pub audience: String,
}

impl Token {
    /// A good token for `room`.
    #[must_use]
    pub fn new(room: &str, name: &str) -> Self {
        Self {
            room: room.to_owned(),
            name: name.to_owned(),
            valid_for_s: 3600,
            audience: "ranzen".to_owned(),
        }
    }

    /// Signs it.
    #[must_use]
    pub fn sign(&self, secret: &str) -> String {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs() as i64);
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "HS256", "typ": "JWT" }).to_string());
        let claims = json!({
            "iss": "ranzen", "aud": self.audience, "sub": "meet.test", "room": self.room,
            "exp": now + self.valid_for_s,
            "context": { "user": { "name": self.name, "id": "u1" } },
        });
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}
