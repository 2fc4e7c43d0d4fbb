"""The functions and classes that `install` and `patch` replace, by the fingerprints of their code.

A fingerprint covers what a function calls in its own package, too: two copies of a function with
one text differ if one of them calls a ``transform_preds`` that does not multiply by 200.
"""

from typing import Any

from posecodec_rs.mmpose0 import _bottom_up, _decode, _flip, _parser, _top_down

_pixels = _decode.Decoder(1.0)
"""For scales in pixels."""

REPLACEMENTS: dict[str, Any] = {
    # MMPose 0.29
    "60e651a8d5da2d02": _decode.keypoints_from_heatmaps,
    "70eca7eab34ea942": _decode.keypoints_from_heatmaps3d,
    "42abd54a18fcf478": _decode.keypoints_from_regression,
    "b9b8e6ca1f0cc7a7": _decode.transform_preds,
    "85378be18dde41d0": _top_down.TopDownGenerateTarget,
    "f22a0c99a37995ac": _parser.HeatmapParser,
    # MMPose 0.24 to 0.29, ViTPose, easy_ViTPose, GVHMR, Wan2.2
    "e7e03664a01f89f5": _decode.post_dark_udp,
    "cfed4e23b219319f": _flip.flip_back,
    "758c9816883b3387": _top_down.TopDownGenerateTargetRegression,
    "d143eb3f66818102": _bottom_up.BottomUpGenerateTarget,
    "708fb8a9ddbc1cbe": _bottom_up.HeatmapGenerator,
    "725bef81efcaf962": _bottom_up.JointsEncoder,
    # ViTPose, GVHMR: `transform_preds` sets other columns than x and y to 1
    "31e7275e0cc95e96": _decode.keypoints_from_heatmaps,
    "2841d521526f2ad5": _decode.keypoints_from_heatmaps3d,
    "a26656966150d1e2": _decode.keypoints_from_regression,
    "923fce2c6c4e1fc3": _decode.transform_preds,
    # easy_ViTPose, Wan2.2, ComfyUI-WanAnimatePreprocess: scales in pixels
    "e26a1c42d8017506": _pixels.keypoints_from_heatmaps,
    "d556ecca58d0f0a2": _pixels.keypoints_from_heatmaps3d,
    "557075b957635b06": _pixels.keypoints_from_regression,
    "1b17fc258dddf70d": _pixels.transform_preds,
}

NAMES = (
    "BottomUpGenerateTarget",
    "HeatmapGenerator",
    "HeatmapParser",
    "JointsEncoder",
    "TopDownGenerateTarget",
    "TopDownGenerateTargetRegression",
    "flip_back",
    "keypoints_from_heatmaps",
    "keypoints_from_heatmaps3d",
    "keypoints_from_regression",
    "post_dark_udp",
    "transform_preds",
)
"""The names that modules are searched for."""
