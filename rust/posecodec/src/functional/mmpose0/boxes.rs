//! From heatmap pixels to image pixels: `transform_preds`.

use crate::check;
use crate::error::Result;
use crate::float::Float;

/// The box of a person in an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonBox {
    /// Its center `[x, y]` in image pixels.
    pub center: [f64; 2],
    /// Its sides `[w, h]` in image pixels.
    pub size: [f64; 2],
}

/// Pixels per unit of a box's `scale` in MMPose 0.x.
pub const PIXELS_PER_SCALE: f64 = 200.0;

impl PersonBox {
    /// The box of a `scale` in units of `unit` pixels, which are multiplied in the scale's precision.
    pub fn new<T: Float>(center: [f64; 2], scale: [T; 2], unit: f64) -> Self {
        Self { center, size: scale.map(|side| (side * T::of(unit)).as_f64()) }
    }

    /// The conversion from maps of this size, in the precision of the points. With `use_udp`, the
    /// first and the last heatmap pixel lie on the box's border.
    pub(crate) fn restore<T: Float>(&self, output_size: [f64; 2], use_udp: bool) -> Restore<T> {
        let factor = [0, 1].map(|axis| {
            // A map that is one pixel wide has no distance between its first and its last pixel.
            let span = match output_size[axis] {
                size if use_udp && size == 1.0 => 1.0,
                size if use_udp => size - 1.0,
                size => size,
            };
            T::of(self.size[axis] / span)
        });
        let half = self.size.map(|side| T::of(side * 0.5));
        Restore { factor, center: self.center.map(T::of), half }
    }
}

/// A conversion from heatmap pixels to image pixels, rounded as NumPy rounds it in this precision.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Restore<T> {
    factor: [T; 2],
    center: [T; 2],
    half: [T; 2],
}

impl<T: Float> Restore<T> {
    #[inline]
    pub(crate) fn apply(&self, point: [T; 2]) -> [T; 2] {
        [0, 1].map(|axis| point[axis] * self.factor[axis] + self.center[axis] - self.half[axis])
    }
}

/// Converts points from pixels of a map of `output_size` `[W, H]` to pixels of the image that the box
/// belongs to.
///
/// ```
/// use posecodec::functional::mmpose0::{PIXELS_PER_SCALE, PersonBox, transform_preds};
///
/// let person = PersonBox::new([100.0, 200.0], [0.48f32, 0.64], PIXELS_PER_SCALE); // 96 by 128 pixels
/// let mut points = [[24.0f32, 32.0], [0.0, 0.0]];
/// transform_preds(&mut points, &person, [48.0, 64.0], false)?;
/// assert_eq!(points, [[100.0, 200.0], [52.0, 136.0]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for an output size that is not positive and finite.
pub fn transform_preds<T: Float>(
    points: &mut [[T; 2]],
    person: &PersonBox,
    output_size: [f64; 2],
    use_udp: bool,
) -> Result<()> {
    for side in output_size {
        check::positive("output_size", side)?;
    }
    let restore = person.restore(output_size, use_udp);
    for point in points {
        *point = restore.apply(*point);
    }
    Ok(())
}
