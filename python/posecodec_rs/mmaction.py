"""PoseC3D's targets in Rust: ``GeneratePoseTarget`` of MMAction2 and PYSKL.

``posecodec_rs.mmaction.install()``, before pipelines are built; or
``posecodec_rs.mmaction.GeneratePoseTarget`` in a pipeline of your own.
"""

import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from posecodec_rs import _core
from posecodec_rs._patching import Patches, keeps_definition, put, replace, warn_if_untested

__all__ = ["GeneratePoseTarget", "install", "uninstall"]

_TESTED_VERSION = "1.2.0"

_log = logging.getLogger("posecodec_rs")
_patches = Patches()

_COCO_LIMBS = (
    *((0, 1), (0, 2), (1, 3), (2, 4), (0, 5), (5, 7), (7, 9), (0, 6), (6, 8), (8, 10)),
    *((5, 11), (11, 13), (13, 15), (6, 12), (12, 14), (14, 16), (11, 12)),
)


class GeneratePoseTarget:
    """Make heatmaps of the keypoints and limbs of people in a clip.

    A step of a pipeline: called with a dict, it adds the heatmaps to it and returns it.

    Args:
        sigma: Standard deviation of the Gaussians in heatmap pixels. They are cut off at 3 sigma.
        use_score: Whether the scores of keypoints are the maxima of their Gaussians, instead of 1.
        with_kp: Whether there is a heatmap per keypoint.
        with_limb: Whether limbs are drawn, and there is a heatmap per limb. With ``with_kp``, they
            are drawn from the first heatmap on, as in MMAction2, into those of keypoints.
        skeletons: The limbs, pairs of keypoint indices.
        double: Whether the frames are followed by mirrored ones.
        left_kp: Indices of left keypoints. Their mirrored heatmaps are exchanged with those of
            ``right_kp``.
        right_kp: Indices of right keypoints, in the same order.
        left_limb: Indices of left limbs, without ``with_kp``.
        right_limb: Indices of right limbs, without ``with_kp``.
        scaling: Heatmap pixels per pixel of the frames.

    Raises:
        InvalidInputError: If both ``with_kp`` and ``with_limb`` are false.
    """

    eps: float = 1e-4
    """Keypoints with a score below this are not drawn, nor are their limbs."""

    def __init__(
        self,
        sigma: float = 0.6,
        use_score: bool = True,
        with_kp: bool = True,
        with_limb: bool = False,
        skeletons: Sequence[Sequence[int]] = _COCO_LIMBS,
        double: bool = False,
        left_kp: Sequence[int] = (1, 3, 5, 7, 9, 11, 13, 15),
        right_kp: Sequence[int] = (2, 4, 6, 8, 10, 12, 14, 16),
        left_limb: Sequence[int] = (0, 2, 4, 5, 6, 10, 11, 12),
        right_limb: Sequence[int] = (1, 3, 7, 8, 9, 13, 14, 15),
        scaling: float = 1.0,
    ) -> None:
        """Keep the options."""
        if not (with_kp or with_limb):
            raise _core.InvalidInputError(
                "`with_kp` or `with_limb` must be True, but got False for both"
            )
        self.sigma = sigma
        self.use_score = use_score
        self.with_kp = with_kp
        self.with_limb = with_limb
        self.skeletons = skeletons
        self.double = double
        self.left_kp = left_kp
        self.right_kp = right_kp
        self.left_limb = left_limb
        self.right_limb = right_limb
        self.scaling = scaling

    def __call__(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the heatmaps to a sample: the same as ``transform``."""
        return self.transform(results)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Add the heatmaps to a sample.

        Args:
            results: The sample. ``keypoint``: shape (M, T, V, 2), of M people in T frames, in
                pixels; float16, float32 or float64. ``keypoint_score``, if ``use_score``: shape
                (M, T, V); all 1 by default. ``img_shape``: (h, w).

        Returns:
            dict: The sample with ``imgs``, or ``heatmap_imgs`` if it has ``imgs`` already:
            heatmaps, shape (T, C, H, W), float32; 2T frames if ``double``.

        Raises:
            InvalidInputError: For a wrong shape or dtype, indices out of range, or keypoints with a
                score that are NaN or infinite.
        """
        keypoint = results["keypoint"]
        heatmaps = _core._pose_targets(
            keypoint,
            results.get("keypoint_score") if self.use_score else None,
            self.scaling,
            results["img_shape"],
            self.sigma,
            self.eps,
            self.with_kp,
            self.skeletons if self.with_limb else (),
            self._mirrored(keypoint),
        )
        results["heatmap_imgs" if "imgs" in results else "imgs"] = heatmaps
        return results

    def _mirrored(self, keypoint: Any) -> list[int]:
        """The number of the heatmap that each mirrored heatmap is made from."""
        if not self.double:
            return []
        shape = np.shape(keypoint)
        count = shape[2] if self.with_kp and len(shape) > 2 else 0
        channels = count + (len(self.skeletons) if self.with_limb else 0)
        numbers = list(range(channels))
        pairs = (self.left_kp, self.right_kp) if self.with_kp else (self.left_limb, self.right_limb)
        for left, right in zip(*pairs, strict=False):
            try:
                numbers[left], numbers[right] = right, left
            except IndexError as error:
                name = "left_kp" if self.with_kp else "left_limb"
                raise _core.InvalidInputError(
                    f"`{name}` and its counterpart must be indices of {channels} heatmaps, but got "
                    f"{left} and {right}"
                ) from error
        return numbers

    def __repr__(self) -> str:
        """The call of the constructor."""
        options = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__}({options})"


