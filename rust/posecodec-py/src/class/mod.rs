//! What the Python classes of all codecs share: [`codec_class!`] and [`BaseKeypointCodec`].

pub(crate) mod arguments;
mod base;
pub(crate) mod kinds;
pub(crate) mod parse;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::Result;

pub(crate) use arguments::OptionalArg;
pub(crate) use base::{
    BaseKeypointCodec, InitOnce, argument, identity, key_set, list, renamed, sub_codec, unpickle,
};

/// A required argument of a method.
pub(crate) type Any<'a, 'py> = &'a Bound<'py, PyAny>;

/// An argument of a method that may be `None`.
pub(crate) type Opt<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// What `encode` returns.
pub(crate) type Encoded<'py> = Result<Bound<'py, PyDict>>;

/// Keypoints and scores.
pub(crate) type Decoded<'py> = PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// Lines that many docstrings share.
macro_rules! phrase {
    (out) => {
        "    out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes\n        and dtypes of the returned dict."
    };
    (dtype) => {
        "    dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not\n        of ``keypoint_weights``. Values are rounded once, at the end. Default: float32."
    };
    (threads) => {
        "Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`)."
    };
    (flip) => {
        "With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,\nas MMPose's heads do with ``flip_test``."
    };
    (flip_indices) => {
        "    flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror\n        image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose."
    };
    (scale_factor) => {
        "Input pixels per heatmap pixel, shape (2,), float32."
    };
    // Arguments of a `batch_encode` that takes the people of several images.
    (image_args) => {
        "    keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one per image,\n        of which N may differ; input pixels; as for ``encode``.\n    keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).\n        Default: all visible."
    };
    // The head of the docstring of an `encode_profiles` whose heatmaps are `$formula`.
    (encode_profiles $formula:literal) => {
        concat!(
            "Encode a batch to profiles instead of heatmaps.\n\nThe heatmaps of ``batch_encode``, bit-identical, are ",
            $formula,
            "."
        )
    };
    // Its arguments, for keypoints (B, $instances, K, 2).
    (profile_args $instances:literal) => {
        concat!(
            "\nArgs:\n    keypoints (array): Shape (B, ",
            $instances,
            ", K, 2), input pixels; as for ``encode``.\n    keypoints_visible (array, optional): Shape (B, ",
            $instances,
            ", K). Default: all visible.\n",
            phrase!(out),
        )
    };
    // The docstring of a `batch_encode` that takes one array of keypoints (B, $instances, K, 2).
    (batch_encode $instances:literal) => {
        concat!(
            "Encode a batch.\n\n",
            phrase!(threads),
            "\n\nArgs:\n    keypoints (array): Shape (B, ",
            $instances,
            ", K, 2), input pixels; as for ``encode``.\n    keypoints_visible (array, optional): Shape (B, ",
            $instances,
            ", K). Default: all visible.\n",
            phrase!(out),
            "\n",
            phrase!(dtype),
            "\n\nReturns:\n    dict: The arrays of ``encode``, each with a leading B.",
            "\n\nRaises:\n    InvalidInputError: As for ``encode``."
        )
    };
}
pub(crate) use phrase;

/// The default of an argument in a table of [`codec_class!`]: what its parameter of `__init__` has if it is
/// omitted, the end of its documentation, and its value.
macro_rules! argument_default {
    (omitted $default:tt) => {
        $crate::class::OptionalArg::DEFAULT
    };

    (doc None) => {
        ""
    };
    (doc $default:tt) => {
        concat!(" Default: ", stringify!($default), ".")
    };

    // Never read: Python raises TypeError where a required argument is omitted.
    (value) => {
        ()
    };
    (value None) => {
        None::<bool>
    };
    (value True) => {
        true
    };
    (value False) => {
        false
    };
    (value $default:tt) => {
        $default
    };
}
pub(crate) use argument_default;

