//! Calls of generic functions in the precision of arrays that come from Python.

/// Calls a generic function with the array in its own precision.
macro_rules! in_own_precision {
    ($output:expr, $array:ident => $call:expr) => {
        match $output {
            $crate::convert::NetworkOutput::F16($array) => $call,
            $crate::convert::NetworkOutput::F32($array) => $call,
            $crate::convert::NetworkOutput::F64($array) => $call,
        }
    };
}
pub(crate) use in_own_precision;

/// Calls a generic function with the arrays in the precision that they share.
macro_rules! in_shared_precision {
    ($responses:expr, $arrays:ident => $call:expr) => {
        match $crate::convert::SamePrecision::of($responses)? {
            $crate::convert::SamePrecision::F16($arrays) => $call,
            $crate::convert::SamePrecision::F32($arrays) => $call,
            $crate::convert::SamePrecision::F64($arrays) => $call,
        }
    };
}
pub(crate) use in_shared_precision;
