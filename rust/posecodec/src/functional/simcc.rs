//! `get_simcc_maximum` and `get_simcc_normalized`.

use super::same_length;
use crate::codecs::{SimccRows, check};
use crate::error::{Error, Result, room_for_scratch};
use crate::kernels::element::Response;
use crate::kernels::maximum::maximum;
use crate::kernels::simcc::{normalize_responses, softmax};

/// Fills the bins `[x, y]` of the first maxima of each row's vectors and the lesser maximum; the
/// bins are -1 where that is not above 0. With `apply_softmax`, of the vectors' softmax.
///
/// As [SimCC](https://arxiv.org/abs/2107.03332) (Li et al. 2022) is decoded.
///
/// ```
/// use posecodec::codecs::SimccRows;
/// use posecodec::functional::get_simcc_maximum;
///
/// let rows = SimccRows { responses: [&[0.1f32, 0.8, 0.2][..], &[0.5, 0.3]], bins: [3, 2] };
/// let (mut places, mut values) = ([[0.0; 2]], [0.0]);
/// get_simcc_maximum(rows, false, &mut places, &mut values)?;
/// assert_eq!((places, values), ([[1.0, 0.0]], [0.5]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for vectors without a bin, slices of the wrong length.
pub fn get_simcc_maximum<E: Response>(
    rows: SimccRows<'_, E>,
    apply_softmax: bool,
    places: &mut [[f32; 2]],
    values: &mut [E],
) -> Result<()> {
    let count = places.len();
    same_length("values", Some(count), values.len())?;
    if count == 0 {
        return Ok(());
    }
    rows.check(["simcc_x", "simcc_y"], count)?;
    let mut scratch = Vec::new();
    for (number, (place, value)) in places.iter_mut().zip(values).enumerate() {
        let [x, y] = rows.row(number).map(|vector| {
            let largest = maximum(vector).expect("a vector has bins");
            if !apply_softmax {
                return largest;
            }
            scratch.resize(vector.len(), E::of(0.0));
            softmax(vector, largest.value, &mut scratch);
            maximum(&scratch).expect("as many bins")
        });
        *value = if x.value.as_f64() > y.value.as_f64() { y.value } else { x.value };
        *place = if value.as_f64() <= 0.0 { [-1.0; 2] } else { [x, y].map(|m| m.index as f32) };
    }
    Ok(())
}

/// Fills `normalized` with vectors of `bins` values, which a Gaussian of `sigma` bins made, on a scale
/// of 0 to 1: divided by `sigma·√2π`, negative values made 0; and where the largest is above 1,
/// divided by it.
///
/// # Errors
/// [`Error::InvalidInput`] for vectors without a bin, a sigma that is not positive and finite, slices
/// of the wrong length.
pub fn get_simcc_normalized<E: Response>(
    simcc: &[E],
    bins: usize,
    sigma: Option<f64>,
    normalized: &mut [E],
) -> Result<()> {
    same_length("normalized", Some(simcc.len()), normalized.len())?;
    let scale = match sigma {
        Some(sigma) => check::positive("sigma", sigma)? * (2.0 * std::f64::consts::PI).sqrt(),
        None => 1.0,
    };
    if simcc.is_empty() {
        return Ok(());
    }
    if bins == 0 || !simcc.len().is_multiple_of(bins) {
        let wanted = format!("must hold whole vectors of {bins} bins");
        return Err(Error::invalid("batch_pred_simcc", wanted, simcc.len()));
    }
    room_for_scratch(bins)?;
    for (vector, out) in simcc.chunks_exact(bins).zip(normalized.chunks_exact_mut(bins)) {
        normalize_responses(vector, scale, out);
    }
    Ok(())
}
