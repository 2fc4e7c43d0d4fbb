"""Top-down crops as MMPose makes them: a padded box with the aspect ratio of the input."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

PADDING = 1.25
"""The crop's size relative to the box; the default of `GetBBoxCenterScale`."""


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of an image that becomes a network's input, without rotation; or many, as arrays."""

    center: NDArray[np.float64]  # shape (..., 2), pixels of the image
    scale: NDArray[np.float64]  # shape (..., 2), the crop's width and height in pixels of the image
    input_size: tuple[int, int]  # (w, h) in pixels of the input; its aspect ratio is the scale's
    # Whether the crop's borders become the centers of the outermost pixels, as in MMPose's
    # `TopdownAffine(use_udp=True)`. Decoded keypoints are mapped back by `to_image` in both cases,
    # because `UDPHeatmap` decodes accordingly.
    use_udp: bool = False

    @classmethod
    def around(
        cls, box: ArrayLike, input_size: tuple[int, int], *, use_udp: bool = False
    ) -> "Crop":
        """The crop around a box.

        Args:
            box: Shape (..., 4): x, y, w, h in pixels of the image, w and h above 0.
            input_size: (w, h) in pixels of the input.
            use_udp: See the attribute.
        """
        x, y, w, h = np.moveaxis(np.asarray(box, np.float64), -1, 0)
        center = np.stack([x + w / 2, y + h / 2], axis=-1)
        aspect_ratio = input_size[0] / input_size[1]
        # Extends the shorter side, so that the crop contains the box.
        width = PADDING * np.maximum(w, h * aspect_ratio)
        return cls(center, np.stack([width, width / aspect_ratio], axis=-1), input_size, use_udp)

    def to_input(self, points: ArrayLike) -> NDArray[np.float32]:
        """From pixels of the image to pixels of the input; shape (..., 2)."""
        size = np.array(self.input_size, np.float64) - self.use_udp
        moved = (np.asarray(points, np.float64) - self.center) * (size / self.scale) + size / 2
        return moved.astype(np.float32)

    @property
    def image_px(self) -> NDArray[np.float64]:
        """Shape (...), pixels of the image per pixel of the input."""
        return self.scale[..., 0] / self.input_size[0]

    def errors(self, decoded: ArrayLike, points: ArrayLike) -> NDArray[np.floating[Any]]:
        """Distances in pixels of the input, shape (...): the measure of all commands.

        Args:
            decoded: Shape (..., 2), pixels of the input, as codecs decode them. Those are mapped
                back by `to_image` without `use_udp`.
            points: Shape (..., 2), pixels of the image: where the keypoints are annotated.
        """
        expected = replace(self, use_udp=False).to_input(points)
        errors: NDArray[np.floating[Any]] = np.linalg.norm(np.subtract(decoded, expected), axis=-1)
        return errors

    def drawn(self, decoded: ArrayLike) -> NDArray[np.floating[Any]]:
        """Where decoded keypoints (..., 2) are in the pixels of this crop, for figures."""
        size = np.array(self.input_size)
        positions: NDArray[np.floating[Any]] = np.multiply(decoded, (size - self.use_udp) / size)
        return positions
