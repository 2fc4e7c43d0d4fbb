"""Maps and vectors of every layout, with and without `flipped`: decoded as contiguous ones are."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from flips import as_argument, each_flipping, flipped_like, parallel_batch, permutation
from many_cases import check_cases
from numpy.random import Generator
from numpy.typing import NDArray
from specs import Config

Array = NDArray[Any]


def channels_last(array: Array) -> Array:
    return np.moveaxis(np.moveaxis(array, -3, -1).copy(), -1, -3)


def within(array: Array) -> Array:
    """A part of larger maps: no sample's values are next to each other."""
    larger = np.full([side + 2 for side in array.shape], 77, array.dtype)
    part = larger[tuple(slice(1, -1) for _ in array.shape)]
    part[...] = array
    return part


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "channels_last": channels_last,
    "reversed": lambda array: array[..., ::-1].copy()[..., ::-1],
    "upside down": lambda array: array[..., ::-1, :].copy()[..., ::-1, :],
    "reversed channels_last": lambda array: channels_last(array[..., ::-1])[..., ::-1],
    "every other sample": lambda array: np.repeat(array, 2, axis=0)[1::2],
    "every other pixel": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "transposed": lambda array: np.swapaxes(np.swapaxes(array, -1, -2).copy(), -1, -2),
    "within": within,
    "fortran": np.asfortranarray,
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


@each_flipping
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_batches(config: Config, dtype: Any, rng: Generator) -> None:
    codec = config.make()
    arrays = tuple(array.astype(dtype) for array in config.encoded(rng, 3))
    flipped = flipped_like(arrays, rng)
    indices = permutation(rng, config.count)
    want = codec.batch_decode(*arrays)
    want_flipped = codec.batch_decode(*arrays, flipped=as_argument(flipped), flip_indices=indices)

    def check(layout: Callable[[Array], Array]) -> None:
        others, mirrored = (tuple(map(layout, each)) for each in (arrays, flipped))
        before = [array.copy() for array in others]
        assert_same(codec.batch_decode(*others), want)
        for own, other in ((others, mirrored), (arrays, mirrored), (others, flipped)):
            got = codec.batch_decode(*own, flipped=as_argument(other), flip_indices=indices)
            assert_same(got, want_flipped)
        for array, copy in zip(others, before, strict=True):
            np.testing.assert_array_equal(array, copy)

    check_cases({name: partial(check, layout) for name, layout in LAYOUTS.items()})


@each_flipping
@each_layout
def test_samples(config: Config, layout: Callable[[Array], Array], rng: Generator) -> None:
    codec = config.make()
    arrays = config.encoded(rng)
    assert_same(codec.decode(*(layout(array) for array in arrays)), codec.decode(*arrays))


@each_flipping
def test_threads_and_tiers(config: Config, rng: Generator) -> None:
    codec = config.make()
    arrays = parallel_batch(config, rng)
    others = tuple(channels_last(array)[::-1] for array in arrays)
    want = codec.batch_decode(*(array[::-1].copy() for array in arrays))
    for threads in (1, 3):
        posecodec_rs.set_num_threads(threads)
        for tier in posecodec_rs.simd_tiers()[0]:
            posecodec_rs.force_simd_tier(tier)
            assert_same(codec.batch_decode(*others), want)


def test_sizes(rng: Generator) -> None:
    for width, height, count in ((1, 1, 1), (1, 7, 3), (16, 1, 2), (17, 5, 4), (33, 3, 16)):
        codec = posecodec_rs.MSRAHeatmap((64, 64), (width, height), sigma=2)
        maps = rng.random((3, count, height, width), np.float32)
        want = codec.batch_decode(maps)
        for layout in LAYOUTS.values():
            assert_same(codec.batch_decode(layout(maps)), want)


def test_repeated_values() -> None:
    """Broadcast maps, whose pixels share memory."""
    codec = posecodec_rs.UDPHeatmap((64, 64), (16, 16))
    maps = np.broadcast_to(np.arange(16, dtype=np.float32), (2, 3, 16, 16))
    assert_same(codec.batch_decode(maps), codec.batch_decode(maps.copy()))


def test_errors_name_the_argument() -> None:
    combined = posecodec_rs.UDPHeatmap((64, 64), (16, 16), heatmap_type="combined")
    maps = channels_last(np.ones((2, 4, 16, 16), np.float32))
    with pytest.raises(posecodec_rs.InvalidInputError, match="`batch_encoded` must have 3 maps"):
        combined.batch_decode(maps)
    gaussian = posecodec_rs.UDPHeatmap((64, 64), (16, 16))
    with pytest.raises(posecodec_rs.InvalidInputError, match="`flip_indices` must"):
        gaussian.batch_decode(maps, flipped=maps, flip_indices=[0, 1, 2, 9])
