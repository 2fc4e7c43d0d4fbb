"""MMPose's `GenerateTarget` with ``defer``.

`posecodec_rs.mmpose.install` with ``defer=True`` registers it. It does not import MMPose's models,
because workers of loaders need only this.
"""

from typing import Any

from mmpose.datasets import transforms

from posecodec_rs._core import InvalidInputError
from posecodec_rs._deferred import Deferral
from posecodec_rs._encoders import TABLES, Encoders, read_keypoints

__all__ = ["GenerateTarget"]


class GenerateTarget(transforms.GenerateTarget):  # type: ignore[misc]
    """MMPose's transform. With ``defer``, `EncodingDataPreprocessor` encodes the batch instead.

    Args:
        *args: As MMPose's.
        defer: Whether to check the sample and keep its keypoints, without encoding them.
        **kwargs: As MMPose's.
    """

    def __init__(self, *args: Any, defer: bool = False, **kwargs: Any) -> None:
        """Build the encoders."""
        super().__init__(*args, **kwargs)
        self._deferral: Deferral | None = None
        if defer:
            pack = transforms.PackPoseInputs
            weighted = self.use_dataset_keypoint_weights
            default_tables = {name: getattr(pack, name) for name in TABLES}
            encoders = Encoders(self.encoder, self.multilevel, weighted, default_tables)
            self._deferral = Deferral(encoders)

    def transform(self, results: dict[str, Any]) -> Any:
        """Add the targets to a sample's dict, or what encodes them later."""
        if self._deferral is None:
            return super().transform(results)
        if "img" not in results and "lifting_target" in results:
            raise InvalidInputError(
                "`defer` must be false for codecs that lift keypoints, because they encode the "
                f"network's input, but got {self.encoder_cfg}"
            )
        self._deferral.add_to(results, *read_keypoints(results))
        return results

    def __repr__(self) -> str:
        """Return MMPose's text, and whether it defers."""
        text: str = super().__repr__()
        return text if self._deferral is None else f"{text[:-1]}, defer=True)"
