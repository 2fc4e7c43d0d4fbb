"""Flip tests in `batch_decode`: bit-identical to decoding the averages."""

from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from flips import (
    as_argument,
    averaged,
    each_flipping,
    flipped_like,
    parallel_batch,
    permutation,
)
from numpy.random import Generator
from posecodec_rs import MSRAHeatmap, SimCC3DLabel, SimCCLabel, UDPHeatmap
from specs import Config, each, of_family
from specs.shared.bad import Bad, ones
from specs.shared.inputs import SIZES
from specs.shared.messages import INTEGER_LIST


@each_flipping
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_decodes_the_averages(config: Config, dtype: Any, rng: Generator) -> None:
    codec = config.make()
    arrays = tuple(array.astype(dtype) for array in config.encoded(rng, 3))
    flipped = flipped_like(arrays, rng)
    indices = permutation(rng, config.count)
    want = codec.batch_decode(*averaged(config, arrays, flipped, indices))
    got = codec.batch_decode(*arrays, flipped=as_argument(flipped), flip_indices=indices)
    assert_same(got, want)


@each(of_family("heatmap"))
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_shift(config: Config, dtype: Any, rng: Generator) -> None:
    codec = config.make()
    arrays = tuple(array.astype(dtype) for array in config.encoded(rng, 2))
    flipped = flipped_like(arrays, rng)
    indices = permutation(rng, config.count)
    want = codec.batch_decode(*averaged(config, arrays, flipped, indices, shift=True))
    got = codec.batch_decode(
        *arrays, flipped=as_argument(flipped), flip_indices=indices, shift=True
    )
    assert_same(got, want)


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 3), (15, 4), (16, 16), (17, 9), (33, 2)])
@pytest.mark.parametrize("shift", [False, True])
def test_maps_of_every_width(size: tuple[int, int], shift: bool, rng: Generator) -> None:
    config = Config("MSRAHeatmap", {"input_size": (64, 64), "heatmap_size": size, "sigma": 2}, 3)
    arrays = config.encoded(rng, 2)
    flipped = tuple(rng.random(array.shape, np.float32) for array in arrays)
    want = config.make().batch_decode(*averaged(config, arrays, flipped, [2, 1, 0], shift))
    options = {"flip_indices": [2, 1, 0], "shift": shift}
    assert_same(config.make().batch_decode(*arrays, flipped=flipped[0], **options), want)


@each_flipping
def test_threads_and_tiers_give_the_same_bits(config: Config, rng: Generator) -> None:
    codec = config.make()
    arrays = parallel_batch(config, rng)
    flipped = flipped_like(arrays, rng)
    options = {"flipped": as_argument(flipped), "flip_indices": permutation(rng, config.count)}
    posecodec_rs.set_num_threads(1)
    want = codec.batch_decode(*arrays, **options)
    posecodec_rs.set_num_threads(3)
    assert_same(codec.batch_decode(*arrays, **options), want)
    for tier in posecodec_rs.simd_tiers()[0]:
        posecodec_rs.force_simd_tier(tier)
        assert_same(codec.batch_decode(*arrays, **options), want)


@each_flipping
def test_layouts_of_flipped(config: Config, rng: Generator) -> None:
    codec = config.make()
    arrays = config.encoded(rng, 2)
    flipped = flipped_like(arrays, rng)
    indices = permutation(rng, config.count)
    want = codec.batch_decode(*arrays, flipped=as_argument(flipped), flip_indices=indices)
    backwards = tuple(array[..., ::-1].copy()[..., ::-1] for array in flipped)
    swapped = tuple(array.astype(">f4") for array in flipped)
    for other in (backwards, swapped):
        before = [array.copy() for array in other]
        for array in other:
            array.flags.writeable = False
        got = codec.batch_decode(
            *arrays, flipped=as_argument(other), flip_indices=np.array(indices, np.int16)
        )
        assert_same(got, want)
        for array, one in zip(other, before, strict=True):
            np.testing.assert_array_equal(array, one)


def test_vectors_without_instances(rng: Generator) -> None:
    codec = SimCCLabel((96, 64))
    x, y = (rng.random((4, 6, bins), np.float32) for bins in (192, 128))
    options: dict[str, Any] = {"flip_indices": [1, 0, 3, 2, 5, 4]}
    with_instances = codec.batch_decode(
        x[:, None], y[:, None], flipped=(x[:, None], y[:, None]), **options
    )
    assert_same(codec.batch_decode(x, y, flipped=[x, y], **options), with_instances)


@each_flipping
def test_an_empty_batch(config: Config, rng: Generator) -> None:
    arrays = tuple(array[:0] for array in config.encoded(rng, 1))
    indices = permutation(rng, config.count)
    got = config.make().batch_decode(*arrays, flipped=as_argument(arrays), flip_indices=indices)
    assert_same(got, config.make().batch_decode(*arrays))


def test_a_mirror_image_changes_nothing() -> None:
    """Of exactly mirrored outputs; symmetric keypoints stay on their sides."""
    codec = UDPHeatmap(**SIZES)
    points = np.float32([[[[40.5, 80.25], [150.0, 90.0], [96.0, 30.0]]]])
    maps = codec.batch_encode(points)["heatmaps"]
    mirrored = maps[:, [1, 0, 2], :, ::-1]
    assert_same(
        codec.batch_decode(maps, flipped=mirrored, flip_indices=[1, 0, 2]),
        codec.batch_decode(maps),
    )


