//! Sound devices and their problems in the words of the faces.

use crate::api::{Device, Reply};
use ranzen_media::{DeviceId, Input, MediaError, Output, Side};
use ranzen_meeting::{Code, Problem};
use ranzen_rtp::AudioLevel;

/// Below this a meter shows nothing, in −dBov.
const METER_FLOOR: f32 = 60.0;

/// Which problem a failure of sound is.
pub(crate) fn problem(error: &MediaError) -> Problem {
    let code = match error {
        MediaError::NoInput => Code::MicrophoneMissing,
        MediaError::InputBusy(_) => Code::MicrophoneBusy,
        MediaError::InputDenied(_) => Code::MicrophoneDenied,
        MediaError::NoOutput | MediaError::NoSoundSystem(_) => Code::SpeakerMissing,
        MediaError::OutputBusy(_) => Code::SpeakerBusy,
        MediaError::FileUnreadable { .. } => Code::FileUnreadable,
        MediaError::FileFormat { .. } => Code::FileFormat,
        MediaError::FileUnwritable { .. } => Code::FileUnwritable,
        MediaError::DiskFull { .. } => Code::DiskFull,
        MediaError::Engine(_) => Code::Internal,
        _ => Code::DeviceFailed,
    };
    let problem = Problem::new(code, error);
    match error {
        MediaError::FileUnreadable { path, .. }
        | MediaError::FileFormat { path, .. }
        | MediaError::FileUnwritable { path, .. }
        | MediaError::DiskFull { path } => problem.with("path", path.display()),
        _ => problem,
    }
}

/// Whether news that this side works again settles the problem.
pub(crate) fn settled_by(problem: &Problem, side: Side) -> bool {
    match problem.code {
        Code::MicrophoneMissing | Code::MicrophoneBusy | Code::MicrophoneDenied => {
            side == Side::Input
        }
        Code::SpeakerMissing | Code::SpeakerBusy => side == Side::Output,
        Code::DeviceFailed => true,
        _ => false,
    }
}

/// A level for a meter: 0 silence … 1 full scale, linear in decibels as ears are.
pub(crate) fn meter(level: AudioLevel) -> f32 {
    (1.0 - f32::from(level.minus_dbov) / METER_FLOOR).clamp(0.0, 1.0)
}

/// The devices there are now.
pub(crate) fn devices() -> Reply {
    let list = |devices: Vec<ranzen_media::Device>| {
        devices
            .into_iter()
            .map(|device| Device {
                id: device.id.to_string(),
                name: device.name,
                default: device.default,
            })
            .collect()
    };
    match ranzen_media::devices() {
        Ok(devices) => Reply::Devices {
            inputs: list(devices.inputs),
            outputs: list(devices.outputs),
        },
        Err(error) => Reply::Refused {
            problem: problem(&error),
        },
    }
}

/// The microphone a face chose.
pub(crate) fn input(id: Option<String>) -> Input {
    id.map_or(Input::Default, |id| Input::Device(DeviceId(id)))
}

/// The loudspeaker a face chose.
pub(crate) fn output(id: Option<String>) -> Output {
    id.map_or(Output::Default, |id| Output::Device(DeviceId(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_shows_nothing_and_full_scale_fills_the_meter() {
        let level = |minus_dbov| AudioLevel {
            minus_dbov,
            voice: false,
        };
        assert!(meter(level(127)).abs() < f32::EPSILON);
        assert!((meter(level(0)) - 1.0).abs() < f32::EPSILON);
        assert!(meter(level(20)) > meter(level(40)));
    }

    #[test]
    fn a_microphone_that_is_back_settles_only_its_own_problem() {
        let missing = problem(&MediaError::NoInput);
        assert!(settled_by(&missing, Side::Input));
        assert!(!settled_by(&missing, Side::Output));
        let full = problem(&MediaError::DiskFull { path: "x".into() });
        assert!(!settled_by(&full, Side::Input));
    }
}
