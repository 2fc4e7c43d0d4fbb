"""`decode_windows`: bit-identical to decoding whole heatmaps."""

from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import InvalidInputError, MSRAHeatmap, UDPHeatmap
from specs.shared.inputs import SIZES
from windows import KINDS, MAP_SIZES, cut_windows, decoded_from_windows, network_maps

CODECS = (
    UDPHeatmap(**SIZES),
    MSRAHeatmap(**SIZES, sigma=2.0),
    MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True),
)
each_codec = pytest.mark.parametrize("codec", CODECS, ids=repr)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_windows_decode_like_maps(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(5):
        check_random_maps(kind, rng)


def check_random_maps(kind: str, rng: Generator) -> None:
    size = MAP_SIZES[rng.integers(len(MAP_SIZES))]
    sizes: dict[str, Any] = {"input_size": (size[0] * 4, size[1] * 4), "heatmap_size": size}
    taps = int(rng.choice([1, 3, 5, 11, 17, 31, 59]))
    maps = network_maps(rng, kind, (int(rng.integers(1, 4)), int(rng.integers(1, 20))), size)
    maps = maps.astype(rng.choice(["f2", "f4", "f8"]))
    for codec in (
        UDPHeatmap(**sizes, blur_kernel_size=taps),
        MSRAHeatmap(**sizes, sigma=2.0),
        MSRAHeatmap(**sizes, sigma=2.0, unbiased=True, blur_kernel_size=taps),
    ):
        want = codec.batch_decode(maps)
        outside = float(rng.choice([0.0, 7.0, np.nan, np.inf]))
        with np.errstate(invalid="ignore"):
            assert_same(decoded_from_windows(codec, maps, outside), want)


@each_codec
def test_windows_suffice_for_targets(codec: Any, rng: Generator) -> None:
    maps = codec.batch_encode(rng.uniform(0, 1, (4, 1, 17, 2)) * codec.input_size)["heatmaps"]
    *_, needs_map = codec.decode_windows(*cut_windows(maps, codec.window_size))
    assert needs_map.dtype == bool
    # With the blur of the default kernel, no sample of a Gaussian of sigma 2 is clipped.
    assert not needs_map.any()


@each_codec
def test_maps_of_another_size(codec: Any, rng: Generator) -> None:
    maps = network_maps(rng, "noisy", (2, 5), (30, 41)).astype(np.float32)
    assert_same(decoded_from_windows(codec, maps), codec.batch_decode(maps))


@each_codec
def test_threads_and_tiers_give_the_same_bits(codec: Any, rng: Generator) -> None:
    maps = network_maps(rng, "noisy", (30, 50), (48, 64)).astype(np.float32)
    windows, indices = cut_windows(maps, codec.window_size)
    posecodec_rs.set_num_threads(1)
    want = codec.decode_windows(windows, indices)
    posecodec_rs.set_num_threads(3)
    assert_same(codec.decode_windows(windows, indices), want)
    for tier in posecodec_rs.simd_tiers()[0]:
        posecodec_rs.force_simd_tier(tier)
        assert_same(codec.decode_windows(windows, indices), want)


def test_codecs_that_need_maps() -> None:
    combined = UDPHeatmap(**SIZES, heatmap_type="combined")
    blurred = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True, blur_kernel_size=61)
    for codec, argument in ((combined, "heatmap_type"), (blurred, "blur_kernel_size")):
        assert codec.window_size is None
        with pytest.raises(InvalidInputError, match=f"`{argument}`"):
            codec.decode_windows(np.zeros((1, 1, 3, 3)), np.zeros((1, 1), int))


@each_codec
def test_wrong_arguments(codec: Any) -> None:
    side = codec.window_size
    windows, indices = np.zeros((2, 3, side, side)), np.zeros((2, 3), np.int64)
    for wrong, message in (
        ((windows[0], indices), r"`windows` must be of shape \(B, K, S, S\)"),
        ((windows[..., 1:], indices), f"`windows` must be {side} × {side} pixels"),
        ((windows.astype(int), indices), "`windows` must hold float16, float32 or float64"),
        ((windows, indices[0]), r"`indices` must be .* of shape \(2, 3\), but got int64 of shape"),
        ((windows, indices.astype(float)), "`indices` must be an array of integers"),
        ((windows, indices - 1), "`indices` must be indices of the 3072 pixels.*got -1"),
        ((windows, indices + 3072), "`indices` must be indices of the 3072 pixels.*got 3072"),
    ):
        with pytest.raises(InvalidInputError, match=message):
            codec.decode_windows(*wrong)
    for size in ((48,), (0, 64), "48"):
        with pytest.raises(InvalidInputError):
            codec.decode_windows(windows, indices, size=size)
    keypoints, scores, needs_map = codec.decode_windows(windows[:0], indices[:0])
    assert (keypoints.shape, scores.shape, needs_map.shape) == ((0, 1, 3, 2), (0, 1, 3), (0, 3))
