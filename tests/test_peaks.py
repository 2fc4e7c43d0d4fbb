"""`SPR.decode_peaks`: bit-identical to decoding whole maps."""

from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import SPR, InvalidInputError
from root_maps import KINDS, MAP_SIZES, decoded_from_peaks, people_codec, people_maps
from specs.shared.inputs import SIZES

LIMITED = SPR(**SIZES, decode_max_instances=3)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", KINDS)
def test_peaks_decode_like_maps(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(5):
        check_random_maps(kind, rng)


def check_random_maps(kind: str, rng: Generator) -> None:
    size = MAP_SIZES[rng.integers(len(MAP_SIZES))]
    codec = people_codec(rng, size)
    count = int(rng.integers(1, 6))
    maps = int(rng.choice([1, count + 1]))
    drawn = people_maps(rng, kind, int(rng.integers(0, 4)), count, size, maps)
    dtype = rng.choice(["f2", "f4", "f8"])
    with np.errstate(over="ignore"):
        heatmaps, displacements = (values.astype(dtype) for values in drawn)
    if codec.decode_thr >= 0:
        with np.errstate(over="ignore"):
            want = codec.batch_decode(heatmaps, displacements)
            assert_same(decoded_from_peaks(codec, heatmaps, displacements), want)


def test_one_of_two_precisions_is_double(rng: Generator) -> None:
    codec = people_codec(rng, (48, 64), decode_thr=0.01, generate_keypoint_heatmaps=True)
    heatmaps, displacements = people_maps(rng, "noisy", 2, 3, (48, 64), 4)
    heatmaps = heatmaps.astype(np.float32)
    want = codec.batch_decode(heatmaps, displacements)
    assert_same(decoded_from_peaks(codec, heatmaps, displacements), want)


def test_noise_needs_no_maps(rng: Generator) -> None:
    codec = SPR(**SIZES, generate_keypoint_heatmaps=True, sigma=(4, 2))
    values = 0.1 + np.sort(rng.random((4, 31)))[:, ::-1]
    indices = rng.integers(0, 48 * 64, (4, 31))
    moved, windows = rng.normal(0, 5, (4, 34, 31)), rng.random((4, 17, 31, 4, 4))
    keypoints, scores = codec.decode_peaks(values, indices, moved, windows)
    assert [found.shape for found in keypoints] == [(30, 17, 2)] * 4
    assert all(responses.shape == (30, 17) for _, responses in scores)
    _, ((_, responses), *_) = codec.decode_peaks(values, indices, moved)
    assert responses is None


@pytest.mark.parametrize(
    ("values", "needs_maps"),
    [
        ((0.9, 0.8, 0.7, 0.6), False),
        ((0.9, 0.8, 0.7, 0.7), True),  # which one is the third?
        ((0.9, 0.9, 0.7, 0.6), True),
        ((0.9, 0.8, 0.0, 0.0), False),
        ((0.9, 0.01, 0.01, 0.01), False),  # not above the threshold
        ((np.inf, 0.9, 0.8, 0.7), False),
        ((np.nan, 0.9, 0.8, 0.7), True),
        ((0.0, 0.0, -0.0, 0.0), False),
        ((-1.0, -1.0, -2.0, -np.inf), False),
    ],
    ids=str,
)
def test_equal_values_need_maps(values: Any, needs_maps: bool) -> None:
    peaks = np.array([values]), np.arange(4)[None], np.zeros((1, 34, 4))
    (keypoints,), (scores,) = LIMITED.decode_peaks(*peaks)
    assert (keypoints is None, scores is None) == (needs_maps, needs_maps)


def test_simd_tiers_and_threads_give_the_same_bits(rng: Generator) -> None:
    codec = SPR(**SIZES, generate_keypoint_heatmaps=True, sigma=(4, 2))
    maps = [values.astype(np.float32) for values in people_maps(rng, "noisy", 9, 17, (48, 64), 18)]
    want = decoded_from_peaks(codec, *maps)
    for tier in posecodec_rs.simd_tiers()[0]:
        posecodec_rs.force_simd_tier(tier)
        assert_same(decoded_from_peaks(codec, *maps), want)


def test_wrong_arguments() -> None:
    values, indices = np.zeros((2, 4)), np.zeros((2, 4), np.int64)
    moved, windows = np.zeros((2, 6, 4)), np.zeros((2, 3, 4, 4, 4))
    for wrong, message in (
        ((values[0], indices, moved), r"`values` must be of shape \(B, P\)"),
        ((values[:, 1:], indices, moved), r"`values` must be of shape \(2, 4\), .* \(2, 3\)"),
        ((values.astype(int), indices, moved), "`values` must hold float16, float32 or float64"),
        ((values, indices[0], moved), r"`indices` must be .* of shape \(2, 4\), but got int64 of"),
        ((values, indices.astype(float), moved), "`indices` must be an array of integers"),
        ((values, indices - 1, moved), "`indices` must be indices of the 3072 pixels.*got -1"),
        ((values, indices + 3072, moved), "`indices` must be indices of the 3072 pixels.*got 3072"),
        ((values + np.arange(4), indices, moved), "`values` must be in descending order.*0 before"),
        ((values, indices, moved[0]), r"`displacements` must be of shape \(B, 2K, P\)"),
        ((values, indices, moved[:, 1:]), r"`displacements` must be of shape \(B, 2K, P\)"),
        ((values, indices, moved[..., 1:]), r"`displacements` must be of shape \(2, 6, 4\)"),
        ((values, indices, moved, windows[1:]), r"`windows` must be of shape \(2, 3, 4, 4, 4\)"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            LIMITED.decode_peaks(*wrong)
    for size in ((48,), (0, 64), "48"):
        with pytest.raises(InvalidInputError):
            LIMITED.decode_peaks(values, indices, moved, size=size)
    with pytest.raises(InvalidInputError, match=r"`decode_max_instances`.*the 2 pixels"):
        LIMITED.decode_peaks(values[:, :2], indices[:, :2], moved[..., :2], size=(1, 2))
    below = SPR(**SIZES, decode_max_instances=3, decode_thr=-0.5)
    with pytest.raises(InvalidInputError, match=r"`decode_thr` must be at least 0 .*got -0\.5"):
        below.decode_peaks(values, indices, moved)
    assert LIMITED.decode_peaks(values[:0], indices[:0], moved[:0]) == ([], [])
