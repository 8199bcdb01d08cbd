//! HTTP requests: what is asked and what comes back.

mod exchange;
mod follow;
mod idle;

pub(crate) use exchange::{beginning, connection, failure, host_header, origin, path_and_query};
pub(crate) use idle::Idle;

use crate::door::Door;
use crate::error::{NetError, Step};
use crate::ledger::Purpose;
use bytes::Bytes;
use hyper::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::time::Duration;
use url::Url;

/// Enough for every config.js and answer that we know (the largest seen has some 100 kB).
const DEFAULT_LIMIT: usize = 2 * 1024 * 1024;

/// A request. Only `https`, and `http` to this device itself.
#[derive(Clone)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Absolute URL; a fragment is not sent.
    pub url: String,
    /// Name and value; `Host` and the length are added.
    pub headers: Vec<(String, String)>,
    /// Body, may be empty.
    pub body: Bytes,
    /// Why, for the ledger.
    pub purpose: Purpose,
    /// The longest answer body that is accepted, in bytes.
    pub limit: usize,
    /// How many redirects are followed; with 0 the answer that redirects is returned.
    pub redirects: u8,
    /// How long everything may take, redirects included; [`crate::TimeOuts::request`] if none.
    pub time_out: Option<Duration>,
}

/// An answer, whatever its status.
#[derive(Clone)]
pub struct HttpResponse {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, no longer than the request's limit.
    pub body: Bytes,
    /// Where it came from in the end.
    pub final_url: Url,
}

impl HttpRequest {
    /// A GET that follows up to five redirects.
    pub fn get(url: &str, purpose: Purpose) -> Self {
        Self {
            method: Method::GET,
            url: url.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
            purpose,
            limit: DEFAULT_LIMIT,
            redirects: 5,
            time_out: None,
        }
    }

    /// A POST that follows no redirect.
    pub fn post(url: &str, content_type: &str, body: impl Into<Bytes>, purpose: Purpose) -> Self {
        Self {
            method: Method::POST,
            body: body.into(),
            redirects: 0,
            ..Self::get(url, purpose)
        }
        .header("Content-Type", content_type)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the longest answer body that is accepted.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Sets how long everything may take.
    #[must_use]
    pub fn time_out(mut self, time_out: Duration) -> Self {
        self.time_out = Some(time_out);
        self
    }
}

impl Door {
    /// Asks and waits for the whole answer. Any status is an answer; errors are for what never
    /// became one.
    pub async fn http(&self, request: HttpRequest) -> Result<HttpResponse, NetError> {
        let time_out = request.time_out.unwrap_or(self.time_outs().request);
        let host = origin(&request.url, ["https", "http"])?.1.host;
        tokio::time::timeout(time_out, follow::follow(self, request))
            .await
            .map_err(|_| NetError::TimedOut {
                host,
                step: Step::Answer,
            })?
    }
}

/// URLs, headers and bodies hold room names and tokens: none of them is printed.
impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("purpose", &self.purpose)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
