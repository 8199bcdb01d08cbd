//! The commands of the page, one line each into the engine.

use crate::held::Held;
use crate::updates;
use ranzen_engine::api::{Reply, Request, Update};
use std::path::PathBuf;
use tauri::ipc::Channel;
use tauri::{State, Window};

/// Passes a request down and its reply up.
#[tauri::command]
pub(crate) async fn request(held: State<'_, Held>, request: Request) -> Result<Reply, ()> {
    Ok(held.request(request).await)
}

/// Sends every update to the page until the page is gone.
#[tauri::command]
pub(crate) async fn subscribe(held: State<'_, Held>, updates: Channel<Update>) -> Result<(), ()> {
    held.forward(|engine| {
        tauri::async_runtime::spawn(async move {
            updates::forward(&engine, |update| updates.send(update).is_ok()).await;
        })
    });
    Ok(())
}

/// Asks the person where to save; nothing if they changed their mind.
#[tauri::command]
pub(crate) async fn ask_save_path(
    window: Window,
    suggested_name: String,
) -> Result<Option<PathBuf>, ()> {
    let mut dialog = rfd::AsyncFileDialog::new()
        .set_parent(&window)
        .set_file_name(suggested_name);
    let user = directories::UserDirs::new();
    if let Some(documents) = user.as_ref().and_then(|user| user.document_dir()) {
        dialog = dialog.set_directory(documents);
    }
    Ok(dialog.save_file().await.map(|file| file.path().to_owned()))
}
