//! The devices of this computer as they are now.

use crate::MediaError;
use cpal::traits::{DeviceTrait, HostTrait};
use std::fmt;

/// A device's stable name, e.g. `pulseaudio:alsa_input.usb-…`: the same after a restart, fit to be
/// kept in settings. It is not for people's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(pub String);

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One microphone or loudspeaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its stable id.
    pub id: DeviceId,
    /// Its name for people, as the operating system gives it.
    pub name: String,
    /// Whether the operating system would choose it.
    pub default: bool,
}

/// All microphones and loudspeakers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices {
    /// Microphones and other sources.
    pub inputs: Vec<Device>,
    /// Loudspeakers and headphones.
    pub outputs: Vec<Device>,
}

/// Bound on a list that comes from outside (virtual sound systems can hold thousands).
const MOST: usize = 256;

/// The devices there are now. Asks the operating system and may take some 10 ms; not for an async
/// thread. A computer without any device gives empty lists, not an error.
pub fn devices() -> Result<Devices, MediaError> {
    list(&host()?)
}

/// A connection to the sound system of this moment. A server that was restarted needs a new one.
pub(crate) fn host() -> Result<cpal::Host, MediaError> {
    Ok(cpal::default_host())
}

/// The devices `host` knows.
pub(crate) fn list(host: &cpal::Host) -> Result<Devices, MediaError> {
    let id_of = |device: &cpal::Device| device.id().ok().map(|id| id.to_string());
    let default_input = default_input(host).as_ref().and_then(id_of);
    let default_output = default_output(host).as_ref().and_then(id_of);
    let mut found = Devices::default();
    let all = host
        .devices()
        .map_err(|error| MediaError::NoSoundSystem(error.to_string()))?;
    for device in all {
        let Some(id) = id_of(&device) else { continue };
        let name = device.to_string();
        let entry = |default: &Option<String>| Device {
            id: DeviceId(id.clone()),
            name: name.clone(),
            default: default.as_ref() == Some(&id),
        };
        if device.supports_input() && !is_monitor(&id) && found.inputs.len() < MOST {
            found.inputs.push(entry(&default_input));
        }
        if device.supports_output() && !is_dummy(&id) && found.outputs.len() < MOST {
            found.outputs.push(entry(&default_output));
        }
    }
    Ok(found)
}

/// The microphone the operating system would choose. Without one, PulseAudio offers the monitor of
/// the loudspeaker, which would send the meeting back to itself.
pub(crate) fn default_input(host: &cpal::Host) -> Option<cpal::Device> {
    let is_real = |device: &cpal::Device| id_is(device, |id| !is_monitor(id));
    let default = host.default_input_device().filter(&is_real);
    default.or_else(|| host.input_devices().ok()?.find(is_real))
}

/// The loudspeaker the operating system would choose. Without one, PulseAudio and PipeWire offer a
/// dummy that nobody hears.
pub(crate) fn default_output(host: &cpal::Host) -> Option<cpal::Device> {
    let default = host.default_output_device();
    default.filter(|device| id_is(device, |id| !is_dummy(id)))
}

fn id_is(device: &cpal::Device, is: impl Fn(&str) -> bool) -> bool {
    device.id().is_ok_and(|id| is(&id.to_string()))
}

/// Whether an input is what a loudspeaker plays.
fn is_monitor(id: &str) -> bool {
    is_sound_server(id) && id.ends_with(".monitor")
}

/// Whether an output stands for "there is none".
fn is_dummy(id: &str) -> bool {
    is_sound_server(id) && id.ends_with(":auto_null")
}

fn is_sound_server(id: &str) -> bool {
    id.starts_with("pulseaudio:") || id.starts_with("pipewire:")
}
