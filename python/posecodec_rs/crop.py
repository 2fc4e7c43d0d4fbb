"""Top-down crops as MMPose makes them: a padded box with the aspect ratio of the input."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posecodec_rs._core import InvalidInputError, to_image

__all__ = ["Crop"]


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of an image that becomes a network's input, without rotation; or many, as arrays.

    Attributes:
        center: Shape (..., 2), pixels of the image.
        scale: Shape (..., 2), the crop's width and height in pixels of the image.
        input_size: (w, h) in pixels of the input; its aspect ratio is the scale's.
        use_udp: Whether the crop's borders become the centers of the outermost pixels, as in
            MMPose's ``TopdownAffine(use_udp=True)``. Set it for `UDPHeatmap`.
    """

    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    input_size: tuple[int, int]
    use_udp: bool = False

    @classmethod
    def from_box(
        cls,
        box: ArrayLike,
        input_size: tuple[int, int],
        *,
        padding: float = 1.25,
        use_udp: bool = False,
    ) -> "Crop":
        """Return the crop around a box: MMPose's ``GetBBoxCenterScale`` and ``TopdownAffine``.

        Args:
            box: Shape (..., 4): x, y, w, h in pixels of the image, w and h above 0.
            input_size: (w, h) in pixels of the input.
            padding: The crop's size relative to the box.
            use_udp: See the attribute.

        Raises:
            InvalidInputError: For another shape, a box without an area, or an input size of 0.
        """
        boxes = np.asarray(box, np.float64)
        if boxes.shape[-1:] != (4,):
            raise InvalidInputError(
                f"`box` must have shape (..., 4): x, y, w, h, but got shape {boxes.shape}"
            )
        if not (boxes[..., 2:] > 0).all():
            raise InvalidInputError(
                f"`box` must have a width and a height above 0, but got {box!r}"
            )
        if min(input_size) < 1:
            raise InvalidInputError(
                f"`input_size` must be (w, h), two positive integers, but got {input_size}"
            )
        x, y, w, h = np.moveaxis(boxes, -1, 0)
        center = np.stack([x + w / 2, y + h / 2], axis=-1)
        aspect_ratio = input_size[0] / input_size[1]
        # Extends the shorter side, so that the crop contains the box.
        width = padding * np.maximum(w, h * aspect_ratio)
        return cls(center, np.stack([width, width / aspect_ratio], axis=-1), input_size, use_udp)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """From the image to the input, as ``cv2.warpAffine`` takes it. Shape (..., 2, 3)."""
        size = self._size
        factor = size / self.scale
        matrix = np.zeros((*factor.shape[:-1], 2, 3))
        matrix[..., 0, 0], matrix[..., 1, 1] = factor[..., 0], factor[..., 1]
        matrix[..., 2] = size / 2 - self.center * factor
        return matrix

    def to_input(self, points: ArrayLike) -> NDArray[np.float32]:
        """Return points (..., 2) in pixels of the input, from pixels of the image."""
        size = self._size
        moved = (np.asarray(points, np.float64) - self.center) * (size / self.scale) + size / 2
        return moved.astype(np.float32)

    def to_image(self, keypoints: ArrayLike) -> NDArray[np.floating[Any]]:
        """Return decoded keypoints in pixels of the image, as `to_image` does.

        The same with and without ``use_udp``, because `UDPHeatmap` decodes accordingly.

        Args:
            keypoints: Shape (K, D) or (N, K, D), or for several crops (B, K, D) or (B, N, K, D),
                in pixels of the input.
        """
        center, scale = self.center.reshape(-1, 2), self.scale.reshape(-1, 2)
        mapped: NDArray[np.floating[Any]] = to_image(keypoints, center, scale, self.input_size)
        return mapped

    @property
    def _size(self) -> NDArray[np.float64]:
        """The input's size in steps of the input's pixels."""
        return np.array(self.input_size, np.float64) - self.use_udp
