//! The log of both faces: our own lines only, on standard error, and only when asked for.

use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// The variable that asks for log lines, e.g. `ranzen_jitsi=debug`.
const ASKED: &str = "RANZEN_LOG";

/// Starts the log. Lines of libraries never appear at any level: a WebSocket or webview library
/// writes whole messages, and what people say must not stand in a log.
pub fn start_log() {
    let asked = EnvFilter::try_from_env(ASKED).unwrap_or_else(|_| EnvFilter::new("off"));
    let ours = filter_fn(|line| line.target().starts_with("ranzen"));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(ours);
    let subscriber = tracing_subscriber::registry().with(asked).with(lines);
    // Not `init`, which would bridge in what libraries write through `log`. It fails only if there
    // is a log already.
    drop(tracing::subscriber::set_global_default(subscriber));
}
