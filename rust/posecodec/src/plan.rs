//! Outputs in three steps: a codec plans the outputs of a call from shapes alone, the caller
//! allocates them, and the codec fills them.

use arrayvec::ArrayVec;

use crate::check::product;
use crate::element::{ArrayMut, Dtype};
use crate::error::{Error, Result};

/// The shape of an output for one sample.
pub type OutputShape = ArrayVec<usize, 4>;

/// The dimension over which an output has one entry or one array each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// One array per sample, of a shape that does not depend on the number of instances.
    Sample,
    /// One row per frame of a sample.
    Frame,
    /// One row per instance of a sample.
    Instance,
    /// One item of a list per sample, which is not an array.
    List,
    /// One item per call, which is not an array.
    Call,
}

/// Where the values of an output come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// The codec computes them.
    Computed,
    /// The array of the argument of this name, as it was passed.
    Argument(&'static str),
    /// A copy of that array.
    CopyOf(&'static str),
    /// The values of the earlier output of this name.
    SameAs(&'static str),
    /// This value.
    Value(Value),
}

/// An output that is not an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// No value.
    None,
    /// A truth value.
    Bool(bool),
    /// The index of a keypoint.
    Index(usize),
    /// A number.
    Float(f64),
    /// The cameras with normalized intrinsics, in the form in which the caller describes cameras.
    Cameras,
}

/// One output of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its key in the dict that MMPose's codec returns.
    pub name: &'static str,
    /// The number type.
    pub dtype: Dtype,
    /// The shape for one sample; empty for an output that is not an array.
    pub shape: OutputShape,
    /// The dimension over which it has one entry or one array each.
    pub per: Per,
    /// Where its values come from.
    pub source: Source,
}

impl Output {
    /// An array that the codec computes.
    pub(crate) fn new(name: &'static str, dtype: Dtype, shape: &[usize], per: Per) -> Self {
        let shape = shape.iter().copied().collect();
        Self { name, dtype, shape, per, source: Source::Computed }
    }

    /// An item that is not an array.
    pub(crate) fn value(name: &'static str, value: Value, per: Per) -> Self {
        let (dtype, shape, source) = (Dtype::Float32, OutputShape::new(), Source::Value(value));
        Self { name, dtype, shape, per, source }
    }

    /// The output with values from another source.
    pub(crate) fn with_source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// `heatmaps`: (`maps`, H, W).
    pub(crate) fn heatmaps(maps: usize, [width, height]: [usize; 2]) -> Self {
        Self::new("heatmaps", Dtype::Float32, &[maps, height, width], Per::Sample)
    }

    /// `keypoint_weights`: (N, K).
    pub(crate) fn weights(dtype: Dtype, instances: usize, keypoints: usize) -> Self {
        Self::new("keypoint_weights", dtype, &[instances, keypoints], Per::Instance)
    }

    /// Whether the codec fills it.
    pub fn is_computed(&self) -> bool {
        self.source == Source::Computed
    }

    /// Number of values per sample; `None` if they cannot be addressed.
    pub fn len(&self) -> Option<usize> {
        product(&self.shape)
    }

    /// Whether the output has no value.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Checks the length and the number type of the array for this output of `batch` samples.
    /// `like` is the number type that [`Dtype::Like`] stands for.
    pub(crate) fn check(&self, array: &ArrayMut<'_>, batch: usize, like: Dtype) -> Result<()> {
        let dtype = if matches!(self.dtype, Dtype::Like(_)) { like } else { self.dtype };
        if array.dtype() != dtype {
            let wanted = format!("must hold {dtype:?} values");
            return Err(Error::invalid(self.name, wanted, format!("{:?}", array.dtype())));
        }
        let len = self.len().and_then(|len| len.checked_mul(batch));
        if len != Some(array.len()) {
            let len = len.map_or_else(|| "more".to_owned(), |len| len.to_string());
            let wanted = format!("must have {len} values");
            return Err(Error::invalid(self.name, wanted, array.len()));
        }
        Ok(())
    }
}

/// What the values of a new array are before they are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// Zeros, which need no clearing.
    Zeroed,
    /// Any value.
    Uninit,
}

impl Init {
    /// Writes zeros, unless the values are zeros already.
    #[inline]
    pub(crate) fn clear(self, values: &mut [f32]) {
        if self == Self::Uninit {
            values.fill(0.0);
        }
    }
}
