//! The Python classes of the codecs: one file per family or codec.

use pyo3::prelude::*;

/// The list of all codecs: declares their modules and adds their classes to the Python module.
macro_rules! codecs {
    ($($file:ident { $($class:ident),* })*) => {
        $(mod $file; pub(crate) use $file::{$($class),*};)*
        /// Adds the classes to the Python module.
        pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $($(module.add_class::<$class>()?;)*)*
            Ok(())
        }
    };
}

codecs! {
    regression { RegressionLabel, IntegralRegressionLabel }
    heatmaps { MsraHeatmap, UdpHeatmap, MegviiHeatmap }
    skps { SkpsHeatmap }
    simcc { SimccLabel }
    simcc_3d { Simcc3dLabel }
    spr { Spr }
    associative_embedding { AssociativeEmbedding }
    decoupled_heatmap { DecoupledHeatmap }
    lifting { ImagePoseLifting, VideoPoseLifting }
    motionbert { MotionBertLabel }
    edpose { EdPoseLabel }
    hand_3d { Hand3dHeatmap }
    yolox_pose { YoloxPoseAnnotationProcessor }
}
