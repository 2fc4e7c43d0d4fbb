"""Targets for several people: ``mmpose.datasets.pipelines.bottom_up_transform``."""

from typing import Any

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core
from posecodec_rs.types import ArrayInput


class HeatmapGenerator:
    """Draw the keypoints of all people into one heatmap per keypoint.

    Args:
        output_size: Size (W, H) of the heatmaps, or one number for both sides.
        num_joints: Number of heatmaps.
        sigma: Standard deviation in heatmap pixels; below 0, the square root of W·H, divided by 64.
        use_udp: Whether peaks are at the keypoints, not at their pixels.

    Raises:
        InvalidInputError: For a wrong size, or a sigma of 0.
    """

    def __init__(
        self, output_size: Any, num_joints: int, sigma: float = -1, use_udp: bool = False
    ) -> None:
        """Check the options."""
        self.output_size: npt.NDArray[Any] = _both_sides(output_size)
        self.num_joints = num_joints
        self.sigma: float = sigma if sigma >= 0 else _core._bottom_up_sigma(self.output_size, sigma)
        self.use_udp = use_udp

    def __call__(self, joints: ArrayInput) -> npt.NDArray[np.float32]:
        """Return heatmaps of shape (num_joints, H, W).

        Args:
            joints: Shape (N, K, 3): x, y in heatmap pixels, and visibility.

        Raises:
            InvalidInputError: For a wrong shape or dtype, or more keypoints than heatmaps.
        """
        return _core._bottom_up_heatmaps(
            joints, self.output_size, self.num_joints, self.sigma, self.use_udp
        )


class JointsEncoder:
    """Number the heatmap pixels of people's visible keypoints.

    Args:
        max_num_people: Number of rows.
        num_joints: Number of keypoints.
        output_size: Size (W, H) of the heatmaps, or one number for both sides.
        tag_per_joint: Whether there is one tag map per keypoint: then ``k·H·W`` is added to the
            pixel ``y·W + x`` of keypoint k.

    Raises:
        InvalidInputError: For a wrong size.
    """

    def __init__(
        self, max_num_people: int, num_joints: int, output_size: Any, tag_per_joint: bool
    ) -> None:
        """Keep the options."""
        self.max_num_people = max_num_people
        self.num_joints = num_joints
        self.output_size: npt.NDArray[Any] = _both_sides(output_size)
        self.tag_per_joint = tag_per_joint

    def __call__(self, joints: ArrayInput) -> npt.NDArray[np.float32]:
        """Return pixels and ones of shape (max_num_people, num_joints, 2), then zeros.

        Args:
            joints: Shape (N, K, 3): x, y in heatmap pixels, and visibility.

        Raises:
            InvalidInputError: For a wrong shape or dtype, or more people than rows.
        """
        return _core._encode_joints(
            joints, self.max_num_people, self.num_joints, self.output_size, self.tag_per_joint
        )


class BottomUpGenerateTarget:
    """Make the heatmaps and pixel indices of all people: a step of MMPose 0.x's pipelines.

    Required keys: ``joints`` and ``mask``, one array per scale, and ``ann_info`` with
    ``num_joints``, ``num_scales`` and ``heatmap_size``, one per scale. Added keys: ``targets``,
    ``masks`` and ``joints``, one array per scale.

    Args:
        sigma: Standard deviation in heatmap pixels.
        max_num_people: Maximum number of people in an image.
        use_udp: Whether peaks are at the keypoints, not at their pixels.
    """

    def __init__(self, sigma: float, max_num_people: int, use_udp: bool = False) -> None:
        """Keep the options."""
        self.sigma: float = sigma
        self.max_num_people = max_num_people
        self.use_udp = use_udp

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it.

        Raises:
            InvalidInputError: For a wrong shape, dtype or option, or too many people.
        """
        info = results["ann_info"]
        count, scales = info["num_joints"], range(info["num_scales"])
        people, sizes = results["joints"], info["heatmap_size"]
        results["targets"] = [
            HeatmapGenerator(sizes[scale], count, self.sigma, self.use_udp)(people[scale])
            for scale in scales
        ]
        results["joints"] = [
            JointsEncoder(self.max_num_people, count, sizes[scale], True)(people[scale]).astype(
                np.int32
            )
            for scale in scales
        ]
        results["masks"] = [mask.astype(np.float32) for mask in results["mask"]]
        return results


def _both_sides(size: Any) -> npt.NDArray[Any]:
    """The size (W, H)."""
    size = np.asarray(size)
    return size if size.size > 1 else np.repeat(size.reshape(-1), 2)
