//! Focal lengths and principal points in the precision of the caller.

use crate::kernels::lifting::camera::Intrinsics;

/// Two numbers, x and y, in the precision in which they were passed, because NumPy divides in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pair {
    /// Single precision.
    F32([f32; 2]),
    /// Double precision.
    F64([f64; 2]),
}

impl Pair {
    /// The pair in double precision.
    pub fn values(self) -> [f64; 2] {
        match self {
            Self::F32(pair) => pair.map(f64::from),
            Self::F64(pair) => pair,
        }
    }

    /// `(pair - offset) / scale`, each step in the pair's precision.
    pub(crate) fn normalized(self, offset: [f32; 2], scale: f32) -> Self {
        match self {
            Self::F32(pair) => Self::F32([0, 1].map(|axis| (pair[axis] - offset[axis]) / scale)),
            Self::F64(pair) => Self::F64(
                [0, 1].map(|axis| (pair[axis] - f64::from(offset[axis])) / f64::from(scale)),
            ),
        }
    }
}

/// Intrinsics in thousands of pixels: MotionBERT's unit.
pub(crate) fn intrinsics_over_1000([focal, center]: [Pair; 2]) -> Intrinsics {
    let [focal, center] = [focal, center].map(|pair| pair.normalized([0.0; 2], 1000.0).values());
    Intrinsics { focal, center }
}
