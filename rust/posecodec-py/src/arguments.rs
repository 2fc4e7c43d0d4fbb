//! A constructor's arguments: read, checked for their type, and kept for `repr`, `==` and pickling.

use pyo3::Borrowed;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString, PyTuple};

use crate::error::{conversion_error, invalid};

/// An argument that may be left out. `None` is a value like any other, and mostly a wrong one.
pub(crate) struct OptionalArg<'py>(Option<Bound<'py, PyAny>>);

impl<'py> OptionalArg<'py> {
    /// Left out.
    pub(crate) const DEFAULT: Self = Self(None);

    /// What was given.
    pub(crate) fn value(&self) -> Option<&Bound<'py, PyAny>> {
        self.0.as_ref()
    }

    /// What was given, unless that is `None`.
    pub(crate) fn unless_none(&self) -> Option<&Bound<'py, PyAny>> {
        self.value().filter(|value| !value.is_none())
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for OptionalArg<'py> {
    type Error = std::convert::Infallible;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(object.to_owned())))
    }
}

/// The arguments of one constructor call, in order. Each method reads one under its name.
pub(crate) struct Arguments<'py> {
    values: Bound<'py, PyDict>,
}

impl<'py> Arguments<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Self { values: PyDict::new(py) }
    }

    /// Name → value, as they are read.
    pub(crate) fn into_dict(self) -> Bound<'py, PyDict> {
        self.values
    }

    /// Keeps a value that was read elsewhere.
    pub(crate) fn keep(&self, name: &str, value: impl IntoPyObject<'py>) -> PyResult<()> {
        self.values.set_item(name, value)
    }

    /// A size `[w, h]` or `[w, h, d]`, kept as a tuple.
    pub(crate) fn size<const N: usize>(
        &self,
        name: &str,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<[usize; N]> {
        let wanted = if N == 3 {
            "must be (w, h, d), three positive integers"
        } else {
            "must be (w, h), two positive integers"
        };
        let sides = sequence(name, wanted, value)?;
        if sides.len() != N {
            return Err(invalid(value.py(), name, wanted, format_args!("{} values", sides.len())));
        }
        let mut size = [0; N];
        for (side, value) in size.iter_mut().zip(&sides) {
            *side = integer(name, wanted, value)?;
        }
        self.values.set_item(name, PyTuple::new(value.py(), size)?)?;
        Ok(size)
    }

    /// A size, or its default.
    pub(crate) fn size_or<const N: usize>(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: [usize; N],
    ) -> PyResult<[usize; N]> {
        let Some(value) = &value.0 else {
            self.values.set_item(name, PyTuple::new(self.values.py(), default)?)?;
            return Ok(default);
        };
        self.size(name, value)
    }

    /// A whole number ≥ 0.
    pub(crate) fn count(&self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<usize> {
        let count = integer(name, "must be a positive integer", value)?;
        self.values.set_item(name, count)?;
        Ok(count)
    }

    /// A whole number ≥ 0, or its default.
    pub(crate) fn positive_int_or(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: usize,
    ) -> PyResult<usize> {
        let Some(value) = &value.0 else {
            self.values.set_item(name, default)?;
            return Ok(default);
        };
        self.count(name, value)
    }

    /// A real number, kept as it came: an `int` stays one.
    pub(crate) fn number(&self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<f64> {
        let number = real(name, value)?;
        self.values.set_item(name, kept(value, number)?)?;
        Ok(number)
    }

    /// A real number, or its default.
    pub(crate) fn number_or<D>(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: D,
    ) -> PyResult<f64>
    where
        D: IntoPyObject<'py> + Into<f64> + Copy,
    {
        let Some(value) = &value.0 else {
            self.values.set_item(name, default)?;
            return Ok(default.into());
        };
        self.number(name, value)
    }

    /// A whole number ≥ 0, or `None`, which is the default.
    pub(crate) fn positive_int_or_none(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
    ) -> PyResult<Option<usize>> {
        match value.unless_none() {
            Some(value) => self.count(name, value).map(Some),
            None => self.none(name).map(|()| None),
        }
    }

    /// A real number, or `None`, which is the default.
    pub(crate) fn number_or_none(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
    ) -> PyResult<Option<f64>> {
        match value.unless_none() {
            Some(value) => self.number(name, value).map(Some),
            None => self.none(name).map(|()| None),
        }
    }

    /// A real number or several, or `None`, which is the default. A list is kept as a tuple.
    pub(crate) fn numbers_or_none(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
    ) -> PyResult<Vec<f64>> {
        let several = value.0.as_ref().filter(|value| value.try_iter().is_ok());
        let Some(value) = several else {
            return Ok(self.number_or_none(name, value)?.into_iter().collect());
        };
        let items = sequence(name, "must be a number, or a few of them", value)?;
        let numbers = items.iter().map(|item| real(name, item)).collect::<PyResult<Vec<_>>>()?;
        let kept = items.iter().zip(&numbers).map(|(item, &number)| kept(item, number));
        let kept = kept.collect::<PyResult<Vec<_>>>()?;
        self.values.set_item(name, PyTuple::new(value.py(), kept)?)?;
        Ok(numbers)
    }

    /// Whole numbers ≥ 0; none is the default. A list is kept as a tuple.
    pub(crate) fn counts_or_empty(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
    ) -> PyResult<Vec<usize>> {
        let counts = value.0.as_ref().map_or(Ok(Vec::new()), |value| indices(name, value))?;
        self.values.set_item(name, PyTuple::new(self.values.py(), counts.iter().copied())?)?;
        Ok(counts)
    }

    /// An argument that was left out, kept as `None`.
    pub(crate) fn none(&self, name: &str) -> PyResult<()> {
        self.values.set_item(name, self.values.py().None())
    }

    /// A real number for all axes, or one an axis.
    pub(crate) fn number_per_axis_or<const A: usize>(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: f64,
    ) -> PyResult<[f64; A]> {
        let Some(value) = value.0.as_ref().filter(|value| value.extract::<f64>().is_err()) else {
            return self.number_or(name, value, default).map(|number| [number; A]);
        };
        let axes = if A == 3 { "x, y and z" } else { "x and y" };
        let wanted = format!("must be a number, or one each for {axes}");
        let items = sequence(name, &wanted, value)?;
        if items.len() != A {
            let got = format!("{} values", items.len());
            return Err(invalid(value.py(), name, &wanted, got));
        }
        let (mut numbers, mut describe) = ([0.0; A], Vec::new());
        for (number, item) in numbers.iter_mut().zip(&items) {
            *number = real(name, item)?;
            describe.push(kept(item, *number)?);
        }
        self.values.set_item(name, PyTuple::new(value.py(), describe)?)?;
        Ok(numbers)
    }

    /// Indices of keypoints, from the end where negative, kept as a tuple.
    pub(crate) fn indices(&self, name: &str, value: &Bound<'py, PyAny>) -> PyResult<Vec<isize>> {
        let wanted = "must be indices of keypoints, whole numbers";
        let items = items_up_to(MAX_INDICES, name, wanted, value)?;
        let indices = items.iter().map(|item| integer(name, wanted, item));
        let indices = indices.collect::<PyResult<Vec<isize>>>()?;
        self.values.set_item(name, PyTuple::new(value.py(), &indices)?)?;
        Ok(indices)
    }

    /// One index, kept as a number, or several; or a default.
    pub(crate) fn index_or_indices_or(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: isize,
    ) -> PyResult<Vec<isize>> {
        let index = match &value.0 {
            None => default,
            Some(value) if value.try_iter().is_ok() => return self.indices(name, value),
            Some(value) => {
                integer(name, "must be an index of a keypoint, or a tuple of them", value)?
            }
        };
        self.values.set_item(name, index)?;
        Ok(vec![index])
    }

    /// A truth value, or its default. 0, 1 and NumPy's booleans will do; a word is a mistake.
    pub(crate) fn bool_or(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: bool,
    ) -> PyResult<bool> {
        let flag = match &value.0 {
            None => default,
            Some(value) => {
                match value.extract::<bool>().or(value.extract::<u8>().map(|n| n == 1)) {
                    Ok(flag) if value.eq(flag)? => flag,
                    _ => return Err(invalid(value.py(), name, "must be a bool", describe(value))),
                }
            }
        };
        self.values.set_item(name, flag)?;
        Ok(flag)
    }

    /// A word, or its default.
    pub(crate) fn str_or(
        &self,
        name: &str,
        value: &OptionalArg<'py>,
        default: &str,
    ) -> PyResult<String> {
        let word = match &value.0 {
            None => default.to_owned(),
            Some(value) => match value.cast::<PyString>() {
                // What is no Unicode is none of the words either.
                Ok(word) => word.to_string_lossy().into_owned(),
                Err(_) => return Err(invalid(value.py(), name, "must be a str", describe(value))),
            },
        };
        self.values.set_item(name, &word)?;
        Ok(word)
    }
}

/// Whole numbers ≥ 0.
pub(crate) fn indices(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    let wanted = "must be a list of whole numbers";
    let items = items_up_to(MAX_INDICES, name, wanted, value)?;
    items.iter().map(|item| integer(name, wanted, item)).collect()
}

/// The items of a tuple, a list, an array: anything that can be iterated, but words.
pub(crate) fn sequence<'py>(
    name: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    items_up_to(16, name, wanted, value)
}

/// The most indices that an argument may hold: more than keypoints of any body.
const MAX_INDICES: usize = 1 << 16;

/// The items, `most` at most.
fn items_up_to<'py>(
    most: usize,
    name: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = value.py();
    if value.is_instance_of::<PyString>() || value.try_iter().is_err() {
        return Err(invalid(py, name, wanted, describe(value)));
    }
    // Whoever passes an endless iterator gets an answer too.
    let items: PyResult<Vec<_>> = value.try_iter()?.take(most + 1).collect();
    let items = items.map_err(|cause| conversion_error(py, name, wanted, cause))?;
    if items.len() > most {
        return Err(invalid(py, name, wanted, format_args!("more than {most}")));
    }
    Ok(items)
}

