//! Options in the form that they have in a config dict.

use serde::{Deserialize, Serialize};

use crate::codecs::people::RootType;
use crate::codecs::poses::MotionBertMode;

/// An option, and what it is in a config dict.
pub(crate) trait Field: Sized {
    /// The type in the dict.
    type Form;
    fn read(form: Self::Form) -> Self;
    /// `None` for an option that is omitted.
    fn write(&self) -> Option<Self::Form>;
}

macro_rules! as_they_are {
    ($($type:ty),*) => {$(
        impl Field for $type {
            type Form = Self;
            fn read(form: Self) -> Self {
                form
            }
            fn write(&self) -> Option<Self> {
                Some(self.clone())
            }
        }
    )*};
}
as_they_are!(bool, usize, f64, [usize; 2], [usize; 3], RootType, MotionBertMode);

/// An option that may be absent: `None` in Python.
impl<T: Field> Field for Option<T> {
    type Form = T::Form;
    fn read(form: T::Form) -> Self {
        Some(T::read(form))
    }
    fn write(&self) -> Option<T::Form> {
        self.as_ref().and_then(T::write)
    }
}

/// A value, or a list of values.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

impl<T: Clone> Field for Vec<T> {
    type Form = OneOrMany<T>;
    fn read(form: OneOrMany<T>) -> Self {
        form.into_vec()
    }
    fn write(&self) -> Option<OneOrMany<T>> {
        Some(OneOrMany::Many(self.clone()))
    }
}

/// One value for all axes, or one per axis.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum PerAxis<T> {
    All(f64),
    Each(T),
}

macro_rules! per_axis {
    ($($axes:literal),*) => {$(
        impl Field for [f64; $axes] {
            type Form = PerAxis<Self>;
            fn read(form: PerAxis<Self>) -> Self {
                match form {
                    PerAxis::All(value) => [value; $axes],
                    PerAxis::Each(values) => values,
                }
            }
            fn write(&self) -> Option<PerAxis<Self>> {
                Some(PerAxis::Each(*self))
            }
        }
    )*};
}
per_axis!(2, 3);

/// `Serialize` and `Deserialize` of an option that is named by a string.
macro_rules! named {
    ($type:ident { $($variant:ident: $name:literal),* }) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(match self {
                    $(Self::$variant => $name,)*
                })
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                name.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
named!(RootType { KeypointCenter: "kpt_center", BoxCenter: "bbox_center" });
named!(MotionBertMode { Train: "train", Test: "test" });
