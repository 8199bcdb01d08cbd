//! What can be known of a token before a server sees it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ranzen_meeting::{Code, Problem, Token, UnixMillis};
use serde_json::Value;

/// Clocks of servers and devices differ by about that.
const LEEWAY_S: i64 = 60;
const PAYLOAD_MAX: usize = 64 * 1024;

/// Fails for a token whose time is over. Nothing else is judged: only the server has the key.
pub(crate) fn check(token: &Token, now: UnixMillis) -> Result<(), Problem> {
    let expired = expiry(token).is_some_and(|exp| exp.saturating_add(LEEWAY_S) < now.0 / 1000);
    if expired {
        return Err(Problem::new(Code::TokenRefused, "the token's exp is past")
            .with("text", "token expired"));
    }
    Ok(())
}

fn expiry(token: &Token) -> Option<i64> {
    let payload = token.secret().split('.').nth(1)?;
    if payload.len() > PAYLOAD_MAX {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    let exp = &claims["exp"];
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time in seconds; saturates"
    )]
    exp.as_i64().or_else(|| exp.as_f64().map(|exp| exp as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> Token {
        Token::new(format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims)))
    }

    #[test]
    fn only_a_token_whose_time_is_over_is_refused_beforehand() {
        let now = UnixMillis(1_000_000_000);
        assert!(check(&token(r#"{"exp":1000001}"#), now).is_ok());
        assert!(
            check(&token(r#"{"exp":999990}"#), now).is_ok(),
            "clocks differ"
        );
        assert!(check(&token(r#"{"room":"*"}"#), now).is_ok());
        assert!(check(&Token::new("garbage".into()), now).is_ok());
        for old in [r#"{"exp":900000}"#, r#"{"exp":900000.5}"#, r#"{"exp":-1}"#] {
            assert_eq!(
                check(&token(old), now).unwrap_err().code,
                Code::TokenRefused,
                "{old}"
            );
        }
    }
}
