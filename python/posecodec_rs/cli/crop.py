"""Top-down crops as MMPose makes them: a person's box, padded, in the shape of the input."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PADDING = 1.25
"""How much larger than the box the crop is; `GetBBoxCenterScale`'s default."""


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of the picture that becomes a network's input, without rotation.

    Attributes:
        center: Shape (2,), pixels of the picture.
        scale: Shape (2,), the crop's width and height in pixels of the picture.
        input_size: (w, h) in pixels of the input; its aspect ratio is the scale's.
    """

    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    input_size: tuple[int, int]

    @classmethod
    def around(cls, box: ArrayLike, input_size: tuple[int, int]) -> "Crop":
        """The crop around a box.

        Args:
            box: Shape (4,): x, y, w, h in pixels of the picture, w and h above 0.
            input_size: (w, h) in pixels of the input.
        """
        x, y, w, h = np.asarray(box, np.float64)
        center = np.array([x + w / 2, y + h / 2])
        aspect_ratio = input_size[0] / input_size[1]
        # The shorter side grows, so that nothing of the box is cut off.
        width = PADDING * max(w, h * aspect_ratio)
        return cls(center, np.array([width, width / aspect_ratio]), input_size)

    def to_input(self, points: ArrayLike) -> NDArray[np.float32]:
        """From pixels of the picture to pixels of the input; shape (..., 2)."""
        size = np.array(self.input_size, np.float64)
        moved = (np.asarray(points, np.float64) - self.center) * (size / self.scale) + size / 2
        return moved.astype(np.float32)

    def to_picture(self, points: ArrayLike) -> NDArray[np.float32]:
        """From pixels of the input to pixels of the picture; shape (..., 2)."""
        size = np.array(self.input_size, np.float64)
        moved = (np.asarray(points, np.float64) - size / 2) * (self.scale / size) + self.center
        return moved.astype(np.float32)
