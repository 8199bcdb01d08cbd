//! Opens a microphone or loudspeaker: 10 ms periods where the device allows them, its own rate,
//! channels and sample format.

use super::callback::{Vitals, from_device, to_device};
use super::list::{DeviceId, default_input, default_output, host};
use crate::{MediaError, Side};
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A sound system that doesn't answer for this long counts as failed.
const PATIENCE: Duration = Duration::from_secs(3);

/// A device that is running.
pub(crate) struct Opened<End> {
    /// Which one it became.
    pub(crate) id: DeviceId,
    /// Samples per second and channel.
    pub(crate) rate: u32,
    /// What its callback tells.
    pub(crate) vitals: Arc<Vitals>,
    /// Our end of the ring.
    pub(crate) end: End,
    stream: cpal::Stream,
}

impl<End> Opened<End> {
    /// Takes our end of the ring away; what remains keeps the device running.
    pub(crate) fn split(self) -> (Running, End) {
        let running = Running {
            id: self.id,
            vitals: self.vitals,
            stream: Some(self.stream),
        };
        (running, self.end)
    }
}

/// Keeps a device open until it is dropped.
pub(crate) struct Running {
    pub(crate) id: DeviceId,
    pub(crate) vitals: Arc<Vitals>,
    stream: Option<cpal::Stream>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Closing a stream whose device the sound server has taken away may never return.
        let stream = self.stream.take();
        let closer = thread::Builder::new().name("ranzen-close".into());
        if let Err(error) = closer.spawn(move || drop(stream)) {
            tracing::warn!(%error, "no thread for closing a sound device");
        }
    }
}

/// Opens the chosen microphone, or the default one. Sound flows when this returns.
pub(crate) fn open_input(wanted: Option<DeviceId>) -> Result<Opened<Consumer<f32>>, MediaError> {
    patiently(Side::Input, move || {
        let host = host()?;
        let device = match &wanted {
            Some(id) => by_id(&host, id),
            None => default_input(&host),
        };
        let device = device.ok_or(MediaError::NoInput)?;
        let config = device.default_input_config();
        let config = config.map_err(|error| told(Side::Input, &error))?;
        let rate = config.sample_rate();
        let channels = usize::from(config.channels()).max(1);
        let vitals = Arc::new(Vitals::default());
        let (producer, end) = RingBuffer::new(rate as usize);
        let stream = with_period(config.config(), producer, |stream_config, producer| {
            let vitals = Arc::clone(&vitals);
            let format = config.sample_format();
            input_stream(&device, stream_config, format, channels, producer, vitals)
        });
        let (stream, end) = match stream {
            Ok(stream) => (stream, end),
            Err(_) => {
                // The period was refused: a new ring, for the first went down with its callback.
                let (producer, end) = RingBuffer::new(rate as usize);
                let stream = input_stream(
                    &device,
                    config.config(),
                    config.sample_format(),
                    channels,
                    producer,
                    Arc::clone(&vitals),
                );
                (stream.map_err(|error| told(Side::Input, &error))?, end)
            }
        };
        start(Side::Input, &device, stream, rate, vitals, end)
    })
}

/// Opens the chosen loudspeaker, or the default one.
pub(crate) fn open_output(wanted: Option<DeviceId>) -> Result<Opened<Producer<f32>>, MediaError> {
    patiently(Side::Output, move || {
        let host = host()?;
        let device = match &wanted {
            Some(id) => by_id(&host, id),
            None => default_output(&host),
        };
        let device = device.ok_or(MediaError::NoOutput)?;
        let config = device.default_output_config();
        let config = config.map_err(|error| told(Side::Output, &error))?;
        let rate = config.sample_rate();
        let channels = usize::from(config.channels()).max(1);
        let vitals = Arc::new(Vitals::default());
        let (end, consumer) = RingBuffer::new(rate as usize / 2);
        let stream = with_period(config.config(), consumer, |stream_config, consumer| {
            let vitals = Arc::clone(&vitals);
            let format = config.sample_format();
            output_stream(&device, stream_config, format, channels, consumer, vitals)
        });
        let (stream, end) = match stream {
            Ok(stream) => (stream, end),
            Err(_) => {
                let (end, consumer) = RingBuffer::new(rate as usize / 2);
                let stream = output_stream(
                    &device,
                    config.config(),
                    config.sample_format(),
                    channels,
                    consumer,
                    Arc::clone(&vitals),
                );
                (stream.map_err(|error| told(Side::Output, &error))?, end)
            }
        };
        start(Side::Output, &device, stream, rate, vitals, end)
    })
}

/// Sound systems can hang; a thread that never comes back is left behind.
fn patiently<End: Send + 'static>(
    side: Side,
    open: impl FnOnce() -> Result<Opened<End>, MediaError> + Send + 'static,
) -> Result<Opened<End>, MediaError> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .name("ranzen-open".into())
        .spawn(move || {
            // Nobody waits any more: the device is closed again at once.
            let _ = sender.send(open());
        })
        .map_err(|error| MediaError::Engine(error.to_string()))?;
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        Err(MediaError::DeviceFailed {
            side,
            cause: "the sound system does not answer".into(),
        })
    })
}

fn by_id(host: &cpal::Host, id: &DeviceId) -> Option<cpal::Device> {
    let id = id.0.parse().ok()?;
    host.device_by_id(&id)
}

