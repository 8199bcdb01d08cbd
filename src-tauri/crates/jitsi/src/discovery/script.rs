//! Evaluating a foreign `config.js` without giving it anything.
//!
//! Real files are programs: statements after the literal, helper variables, conditions on the host's
//! name (`docker: …/settings-config.js`). The official apps run them in a JavaScript sandbox and take the
//! global `config` as JSON; so do we. The script gets no function of ours, little memory and time.

use rquickjs::context::EvalOptions;
use rquickjs::{CatchResultExt as _, Context, Runtime};
use serde_json::Value;
use std::time::{Duration, Instant};
use url::Url;

const MEMORY_MAX: usize = 32 * 1024 * 1024;
const STACK_MAX: usize = 256 * 1024;
const TIME_MAX: Duration = Duration::from_secs(1);
const JSON_MAX: usize = 4 * 1024 * 1024;

/// What some administrators' files touch.
const SURROUNDINGS: &str = "var window = globalThis, self = globalThis, top = globalThis;
var interfaceConfig = {};
var navigator = { userAgent: '', language: 'en', languages: [], platform: '' };
var document = { cookie: '', referrer: '', title: '', location: globalThis.location,
    querySelector: function () { return null; }, querySelectorAll: function () { return []; },
    getElementById: function () { return null; }, addEventListener: function () {},
    createElement: function () { return { style: {}, setAttribute: function () {} }; },
    head: { appendChild: function () {} }, body: { appendChild: function () {} } };
var localStorage = { getItem: function () { return null; }, setItem: function () {}, removeItem: function () {} };
var sessionStorage = localStorage;
var console = { log: function () {}, info: function () {}, warn: function () {}, error: function () {}, debug: function () {} };
var addEventListener = function () {}, setTimeout = function () { return 0; }, clearTimeout = function () {};
";

/// Why a script gives no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScriptError {
    /// It throws, is no JavaScript, or takes too much time or memory.
    #[error("the script fails: {0}")]
    Fails(String),
    /// It defines no object `config`.
    #[error("the script defines no config")]
    NoConfig,
    /// The engine can't be started.
    #[error("no JavaScript engine: {0}")]
    Engine(String),
}

/// Runs the script as if it had been loaded by the page at `place`. Takes up to a second.
pub(super) fn evaluate(text: &str, place: &Url) -> Result<Value, ScriptError> {
    let engine = |error: rquickjs::Error| ScriptError::Engine(error.to_string());
    let runtime = Runtime::new().map_err(engine)?;
    runtime.set_memory_limit(MEMORY_MAX);
    runtime.set_max_stack_size(STACK_MAX);
    let until = Instant::now() + TIME_MAX;
    runtime.set_interrupt_handler(Some(Box::new(move || Instant::now() >= until)));
    let context = Context::full(&runtime).map_err(engine)?;
    let options = || {
        let mut options = EvalOptions::default();
        // The page loads it as a classic script, where `var config` is global.
        options.strict = false;
        options
    };
    let before = format!("var location = {};\n{SURROUNDINGS}", location(place));
    let json: Option<String> = context.with(|ctx| {
        let run = |script: &str| {
            ctx.eval_with_options::<(), _>(script.as_bytes(), options())
                .catch(&ctx)
                .map_err(|error| ScriptError::Fails(short(&error.to_string())))
        };
        run(&before)?;
        run(text)?;
        // `const config` is visible to later scripts too, but not as a property.
        let taken = "typeof config === 'undefined' ? undefined : JSON.stringify(config)";
        ctx.eval_with_options::<Option<String>, _>(taken, options())
            .catch(&ctx)
            .map_err(|error| ScriptError::Fails(short(&error.to_string())))
    })?;
    let json = json.ok_or(ScriptError::NoConfig)?;
    if json.len() > JSON_MAX {
        return Err(ScriptError::NoConfig);
    }
    match serde_json::from_str(&json) {
        Ok(value @ Value::Object(_)) => Ok(value),
        _ => Err(ScriptError::NoConfig),
    }
}

