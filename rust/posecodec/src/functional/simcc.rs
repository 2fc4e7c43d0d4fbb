//! `get_simcc_maximum` and `get_simcc_normalized`.

use super::same_length;
use crate::check;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::simcc_rows::{SimccRows, smaller};
use crate::kernels::maximum::maximum;
use crate::kernels::simcc::{normalize_responses, softmax};

/// Fills the bins `[x, y]` of the first maxima of each row's vectors and the smaller maximum; the bins
/// are -1 if that is not above 0. For MMPose's `apply_softmax`, call [`simcc_softmax`] first.
///
/// As [SimCC](https://arxiv.org/abs/2107.03332) (Li et al. 2022) is decoded.
///
/// ```
/// use posecodec::functional::{SimccRows, get_simcc_maximum};
///
/// let rows = SimccRows { responses: [&[0.1f32, 0.8, 0.2][..], &[0.5, 0.3]], bins: [3, 2] };
/// let (mut locations, mut values) = ([[0.0; 2]], [0.0]);
/// get_simcc_maximum(rows, &mut locations, &mut values)?;
/// assert_eq!((locations, values), ([[1.0, 0.0]], [0.5]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for vectors without a bin, slices of the wrong length.
pub fn get_simcc_maximum<E: HeatmapValue>(
    rows: SimccRows<'_, E>,
    locations: &mut [[f32; 2]],
    values: &mut [E],
) -> Result<()> {
    let count = locations.len();
    same_length("values", Some(count), values.len())?;
    if count == 0 {
        return Ok(());
    }
    rows.check(["simcc_x", "simcc_y"], "N·K", &[count])?;
    for (number, (location, value)) in locations.iter_mut().zip(values).enumerate() {
        let [x, y] = rows.row(number).map(|vector| maximum(vector).expect("a vector has bins"));
        *value = smaller(x.value, y.value);
        *location = if value.as_f64() <= 0.0 { [-1.0; 2] } else { [x, y].map(|m| m.index as f32) };
    }
    Ok(())
}

/// Fills `out` with the softmax of vectors of `bins` values each, rounded as NumPy rounds it.
///
/// ```
/// use posecodec::functional::simcc_softmax;
///
/// let mut shares = [0.0f32; 2];
/// simcc_softmax(&[3.0, 3.0], 2, &mut shares)?;
/// assert_eq!(shares, [0.5, 0.5]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for vectors without a bin, slices of the wrong length.
pub fn simcc_softmax<E: HeatmapValue>(simcc: &[E], bins: usize, out: &mut [E]) -> Result<()> {
    each_vector("simcc", simcc, bins, out, |vector, out| {
        softmax(vector, maximum(vector).expect("a vector has bins").value, out);
    })
}

/// Fills `normalized` with vectors of `bins` values, scaled to 0 to 1: divided by `sigma·√2π`, with
/// negative values set to 0; if the maximum is above 1, also divided by the maximum.
///
/// ```
/// use posecodec::functional::get_simcc_normalized;
///
/// let mut normalized = [0.0f32; 3];
/// get_simcc_normalized(&[-1.0, 1.0, 4.0], 3, None, &mut normalized)?;
/// assert_eq!(normalized, [0.0, 0.25, 1.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for vectors without a bin, a sigma that is not positive and finite, slices
/// of the wrong length.
pub fn get_simcc_normalized<E: HeatmapValue>(
    simcc: &[E],
    bins: usize,
    sigma: Option<f64>,
    normalized: &mut [E],
) -> Result<()> {
    let scale = match sigma {
        Some(sigma) => check::positive("sigma", sigma)? * (2.0 * std::f64::consts::PI).sqrt(),
        None => 1.0,
    };
    each_vector("batch_pred_simcc", simcc, bins, normalized, |vector, out| {
        normalize_responses(vector, scale, out);
    })
}

/// Fills `out` vector by vector.
fn each_vector<E: HeatmapValue>(
    argument: &'static str,
    simcc: &[E],
    bins: usize,
    out: &mut [E],
    fill: impl Fn(&[E], &mut [E]),
) -> Result<()> {
    same_length("out", Some(simcc.len()), out.len())?;
    if simcc.is_empty() {
        return Ok(());
    }
    if bins == 0 || !simcc.len().is_multiple_of(bins) {
        let wanted = format!("must have vectors of {bins} bins each");
        return Err(Error::invalid(argument, wanted, simcc.len()));
    }
    for (vector, out) in simcc.chunks_exact(bins).zip(out.chunks_exact_mut(bins)) {
        fill(vector, out);
    }
    Ok(())
}