class _PysklPoseTarget(GeneratePoseTarget):
    """PYSKL's class, which leaves out more keypoints."""

    eps = 1e-3


def install() -> None:
    """Replace ``GeneratePoseTarget`` of an installed MMAction2 or PYSKL.

    In its registry, and in its modules that have imported it. Pipelines that were built before keep
    theirs. A second call changes nothing, and neither does a call that fails.

    Raises:
        ImportError: If neither MMAction2 nor PYSKL can be imported.
    """
    found = _import_mmaction()
    with _patches.adding() as undo:
        for module, registry, step in found:
            if registry.get("GeneratePoseTarget") is step:
                continue
            put(undo, registry, "GeneratePoseTarget", step)
            package = module.__name__.partition(".")[0]
            replace(undo, package, module, {"GeneratePoseTarget": step}, keeps_definition)
            _log.info("posecodec_rs %s: replaced %s.GeneratePoseTarget", _core.__version__, package)


def uninstall() -> None:
    """Restore the classes of MMAction2 and PYSKL."""
    _patches.undo()


def _import_mmaction() -> list[tuple[Any, dict[str, Any], type[GeneratePoseTarget]]]:
    """The modules that have the class, their registries, and our classes."""
    found: list[tuple[Any, dict[str, Any], type[GeneratePoseTarget]]] = []
    errors = []
    for path, registry, step in (
        ("mmaction.datasets.transforms.pose_transforms", "TRANSFORMS", GeneratePoseTarget),
        ("pyskl.datasets.pipelines.heatmap_related", "PIPELINES", _PysklPoseTarget),
    ):
        try:
            module = import_module(path)
        except ImportError as error:
            errors.append(error)
        else:
            found.append((module, getattr(module, registry).module_dict, step))
    if not found:
        raise ImportError(
            "posecodec_rs.mmaction needs MMAction2 or PYSKL, which cannot be imported: "
            + "; ".join(map(str, errors)),
            name=errors[0].name,
            path=errors[0].path,
        ) from errors[0]
    if "mmaction" in sys.modules:
        version = sys.modules["mmaction"].__version__
        warn_if_untested("posecodec_rs.mmaction", _TESTED_VERSION, version, "MMAction2")
    return found
