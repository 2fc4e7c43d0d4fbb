//! The dicts that describe cameras, `camera_param`.

use numpy::{PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::poses::{Camera, Pair, VideoPoseLifting};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyTuple};

use crate::call::Call;
use crate::class::parse::{describe, number};
use crate::convert::{CopyMode, FloatArray, copied_array, new_array, real_array};
use crate::error::{Result, invalid};

const WANTED: &str =
    "must be a dict with the width `w` and height `h` of images (and the camera's `f` and `c`)";

/// The cameras of a call, none, one or one per sample, and the dicts that they came from.
pub(crate) struct Cameras<'py> {
    pub(crate) cameras: Vec<Camera>,
    params: Vec<Bound<'py, PyDict>>,
}

impl<'py> Cameras<'py> {
    /// Reads one dict, or a sequence of one per sample of a batch.
    pub(crate) fn read(
        call: Call,
        batch: usize,
        param: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let Some(param) = param else {
            return Ok(Self { cameras: Vec::new(), params: Vec::new() });
        };
        let params = if let Ok(dict) = param.cast::<PyDict>() {
            vec![dict.clone()]
        } else {
            let py = param.py();
            let several = param.is_instance_of::<PyList>() || param.is_instance_of::<PyTuple>();
            if call == Call::Single || !several {
                return Err(invalid(py, "camera_param", WANTED, describe(param)));
            }
            if param.len()? != batch {
                let wanted = format!("must be a dict, or {batch} of them, one per sample");
                return Err(invalid(py, "camera_param", &wanted, param.len()?));
            }
            param.try_iter()?.map(|item| dict(&item?)).collect::<PyResult<_>>()?
        };
        let cameras = params.iter().map(camera).collect::<Result<_>>()?;
        Ok(Self { cameras, params })
    }

    /// Copies of the dicts with normalized focal lengths and principal points: one, or for a batch
    /// a list of one per sample.
    pub(crate) fn normalized(&self, call: Call, batch: usize) -> Result<Bound<'py, PyAny>> {
        let one = |number: usize| normalized(&self.params[number], &self.cameras[number]);
        if call == Call::Single {
            return one(0);
        }
        let Some(param) = self.params.first() else { unreachable!("checked to be there") };
        let number = |sample: usize| if self.params.len() == 1 { 0 } else { sample };
        let dicts: Result<Vec<_>> = (0..batch).map(|sample| one(number(sample))).collect();
        Ok(PyList::new(param.py(), dicts?)?.into_any())
    }
}

fn dict<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let py = object.py();
    let refused = |_| invalid(py, "camera_param", WANTED, describe(object));
    object.cast::<PyDict>().cloned().map_err(refused)
}

fn camera(param: &Bound<'_, PyDict>) -> Result<Camera> {
    let py = param.py();
    let side = |key: &str, name: &str| match param.get_item(key)? {
        Some(side) => number(name, &side),
        None => Err(invalid(py, "camera_param", WANTED, format_args!("none for `{key}`"))),
    };
    let size = [side("w", "camera_param['w']")?, side("h", "camera_param['h']")?];
    let pair = |key: &str, name: &str| -> PyResult<Option<Pair>> {
        param.get_item(key)?.map(|values| pair(&values, name)).transpose()
    };
    let (focal, center) = (pair("f", "camera_param['f']")?, pair("c", "camera_param['c']")?);
    Ok(Camera::new(size, focal, center)?)
}

/// Two numbers, of shape (2,) or (2, 1).
pub(crate) fn pair(values: &Bound<'_, PyAny>, name: &str) -> PyResult<Pair> {
    let py = values.py();
    let array = real_array(values, name)?;
    if !matches!(array.shape(), [2] | [2, 1]) {
        let got = format!("shape {}", posecodec::Shape(array.shape()));
        return Err(invalid(py, name, "must be of shape (2,) or (2, 1)", got));
    }
    Ok(match FloatArray::of(&array, CopyMode::IfNeeded)? {
        FloatArray::F32(array) => Pair::F32([0, 1].map(|axis| array.values()[axis])),
        FloatArray::F64(array) => Pair::F64([0, 1].map(|axis| array.values()[axis])),
    })
}

/// A copy of the dict in units of the image.
fn normalized<'py>(param: &Bound<'py, PyDict>, camera: &Camera) -> Result<Bound<'py, PyAny>> {
    let py = param.py();
    let copy = PyDict::new(py);
    for (key, value) in param {
        copy.set_item(key, deep_copy(&value)?)?;
    }
    let pairs = VideoPoseLifting::normalize_camera(camera)?;
    for (key, pair) in ["f", "c"].into_iter().zip(pairs) {
        let came = real_array(&param.as_any().get_item(key)?, key)?;
        copy.set_item(key, pair_array(py, pair, came.shape())?)?;
    }
    Ok(copy.into_any())
}

/// `copy.deepcopy`, which takes microseconds to find out what to do with a number or an array.
fn deep_copy<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    if value.is_exact_instance_of::<PyInt>() || value.is_exact_instance_of::<PyFloat>() {
        return Ok(value.clone());
    }
    if let Ok(array) = value.cast_exact::<PyUntypedArray>()
        && array.dtype().kind() != b'O'
    {
        return Ok(copied_array(array)?.into_any());
    }
    py.import(intern!(py, "copy"))?.call_method1(intern!(py, "deepcopy"), (value,))
}

fn pair_array<'py>(py: Python<'py>, pair: Pair, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    match pair {
        Pair::F32(pair) => new_array(py, "camera_param", shape, &pair),
        Pair::F64(pair) => new_array(py, "camera_param", shape, &pair),
    }
}
