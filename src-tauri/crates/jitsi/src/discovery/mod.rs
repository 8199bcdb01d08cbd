//! Finding out how a deployment is reached: `config.js`, which is a program and not a document.

mod config;
mod script;

pub(crate) use config::Deployment;

use ranzen_meeting::{Code, Problem};
use ranzen_net::{Door, HttpRequest, Purpose};
use std::time::Duration;
use url::Url;

/// The official app waits as long.
const WITHIN: Duration = Duration::from_secs(10);
/// The largest seen has some 100 kB.
const SCRIPT_MAX: usize = 2 * 1024 * 1024;

/// Fetches and evaluates `config.js` of the deployment at `base`.
pub(crate) async fn discover(door: &Door, base: &Url, room: &str) -> Result<Deployment, Problem> {
    let host = base.host_str().unwrap_or_default().to_owned();
    let other = |why: String| Problem::new(Code::NotAMeetingServer, why).with("host", &host);
    let mut url = base
        .join("config.js")
        .map_err(|error| other(error.to_string()))?;
    url.query_pairs_mut().append_pair("room", room);
    let request = HttpRequest::get(url.as_str(), Purpose::Discovery)
        .limit(SCRIPT_MAX)
        .time_out(WITHIN);
    let answer = door.http(request).await?;
    match answer.status.as_u16() {
        200 => {}
        status @ (429 | 500..=599) => {
            return Err(Problem::new(
                Code::ServerBusy,
                format!("config.js: status {status}"),
            ));
        }
        status => return Err(other(format!("config.js: status {status}"))),
    }
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let place = base.clone();
    let config = tokio::task::spawn_blocking(move || script::evaluate(&text, &place))
        .await
        .map_err(|error| Problem::new(Code::Internal, error))?
        .map_err(|error| other(format!("config.js: {error}")))?;
    Deployment::read(&config, base).ok_or_else(|| other("config.js names no domain".into()))
}