/// Declares the Python class of a codec.
///
/// The constructor's arguments are a table. A row has the argument's documentation, name, kind (a
/// function in [`kinds`]), default, and, after `=>`, a function that computes the attribute from
/// the argument. From the row come the parameter of `__init__`, its entries in
/// `__text_signature__` and in `Args:` of the docstring, and the read-only attribute.
///
/// `build` makes the codec from the parsed arguments. `encode` has the required, the optional and the
/// keyword-only arguments of `encode` and `batch_encode`, and the expression that both return; then
/// come their docstrings. With `profiles_doc`, its docstring, a `Separable` codec has `encode_profiles`.
/// `tables` are class attributes, each with the function that makes it from a list of names. `methods`
/// are other `#[pymethods]`. A family of codecs has a macro of its own (such as `heatmap_codec!`) that
/// adds what they share and calls this one.
///
/// For example,
///
/// ```text
/// codec_class! {
///     /// Represent keypoints as blurred points.
///     class MegviiHeatmap("MegviiHeatmap", heatmaps::MegviiHeatmap);
///     args {
///         /// Input size (w, h) in pixels.
///         input_size: size;
///         /// Kernel size of the Gaussian, odd.
///         kernel_size: count = 11;
///     }
///     raises "For a size of 0 or an even kernel.";
///     build |arguments| heatmaps::MegviiHeatmap::new(input_size, options);
///     encode(keypoints; keypoints_visible; out) |py, codec, call| {
///         encode(py, codec, call, keypoints, keypoints_visible, out)
///     }
///     sample_doc { /// Encode the keypoints of one sample. }
///     batch_doc { #[doc = phrase!(batch_encode "1")] }
///     tables { field_mapping_table: identity ["heatmaps"]; }
///     methods { fn decode(&self, ..) { .. } }
/// }
/// ```
///
/// expands to
///
/// ```text
/// /// MegviiHeatmap(input_size, kernel_size=11, )
/// /// --
/// ///
/// /// Represent keypoints as blurred points.
/// ///
/// /// Args:
/// ///     input_size (tuple): Input size (w, h) in pixels.
/// ///     kernel_size (int): Kernel size of the Gaussian, odd. Default: 11.
/// ///
/// /// Raises:
/// ///     InvalidInputError: For a size of 0 or an even kernel.
/// #[pyclass(name = "MegviiHeatmap", extends = BaseKeypointCodec, subclass, frozen, ..)]
/// pub(crate) struct MegviiHeatmap(InitOnce<heatmaps::MegviiHeatmap>);
///
/// #[pymethods]
/// impl MegviiHeatmap {
///     #[new]
///     fn new(_args, _kwargs) -> PyClassInitializer<Self> { .. } // takes anything
///
///     #[pyo3(signature = (input_size, kernel_size=OptionalArg::DEFAULT))]
///     fn __init__(slf, input_size: OptionalArg, kernel_size: OptionalArg) -> Result<()> {
///         let arguments = Arguments::new(slf.py());
///         let input_size = arguments.keep("input_size", kinds::size("input_size", input_size)?)?;
///         let kernel_size = ..; // the same with kinds::count, and 11 where it was omitted
///         slf.get().0.set(slf, arguments, heatmaps::MegviiHeatmap::new(input_size, options)?)
///     }
///
///     #[classattr]
///     fn field_mapping_table(py) -> PyResult<Py<PyAny>> { identity(py, &["heatmaps"]) }
///
///     /// Input size (w, h) in pixels.
///     #[getter]
///     fn input_size(slf) -> PyResult<Py<PyAny>> { argument(slf, "input_size") }
///
///     /// Encode the keypoints of one sample.
///     #[pyo3(signature = (keypoints, keypoints_visible=None, *, out=None))]
///     fn encode(&self, py, keypoints: Any, keypoints_visible: Opt, out: Opt) -> Encoded {
///         let (codec, call) = (self.0.get()?, Call::Single);
///         encode(py, codec, call, keypoints, keypoints_visible, out)
///     }
///
///     .. // the same for kernel_size and batch_encode, then the methods
/// }
/// ```
macro_rules! codec_class {
    (
        $(#[doc = $about:literal])*
        class $name:ident($python:literal, $codec:ty);
        args {$(
            #[doc = $first:literal] $(#[doc = $more:literal])*
            $arg:ident: $kind:ident $(= $default:tt)? $(=> $attribute:path)?;
        )*}
        raises $raises:literal $($raises_more:literal)*;
        build |$arguments:ident| $build:expr;
        encode($($required:ident),*; $($optional:ident),* $(; $($out:ident),+)?)
            |$py:ident, $this:tt, $call:ident| $encoded:block
        sample_doc {$(#[doc = $sample_doc:expr])*}
        batch_doc {$(#[doc = $batch_doc:expr])*}
        $(profiles_doc {$(#[doc = $profiles_doc:expr])*})?
        tables {$($table:ident: $make:ident $names:tt;)*}
        methods {$($methods:tt)*}
    ) => {
        #[doc = concat!(
            $python, "(", $(stringify!($arg) $(, "=", stringify!($default))?, ", ",)* ")\n--\n"
        )]
        $(#[doc = $about])*
        ///
        /// Args:
        $(#[doc = concat!(
            "    ", stringify!($arg), " (", $crate::class::kinds::type_name!($kind), "):", $first
            $(, "\n       ", $more)* $(, $crate::class::argument_default!(doc $default))?
        )])*
        ///
        /// Raises:
        #[doc = concat!("    InvalidInputError: ", $raises $(, "\n        ", $raises_more)*)]
        #[pyclass(name = $python, module = "posecodec_rs", extends = $crate::class::BaseKeypointCodec, subclass, frozen)]
        pub(crate) struct $name($crate::class::InitOnce<$codec>);

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = (*_args, **_kwargs), text_signature = None)]
            fn new(_args: $crate::class::Any<'_, '_>, _kwargs: Option<$crate::class::Any<'_, '_>>) -> PyClassInitializer<Self> {
                $crate::class::BaseKeypointCodec::derived(Self($crate::class::InitOnce::empty()))
            }

            #[pyo3(signature = ($($arg $(= $crate::class::argument_default!(omitted $default))?),*))]
            fn __init__<'py>(
                slf: &Bound<'py, Self>,
                $($arg: $crate::class::OptionalArg<'py>),*
            ) -> $crate::error::Result<()> {
                let $arguments = $crate::class::arguments::Arguments::new(slf.py());
                // Some kinds keep the argument and have no value of their own.
                $(#[allow(clippy::let_unit_value)]
                let $arg = {
                    let value = $arg.or(slf.py(), $crate::class::argument_default!(value $($default)?))?;
                    let parsed = $crate::class::kinds::$kind(stringify!($arg), &value)?;
                    $arguments.keep(pyo3::intern!(slf.py(), stringify!($arg)), parsed)?
                };)*
                let codec: $codec = $build?;
                Ok(slf.get().0.set(slf, $arguments, codec)?)
            }

            $(
                #[classattr]
                fn $table(py: Python<'_>) -> PyResult<Py<PyAny>> {
                    $make(py, &$names)
                }
            )*

            $(
                #[doc = $first]
                $(#[doc = $more])*
                #[getter]
                fn $arg(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
                    let name = pyo3::intern!(slf.py(), stringify!($arg));
                    let kept = $crate::class::argument(slf, name)?;
                    $(let kept = $attribute(slf, kept)?;)?
                    Ok(kept.unbind())
                }
            )*

            $(#[doc = $sample_doc])*
            #[pyo3(signature = ($($required,)* $($optional=None,)* $(*, $($out=None),+)?))]
            #[allow(clippy::too_many_arguments, reason = "MMPose's signatures")]
            fn encode<'py>(
                &self, $py: Python<'py>, $($required: $crate::class::Any<'_, 'py>,)*
                $($optional: $crate::class::Opt<'_, 'py>,)* $($($out: $crate::class::Opt<'_, 'py>),+)?
            ) -> $crate::class::Encoded<'py> {
                let ($this, $call) = (self.0.get()?, $crate::call::Call::Single);
                $encoded
            }

            $(#[doc = $batch_doc])*
            #[pyo3(signature = ($($required,)* $($optional=None,)* $(*, $($out=None),+)?))]
            #[allow(clippy::too_many_arguments, reason = "MMPose's signatures")]
            fn batch_encode<'py>(
                &self, $py: Python<'py>, $($required: $crate::class::Any<'_, 'py>,)*
                $($optional: $crate::class::Opt<'_, 'py>,)* $($($out: $crate::class::Opt<'_, 'py>),+)?
            ) -> $crate::class::Encoded<'py> {
                let ($this, $call) = (self.0.get()?, $crate::call::Call::Batch);
                $encoded
            }

            $(
                $(#[doc = $profiles_doc])*
                #[pyo3(signature = (keypoints, keypoints_visible=None, *, out=None))]
                fn encode_profiles<'py>(
                    &self, py: Python<'py>, keypoints: $crate::class::Any<'_, 'py>,
                    keypoints_visible: $crate::class::Opt<'_, 'py>, out: $crate::class::Opt<'_, 'py>,
                ) -> $crate::class::Encoded<'py> {
                    $crate::encode::encode_profiles(py, self.0.get()?, keypoints, keypoints_visible, out)
                }
            )?

            $($methods)*
        }
    };
}
pub(crate) use codec_class;
