//! What runs inside the sound system's callbacks: moving samples between a device's buffer and a
//! ring. No lock, no allocation, no logging (proven by the test below).

use cpal::{FromSample, SizedSample};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

/// What a callback tells about itself.
#[derive(Debug, Default)]
pub(crate) struct Vitals {
    /// Samples per channel moved at once.
    period: AtomicUsize,
    /// Times it was called; standing still means a dead device.
    calls: AtomicU64,
    /// Times there was too little to play, or no room for what was heard.
    gaps: AtomicU64,
    failure: AtomicU8,
}

/// How a device ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Unplugged, or the sound server closed it.
    Gone,
    /// Everything else.
    Other,
}

impl Vitals {
    pub(crate) fn period(&self) -> usize {
        self.period.load(Ordering::Relaxed)
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn gaps(&self) -> u64 {
        self.gaps.load(Ordering::Relaxed)
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.failure.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Failure::Gone),
            _ => Some(Failure::Other),
        }
    }

    /// Takes an error of the stream; may be called on the device's own thread.
    pub(crate) fn note(&self, kind: cpal::ErrorKind) {
        use cpal::ErrorKind as Kind;
        let code = match kind {
            // A glitch, a refused priority, a stream that went on by itself: nothing to be done.
            Kind::Xrun | Kind::RealtimeDenied | Kind::DeviceChanged => return,
            Kind::DeviceNotAvailable | Kind::StreamInvalidated | Kind::HostUnavailable => 1,
            _ => 2,
        };
        self.failure.store(code, Ordering::Relaxed);
    }

    fn called(&self, frames: usize) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.period.store(frames, Ordering::Relaxed);
    }
}

/// From the microphone: the channels are averaged into the ring. When it is full (the audio thread
/// stands still) the newest sound is dropped.
pub(crate) fn from_device<T>(
    channels: usize,
    mut ring: Producer<f32>,
    vitals: Arc<Vitals>,
) -> impl FnMut(&[T]) + Send + 'static
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let share = 1.0 / channels as f32;
    move |buffer: &[T]| {
        let frames = buffer.len() / channels;
        vitals.called(frames);
        let room = ring.slots().min(frames);
        if room < frames {
            vitals.gaps.fetch_add(1, Ordering::Relaxed);
        }
        let Ok(chunk) = ring.write_chunk_uninit(room) else {
            return;
        };
        let mono = buffer.chunks_exact(channels).map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample_(*sample)).sum();
            sum * share
        });
        chunk.fill_from_iter(mono);
    }
}

/// To the loudspeaker: the first two channels get the sound, further ones (centre, bass, rear) stay
/// silent. What is missing is silence, faded into.
pub(crate) fn to_device<T>(
    channels: usize,
    mut ring: Consumer<f32>,
    vitals: Arc<Vitals>,
) -> impl FnMut(&mut [T]) + Send + 'static
where
    T: SizedSample + FromSample<f32>,
{
    let mut last = 0.0f32;
    move |buffer: &mut [T]| {
        let frames = buffer.len() / channels;
        vitals.called(frames);
        let ready = ring.slots().min(frames);
        if ready < frames {
            vitals.gaps.fetch_add(1, Ordering::Relaxed);
        }
        let Ok(chunk) = ring.read_chunk(ready) else {
            return;
        };
        let mut sound = chunk.into_iter();
        for frame in buffer.chunks_exact_mut(channels) {
            last = match sound.next() {
                Some(sample) => sample,
                // From any amplitude to −60 dB in 3 ms.
                None => last * 0.953,
            };
            for (channel, sample) in frame.iter_mut().enumerate() {
                *sample = T::from_sample_(if channel < 2 { last } else { 0.0 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::counting_allocator::allocations_in;
    use rtrb::RingBuffer;

    #[test]
    fn channels_are_averaged_and_spread() {
        let vitals = Arc::new(Vitals::default());
        let (producer, mut consumer) = RingBuffer::new(8);
        let mut capture = from_device::<i16>(2, producer, Arc::clone(&vitals));
        capture(&[16_384, 0, 8_192, 8_192]);
        assert_eq!(consumer.pop(), Ok(0.25));
        assert_eq!(consumer.pop(), Ok(0.25));
        assert_eq!(vitals.period(), 2);

        let (mut producer, consumer) = RingBuffer::new(8);
        producer.push(0.5).unwrap();
        let mut render = to_device::<f32>(3, consumer, Arc::clone(&vitals));
        let mut buffer = [9.0; 6];
        render(&mut buffer);
        assert_eq!(buffer[..3], [0.5, 0.5, 0.0]);
        assert!(buffer[3] < 0.5, "then it fades");
        assert_eq!(vitals.gaps(), 1);
    }

    #[test]
    fn a_full_ring_loses_the_newest_and_says_so() {
        let vitals = Arc::new(Vitals::default());
        let (producer, mut consumer) = RingBuffer::new(2);
        let mut capture = from_device::<f32>(1, producer, Arc::clone(&vitals));
        capture(&[0.1, 0.2, 0.3]);
        assert_eq!((consumer.pop(), consumer.pop()), (Ok(0.1), Ok(0.2)));
        assert_eq!(vitals.gaps(), 1);
    }

    #[test]
    fn callbacks_do_not_allocate() {
        let vitals = Arc::new(Vitals::default());
        let (producer, consumer) = RingBuffer::new(4800);
        let mut capture = from_device::<i16>(2, producer, Arc::clone(&vitals));
        let mut render = to_device::<i16>(2, consumer, Arc::clone(&vitals));
        let heard = [1234i16; 960];
        let mut played = [0i16; 960];
        let count = allocations_in(|| {
            for _ in 0..100 {
                capture(&heard);
                render(&mut played);
                render(&mut played);
            }
            vitals.note(cpal::ErrorKind::StreamInvalidated);
        });
        assert_eq!(count, 0);
        assert_eq!(played[959], 0, "the second time nothing was left");
        assert!(allocations_in(|| drop(std::hint::black_box(vec![0u8; 100]))) > 0);
    }
}
