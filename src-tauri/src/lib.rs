//! The Tauri shell: one window around the engine. It passes requests down and updates up and
//! decides nothing about meetings.

mod bridge;
mod graphics;
mod held;
mod options;
mod updates;
mod window;

use held::Held;
use options::Options;
use ranzen_engine::{Engine, EngineConfig};
use std::ffi::OsString;
use std::process::ExitCode;
use tauri::Manager;

/// Runs the window until it is closed.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let options = match Options::parse(arguments, std::env::var_os("RANZEN_PROFILE")) {
        Ok(options) => options,
        Err(usage) => return fail(&usage),
    };
    graphics::restart_without_gpu();
    ranzen_engine::start_log();
    match open(options) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => fail(&format!("{error:#}")),
    }
}

fn open(options: Options) -> Result<i32, Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let config = EngineConfig {
        profile: options.profile.clone(),
        extra_roots: options.extra_roots.clone(),
        keychain: options.keychain,
        ..EngineConfig::new(ranzen_texts::system_language())
    };
    let engine = {
        let _inside = runtime.enter();
        Engine::start(config).map_err(|problem| {
            let texts = ranzen_texts::problem_texts(&problem, ranzen_texts::system_language());
            format!("{} {} ({problem})", texts.cause, texts.action)
        })?
    };
    tauri::async_runtime::set(runtime.handle().clone());

    let app = tauri::Builder::default()
        .manage(Held::new(engine))
        .invoke_handler(tauri::generate_handler![
            bridge::request,
            bridge::subscribe,
            bridge::ask_save_path
        ])
        .setup(move |app| window::open(app, &options).map_err(Into::into))
        .build(tauri::generate_context!("tauri.conf.json"))?;
    let handle = app.handle().clone();
    let code = app.run_return(|_, _| {});
    runtime.block_on(handle.state::<Held>().finish());
    Ok(code)
}

fn fail(what: &str) -> ExitCode {
    eprintln!("ranzen: {what}");
    ExitCode::FAILURE
}
