//! Sending a request, on a connection that is there already or a new one, and following redirects.

use super::exchange::{collect, failure, host_header, path_and_query};
use super::idle::Kept;
use super::{HttpRequest, HttpResponse, connection, origin};
use crate::door::Door;
use crate::error::NetError;
use crate::target::Target;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue, LOCATION};
use hyper::{Method, Request, Response, StatusCode};
use url::Url;

const SCHEMES: [&str; 2] = ["https", "http"];
/// What is meant for one server only and is not carried to another.
const PRIVATE: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

pub(super) async fn follow(
    door: &Door,
    mut request: HttpRequest,
) -> Result<HttpResponse, NetError> {
    let mut left = request.redirects;
    loop {
        let (url, target) = origin(&request.url, SCHEMES)?;
        let answer = exchange(door, &request, &url, &target).await?;
        let Some(next) = next(&answer, &url) else {
            return Ok(answer);
        };
        if request.redirects == 0 {
            return Ok(answer);
        }
        let refuse = |why| NetError::Redirect {
            host: target.host.clone(),
            why,
        };
        left = left
            .checked_sub(1)
            .ok_or_else(|| refuse("too many redirects"))?;
        let next = next.map_err(refuse)?;
        let (_, to) =
            origin(next.as_str(), SCHEMES).map_err(|_| refuse("it leads to where we don't go"))?;
        if target.tls && !to.tls {
            return Err(refuse("it leads from encrypted to not encrypted"));
        }
        if to != target {
            request
                .headers
                .retain(|(name, _)| !PRIVATE.contains(&name.to_ascii_lowercase().as_str()));
        }
        rewrite(&mut request, answer.status);
        request.url = next.into();
    }
}

/// The next URL, if the answer redirects.
fn next(answer: &HttpResponse, url: &Url) -> Option<Result<Url, &'static str>> {
    if !matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers.get(LOCATION)?;
    let next = location.to_str().ok().and_then(|to| url.join(to).ok());
    Some(next.ok_or("it leads nowhere"))
}

/// RFC 9110 §15.4: what becomes of method and body.
fn rewrite(request: &mut HttpRequest, status: StatusCode) {
    let to_get = status == StatusCode::SEE_OTHER
        || (matches!(status.as_u16(), 301 | 302) && request.method == Method::POST);
    if to_get && request.method != Method::HEAD {
        request.method = Method::GET;
        request.body = bytes::Bytes::new();
        request
            .headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    }
}

async fn exchange(
    door: &Door,
    request: &HttpRequest,
    url: &Url,
    target: &Target,
) -> Result<HttpResponse, NetError> {
    let (answer, kept) = send(door, request, url, target).await?;
    let (head, body) = answer.into_parts();
    let body = collect(body, request.limit, &target.host).await?;
    door.idle().put(kept).await;
    Ok(HttpResponse {
        status: head.status,
        headers: head.headers,
        body,
        final_url: url.clone(),
    })
}

async fn send(
    door: &Door,
    request: &HttpRequest,
    url: &Url,
    target: &Target,
) -> Result<(Response<Incoming>, Kept), NetError> {
    let mut message = message(request, url)?;
    while let Some(mut kept) = door.idle().take(target, request.purpose) {
        match kept.sender.try_send_request(message).await {
            Ok(answer) => return Ok((answer, kept)),
            Err(mut error) => match error.take_message() {
                // It was closed while it lay idle, and nothing was sent.
                Some(unsent) => message = unsent,
                None => return Err(failure(&target.host, error.error())),
            },
        }
    }
    let protocol = if target.tls { "https" } else { "http" };
    let stream = door.http_stream(target, request.purpose, protocol).await?;
    let (sender, driver) = connection(stream, &target.host).await?;
    let mut kept = Kept::new(target.clone(), request.purpose, sender, driver);
    let answer = kept.sender.send_request(message).await;
    let answer = answer.map_err(|e| failure(&target.host, &e))?;
    Ok((answer, kept))
}

fn message(request: &HttpRequest, url: &Url) -> Result<Request<Full<bytes::Bytes>>, NetError> {
    let bad = |what: &str| NetError::Request {
        why: format!("{what} can't be sent"),
    };
    let mut message = Request::builder()
        .method(request.method.clone())
        .uri(path_and_query(url))
        .header("host", host_header(url))
        .body(Full::new(request.body.clone()))
        .map_err(|_| bad("the path"))?;
    for (name, value) in &request.headers {
        let header = HeaderName::try_from(name.as_str()).map_err(|_| bad("a header's name"))?;
        let mut value = HeaderValue::try_from(value.as_str())
            .map_err(|_| bad(&format!("the value of {header}")))?;
        value.set_sensitive(PRIVATE.contains(&header.as_str()));
        message.headers_mut().append(header, value);
    }
    Ok(message)
}
