//! The outputs of an encoder: allocated as the core plans them, and returned in a dict.

use arrayvec::ArrayVec;
use half::f16;
use half::slice::HalfFloatSliceExt;
use numpy::{Element, PyArrayDescr, PyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::slices::{ArrayMut, Dtype, Init, Output, Per, Source, Value};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyString};

use super::out::{Out, Precision, arrays_of_out, is_array};
use crate::call::{Call, enter, maybe_detach};
use crate::class::Encoded;
use crate::convert::{
    CoordArray, cast, check_no_overlap, copied_array, fresh, fresh_or_reused, try_vec_of,
    values_mut, writable, writable_as, zero,
};

/// The most outputs that an encoder has.
pub(crate) const MAX_OUTPUTS: usize = 12;

/// Bytes from which on an output of one sample is zeroed at once. The C library's `memset` then writes
/// around the caches: 60 MB take 0.81 to 0.88 ms, and 1.13 ms if the encoder zeroes plane by plane.
/// AMD EPYC (AVX-512), November 2026, with a prototype of the pool.
const MIN_BYTES_ZEROED_AT_ONCE: usize = 16 << 20;

/// An argument whose dtype or whose array an output takes.
pub(crate) enum Argument<'a, 'py> {
    Coords(&'a CoordArray<'py>),
    Array(&'a Bound<'py, PyUntypedArray>),
    /// What is returned as it is.
    Item(Bound<'py, PyAny>),
}

/// The arguments of a call that outputs may refer to, by name.
pub(crate) type Arguments<'a, 'py> = [(&'static str, Option<Argument<'a, 'py>>)];

/// The memory, or the value, of one output.
enum OutputValue<'py> {
    F32(Bound<'py, PyArrayDyn<f32>>),
    F64(Bound<'py, PyArrayDyn<f64>>),
    /// Values in single precision, and the array into which they are rounded once they are filled.
    Half(Bound<'py, PyArrayDyn<f32>>, Bound<'py, PyArrayDyn<f16>>),
    I8(Bound<'py, PyArrayDyn<i8>>),
    I32(Bound<'py, PyArrayDyn<i32>>),
    I64(Bound<'py, PyArrayDyn<i64>>),
    /// Values that are converted to a dtype that the core does not know, once they are filled.
    Cast(Vec<f64>, Bound<'py, PyArrayDescr>),
    /// The same as the output of this number.
    SameAs(usize),
    /// What is returned as it is.
    Item(Bound<'py, PyAny>),
}

/// The outputs of one call.
pub(crate) struct OutputDict<'a, 'py> {
    py: Python<'py>,
    call: Call,
    batch: usize,
    plan: &'a [Output],
    /// The caller's dict.
    out: Option<Bound<'py, PyDict>>,
    /// Its arrays, in the order of the plan.
    given: Vec<Bound<'py, PyAny>>,
    arrays: ArrayVec<OutputValue<'py>, MAX_OUTPUTS>,
    init: Init,
}

impl<'a, 'py> OutputDict<'a, 'py> {
    /// Allocates the outputs, or takes the arrays of `out`, which must have exactly those of the plan.
    /// `init` is how new arrays are allocated; where it is zeros, they may also hold any values, and
    /// what is [filled](Self::fill) is zeroed on the threads that fill it.
    pub(crate) fn allocate(
        py: Python<'py>,
        (call, batch): (Call, usize),
        plan: &'a [Output],
        arguments: &Arguments<'_, 'py>,
        Out { out, precision }: Out<'_, 'py>,
        init: Init,
    ) -> PyResult<Self> {
        let given = out.map(|out| arrays_of_out(out, plan)).transpose()?;
        let init = if given.is_some() { Init::Uninit } else { init };
        let out = out.map(|out| out.cast::<PyDict>().cloned()).transpose()?;
        let given = given.unwrap_or_default();
        let arrays = ArrayVec::new();
        let mut outputs = Self { py, call, batch, plan, out, given: Vec::new(), arrays, init };
        let mut rest = given.iter();
        for output in plan {
            let given = if is_array(output) { rest.next() } else { None };
            let array = outputs.output_array(output, precision, arguments, given)?;
            outputs.arrays.push(array);
        }
        check_no_overlap(&given)?;
        Ok(Self { given, ..outputs })
    }

    fn output_array(
        &mut self,
        output: &Output,
        precision: Precision,
        arguments: &Arguments<'_, 'py>,
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<OutputValue<'py>> {
        let argument = |name: &str| {
            let found = arguments.iter().find(|(argument, _)| *argument == name);
            found.and_then(|(_, argument)| argument.as_ref())
        };
        let like = match output.source {
            Source::Computed => output.dtype,
            Source::Value(Value::Cameras) => {
                let Some(Argument::Item(cameras)) = argument(output.name) else {
                    unreachable!("the cameras were read")
                };
                return Ok(OutputValue::Item(cameras.clone()));
            }
            Source::Value(value) => return Ok(OutputValue::Item(self.value(value, output.per)?)),
            Source::SameAs(name) => {
                let number = self.plan.iter().position(|output| output.name == name);
                let number = number.expect("an earlier output");
                if given.is_none() {
                    return Ok(OutputValue::SameAs(number));
                }
                output.dtype
            }
            Source::Argument(name) | Source::CopyOf(name) => {
                let Some(Argument::Array(array)) = argument(name) else {
                    unreachable!("the plan refers to arrays that were read")
                };
                if let Some(given) = given {
                    let name = format!("out['{}']", output.name);
                    writable_as(given, &name, array.shape(), &array.dtype())?;
                }
                // Copied before anything is written: `out` may overlap the argument.
                let copied = given.is_some() || matches!(output.source, Source::CopyOf(_));
                let array = if copied { copied_array(array)? } else { (*array).clone() };
                return Ok(OutputValue::Item(array.into_any()));
            }
        };
        if like == Dtype::Float32 && precision == Precision::Half && output.name != WEIGHTS {
            return Ok(OutputValue::Half(
                self.array(output, None)?,
                self.half_array(output, given)?,
            ));
        }
        let dtype = match like {
            Dtype::Like(name) => match argument(name) {
                Some(Argument::Coords(CoordArray::F64(.., Some(dtype)))) => {
                    return self.cast_array(output, dtype, given);
                }
                Some(Argument::Coords(CoordArray::F64(.., None))) => Dtype::Float64,
                _ => Dtype::Float32,
            },
            dtype => dtype,
        };
        Ok(match dtype {
            Dtype::Float32 | Dtype::Like(_) => OutputValue::F32(self.array(output, given)?),
            Dtype::Float64 => OutputValue::F64(self.array(output, given)?),
            Dtype::Int8 => OutputValue::I8(self.array(output, given)?),
            Dtype::Int32 => OutputValue::I32(self.array(output, given)?),
            Dtype::Int64 => OutputValue::I64(self.array(output, given)?),
        })
    }

    /// A new array, or the caller's.
    fn array<T: Element>(
        &mut self,
        output: &Output,
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
        let shape = self.call.shape(self.batch, &output.shape);
        match given {
            None => {
                let (array, found) = fresh_or_reused(self.py, output.name, &shape, self.init)?;
                if (self.init, found) == (Init::Zeroed, Init::Uninit) {
                    if self.batch == 1 && array.len() * size_of::<T>() >= MIN_BYTES_ZEROED_AT_ONCE {
                        zero(&array);
                    } else {
                        self.init = Init::Uninit;
                    }
                }
                Ok(array)
            }
            Some(given) => writable(given, &format!("out['{}']", output.name), &shape),
        }
    }

    /// A new array of float16, or the caller's.
    fn half_array(
        &self,
        output: &Output,
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f16>>> {
        let shape = self.call.shape(self.batch, &output.shape);
        match given {
            None => fresh(self.py, output.name, &shape, Init::Uninit),
            Some(given) => writable(given, &format!("out['{}']", output.name), &shape),
        }
    }

    /// Values that become an array of this dtype.
    fn cast_array(
        &self,
        output: &Output,
        dtype: &Bound<'py, PyArrayDescr>,
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<OutputValue<'py>> {
        let shape = self.call.shape(self.batch, &output.shape);
        if let Some(given) = given {
            writable_as(given, &format!("out['{}']", output.name), &shape, dtype)?;
        }
        Ok(OutputValue::Cast(try_vec_of(0.0, shape.iter().product())?, dtype.clone()))
    }

    /// A value, or a list of one per sample.
    fn value(&self, value: Value, per: Per) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let item = match value {
            Value::None | Value::Cameras => py.None().into_bound(py),
            Value::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
            Value::Index(value) => value.into_pyobject(py)?.into_any(),
            Value::Float(value) => PyFloat::new(py, value).into_any(),
        };
        if per == Per::List { PyList::new(py, [item])?.mul(self.batch) } else { Ok(item) }
    }

    /// The memory of the outputs that the core computes, in order, with zeros where the outputs were
    /// allocated with zeros.
    pub(crate) fn zeroed_arrays<const M: usize>(&mut self) -> ArrayVec<ArrayMut<'_>, M> {
        let init = self.init;
        let mut arrays = self.arrays();
        if init == Init::Uninit {
            for array in &mut arrays {
                match array {
                    ArrayMut::F32(values) => values.fill(0.0),
                    ArrayMut::F64(values) => values.fill(0.0),
                    ArrayMut::I8(values) => values.fill(0),
                    ArrayMut::I32(values) => values.fill(0),
                    ArrayMut::I64(values) => values.fill(0),
                }
            }
        }
        arrays
    }

    /// The memory of the outputs that the core computes, in order, which holds what
    /// [`init`](Self::init) specifies.
    pub(crate) fn arrays<const M: usize>(&mut self) -> ArrayVec<ArrayMut<'_>, M> {
        let outputs = self.plan.iter().zip(&mut self.arrays);
        let arrays = outputs.filter(|(output, _)| output.is_computed()).map(|(_, array)| {
            // SAFETY: each array is new here or was found not to overlap the others, and gives one
            // slice. What the core reads are copies, or arrays that are not among these.
            unsafe {
                match array {
                    OutputValue::F32(array) | OutputValue::Half(array, _) => {
                        ArrayMut::F32(values_mut(array))
                    }
                    OutputValue::F64(array) => ArrayMut::F64(values_mut(array)),
                    OutputValue::I8(array) => ArrayMut::I8(values_mut(array)),
                    OutputValue::I32(array) => ArrayMut::I32(values_mut(array)),
                    OutputValue::I64(array) => ArrayMut::I64(values_mut(array)),
                    OutputValue::Cast(values, _) => ArrayMut::F64(values),
                    OutputValue::SameAs(_) | OutputValue::Item(_) => {
                        unreachable!("a computed output is an array")
                    }
                }
            }
        });
        arrays.collect()
    }

    /// Fills the arrays, with the interpreter released if there are many values, and returns the dict.
    pub(crate) fn fill<const M: usize>(
        mut self,
        fill: impl FnOnce(ArrayVec<ArrayMut<'_>, M>, Init) -> posecodec::Result<()> + Send,
    ) -> Encoded<'py> {
        let (py, init) = (self.py, self.init);
        let arrays = self.arrays();
        let values = arrays.iter().map(ArrayMut::len).sum();
        enter(py, values, || fill(arrays, init))?;
        Ok(self.finish()?)
    }

    /// What the arrays hold before they are filled.
    pub(crate) fn init(&self) -> Init {
        self.init
    }

    /// The dict, once the arrays are filled.
    pub(crate) fn finish(self) -> PyResult<Bound<'py, PyDict>> {
        let Self { py, call, batch, plan, out, given, arrays, .. } = self;
        let mut given = given.iter();
        let dict = out.as_ref().map_or_else(|| PyDict::new(py), Bound::clone);
        let mut items: ArrayVec<Bound<'py, PyAny>, MAX_OUTPUTS> = ArrayVec::new();
        for (output, array) in plan.iter().zip(arrays) {
            let in_place = !matches!(
                array,
                OutputValue::Cast(..) | OutputValue::SameAs(_) | OutputValue::Item(_)
            );
            let item = match array {
                OutputValue::F32(array) => array.into_any(),
                OutputValue::Half(values, halves) => {
                    // SAFETY: both are contiguous arrays; no other slice of their memory is alive.
                    let (from, to) = unsafe { (values_mut(&values), values_mut(&halves)) };
                    maybe_detach(py, from.len(), || to.convert_from_f32_slice(from));
                    halves.into_any()
                }
                OutputValue::F64(array) => array.into_any(),
                OutputValue::I8(array) => array.into_any(),
                OutputValue::I32(array) => array.into_any(),
                OutputValue::I64(array) => array.into_any(),
                OutputValue::Cast(values, dtype) => {
                    cast(&values, &call.shape(batch, &output.shape), &dtype)?
                }
                OutputValue::SameAs(number) => items[number].clone(),
                OutputValue::Item(item) => item,
            };
            items.push(item.clone());
            let key = key(py, output.name);
            let filled = if is_array(output) { given.next() } else { None };
            let Some(filled) = filled else {
                dict.set_item(key, item)?;
                continue;
            };
            if let Source::SameAs(name) = output.source {
                let earlier = plan.iter().position(|output| output.name == name);
                let values = &items[earlier.expect("an earlier output")];
                filled.set_item(py.Ellipsis(), values)?;
            } else if !in_place {
                filled.set_item(py.Ellipsis(), item)?;
            }
        }
        Ok(dict)
    }
}

/// The output whose dtype is not an option.
const WEIGHTS: &str = "keypoint_weights";

/// The name as a string that is made and hashed once: making ten strings takes 0.3 µs of a call of
/// 2.4 µs.
fn key<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    macro_rules! interned {
        ($($known:literal)*) => {
            match name {
                $($known => intern!(py, $known).clone(),)*
                _ => PyString::new(py, name),
            }
        };
    }
    interned!(
        "heatmaps" "keypoint_weights" "keypoint_labels" "keypoint_x_labels" "keypoint_y_labels"
        "keypoint_z_labels" "keypoint_indices" "heatmap_weights" "displacements"
        "displacement_weights" "keypoint_labels_visible" "keypoints_visible" "keypoints_mean"
        "keypoints_std" "lifting_target_label" "lifting_target_weight" "lifting_target"
        "lifting_target_visible" "target_mean" "target_std" "target_root" "target_root_removed"
        "target_root_index" "trajectory_weights" "camera_param" "factor"
    )
}
