"""Top-down crops as MMPose makes them: a person's box, padded, in the shape of the input."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

PADDING = 1.25
"""How much larger than the box the crop is; `GetBBoxCenterScale`'s default."""


@dataclass(frozen=True, eq=False)
class Crop:
    """A part of the picture that becomes a network's input, without rotation; or many, as arrays.

    Attributes:
        center: Shape (..., 2), pixels of the picture.
        scale: Shape (..., 2), the crop's width and height in pixels of the picture.
        input_size: (w, h) in pixels of the input; its aspect ratio is the scale's.
        use_udp: Whether the crop's borders become the centres of the outermost pixels, as with
            MMPose's `TopdownAffine(use_udp=True)`. The way back, `to_image`, is no other:
            `UDPHeatmap` decodes accordingly.
    """

    center: NDArray[np.float64]
    scale: NDArray[np.float64]
    input_size: tuple[int, int]
    use_udp: bool = False

    @classmethod
    def around(
        cls, box: ArrayLike, input_size: tuple[int, int], *, use_udp: bool = False
    ) -> "Crop":
        """The crop around a box.

        Args:
            box: Shape (..., 4): x, y, w, h in pixels of the picture, w and h above 0.
            input_size: (w, h) in pixels of the input.
            use_udp: See the attribute.
        """
        x, y, w, h = np.moveaxis(np.asarray(box, np.float64), -1, 0)
        center = np.stack([x + w / 2, y + h / 2], axis=-1)
        aspect_ratio = input_size[0] / input_size[1]
        # The shorter side grows, so that nothing of the box is cut off.
        width = PADDING * np.maximum(w, h * aspect_ratio)
        return cls(center, np.stack([width, width / aspect_ratio], axis=-1), input_size, use_udp)

    def to_input(self, points: ArrayLike) -> NDArray[np.float32]:
        """From pixels of the picture to pixels of the input; shape (..., 2)."""
        size = np.array(self.input_size, np.float64) - self.use_udp
        moved = (np.asarray(points, np.float64) - self.center) * (size / self.scale) + size / 2
        return moved.astype(np.float32)
