"""MMPose's keypoint codecs in Rust: the same results, tens of times faster.

Every codec turns keypoints into training targets (``encode``, ``batch_encode``) and network outputs
back into keypoints (``decode``, ``batch_decode``). Names, arguments and results are those of
``mmpose.codecs`` 1.3.2. Sizes are ``(w, h)``, arrays ``(H, W)``; keypoints are in pixels of the
network's input.
"""

from posecodec_rs import _core, functional
from posecodec_rs._build import CODECS, build
from posecodec_rs._core import *  # noqa: F403 - `__all__` of the stub names them for type checkers
from posecodec_rs._deferred import encode_deferred
from posecodec_rs.crop import Crop
from posecodec_rs.generate_target import GenerateTarget

SimCC = _core.SimCCLabel

__all__ = ["CODECS", "Crop", "GenerateTarget", "SimCC", "build", "encode_deferred", "functional"]
__all__ += _core.__all__
