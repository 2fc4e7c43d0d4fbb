"""Grouping of keypoints to people: ``mmpose.core.post_processing.group``."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core
from posecodec_rs.types import ArrayInput

_OPTIONS = (
    "num_joints",
    "max_num_people",
    "detection_threshold",
    "tag_threshold",
    "use_detection_val",
    "ignore_too_much",
)


class HeatmapParser:
    """Group keypoints to people by their tags.

    `parse` does all steps, several times faster than the methods `top_k`, `match`, `adjust` and
    `refine` one after the other.

    Args:
        cfg: A mapping with ``num_joints``, ``max_num_people``, ``detection_threshold``,
            ``tag_threshold``, ``use_detection_val``, ``ignore_too_much``, ``tag_per_joint``,
            ``nms_kernel``, ``nms_padding``, and optionally ``use_udp`` and ``score_per_joint``.

    Raises:
        InvalidInputError: For a missing or wrong option.
    """

    def __init__(self, cfg: Mapping[str, Any]) -> None:
        """Check the options."""
        names = (*_OPTIONS, "nms_kernel", "tag_per_joint", "nms_padding")
        missing = [name for name in names if name not in cfg]
        if missing:
            raise _core.InvalidInputError(
                f"`cfg` must have the keys of a HeatmapParser, but got none of {missing}"
            )
        if 2 * cfg["nms_padding"] + 1 != cfg["nms_kernel"]:
            raise _core.InvalidInputError(
                "`nms_padding` must be half of `nms_kernel`, "
                f"but got {cfg['nms_padding']} and {cfg['nms_kernel']}"
            )
        self.params: SimpleNamespace = SimpleNamespace(**{name: cfg[name] for name in _OPTIONS})
        self.tag_per_joint: bool = cfg["tag_per_joint"]
        self.use_udp: bool = cfg.get("use_udp", False)
        self.score_per_joint: bool = cfg.get("score_per_joint", False)
        self._nms_kernel: int = cfg["nms_kernel"]

    @property
    def _options(self) -> tuple[Any, ...]:
        params = (getattr(self.params, name) for name in _OPTIONS)
        return (*params, self._nms_kernel, self.tag_per_joint, self.use_udp)

    def nms(self, heatmaps: Any) -> Any:
        """Keep the maxima of neighborhoods, and set other values to 0."""
        return _core.batch_heatmap_nms(heatmaps, self._nms_kernel)

    def top_k(self, heatmaps: Any, tags: Any) -> dict[str, npt.NDArray[Any]]:
        """Find the candidates of each keypoint: the ``max_num_people`` (M) largest maxima.

        Args:
            heatmaps: Shape (N, K, H, W).
            tags: Shape (N, K, H, W, L), or (N, 1, H, W, L) without ``tag_per_joint``.

        Returns:
            dict: ``tag_k``, shape (N, K, M, L); ``loc_k``, shape (N, K, M, 2), int64: x and y; and
            ``val_k``, shape (N, K, M). The largest values come first.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        pixels, values = _core._top_candidates(
            heatmaps, self._nms_kernel, self.params.max_num_people
        )
        *_, height, width = np.shape(heatmaps)
        planes = _to_numpy(tags)
        wanted = (len(pixels), pixels.shape[1] if self.tag_per_joint else 1, height, width)
        if planes.shape[:4] != wanted or planes.ndim > 5:
            raise _core.InvalidInputError(
                f"`tags` must have shape {(*wanted, 'L')}, but got shape {planes.shape}"
            )
        planes = planes.reshape(*wanted[:2], height * width, -1)
        return {
            "tag_k": np.take_along_axis(planes, pixels[..., None], axis=2),
            "loc_k": np.stack([pixels % width, pixels // width], axis=-1),
            "val_k": values,
        }

    def match(
        self, tag_k: ArrayInput, loc_k: ArrayInput, val_k: ArrayInput
    ) -> list[npt.NDArray[np.float32]]:
        """Group candidates to people.

        Args:
            tag_k: Tags, shape (N, K, M, L).
            loc_k: Locations x and y in heatmap pixels, shape (N, K, M, 2).
            val_k: Values of the heatmaps, shape (N, K, M), in descending order.

        Returns:
            list: The poses of each image, shape (P, K, 3 + L) with x, y, score and tag.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        places, values = np.asarray(loc_k), np.asarray(val_k)
        if places.shape != (*values.shape, 2):
            raise _core.InvalidInputError(
                f"`loc_k` must have shape {(*values.shape, 2)}, but got shape {places.shape}"
            )
        images = _core._match_tags(values, tag_k, self._options)
        rows = np.concatenate([places, values[..., None], np.asarray(tag_k)], axis=-1)
        results = []
        for image, chosen in zip(rows.astype(np.float32), images, strict=True):
            poses = image[np.arange(chosen.shape[1]), chosen]
            poses[chosen < 0] = 0
            results.append(_poses(poses))
        return results

    @staticmethod
    def adjust(results: Sequence[ArrayInput], heatmaps: Any) -> list[npt.NDArray[Any]]:
        """Move keypoints by a quarter of a pixel towards the larger neighbors, and by 0.5.

        Args:
            results: The poses of each image, shape (P, K, 3 + L).
            heatmaps: Shape (N, K, H, W).

        Returns:
            list: New arrays, like ``results``. Keypoints with a score of 0 are not moved.

        Raises:
            InvalidInputError: For a wrong shape, or keypoints outside the heatmaps.
        """
        maps = _to_numpy(heatmaps)
        if maps.ndim != 4 or len(results) > len(maps):
            raise _core.InvalidInputError(
                f"`heatmaps` must have shape ({len(results)}, K, H, W), but got shape {maps.shape}"
            )
        return [_adjusted(poses, planes) for poses, planes in zip(results, maps, strict=False)]

    @staticmethod
    def refine(
        heatmap: ArrayInput, tag: ArrayInput, keypoints: ArrayInput, use_udp: bool = False
    ) -> npt.NDArray[Any]:
        """Search for a person's missing keypoints where the heatmap and the tag fit best.

        Args:
            heatmap: Shape (K, H, W).
            tag: Shape (K, H, W) or (K, H, W, L).
            keypoints: Shape (K, 3 + L): x, y, score and tag; a score of 0 for missing ones.
            use_udp: Whether keypoints are not moved by 0.5.

        Returns:
            array: A new array, like ``keypoints``.

        Raises:
            InvalidInputError: For a wrong shape.
        """
        maps, tags, person = _to_numpy(heatmap), _to_numpy(tag), np.array(keypoints)
        if maps.ndim != 3 or 0 in maps.shape:
            raise _core.InvalidInputError(
                f"`heatmap` must have shape (K, H, W), but got shape {maps.shape}"
            )
        if tags.shape[:3] != maps.shape or tags.ndim > 4:
            raise _core.InvalidInputError(
                f"`tag` must have shape {(*maps.shape, 'L')}, but got shape {tags.shape}"
            )
        tags = tags.reshape(*maps.shape, -1)
        if person.ndim != 2 or len(person) != len(maps) or person.shape[1] < 3:
            raise _core.InvalidInputError(
                f"`keypoints` must have shape ({len(maps)}, 3 + L), but got shape {person.shape}"
            )
        (found,) = np.nonzero(person[:, 2] > 0)
        if not found.size:
            return person
        joints, (height, width) = np.arange(len(maps)), maps.shape[1:]
        x, y = person[found, :2].astype(int).T
        mean = tags[found, y.clip(0, height - 1), x.clip(0, width - 1)].mean(axis=0)
        distances = ((tags - mean) ** 2).sum(axis=3) ** 0.5
        likely = (maps - np.round(distances)).reshape(len(maps), -1).argmax(axis=1)
        y, x = np.divmod(likely, width)
        scores = maps[joints, y, x]
        added = (person[:, 2] == 0) & (scores > 0)
        places = np.stack([x, y], axis=-1) + _quarters(maps, x, y) + (0 if use_udp else 0.5)
        person[added, :2], person[added, 2] = places[added], scores[added]
        return person

    def parse(
        self, heatmaps: Any, tags: Any, adjust: bool = True, refine: bool = True
    ) -> tuple[list[npt.NDArray[np.float32]], list[Any]]:
        """Group the keypoints of images to people.

        Args:
            heatmaps: Shape (N, K, H, W).
            tags: Shape (N, K, H, W, L), or (N, 1, H, W, L) without ``tag_per_joint``.
            adjust: Whether to move keypoints within their heatmap pixel.
            refine: Whether to search for missing keypoints.

        Returns:
            tuple: The poses of each image, shape (P, K, 3 + L) with x, y, score and tag; with
            ``refine``, of the first image only. And the score of each person of the first image:
            one number, or with ``score_per_joint`` one per keypoint.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        images = _core._parse_heatmaps(heatmaps, tags, self._options, adjust, refine)
        poses = [_poses(poses) for poses, _ in images]
        people = [pose[:, 2] for pose in poses[0]] if self.score_per_joint else list(images[0][1])
        return (poses[:1] if refine else poses), people


def _poses(poses: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The poses (P, K, 3 + L) of an image; MMPose's array of no people has one axis."""
    return poses if len(poses) else poses.reshape(0)


def _adjusted(poses: ArrayInput, maps: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy of poses (P, K, 3 + L), moved on maps (K, H, W)."""
    poses = np.array(poses, dtype=np.result_type(np.asarray(poses), np.float32))
    if not poses.size:
        return poses
    if poses.ndim != 3 or poses.shape[1] != len(maps) or poses.shape[2] < 3:
        raise _core.InvalidInputError(
            f"`results` must have arrays of shape (P, {len(maps)}, 3 + L), "
            f"but got shape {poses.shape}"
        )
    found = poses[..., 2] > 0
    x, y = (np.where(found, poses[..., axis], 0).astype(int) for axis in (0, 1))
    height, width = maps.shape[1:]
    if not ((x >= 0) & (x < width) & (y >= 0) & (y < height)).all():
        raise _core.InvalidInputError(
            f"`results` must have keypoints inside heatmaps of {width}×{height} pixels, but got "
            f"{poses[..., :2].min(axis=(0, 1))} to {poses[..., :2].max(axis=(0, 1))}"
        )
    poses[..., :2] += np.where(found[..., None], _quarters(maps, x, y) + 0.5, 0)
    return poses


def _quarters(maps: npt.NDArray[Any], x: Any, y: Any) -> npt.NDArray[Any]:
    """Shifts (..., K, 2) by a quarter of a pixel at the pixels x, y (..., K) of maps (K, H, W).

    Towards the larger neighbor; of equal ones, towards 0. At the border, the pixel is its own
    neighbor.
    """
    joints, (height, width) = np.arange(len(maps)), maps.shape[1:]
    left, right = np.maximum(x - 1, 0), np.minimum(x + 1, width - 1)
    above, below = np.maximum(y - 1, 0), np.minimum(y + 1, height - 1)
    farther = [
        maps[joints, y, right] > maps[joints, y, left],
        maps[joints, below, x] > maps[joints, above, x],
    ]
    return np.where(np.stack(farther, axis=-1), 0.25, -0.25)


def _to_numpy(maps: Any) -> npt.NDArray[Any]:
    """An array, or a tensor on any device, as an array."""
    return np.asarray(maps.detach().cpu() if hasattr(maps, "detach") else maps)
