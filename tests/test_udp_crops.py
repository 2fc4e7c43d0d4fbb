"""UDP's half pixel: `to_image` cancels it for crops made with `use_udp`, and for no others.

`UDPHeatmap` decodes with w/(W-1) and encodes with (w-1)/(W-1). The numbers are those of
docs/codecs/udp_heatmap.md, in pixels of the input.
"""

import numpy as np
import pytest
from numpy.random import Generator
from posecodec_rs import UDPHeatmap, to_image

SIZE = np.array([192, 256])


@pytest.mark.parametrize("heatmap_type", ["gaussian", "combined"])
@pytest.mark.parametrize(
    ("crop", "scaled", "exact"),
    [
        ("use_udp", False, True),
        ("use_udp", True, False),
        ("plain", False, False),
        ("plain", True, True),
    ],
)
def test_error_of_a_keypoint(
    crop: str, scaled: bool, exact: bool, heatmap_type: str, rng: Generator
) -> None:
    # One pixel of the image is one of the input. Blurs are cut off at the margin of heatmaps.
    center, scale = np.array([320.5, 240.25]), SIZE
    image = center + rng.uniform(-0.35, 0.35, (50, 1, 17, 2)) * SIZE
    size = SIZE - (crop == "use_udp")
    points = (image - center) * (size / scale) + size / 2

    codec = UDPHeatmap((192, 256), (48, 64), heatmap_type=heatmap_type)
    decoded, _ = codec.batch_decode(codec.batch_encode(points)["heatmaps"])
    if scaled:
        decoded *= (SIZE - 1) / SIZE
    error = np.linalg.norm(to_image(decoded, center, scale, codec.input_size) - image, axis=-1)
    if exact:
        assert error.max() < 0.001
    else:  # 0 at the upper left corner, 0.5 along each axis at the center, 1 at the lower right
        assert 0.7 < error.mean() < 0.76
