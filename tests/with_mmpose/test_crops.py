"""Crops are those of MMPose's `TopdownAffine`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mmpose.structures.bbox import get_udp_warp_matrix, get_warp_matrix
from numpy.random import Generator
from posecodec_rs import Crop

INPUT_SIZE = (192, 256)


@pytest.mark.parametrize(
    ("use_udp", "matrix"), [(False, get_warp_matrix), (True, get_udp_warp_matrix)]
)
def test_crops(use_udp: bool, matrix: Callable[..., Any], rng: Generator) -> None:
    for box in rng.uniform(20, 300, (20, 4)):
        crop = Crop.from_box(box, INPUT_SIZE, use_udp=use_udp)
        points = rng.uniform(0, 600, (17, 2))
        center, scale = crop.center.astype(np.float32), crop.scale.astype(np.float32)
        warp = matrix(center, scale, 0.0, output_size=INPUT_SIZE)
        wanted = points @ warp[:, :2].T + warp[:, 2]
        np.testing.assert_allclose(crop.to_input(points), wanted, rtol=1e-5, atol=1e-3)
        np.testing.assert_allclose(crop.matrix, warp, rtol=1e-5, atol=1e-3)
