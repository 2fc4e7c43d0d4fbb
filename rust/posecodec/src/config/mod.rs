//! Codecs in the form of MMPose's config dicts, behind the feature `serde`.
//!
//! Every codec implements `Serialize` and `Deserialize`. The names and the defaults are MMPose's;
//! `type` may be omitted, and unknown names are errors. [`AnyCodec`] reads a codec whose type is not
//! known in advance.
//!
//! ```
//! use posecodec::codecs::heatmaps::UdpHeatmap;
//! use posecodec::config::AnyCodec;
//!
//! let config = r#"{"type": "UDPHeatmap", "input_size": [192, 256], "heatmap_size": [48, 64]}"#;
//! let codec: UdpHeatmap = serde_json::from_str(config)?;
//! assert_eq!(codec.options().blur_kernel_size, 11);
//! let AnyCodec::UdpHeatmap(same) = serde_json::from_str(config)? else { unreachable!() };
//! assert_eq!(same, codec);
//! assert!(serde_json::to_string(&codec)?.starts_with(r#"{"type":"UDPHeatmap","input_size":[192,256]"#));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod fields;
mod people;
mod poses;
mod top_down;

use serde::{Deserialize, Serialize, Serializer};

use crate::codecs::{hands::*, heatmaps::*, people::*, poses::*, regression::*, simcc::*};
pub(crate) use fields::Field;

/// Implements `Serialize` and `Deserialize` of a codec.
///
/// `required` are arguments of `new` that are getters of the codec, too. The others have a default:
/// `"name" field: type` is a field of the codec's options and its name in MMPose. `unused` arguments are
/// read and ignored, as in MMPose.
macro_rules! config {
    (
        $codec:ident($options:ident) as $name:literal {
            required { $($required:ident: $required_type:ty),* }
            optional { $($key:literal $field:ident: $type:ty),* $(,)? }
            $(unused { $($unused:ident: $unused_type:ty),* })?
        }
    ) => {
        $crate::config::config! {
            $codec as $name {
                $($required: $required_type,)*
                $(#[serde(rename = $key, skip_serializing_if = "Option::is_none")]
                $field: Option<<$type as $crate::config::Field>::Form>,)*
                $($(#[serde(default, skip_serializing)] $unused: $unused_type,)*)?
            }
            read(config) {
                $($(let _ = config.$unused;)*)?
                #[allow(unused_mut)] // of a codec without options
                let mut options = $options::default();
                $(if let Some(form) = config.$field {
                    options.$field = <$type as $crate::config::Field>::read(form);
                })*
                $codec::new($(config.$required,)* options)
            }
            write(codec) {
                Config {
                    codec: Some(Name::Name),
                    $($required: codec.$required(),)*
                    $($field: $crate::config::Field::write(&codec.options().$field),)*
                    $($($unused: Default::default(),)*)?
                }
            }
        }
    };
    (
        $codec:ident as $name:literal { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }
        read($config:ident) $read:block
        write($written:ident) $write:block
    ) => {
        const _: () = {
            #[derive(serde::Serialize, serde::Deserialize)]
            enum Name {
                #[serde(rename = $name)]
                Name,
            }

            #[derive(serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            struct Config {
                #[serde(rename = "type")]
                codec: Option<Name>,
                $($(#[$attribute])* $field: $type,)*
            }

            impl serde::Serialize for $codec {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let $written = self;
                    serde::Serialize::serialize(&$write, serializer)
                }
            }

            impl<'de> serde::Deserialize<'de> for $codec {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let $config: Config = serde::Deserialize::deserialize(deserializer)?;
                    let read = || -> $crate::Result<$codec> { $read };
                    read().map_err(serde::de::Error::custom)
                }
            }
        };
    };
}
pub(crate) use config;

macro_rules! any_codec {
    ($($codec:ident as $name:literal,)*) => {
        /// A codec of any type, read from the config dict that names it.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(tag = "type")]
        #[non_exhaustive]
        #[allow(missing_docs, clippy::large_enum_variant)] // a codec each, made once
        pub enum AnyCodec {
            $(#[serde(rename = $name)] $codec($codec),)*
        }

        impl Serialize for AnyCodec {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$codec(codec) => codec.serialize(serializer),)*
                }
            }
        }
    };
}

any_codec! {
    AssociativeEmbedding as "AssociativeEmbedding",
    DecoupledHeatmap as "DecoupledHeatmap",
    EdPoseLabel as "EDPoseLabel",
    Hand3dHeatmap as "Hand3DHeatmap",
    ImagePoseLifting as "ImagePoseLifting",
    IntegralRegressionLabel as "IntegralRegressionLabel",
    MegviiHeatmap as "MegviiHeatmap",
    MotionBertLabel as "MotionBERTLabel",
    MsraHeatmap as "MSRAHeatmap",
    RegressionLabel as "RegressionLabel",
    Simcc3dLabel as "SimCC3DLabel",
    SimccLabel as "SimCCLabel",
    SkpsHeatmap as "SKPSHeatmap",
    Spr as "SPR",
    UdpHeatmap as "UDPHeatmap",
    VideoPoseLifting as "VideoPoseLifting",
    YoloxPoseAnnotationProcessor as "YOLOXPoseAnnotationProcessor",
}
