"""MMPose's keypoint codecs in Rust: the same answers, tens of times faster.

Every codec turns keypoints into training targets (``encode``, ``batch_encode``) and network outputs
back into keypoints (``decode``, ``batch_decode``). Names, arguments and answers are those of
``mmpose.codecs`` 1.3.2. Sizes are ``(w, h)``, arrays ``(H, W)``; keypoints are in pixels of the
network's input.
"""

from posecodec_rs import functional
from posecodec_rs._build import CODECS, build
from posecodec_rs._core import (
    SPR,
    AssociativeEmbedding,
    BaseKeypointCodec,
    DecoupledHeatmap,
    EDPoseLabel,
    Hand3DHeatmap,
    ImagePoseLifting,
    IntegralRegressionLabel,
    InvalidInputError,
    MegviiHeatmap,
    MotionBERTLabel,
    MSRAHeatmap,
    RegressionLabel,
    SimCC3DLabel,
    SimCCLabel,
    UDPHeatmap,
    VideoPoseLifting,
    YOLOXPoseAnnotationProcessor,
    __version__,
    force_simd_tier,
    get_num_threads,
    set_num_threads,
    simd_tiers,
    to_image,
)
from posecodec_rs.generate_target import GenerateTarget

SimCC = SimCCLabel  # its name in older configs

__all__ = [
    "CODECS",
    "SPR",
    "AssociativeEmbedding",
    "BaseKeypointCodec",
    "DecoupledHeatmap",
    "EDPoseLabel",
    "GenerateTarget",
    "Hand3DHeatmap",
    "ImagePoseLifting",
    "IntegralRegressionLabel",
    "InvalidInputError",
    "MSRAHeatmap",
    "MegviiHeatmap",
    "MotionBERTLabel",
    "RegressionLabel",
    "SimCC",
    "SimCC3DLabel",
    "SimCCLabel",
    "UDPHeatmap",
    "VideoPoseLifting",
    "YOLOXPoseAnnotationProcessor",
    "__version__",
    "build",
    "force_simd_tier",
    "functional",
    "get_num_threads",
    "set_num_threads",
    "simd_tiers",
    "to_image",
]
