"""MMPose 0.29's decoding and targets in Rust, under its names and signatures.

To use them in a program: ``from posecodec_rs.mmpose0 import keypoints_from_heatmaps``. To put them
into an installed MMPose 0.x: ``posecodec_rs.mmpose0.install()``. To put them into a copy of
MMPose's file in another project: ``posecodec_rs.mmpose0.patch("project.module")``.

Results are those of MMPose 0.29, which differ from those of MMPose 1.x. Arguments are never
modified. Scales of boxes are in units of 200 pixels, as in MMPose.
"""

from posecodec_rs.mmpose0._bottom_up import (
    BottomUpGenerateTarget,
    HeatmapGenerator,
    JointsEncoder,
)
from posecodec_rs.mmpose0._decode import (
    keypoints_from_heatmaps,
    keypoints_from_heatmaps3d,
    keypoints_from_regression,
    post_dark_udp,
    transform_preds,
)
from posecodec_rs.mmpose0._flip import flip_back
from posecodec_rs.mmpose0._install import Patched, install, patch, uninstall
from posecodec_rs.mmpose0._parser import HeatmapParser
from posecodec_rs.mmpose0._top_down import (
    TopDownGenerateTarget,
    TopDownGenerateTargetRegression,
)

__all__ = [
    "BottomUpGenerateTarget",
    "HeatmapGenerator",
    "HeatmapParser",
    "JointsEncoder",
    "Patched",
    "TopDownGenerateTarget",
    "TopDownGenerateTargetRegression",
    "flip_back",
    "install",
    "keypoints_from_heatmaps",
    "keypoints_from_heatmaps3d",
    "keypoints_from_regression",
    "patch",
    "post_dark_udp",
    "transform_preds",
    "uninstall",
]
