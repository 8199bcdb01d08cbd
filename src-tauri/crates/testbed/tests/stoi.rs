//! The judge of speech: what is good scores high, what is spoilt or missing scores low.
#![allow(clippy::unwrap_used, missing_docs)]

use ranzen_testbed::{speech, stoi};

fn spoken(index: usize) -> (Vec<f32>, u32) {
    speech::read(&speech::file(index).unwrap()).unwrap()
}

/// White noise of a fixed seed in −1…1.
fn noise(count: usize) -> Vec<f32> {
    let mut state = 12345u32;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

#[test]
fn the_original_itself_scores_one_and_another_speaker_does_not() {
    let (clean, hz) = spoken(0);
    assert_eq!(hz, 48_000);
    let same = stoi::judge(&clean, hz, &clean, hz).unwrap();
    assert!(same.stoi > 0.9999 && same.lag_ms.abs() < 0.2, "{same:?}");
    let (other, _) = spoken(1);
    let wrong = stoi::judge(&clean, hz, &other, hz).unwrap();
    assert!(wrong.stoi < 0.5, "{wrong:?}");
}

#[test]
fn a_delay_is_found_and_does_not_matter() {
    let (clean, hz) = spoken(2);
    let mut late = vec![0.0; 48_000 * 7 / 4];
    late.extend(clean.iter().map(|sample| sample * 0.3));
    let judged = stoi::judge(&clean, hz, &late, hz).unwrap();
    assert!(
        judged.stoi > 0.999 && (judged.lag_ms - 1750.0).abs() < 0.3,
        "{judged:?}"
    );
    let judged = stoi::judge(&clean, hz, &clean[48_000..], hz).unwrap();
    assert!(
        judged.stoi > 0.999 && (judged.lag_ms + 1000.0).abs() < 0.3,
        "{judged:?}"
    );
}

#[test]
fn noise_and_gaps_cost() {
    let (clean, hz) = spoken(0);
    let power = |samples: &[f32]| {
        samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32
    };
    let disturbance = noise(clean.len());
    let scale = (power(&clean) / power(&disturbance)).sqrt();
    let at = |db: f32| -> f64 {
        let gain = scale * 10f32.powf(-db / 20.0);
        let noisy: Vec<f32> = clean
            .iter()
            .zip(&disturbance)
            .map(|(speech, noise)| speech + gain * noise)
            .collect();
        stoi::judge(&clean, hz, &noisy, hz).unwrap().stoi
    };
    let (quiet, equal, loud) = (at(20.0), at(0.0), at(-10.0));
    assert!(
        quiet > 0.9 && (0.5..0.9).contains(&equal) && loud < equal - 0.1,
        "{quiet} {equal} {loud}"
    );
    let mut gaps = clean.clone();
    for second in gaps.chunks_mut(hz as usize) {
        let half = second.len() / 2;
        second[..half].fill(0.0);
    }
    let gappy = stoi::judge(&clean, hz, &gaps, hz).unwrap().stoi;
    assert!(gappy < 0.75, "half of it missing: {gappy}");
}

#[test]
fn a_buffer_that_stretches_pauses_does_not_matter_but_a_wrong_order_does() {
    let (clean, hz) = spoken(1);
    let second = hz as usize;
    // 40 ms more after three seconds, 30 ms less after seven.
    let mut stretched = clean[..3 * second].to_vec();
    stretched.extend(vec![0.0; second * 40 / 1000]);
    stretched.extend(&clean[3 * second..7 * second]);
    stretched.extend(&clean[7 * second + second * 30 / 1000..]);
    let judged = stoi::judge(&clean, hz, &stretched, hz).unwrap();
    assert!(judged.stoi > 0.95, "{judged:?}");
    let mut shuffled = clean[5 * second..].to_vec();
    shuffled.extend(&clean[..5 * second]);
    let judged = stoi::judge(&clean, hz, &shuffled, hz).unwrap();
    assert!(judged.overlap_s < 6.5 || judged.stoi < 0.8, "{judged:?}");
}