fn location(place: &Url) -> Value {
    let host = place.host_str().unwrap_or_default();
    let with_port = place
        .port()
        .map_or(host.to_owned(), |port| format!("{host}:{port}"));
    serde_json::json!({
        "href": place.as_str(),
        "protocol": "https:",
        "host": with_port,
        "hostname": host,
        "port": place.port().map(|p| p.to_string()).unwrap_or_default(),
        "pathname": place.path(),
        "origin": format!("https://{with_port}"),
        "search": "",
        "hash": "",
    })
}

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(text: &str) -> Result<Value, ScriptError> {
        evaluate(
            text,
            &Url::parse("https://meet.example.org/schule/").unwrap(),
        )
    }

    /// The way of the container deployment: a literal, then statements.
    #[test]
    fn statements_after_the_literal_count() {
        let config = run("
            var subdomain = 'schule.';
            if (subdomain) { subdomain = subdomain.substr(0, subdomain.length - 1).split('.').join('_').toLowerCase() + '.'; }
            var subdir = '<!--# echo var=\"subdir\" default=\"\" -->';
            var config = { hosts: { domain: 'meet.jitsi' }, flags: {}, };
            config.hosts.muc = 'muc.' + subdomain + 'meet.jitsi';
            config.bosh = 'https://' + window.location.host + '/http-bind';
            config.resolution = /chrome/i.test(navigator.userAgent) ? 720 : 360;
            document.title = 'x'; interfaceConfig.APP_NAME = 'y';
        ")
        .unwrap();
        assert_eq!(config["hosts"]["muc"], "muc.schule.meet.jitsi");
        assert_eq!(config["bosh"], "https://meet.example.org/http-bind");
        assert_eq!(config["resolution"], 360);
    }

    #[test]
    fn every_kind_of_declaration_is_found() {
        for text in [
            "var config = {a: 1};",
            "const config = {a: 1};",
            "let config = {a: 1};",
            "config = {a: 1};",
            "window.config = {a: 1};",
            "/* eslint-disable */ var config = {a: 1, f: function () {}};",
        ] {
            assert_eq!(run(text).unwrap()["a"], 1, "{text}");
        }
    }

    #[test]
    fn what_is_no_configuration_is_told() {
        assert_eq!(run("var other = 1;"), Err(ScriptError::NoConfig));
        assert_eq!(run("var config = 7;"), Err(ScriptError::NoConfig));
        assert_eq!(run("var config = undefined;"), Err(ScriptError::NoConfig));
        for text in [
            "<!DOCTYPE html><html></html>",
            "var config = {",
            "throw new Error('x')",
        ] {
            assert!(matches!(run(text), Err(ScriptError::Fails(_))), "{text}");
        }
    }

    #[test]
    fn endless_and_greedy_scripts_are_stopped() {
        assert!(matches!(run("while (true) {}"), Err(ScriptError::Fails(_))));
        assert!(matches!(
            run("var a = []; while (true) { a.push(new Array(1000).fill(1)); }"),
            Err(ScriptError::Fails(_))
        ));
        assert!(matches!(
            run("function f() { f(); } f();"),
            Err(ScriptError::Fails(_))
        ));
        let tricky = "var config = { toJSON: function () { while (true) {} } };";
        assert!(matches!(run(tricky), Err(ScriptError::Fails(_))));
    }

    #[test]
    fn there_is_nothing_to_reach() {
        let config = run("var config = { found: [typeof require, typeof process, typeof fetch, typeof XMLHttpRequest, typeof std, typeof os, typeof WebSocket] };").unwrap();
        let found = config["found"].as_array().unwrap();
        assert!(found.iter().all(|kind| kind == "undefined"), "{found:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn no_text_makes_it_panic(text in "var config = [ -~]{0,60}") {
            let _ = run(&text);
        }
    }
}
