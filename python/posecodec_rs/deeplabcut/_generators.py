"""DeepLabCut's target generators."""

import importlib
from collections.abc import Sequence
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core

Targets = dict[str, dict[str, Any]]
"""The targets of a head: by output, the arguments of its loss."""


class _Generator:
    """A target generator: callable with ``stride``, ``outputs`` and ``labels``."""

    def __init__(self, label_keypoint_key: str = "keypoints") -> None:
        self.label_keypoint_key = label_keypoint_key

    def __call__(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        """The same as ``forward``."""
        return self.forward(stride, outputs, labels)

    def forward(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        raise NotImplementedError

    def _keypoints(self, labels: dict[str, Any]) -> npt.NDArray[Any]:
        """The labels (B, N, K, C) of a batch; those of a single animal get the axis N."""
        keypoints = _array(labels[self.label_keypoint_key])
        return keypoints[:, None] if keypoints.ndim == 3 else keypoints


class _HeatmapGenerator(_Generator):
    """Heatmaps, and location refinement maps."""

    _kind: str

    class Mode(Enum):
        """What a heatmap is for: a keypoint of all animals, or an animal with all its keypoints."""

        INDIVIDUAL = "INDIVIDUAL"
        KEYPOINT = "KEYPOINT"

        @classmethod
        def _missing_(cls, value: object) -> Any:
            return cls.__members__.get(value.upper()) if isinstance(value, str) else None

    def __init__(
        self,
        num_heatmaps: int,
        pos_dist_thresh: float,
        heatmap_mode: Any = Mode.KEYPOINT,
        gradient_masking: bool = False,
        background_weight: float = 0.1,
        generate_locref: bool = True,
        locref_std: float = 7.2801,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_heatmaps = num_heatmaps
        self.dist_thresh: float = float(pos_dist_thresh)
        self.dist_thresh_sq: float = self.dist_thresh**2
        self.std: float = 2 * self.dist_thresh / 3
        self.heatmap_mode: Any = self.Mode(getattr(heatmap_mode, "value", heatmap_mode))
        self.gradient_masking = gradient_masking
        self.background_weight = background_weight
        self.generate_locref = generate_locref
        self.locref_scale: float = 1.0 / locref_std

    def forward(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        """Make the targets of a batch.

        Args:
            stride: Input pixels per pixel of the maps.
            outputs: The head's outputs. Of ``heatmap``, shape (B, C, H, W), the size is used.
            labels: ``keypoints``, shape (B, N, K, 3) or (B, K, 3), in input pixels, with
                visibilities: above 0 is drawn, -1 undefined. For heatmaps of individuals also
                ``individual_ids``, shape (B, N), -1 for none.

        Returns:
            dict: ``heatmap`` has ``target`` and ``weights``, shape (B, num_heatmaps, H, W),
            float32. ``locref``, if ``generate_locref``, has both of shape (B, 2 · num_heatmaps, H,
            W): offsets along x and y, float32, and masks, int64.

        Raises:
            InvalidInputError: For a wrong shape, size, stride or dtype, too few heatmaps, or an
                individual that is out of range.
        """
        keypoints = self._keypoints(labels)
        per_individual = self.heatmap_mode is self.Mode.INDIVIDUAL
        if per_individual:
            keypoints = _by_individual(keypoints, _array(labels["individual_ids"]))
        maps, locref = _core._dlc_heatmaps(
            keypoints,
            _map_size(outputs, keypoints),
            float(stride),
            self._kind,
            per_individual,
            self.num_heatmaps,
            self.dist_thresh,
            self.background_weight if self.gradient_masking else None,
            self.locref_scale if self.generate_locref else None,
        )
        targets = {"heatmap": _targets(outputs["heatmap"], *maps)}
        if locref is not None:
            targets["locref"] = _targets(outputs["locref"], *locref)
        return targets


class HeatmapGaussianGenerator(_HeatmapGenerator):
    """Gaussian heatmaps, and location refinement maps.

    Args:
        num_heatmaps: The number of heatmaps.
        pos_dist_thresh: The distance in input pixels within which pixels belong to a keypoint. The
            Gaussians' standard deviation is two thirds of it.
        heatmap_mode: ``'KEYPOINT'``: one heatmap per keypoint. ``'INDIVIDUAL'``: one per animal.
        gradient_masking: Whether heatmaps with a keypoint of visibility 0 have the weight
            ``background_weight``.
        background_weight: See ``gradient_masking``.
        generate_locref: Whether to make location refinement maps.
        locref_std: The unit of the offsets in location refinement maps, in input pixels.
        **kwargs: ``label_keypoint_key``, the name of the keypoints in the labels. Default:
            ``'keypoints'``.
    """

    _kind = "gaussian"


class HeatmapPlateauGenerator(_HeatmapGenerator):
    """Heatmaps that are 1 within a distance of keypoints, and location refinement maps.

    Its arguments are those of ``HeatmapGaussianGenerator``.
    """

    _kind = "plateau"


class PartAffinityFieldGenerator(_Generator):
    """Part affinity fields: unit vectors along the edges of the skeleton.

    Args:
        graph: The edges: pairs of keypoint indices.
        width: The distance from an edge in input pixels at which its vectors become 0.
    """

    def __init__(self, graph: Sequence[Sequence[int]], width: float) -> None:
        """Keep the options."""
        super().__init__()
        self.graph = graph
        self.width = width
        self.num_limbs: int = len(graph)

    def forward(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        """Make the targets of a batch.

        Args:
            stride: Input pixels per pixel of the maps.
            outputs: The head's outputs: ``heatmap``, shape (B, C, H, W), of which the size is used,
                and ``paf``.
            labels: ``keypoints``, shape (B, N, K, 3), in input pixels, with visibilities. Edges of
                which a keypoint is not above 0 are not drawn.

        Returns:
            dict: ``paf`` has ``target``: fields, shape (B, 2E, H, W), float32.

        Raises:
            InvalidInputError: For a wrong shape, size, stride or dtype.
        """
        keypoints = _array(labels[self.label_keypoint_key])
        size = _map_size(outputs, keypoints)
        fields = _core._dlc_part_affinity_fields(
            keypoints, size, float(stride), self.graph, self.width
        )
        return {"paf": _targets(outputs["paf"], fields)}


class DEKRGenerator(_Generator):
    """Heatmaps of keypoints and centers, and offsets around the centers, for DEKR.

    Paper: `DEKR <https://arxiv.org/abs/2104.02300>`_ (Geng et al. 2021).

    Args:
        num_joints: The number of keypoints, K.
        pos_dist_thresh: The standard deviation of the centers' Gaussians, and the radius of the
            offsets, in input pixels. That of keypoints is half of it.
        bg_weight: The weight of heatmap pixels that are not near a keypoint.
        **kwargs: ``label_keypoint_key``, the name of the keypoints in the labels. Default:
            ``'keypoints'``.
    """

    def __init__(
        self, num_joints: int, pos_dist_thresh: float, bg_weight: float = 0.1, **kwargs: Any
    ) -> None:
        """Keep the options."""
        super().__init__(**kwargs)
        self.num_joints = num_joints
        self.num_heatmaps: int = num_joints + 1
        self.pos_dist_thresh = pos_dist_thresh
        self.bg_weight = bg_weight

    def forward(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        """Make the targets of a batch.

        Args:
            stride: Input pixels per pixel of the maps.
            outputs: The head's outputs: ``heatmap``, shape (B, C, H, W), of which the size is used,
                and ``offset``.
            labels: ``keypoints``, shape (B, N, K + 1, 3), in input pixels, with visibilities; the
                last one is the animal's center. ``area``, shape (B, N): of animals, in input
                pixels.

        Returns:
            dict: ``heatmap`` has ``target`` and ``weights``, shape (B, K + 1, H, W), ``offset``
            both of shape (B, 2K, H, W); float32.

        Raises:
            InvalidInputError: For a wrong shape, size, stride or dtype, a center that is not
                finite, or a visible keypoint that is NaN.
        """
        keypoints = _array(labels[self.label_keypoint_key])
        heatmaps, heatmap_weights, offsets, offset_weights = _core._dlc_dekr(
            keypoints,
            _array(labels["area"]),
            _map_size(outputs, keypoints),
            float(stride),
            self.num_joints,
            self.pos_dist_thresh,
            self.bg_weight,
        )
        return {
            "heatmap": _targets(outputs["heatmap"], heatmaps, heatmap_weights),
            "offset": _targets(outputs["offset"], offsets, offset_weights),
        }


class SimCCGenerator(_Generator):
    """Labels of SimCC, for RTMPose.

    Papers: `SimCC <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022), `RTMPose
    <https://arxiv.org/abs/2303.07399>`_ (Jiang et al. 2023).

    Args:
        input_size: Size (w, h) of the network's input in pixels.
        smoothing_type: ``'gaussian'``, or ``'standard'``: one bin.
        sigma: Standard deviation of the Gaussians in bins, or one for x and one for y.
        simcc_split_ratio: Bins per pixel.
        label_smooth_weight: Of ``'standard'``: the part that is distributed to the other bins.
        normalize: Whether Gaussians are divided by ``sigma * sqrt(2 * pi)``.
        **kwargs: ``label_keypoint_key``, the name of the keypoints in the labels. Default:
            ``'keypoints'``.

    Raises:
        InvalidInputError: For another smoothing type, or a weight that is not between 0 and 1, or
            not 0 with ``'gaussian'``.
    """

    def __init__(
        self,
        input_size: tuple[int, int],
        smoothing_type: str = "gaussian",
        sigma: float | tuple[float, ...] = 6.0,
        simcc_split_ratio: float = 2.0,
        label_smooth_weight: float = 0.0,
        normalize: bool = True,
        **kwargs: Any,
    ) -> None:
        """Keep the options."""
        super().__init__(**kwargs)
        if smoothing_type not in ("gaussian", "standard"):
            raise _core.InvalidInputError(
                f"`smoothing_type` must be 'gaussian' or 'standard', but got {smoothing_type!r}"
            )
        if not 0.0 <= label_smooth_weight <= (1.0 if smoothing_type == "standard" else 0.0):
            raise _core.InvalidInputError(
                "`label_smooth_weight` must be between 0 and 1, and 0 with 'gaussian', but got "
                f"{label_smooth_weight}"
            )
        self.input_size = input_size
        self.smoothing_type = smoothing_type
        self.sigma: npt.NDArray[Any] = np.array(
            [sigma, sigma] if isinstance(sigma, (float, int)) else sigma
        )
        self.simcc_split_ratio = simcc_split_ratio
        self.label_smooth_weight = label_smooth_weight
        self.normalize = normalize

    def forward(self, stride: float, outputs: dict[str, Any], labels: dict[str, Any]) -> Targets:
        """Make the targets of a batch.

        Args:
            stride: Not used.
            outputs: The head's outputs, of which the device of ``x`` is used.
            labels: ``keypoints``, shape (B, N, K, 3) or (B, K, 3), in input pixels, with
                visibilities: below 0.5 has no label.

        Returns:
            dict: ``x`` and ``y`` each have ``target``: labels, shape (B, N, K, bins), float32; and
            ``weights``, shape (B, N, K), int64: 1 for visible keypoints inside the input.

        Raises:
            InvalidInputError: For a wrong shape, size or dtype, a batch without a sample, a ratio
                or a sigma that is not positive.
        """
        keypoints = self._keypoints(labels)
        if len(keypoints) == 0 or keypoints.shape[-1] < 3:
            raise _core.InvalidInputError(
                f"`keypoints` must be of shape (B, N, K, 3), but got shape {keypoints.shape}"
            )
        x, y, weights = _core._dlc_simcc(
            keypoints[..., :3],
            self.input_size,
            self.smoothing_type == "standard",
            self.sigma.astype(float).tolist(),
            self.simcc_split_ratio,
            self.label_smooth_weight,
            self.normalize,
        )
        # Each has its own weights, as the targets of DeepLabCut have.
        return {
            "x": _targets(outputs["x"], x, weights),
            "y": _targets(outputs["x"], y, weights.copy()),
        }


GENERATORS: tuple[type[_Generator], ...] = (
    DEKRGenerator,
    HeatmapGaussianGenerator,
    HeatmapPlateauGenerator,
    PartAffinityFieldGenerator,
    SimCCGenerator,
)


def _array(values: Any) -> npt.NDArray[Any]:
    """A tensor, on any device, or an array as an array."""
    return values.cpu().numpy() if hasattr(values, "cpu") else np.asarray(values)


def _map_size(outputs: dict[str, Any], keypoints: npt.NDArray[Any]) -> tuple[int, int]:
    """The size (w, h) of the head's maps, which must be those of as many samples as the labels."""
    shape = tuple(outputs["heatmap"].shape)
    if len(shape) != 4 or shape[0] != len(keypoints):
        raise _core.InvalidInputError(
            f"`outputs['heatmap']` must be of shape ({len(keypoints)}, C, H, W), as many samples "
            f"as the labels have, but got shape {shape}"
        )
    return shape[3], shape[2]


def _by_individual(keypoints: npt.NDArray[Any], ids: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The animals (B, N, K, C) in the order of their numbers; -1 where there is none."""
    if ids.shape != keypoints.shape[:2] or ids.max(initial=-1) >= keypoints.shape[1]:
        raise _core.InvalidInputError(
            f"`individual_ids` must be of shape {keypoints.shape[:2]} and below "
            f"{keypoints.shape[1]}, but got shape {ids.shape} and {ids.max(initial=-1)}"
        )
    ordered = np.full_like(keypoints, -1)
    samples, animals = np.nonzero(ids >= 0)
    ordered[samples, ids[samples, animals]] = keypoints[samples, animals]
    return ordered


def _targets(
    output: Any, target: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None
) -> dict[str, Any]:
    """The targets of an output: as tensors on its device, if it is a tensor."""
    arrays = {"target": target} if weights is None else {"target": target, "weights": weights}
    if isinstance(output, np.ndarray):
        return arrays
    from_numpy = importlib.import_module("torch").from_numpy
    return {name: from_numpy(array).to(output.device) for name, array in arrays.items()}
