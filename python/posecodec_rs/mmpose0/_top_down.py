"""Targets for one person: ``mmpose.datasets.pipelines.top_down_transform``."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core

_Targets = tuple[npt.NDArray[Any], npt.NDArray[Any]]


class TopDownGenerateTarget:
    """Make the heatmaps of one person: a step of MMPose 0.x's pipelines.

    Required keys: ``joints_3d`` and ``joints_3d_visible``, of shape (K, 3), and ``ann_info`` with
    ``image_size`` (w, h), ``heatmap_size`` (W, H), ``joint_weights`` of shape (K, 1) and
    ``use_different_joint_weights``. Added keys: ``target``, shape (K, H, W) or, for
    ``'CombinedTarget'``, (3K, H, W); and ``target_weight``, shape (K, 1). With a list of sigmas,
    kernels or radius factors, there is one of each per item, along a new first axis.

    Args:
        sigma: Standard deviation in heatmap pixels, or a list of them.
        kernel: Size (w, h) of the Gaussian for ``'Megvii'``, or a list of them.
        valid_radius_factor: Unit of the offset maps as a part of H, or a list of them.
        target_type: ``'GaussianHeatmap'`` or ``'CombinedTarget'``, for ``'UDP'``.
        encoding: ``'MSRA'``, ``'Megvii'`` or ``'UDP'``.
        unbiased_encoding: Whether Gaussians are not rounded, for ``'MSRA'``.
    """

    def __init__(
        self,
        sigma: float | list[float] = 2,
        kernel: tuple[int, int] | list[tuple[int, int]] = (11, 11),
        valid_radius_factor: float | list[float] = 0.0546875,
        target_type: str = "GaussianHeatmap",
        encoding: str = "MSRA",
        unbiased_encoding: bool = False,
    ) -> None:
        """Keep the options."""
        self.sigma = sigma
        self.unbiased_encoding = unbiased_encoding
        self.kernel = kernel
        self.valid_radius_factor = valid_radius_factor
        self.target_type = target_type
        self.encoding = encoding

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it.

        Raises:
            InvalidInputError: For a wrong shape, dtype or option.
        """
        kind, factors = self._kind()
        joints, visible = results["joints_3d"], results["joints_3d_visible"]
        if isinstance(factors, list):
            targets = [_target(results["ann_info"], joints, visible, kind, f) for f in factors]
            results["target"] = np.stack([target for target, _ in targets])
            results["target_weight"] = np.stack([weight for _, weight in targets])
        else:
            target, weight = _target(results["ann_info"], joints, visible, kind, factors)
            results["target"], results["target_weight"] = target, weight
        return results

    def _kind(self) -> tuple[str, Any]:
        """What is drawn, and its sigma, kernel or radius factor or a list of them."""
        if self.encoding == "MSRA":
            return ("unbiased" if self.unbiased_encoding else "msra"), self.sigma
        if self.encoding == "Megvii":
            kernel = self.kernel
            # Two numbers in a list are one kernel: two kernels are pairs.
            single = isinstance(kernel, list) and all(isinstance(side, int) for side in kernel)
            return "megvii", tuple(kernel) if single else kernel
        if self.encoding != "UDP":
            raise _core.InvalidInputError(
                f"`encoding` must be 'MSRA', 'Megvii' or 'UDP', but got {self.encoding!r}"
            )
        kinds = {
            "gaussianheatmap": ("udp", self.sigma),
            "combinedtarget": ("combined", self.valid_radius_factor),
        }
        name = self.target_type.lower() if isinstance(self.target_type, str) else None
        if name not in kinds:
            raise _core.InvalidInputError(
                "`target_type` must be 'GaussianHeatmap' or 'CombinedTarget', "
                f"but got {self.target_type!r}"
            )
        return kinds[name]


class TopDownGenerateTargetRegression:
    """Make the coordinates of one person's keypoints in units of the input size.

    Required keys are those of `TopDownGenerateTarget`, without ``heatmap_size``. Added keys:
    ``target``, shape (K, 2), float32; and ``target_weight``, shape (K, 2): the visibilities, 0 for
    keypoints outside.
    """

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the targets to a sample's dict, and return it.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        info = results["ann_info"]
        results["target"], results["target_weight"] = _core._regression_target(
            results["joints_3d"],
            results["joints_3d_visible"],
            info["image_size"],
            _joint_weights(info),
        )
        return results


def _target(info: Mapping[str, Any], joints: Any, visible: Any, kind: str, factor: Any) -> _Targets:
    weights = None if kind == "megvii" else _joint_weights(info)
    sizes = info["image_size"], info["heatmap_size"]
    return _core._top_down_target(joints, visible, *sizes, kind, factor, weights)


def _joint_weights(info: Mapping[str, Any]) -> Any:
    return info["joint_weights"] if info["use_different_joint_weights"] else None