pub(crate) fn integer<'py, I>(name: &str, wanted: &str, value: &Bound<'py, PyAny>) -> PyResult<I>
where
    I: for<'a> FromPyObject<'a, 'py>,
{
    let refused = || invalid(value.py(), name, wanted, describe(value));
    if value.is_instance_of::<pyo3::types::PyBool>() {
        return Err(refused());
    }
    value.extract().map_err(|_| refused())
}

pub(crate) fn real(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let refused = || invalid(value.py(), name, "must be a number", describe(value));
    if value.is_instance_of::<pyo3::types::PyBool>() || value.is_instance_of::<PyString>() {
        return Err(refused());
    }
    value.extract().map_err(|_| refused())
}

/// A number as it is kept: as it came, but NumPy's scalars, which would print as such, as a float.
fn kept<'py>(value: &Bound<'py, PyAny>, number: f64) -> PyResult<Bound<'py, PyAny>> {
    if value.is_exact_instance_of::<PyInt>() || value.is_exact_instance_of::<PyFloat>() {
        Ok(value.clone())
    } else {
        Ok(PyFloat::new(value.py(), number).into_any())
    }
}

/// How an argument is shown in a message: its `repr`, or its type where that fails or is long.
pub(crate) fn describe(value: &Bound<'_, PyAny>) -> String {
    const LONGEST: usize = 80;
    match value.repr().and_then(|text| Ok(text.to_cow()?.into_owned())) {
        Ok(text) if text.chars().count() <= LONGEST => text,
        _ => format!("a {}", value.get_type().name().map_or("?".into(), |name| name.to_string())),
    }
}

/// The arguments as a call shows them: `name=value, ...`.
pub(crate) fn describe_call(arguments: &Bound<'_, PyDict>) -> PyResult<String> {
    let mut describe = Vec::new();
    for (name, value) in arguments {
        describe.push(format!("{}={}", name, value.repr()?));
    }
    Ok(describe.join(", "))
}

/// The arguments as a tuple of (name, value), which can be hashed.
pub(crate) fn items<'py>(arguments: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(arguments.py(), arguments.items())
}