/// Asks for periods of 10 ms: some sound servers take seconds by default.
fn with_period<End>(
    mut config: StreamConfig,
    end: End,
    build: impl FnOnce(StreamConfig, End) -> Result<cpal::Stream, cpal::Error>,
) -> Result<cpal::Stream, cpal::Error> {
    config.buffer_size = BufferSize::Fixed(config.sample_rate / 100);
    build(config, end)
}

fn start<End>(
    side: Side,
    device: &cpal::Device,
    stream: cpal::Stream,
    rate: u32,
    vitals: Arc<Vitals>,
    end: End,
) -> Result<Opened<End>, MediaError> {
    stream.play().map_err(|error| told(side, &error))?;
    let id = device.id().map_err(|error| told(side, &error))?;
    Ok(Opened {
        id: DeviceId(id.to_string()),
        rate,
        vitals,
        end,
        stream,
    })
}

macro_rules! by_format {
    ($format:expr, $build:ident($($argument:expr),*)) => {
        match $format {
            SampleFormat::F32 => $build::<f32>($($argument),*),
            SampleFormat::I16 => $build::<i16>($($argument),*),
            SampleFormat::I24 => $build::<cpal::I24>($($argument),*),
            SampleFormat::I32 => $build::<i32>($($argument),*),
            SampleFormat::U8 => $build::<u8>($($argument),*),
            SampleFormat::I8 => $build::<i8>($($argument),*),
            SampleFormat::U16 => $build::<u16>($($argument),*),
            SampleFormat::U32 => $build::<u32>($($argument),*),
            SampleFormat::F64 => $build::<f64>($($argument),*),
            _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
        }
    };
}

fn input_stream(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    channels: usize,
    ring: Producer<f32>,
    vitals: Arc<Vitals>,
) -> Result<cpal::Stream, cpal::Error> {
    fn build<T>(
        device: &cpal::Device,
        config: StreamConfig,
        channels: usize,
        ring: Producer<f32>,
        vitals: Arc<Vitals>,
    ) -> Result<cpal::Stream, cpal::Error>
    where
        T: SizedSample,
        f32: FromSample<T>,
    {
        let mut callback = from_device::<T>(channels, ring, Arc::clone(&vitals));
        device.build_input_stream(
            config,
            move |buffer: &[T], _: &cpal::InputCallbackInfo| callback(buffer),
            move |error: cpal::Error| vitals.note(error.kind()),
            Some(PATIENCE),
        )
    }
    by_format!(format, build(device, config, channels, ring, vitals))
}

fn output_stream(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    channels: usize,
    ring: Consumer<f32>,
    vitals: Arc<Vitals>,
) -> Result<cpal::Stream, cpal::Error> {
    fn build<T>(
        device: &cpal::Device,
        config: StreamConfig,
        channels: usize,
        ring: Consumer<f32>,
        vitals: Arc<Vitals>,
    ) -> Result<cpal::Stream, cpal::Error>
    where
        T: SizedSample + FromSample<f32>,
    {
        let mut callback = to_device::<T>(channels, ring, Arc::clone(&vitals));
        device.build_output_stream(
            config,
            move |buffer: &mut [T], _: &cpal::OutputCallbackInfo| callback(buffer),
            move |error: cpal::Error| vitals.note(error.kind()),
            Some(PATIENCE),
        )
    }
    by_format!(format, build(device, config, channels, ring, vitals))
}

/// A failure in our words: missing, busy and refused ask for different things of people.
fn told(side: Side, error: &cpal::Error) -> MediaError {
    let cause = error.to_string();
    match (error.kind(), side) {
        (ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable, Side::Input) => {
            MediaError::NoInput
        }
        (ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable, Side::Output) => {
            MediaError::NoOutput
        }
        (ErrorKind::DeviceBusy, Side::Input) => MediaError::InputBusy(cause),
        (ErrorKind::DeviceBusy, Side::Output) => MediaError::OutputBusy(cause),
        (ErrorKind::PermissionDenied, Side::Input) => MediaError::InputDenied(cause),
        (ErrorKind::PermissionDenied, Side::Output) => MediaError::OutputDenied(cause),
        _ => MediaError::DeviceFailed { side, cause },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_busy_and_refused_are_told_apart() {
        let told = |side, kind| told(side, &cpal::Error::new(kind));
        assert_eq!(
            told(Side::Input, ErrorKind::DeviceNotAvailable),
            MediaError::NoInput
        );
        assert_eq!(
            told(Side::Output, ErrorKind::HostUnavailable),
            MediaError::NoOutput
        );
        let busy = told(Side::Input, ErrorKind::DeviceBusy);
        assert!(matches!(busy, MediaError::InputBusy(_)));
        let denied = told(Side::Input, ErrorKind::PermissionDenied);
        assert!(matches!(denied, MediaError::InputDenied(_)));
        let other = told(Side::Output, ErrorKind::BackendError);
        assert_eq!(other.side(), Some(Side::Output));
    }

    #[test]
    fn a_sound_system_that_fails_is_not_waited_for() {
        let failed = patiently::<Consumer<f32>>(Side::Input, || Err(MediaError::NoInput));
        assert_eq!(failed.err(), Some(MediaError::NoInput));
    }
}
