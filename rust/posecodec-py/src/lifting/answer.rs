//! The dict that an encoder answers with: new, or the caller's `out`.

use numpy::{Element, PyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::{Init, Item, Role};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::answer::{array, named_arrays};
use crate::convert::{check_no_overlap, writable_as};

/// An answer being put together. Its arrays are claimed in order, checked, and then filled.
pub(crate) struct Answer<'a, 'py> {
    py: Python<'py>,
    out: Option<&'a Bound<'py, PyAny>>,
    items: Vec<(&'static str, Bound<'py, PyAny>)>,
    /// Arrays of `out`, and what is to be copied into them at the end.
    copies: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    /// Arrays of `out` that will be written to.
    given: Vec<Bound<'py, PyAny>>,
}

impl<'a, 'py> Answer<'a, 'py> {
    /// An answer of these items; `out` must hold the arrays among them.
    pub(crate) fn new(
        py: Python<'py>,
        items: &[Item],
        out: Option<&'a Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let given = match out {
            None => Vec::new(),
            Some(out) => {
                let (plain, arrays): (Vec<_>, Vec<_>) =
                    items.iter().partition(|item| is_plain(item.role));
                let name = |item: &&Item| item.name;
                let names: Vec<_> = arrays.iter().map(name).collect();
                named_arrays(out, &names, &plain.iter().map(name).collect::<Vec<_>>())?
            }
        };
        Ok(Self { py, out, items: Vec::with_capacity(items.len()), copies: Vec::new(), given })
    }

    /// Whether the caller gave the arrays.
    pub(crate) fn is_given(&self) -> bool {
        self.out.is_some()
    }

    fn given(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.out.map(|out| out.get_item(name)).transpose()
    }

    /// An array to be filled.
    pub(crate) fn array<T: Element>(
        &mut self,
        name: &'static str,
        shape: &[usize],
    ) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
        let given = self.given(name)?;
        let array = array(self.py, name, shape, given.as_ref(), Init::Uninit)?;
        self.items.push((name, array.as_any().clone()));
        Ok(array)
    }

    /// An array that is there already: itself, or what is copied into that of `out`.
    pub(crate) fn kept(
        &mut self,
        name: &'static str,
        array: &Bound<'py, PyUntypedArray>,
    ) -> PyResult<()> {
        if let Some(given) = self.given(name)? {
            writable_as(&given, &format!("out['{name}']"), array.shape(), &array.dtype())?;
            // Copied before anything is written: `out` may lie in the same memory.
            self.copies.push((given, array.call_method0("copy")?));
        } else {
            self.items.push((name, array.as_any().clone()));
        }
        Ok(())
    }

    /// Something that is no array.
    pub(crate) fn plain(&mut self, name: &'static str, value: Bound<'py, PyAny>) {
        self.items.push((name, value));
    }

    /// Ends the claims.
    pub(crate) fn check_outputs(&self) -> PyResult<()> {
        check_no_overlap(&self.given)
    }

    /// The dict, once all arrays are filled.
    pub(crate) fn finish(self, items: &[Item]) -> PyResult<Bound<'py, PyDict>> {
        for (given, array) in self.copies {
            given.set_item(self.py.Ellipsis(), array)?;
        }
        let Some(out) = self.out else {
            let dict = PyDict::new(self.py);
            for (name, value) in self.items {
                dict.set_item(key(self.py, name), value)?;
            }
            return Ok(dict);
        };
        let dict = out.cast::<PyDict>()?;
        for (name, value) in self.items {
            if items.iter().any(|item| item.name == name && is_plain(item.role)) {
                dict.set_item(name, value)?;
            }
        }
        Ok(dict.clone())
    }
}

/// The name as a string that is made and hashed once: of a call of 2.4 µs, making ten anew takes
/// 0.3 µs.
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
        "keypoint_labels" "keypoint_labels_visible" "keypoints_visible" "keypoints_mean"
        "keypoints_std" "lifting_target_label" "lifting_target_weight" "lifting_target"
        "lifting_target_visible" "target_mean" "target_std" "target_root" "target_root_removed"
        "target_root_index" "trajectory_weights" "camera_param" "factor"
    )
}

/// Whether an item of this role is no array.
fn is_plain(role: Role) -> bool {
    matches!(role, Role::TargetRootRemoved | Role::TargetRootIndex | Role::CameraParam)
}
