//! The one error type of the crate.

/// An error of this crate. Every message names the argument, what it must be and what it is.
///
/// ```
/// use posecodec::Error;
/// use posecodec::codecs::regression::RegressionLabel;
///
/// let error = RegressionLabel::new([0, 256]).unwrap_err();
/// assert!(matches!(error, Error::InvalidInput { argument: "input_size", .. }));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument has an invalid value, shape or type.
    #[error("`{argument}` {wanted}, but got {got}")]
    InvalidInput {
        /// The argument's name.
        argument: &'static str,
        /// The requirement, as the rest of a sentence: "must be a positive number".
        wanted: String,
        /// The invalid value, shape or type.
        got: String,
    },
    /// A string option that the codec does not have.
    #[error(
        "{codec} got invalid `{argument}` value {got:?}. Should be one of {{{}}}",
        quoted(options)
    )]
    UnknownOption {
        /// The codec's name.
        codec: &'static str,
        /// The argument's name.
        argument: &'static str,
        /// The invalid value.
        got: String,
        /// The valid values.
        options: &'static [&'static str],
    },
    /// A table or a buffer could not be allocated.
    #[error("out of memory: {bytes} bytes for {purpose}")]
    OutOfMemory {
        /// The purpose of the memory.
        purpose: &'static str,
        /// The size of the allocation.
        bytes: usize,
    },
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::InvalidInput`]: "`argument` {wanted}, but got {got}".
    pub fn invalid(
        argument: &'static str,
        wanted: impl Into<String>,
        got: impl std::fmt::Display,
    ) -> Self {
        Self::InvalidInput { argument, wanted: wanted.into(), got: got.to_string() }
    }

    /// The same error, with the argument `from` called `to`. Errors about other arguments stay.
    #[must_use]
    pub fn rename_argument(mut self, from: &str, to: &'static str) -> Self {
        match &mut self {
            Self::InvalidInput { argument, .. } | Self::UnknownOption { argument, .. }
                if *argument == from =>
            {
                *argument = to;
            }
            _ => {}
        }
        self
    }
}

/// An empty vector with a capacity of `len` values, or [`Error::OutOfMemory`].
pub(crate) fn try_with_capacity<T>(purpose: &'static str, len: usize) -> Result<Vec<T>> {
    let mut values = Vec::new();
    match values.try_reserve_exact(len) {
        Ok(()) => Ok(values),
        Err(_) => Err(Error::OutOfMemory { purpose, bytes: len.saturating_mul(size_of::<T>()) }),
    }
}

/// Collects values into a vector, or returns [`Error::OutOfMemory`].
pub(crate) fn try_collect<T>(
    purpose: &'static str,
    values: impl ExactSizeIterator<Item = T>,
) -> Result<Vec<T>> {
    let mut collected = try_with_capacity(purpose, values.len())?;
    collected.extend(values);
    Ok(collected)
}

fn quoted(options: &[&str]) -> String {
    options.iter().map(|option| format!("{option:?}")).collect::<Vec<_>>().join(", ")
}

/// Displays a shape as NumPy does: `(17, 2)`, `(5,)`.
///
/// ```
/// assert_eq!(posecodec::Shape(&[17, 2]).to_string(), "(17, 2)");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a>(pub &'a [usize]);

impl std::fmt::Display for Shape<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sides: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        let comma = if sides.len() == 1 { "," } else { "" };
        write!(formatter, "({}{comma})", sides.join(", "))
    }
}
