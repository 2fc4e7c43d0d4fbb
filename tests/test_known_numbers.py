"""The error of a round trip: the distance of keypoints that are encoded and decoded.

Each number follows from how the codec rounds; none is recorded. The tolerance of a mean follows
from the number of its coordinates.
"""

import math
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import (
    Hand3DHeatmap,
    MegviiHeatmap,
    MSRAHeatmap,
    SimCC3DLabel,
    SimCCLabel,
    UDPHeatmap,
)
from specs.shared.inputs import SIZES

Array = NDArray[np.float64]

INPUT = np.array(SIZES["input_size"])
PIXEL = INPUT / SIZES["heatmap_size"]
"""Input pixels per heatmap pixel, for all codecs but UDP."""


def interior(rng: Generator, margin: float = 40.0) -> Array:
    """Keypoints (B, 1, K, 2), not near the border: 20,000 coordinates.

    The range is a multiple of heatmap pixels and of bins, so the fractions that rounding removes
    are uniform.
    """
    return rng.uniform(margin, INPUT - margin, (200, 1, 50, 2))


def assert_uniform(error: Array, half: float, slack: float = 1e-5) -> None:
    """Errors that are independent and uniform from -half to half, but for `slack` of float32.

    Each mean lies within five of its standard deviations, which is left by chance once in 1.7
    million times.
    """
    deviations = 5 / math.sqrt(error.size)
    assert np.abs(error).max() <= half + slack
    # Of half·U, U uniform from 0 to 1: mean half / 2, standard deviation half / √12.
    assert abs(np.abs(error).mean() - half / 2) <= deviations * half / math.sqrt(12) + slack
    # And of half·(2·U - 1): no bias.
    assert abs(error.mean()) <= deviations * half / math.sqrt(3) + slack
    # (1 - d/half)^n: chance leaves the outermost d without any of n.
    assert np.abs(error).max() >= half * (1 - 15 / error.size) - slack


def round_trip(encoder: Any, decoder: Any, points: Array) -> Array:
    decoded, scores = decoder.batch_decode(encoder.batch_encode(points)["heatmaps"])
    assert (scores > 0.8).all()
    return np.asarray(decoded, np.float64)


@pytest.mark.parametrize(
    "codec",
    [MSRAHeatmap(**SIZES, sigma=2.0), MegviiHeatmap(**SIZES, kernel_size=11)],
    ids=lambda codec: type(codec).__name__,
)
def test_rounding_is_off_by_a_quarter_of_a_pixel(codec: Any, rng: Generator) -> None:
    points = interior(rng)
    assert_uniform((round_trip(codec, codec, points) - points) / PIXEL, 1 / 2)


def test_unbiased_maps_and_a_quarter_shift_are_off_by_an_eighth(rng: Generator) -> None:
    unbiased = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
    points = interior(rng)
    decoded = round_trip(unbiased, MSRAHeatmap(**SIZES, sigma=2.0), points)
    assert_uniform((decoded - points) / PIXEL, 1 / 4)


def test_dark_is_all_but_exact(rng: Generator) -> None:
    codec = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
    points = interior(rng)
    error = np.abs(round_trip(codec, codec, points) - points) / PIXEL
    assert error.mean() == pytest.approx(1.4e-4, rel=0.05)  # the blur's kernel is cut off
    assert 3e-4 < error.max() < 3.5e-4


def test_udp_is_exact_but_for_its_own_scale(rng: Generator) -> None:
    codec = UDPHeatmap(**SIZES)
    points = interior(rng)
    decoded = round_trip(codec, codec, points)
    assert np.abs(decoded * (INPUT - 1) / INPUT - points).max() / PIXEL.max() < 1e-4
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
    assert_uniform(decoded - points, 1 / (2 * ratio), slack=1e-4)


@pytest.mark.parametrize("ratio", [1, 2.0])
def test_simcc_3d_is_off_by_up_to_half_a_bin(ratio: float, rng: Generator) -> None:
    codec = SimCC3DLabel((*SIZES["input_size"], 288), simcc_split_ratio=ratio)
    points = interior(rng)
    labels = codec.batch_encode(points)
    vectors = (labels[f"keypoint_{axis}_labels"] for axis in "xyz")
    _, pixels, _ = codec.batch_decode(*vectors)
    assert_uniform(pixels[..., :2] - points, 1 / (2 * ratio), slack=1e-4)


def test_hands_are_off_by_up_to_half_a_pixel(rng: Generator) -> None:
    codec = Hand3DHeatmap(image_size=(256, 256), heatmap_size=(64, 64, 64))
    points = rng.uniform((40, 40, -100), (216, 216, 100), (10, 1, 42, 3))
    ones = np.ones(10)
    labels = {"rel_root_depth": ones, "rel_root_valid": ones, "hand_type_valid": ones}
    labels |= {"keypoints_visible": None, "dataset_keypoint_weights": None}
    targets = codec.batch_encode(points, hand_type=np.ones((10, 2)), **labels)
    maps = targets["heatmaps"].reshape(10, 42, 64, 64, 64)
    decoded, *_ = codec.batch_decode(maps, np.ones((10, 1)), np.ones((10, 2)))
    assert_uniform((decoded - points) / (4, 4, 400 / 64), 1 / 2)
