"""Codecs from configs as MMPose writes them."""

from collections.abc import Mapping
from typing import Any

from posecodec_rs import _core

CODECS: dict[str, type[_core.BaseKeypointCodec]] = {
    "AssociativeEmbedding": _core.AssociativeEmbedding,
    "DecoupledHeatmap": _core.DecoupledHeatmap,
    "EDPoseLabel": _core.EDPoseLabel,
    "Hand3DHeatmap": _core.Hand3DHeatmap,
    "ImagePoseLifting": _core.ImagePoseLifting,
    "IntegralRegressionLabel": _core.IntegralRegressionLabel,
    "MSRAHeatmap": _core.MSRAHeatmap,
    "MegviiHeatmap": _core.MegviiHeatmap,
    "MotionBERTLabel": _core.MotionBERTLabel,
    "RegressionLabel": _core.RegressionLabel,
    "SPR": _core.SPR,
    "SimCC": _core.SimCCLabel,
    "SimCC3DLabel": _core.SimCC3DLabel,
    "SimCCLabel": _core.SimCCLabel,
    "UDPHeatmap": _core.UDPHeatmap,
    "YOLOXPoseAnnotationProcessor": _core.YOLOXPoseAnnotationProcessor,
    "VideoPoseLifting": _core.VideoPoseLifting,
}
"""The codecs by the names that configs know them by."""


def build(cfg: Mapping[str, Any]) -> _core.BaseKeypointCodec:
    """Make a codec from a config: ``dict(type='UDPHeatmap', input_size=(192, 256), ...)``.

    Args:
        cfg: The codec's ``type``, its name or class, and its arguments.

    Raises:
        InvalidInputError: For anything but a mapping with a known ``type``, or arguments that the
            codec does not take.
    """
    if not isinstance(cfg, Mapping):
        raise _core.InvalidInputError(
            f"`cfg` must be a dict with the codec's `type` and arguments, but got {cfg!r}"
        )
    arguments = dict(cfg)
    kind = arguments.pop("type", None)
    codec = CODECS.get(kind) if isinstance(kind, str) else kind
    if not (isinstance(codec, type) and issubclass(codec, _core.BaseKeypointCodec)):
        raise _core.InvalidInputError(
            f"`cfg['type']` must be a codec's class or one of {sorted(CODECS)}, but got {kind!r}"
        )
    try:
        return codec(**arguments)
    except TypeError as error:
        raise _core.InvalidInputError(
            f"`cfg` must hold the arguments of {codec.__name__}, but got {cfg!r}: {error}"
        ) from error