MAPS = ones(2, 3, 64, 48)
X, Y, Z = ones(2, 3, 192), ones(2, 3, 128), ones(2, 3, 64)
MSRA = MSRAHeatmap(**SIZES, sigma=2.0)
COMBINED = UDPHeatmap(**SIZES, heatmap_type="combined")
SIMCC = SimCCLabel((96, 64))
SIMCC_3D = SimCC3DLabel((96, 64, 32))


def bad_rows() -> list[Bad]:
    rows = []

    def maps(name: str, *words: str, **options: Any) -> None:
        rows.append(Bad(name, lambda: MSRA.batch_decode(MAPS, **options), words))

    usual: dict[str, Any] = {"flipped": MAPS, "flip_indices": [1, 0, 2]}
    maps("indices alone", "`flip_indices` was given without `flipped`", flip_indices=[1, 0, 2])
    maps("shift alone", "`shift` was given without `flipped`", shift=True)
    maps("no indices", "`flipped` was given without `flip_indices`", flipped=MAPS)
    for indices in ([1, 0], [1, 0, 2, 2], []):
        words = ("`flip_indices`", "each of 3 keypoints", f"{len(indices)} indices")
        maps(f"indices {indices}", *words, **usual | {"flip_indices": indices})
    for indices, shown in (([1, 0, 3], "3"), ([0, 2**40, 1], str(2**40))):
        words = ("`flip_indices`", "3 keypoints", shown)
        maps(f"indices {indices}", *words, **usual | {"flip_indices": indices})
    for indices in ([1, 2, 0], [1, 1, 2], [0, 0, 0]):
        words = ("`flip_indices`", "must exchange keypoints in pairs", str(tuple(indices)))
        maps(f"indices {indices}", *words, **usual | {"flip_indices": indices})
    for indices in (
        [1, 0, -1],
        [1.0, 0, 2],
        "102",
        3,
        [[1, 0, 2]],
        [True, False, True],
        [None] * 3,
    ):
        words = ("`flip_indices`", INTEGER_LIST)
        maps(f"indices {indices!r}", *words, **usual | {"flip_indices": indices})
    for flipped in (MAPS[:1], MAPS[0], MAPS[:, :2], MAPS[..., 1:], ones(2, 9, 64, 48)):
        words = ("`flipped`", "(2, 3, 64, 48), like `batch_encoded`", str(flipped.shape))
        maps(f"flipped {flipped.shape}", *words, **usual | {"flipped": flipped})
    for dtype in (np.float16, np.float64):
        words = ("`flipped`", "float32", "`batch_encoded`", dtype.__name__)
        maps(f"flipped {dtype}", *words, **usual | {"flipped": MAPS.astype(dtype)})
    maps("flipped ints", "`flipped`", "float32", **usual | {"flipped": MAPS.astype(int)})
    maps("flipped string", "`flipped`", **usual | {"flipped": "maps"})
    for shift in (1.5, "yes", None, [True]):
        maps(f"shift {shift!r}", "`shift`", "bool", **usual | {"shift": shift})

    def call(name: str, words: tuple[str, ...], of: Any, *arrays: Any, **options: Any) -> None:
        rows.append(Bad(name, lambda: of.batch_decode(*arrays, **options), words))

    words: tuple[str, ...] = ("`flip_indices`", "each of 1 keypoints", "3 indices")
    call("combined", words, COMBINED, MAPS, flipped=MAPS, flip_indices=[1, 0, 2])
    indices = {"flip_indices": [1, 0, 2]}
    words = ("`flipped`", "2 arrays: simcc_x, simcc_y")
    wrong: dict[str, Any] = {
        "one": (X,),
        "three": (X, Y, Z),
        "a number": 1.0,
        "a batch": ones(3, 4),
    }
    for name, flipped in wrong.items():
        call(name, words, SIMCC, X, Y, flipped=flipped, **indices)
    call("z", ("`flipped`", "x, y, z"), SIMCC_3D, X, Y, Z, flipped=(X, Y), **indices)
    words = ("`flipped`", "(2, 3, 128), like `simcc_y`", "(2, 3, 192)")
    call("bins", words, SIMCC, X, Y, flipped=(X, X), **indices)
    words = ("`flipped`", "float32", "`simcc_y`", "float64")
    call("dtypes", words, SIMCC, X, Y, flipped=(X, Y.astype(np.float64)), **indices)
    words = ("`shift`", "must be False", "True")
    call("shift", words, SIMCC, X, Y, flipped=(X, Y), shift=True, **indices)
    words = ("`flip_indices`", "each of 3 keypoints", "2 indices")
    call("few", words, SIMCC, X, Y, flipped=(X, Y), flip_indices=[1, 0])
    return rows


@pytest.mark.parametrize("bad", [pytest.param(row, id=row.name) for row in bad_rows()])
def test_wrong_calls(bad: Bad) -> None:
    bad.check()


def test_an_endless_iterator_of_indices() -> None:
    from itertools import repeat

    with pytest.raises(posecodec_rs.InvalidInputError, match="more than"):
        MSRA.batch_decode(MAPS, flipped=MAPS, flip_indices=repeat(0))  # type: ignore[arg-type]
