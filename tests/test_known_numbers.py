"""What a codec alone costs: encode, decode, and how far off the keypoint is then.

Each number follows from how the codec rounds; none comes from a recording.
"""

from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import MSRAHeatmap, SimCCLabel, UDPHeatmap
from samples import SIZES

Array = NDArray[np.float64]

INPUT = np.array(SIZES["input_size"])
CELL = INPUT / SIZES["heatmap_size"]
"""Input pixels a heatmap pixel, of all but UDP."""


def interior(rng: Generator, margin: float = 40.0) -> Array:
    """Keypoints (B, 1, K, 2), nowhere near the border: 20 000 coordinates."""
    return rng.uniform(margin, INPUT - margin, (200, 1, 50, 2))


def round_trip(encoder: Any, decoder: Any, points: Array) -> Array:
    decoded, scores = decoder.batch_decode(encoder.batch_encode(points)["heatmaps"])
    assert (scores > 0.8).all()
    return np.asarray(decoded, np.float64)


def test_msra_is_off_by_up_to_half_a_cell(rng: Generator) -> None:
    codec = MSRAHeatmap(**SIZES, sigma=2.0)
    points = interior(rng)
    error = np.abs(round_trip(codec, codec, points) - points) / CELL
    assert error.mean() == pytest.approx(1 / 4, rel=0.02)
    assert 0.49 < error.max() <= 0.5 + 1e-5


def test_unbiased_maps_and_a_quarter_shift_are_off_by_up_to_a_quarter(rng: Generator) -> None:
    unbiased = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
    points = interior(rng)
    decoded = round_trip(unbiased, MSRAHeatmap(**SIZES, sigma=2.0), points)
    error = np.abs(decoded - points) / CELL
    assert error.mean() == pytest.approx(1 / 8, rel=0.02)
    assert 0.245 < error.max() <= 0.25 + 1e-5


def test_dark_is_all_but_exact(rng: Generator) -> None:
    codec = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
    points = interior(rng)
    error = np.abs(round_trip(codec, codec, points) - points) / CELL
    assert error.mean() == pytest.approx(1.4e-4, rel=0.05)  # the blur's kernel is cut off
    assert 3e-4 < error.max() < 3.5e-4


def test_udp_is_exact_but_for_its_own_scale(rng: Generator) -> None:
    codec = UDPHeatmap(**SIZES)
    points = interior(rng)
    decoded = round_trip(codec, codec, points)
    assert np.abs(decoded * (INPUT - 1) / INPUT - points).max() / CELL.max() < 1e-4
    # Encoded with (w - 1) / (W - 1), decoded with w / (W - 1).
    np.testing.assert_allclose(decoded - points, points / (INPUT - 1), atol=1e-3)


def test_udps_scale_costs_a_pixel_at_the_far_border() -> None:
    codec = UDPHeatmap(**SIZES, heatmap_type="combined")
    corners = np.array([[[0, 0], INPUT - 1]], np.float64)
    decoded, _ = codec.decode(codec.encode(corners)["heatmaps"])
    np.testing.assert_allclose(decoded, [[[0, 0], INPUT]], atol=1e-3)


def test_udp_offsets_are_exact_but_for_their_scale(rng: Generator) -> None:
    codec = UDPHeatmap(**SIZES, heatmap_type="combined")
    points = interior(rng)
    decoded, _ = codec.batch_decode(codec.batch_encode(points)["heatmaps"])
    np.testing.assert_allclose(decoded * (INPUT - 1) / INPUT, points, atol=1e-3)


@pytest.mark.parametrize("ratio", [1, 2.0, 3.0, 1.5])
@pytest.mark.parametrize("smoothing", ["gaussian", "standard"])
def test_simcc_is_off_by_up_to_half_a_bin(ratio: float, smoothing: str, rng: Generator) -> None:
    codec = SimCCLabel(SIZES["input_size"], smoothing, simcc_split_ratio=ratio)
    points = interior(rng)
    encoded = codec.batch_encode(points)
    decoded, _ = codec.batch_decode(encoded["keypoint_x_labels"], encoded["keypoint_y_labels"])
    error = np.abs(decoded - points)
    assert error.mean() == pytest.approx(1 / (4 * ratio), rel=0.02)
    assert 0.98 / (2 * ratio) < error.max() <= 1 / (2 * ratio) + 1e-4
