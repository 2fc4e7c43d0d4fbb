//! The camera that a sample was taken with.

use crate::error::{Error, Result};
use crate::inputs::pair::Pair;

/// A camera: the size of its images, in pixels, and its intrinsics if they are known.
///
/// ```
/// use posecodec::codecs::poses::{Camera, Pair};
///
/// let (focal, center) = (Pair::F32([1145.0, 1143.0]), Pair::F32([512.0, 515.0]));
/// let camera = Camera::new([1000.0, 1002.0], Some(focal), Some(center))?;
/// assert_eq!(camera.size(), [1000.0, 1002.0]);
/// assert!(camera.has_intrinsics());
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    size: [f64; 2],
    focal: Option<Pair>,
    center: Option<Pair>,
}

impl Camera {
    /// A camera with images of size `[w, h]` in pixels. The focal lengths and the principal point,
    /// in pixels, are `None` if they are unknown.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size that is not positive, or numbers that are not finite.
    pub fn new(size: [f64; 2], focal: Option<Pair>, center: Option<Pair>) -> Result<Self> {
        for (name, side) in ["camera_param['w']", "camera_param['h']"].into_iter().zip(size) {
            if !(1e-30..=1e30).contains(&side) {
                let wanted = "must be a positive finite number of pixels";
                return Err(Error::invalid(name, wanted, side));
            }
        }
        let finite = |pair: &Pair| pair.values().iter().all(|value| value.is_finite());
        for (name, pair) in [("camera_param['f']", focal), ("camera_param['c']", center)] {
            if let Some(pair) = pair.filter(|pair| !finite(pair)) {
                let got = format!("{:?}", pair.values());
                return Err(Error::invalid(name, "must hold finite numbers of pixels", got));
            }
        }
        Ok(Self { size, focal, center })
    }

    /// Width and height of its images, in pixels.
    pub fn size(&self) -> [f64; 2] {
        self.size
    }

    /// Whether focal lengths and principal point are known.
    pub fn has_intrinsics(&self) -> bool {
        self.focal.is_some() && self.center.is_some()
    }

    /// Focal lengths and principal point, or `None` if both are unknown.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if only one of them is known.
    pub fn intrinsics(&self) -> Result<Option<[Pair; 2]>> {
        match (self.focal, self.center) {
            (Some(focal), Some(center)) => Ok(Some([focal, center])),
            (None, None) => Ok(None),
            (focal, _) => Err(incomplete(if focal.is_some() { "`f` alone" } else { "`c` alone" })),
        }
    }

    /// Focal lengths and principal point.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if they are not known.
    pub fn known_intrinsics(&self) -> Result<[Pair; 2]> {
        self.intrinsics()?.ok_or_else(|| incomplete("neither"))
    }
}

fn incomplete(got: &str) -> Error {
    Error::invalid("camera_param", "must hold the camera's `f` and `c` together", got)
}

/// The camera, for a codec that requires one.
///
/// # Errors
/// [`Error::InvalidInput`] if there is none.
pub(crate) fn needed(camera: Option<&Camera>) -> Result<&Camera> {
    camera.ok_or_else(|| {
        Error::invalid("camera_param", "must hold the width `w` and height `h` of images", "none")
    })
}
