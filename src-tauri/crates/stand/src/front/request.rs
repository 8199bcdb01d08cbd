//! Conference requests by HTTP, as Jicofo answers them.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};

use super::{Body, Front, plain};

/// The longest body that is read.
const BODY_MAX: usize = 64 * 1024;

pub(crate) async fn answer(front: &Front, request: Request<Incoming>) -> Response<Body> {
    if request.method() != Method::POST {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "POST");
    }
    let json = request
        .headers()
        .get(hyper::header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"application/json"));
    if !json {
        return plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "application/json");
    }
    let body = http_body_util::Limited::new(request.into_body(), BODY_MAX);
    match body.collect().await {
        Ok(body) => answer_text(front, &body.to_bytes()).await,
        Err(_) => plain(StatusCode::PAYLOAD_TOO_LARGE, "too large"),
    }
}

async fn answer_text(front: &Front, body: &[u8]) -> Response<Body> {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return plain(StatusCode::BAD_REQUEST, "malformed JSON");
    };
    let Some(room) = request["room"].as_str().map(str::to_lowercase) else {
        return plain(StatusCode::BAD_REQUEST, "no room");
    };
    match front.focus.request(room.clone()).await {
        Ok(()) => {
            let focus = format!("focus@auth.{}", front.options.domain);
            let text = json!({
                "room": room, "ready": true, "focusJid": focus,
                "properties": { "authentication": "false", "visitors-supported": "false" },
            });
            super::answer(StatusCode::OK, "application/json", text.to_string())
        }
        Err(condition) if condition == "bad-request" => plain(StatusCode::BAD_REQUEST, &condition),
        Err(condition) => plain(StatusCode::INTERNAL_SERVER_ERROR, &condition),
    }
}
