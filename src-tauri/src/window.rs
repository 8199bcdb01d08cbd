//! The one window, and what its page may do: nothing but be Ranzen's own.

use crate::options::Options;
use ranzen_meeting::Lang;
use tauri::webview::NewWindowResponse;
use tauri::{App, Url, WebviewUrl, WebviewWindowBuilder};

/// Size at the first start, logical pixels.
const SIZE: (f64, f64) = (1180.0, 800.0);
/// Below this the call's controls would not fit.
const SIZE_MIN: (f64, f64) = (360.0, 480.0);

/// Opens it.
pub(crate) fn open(app: &mut App, options: &Options) -> tauri::Result<()> {
    let page = format!("index.html?language={}", language());
    let mut builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::App(page.into()))
        .title("Ranzen")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SIZE_MIN.0, SIZE_MIN.1)
        .zoom_hotkeys_enabled(true)
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny);
    if let Some(folder) = options.webview_dir() {
        builder = builder.data_directory(folder);
    }
    builder.build()?;
    Ok(())
}

/// The system's language: the webview does not always know it.
fn language() -> &'static str {
    match ranzen_texts::system_language() {
        Lang::De => "de",
        Lang::En => "en",
    }
}

/// Is this a page of our own? The page never leaves itself, whatever a chat message holds.
fn is_own(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        // Windows serves the same pages under this host.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_page_can_only_go_to_itself() {
        for own in ["tauri://localhost/index.html", "http://tauri.localhost/"] {
            assert!(is_own(&own.parse().unwrap()), "{own}");
        }
        for foreign in [
            "https://example.org/",
            "http://tauri.localhost.example.org/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!is_own(&foreign.parse().unwrap()), "{foreign}");
        }
    }
}
