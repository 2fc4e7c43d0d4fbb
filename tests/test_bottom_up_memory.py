"""Large arrays of the codecs for several people, whose memory the package uses again."""

import gc
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import SPR
from processes import exit_code_of_child, needs_fork, resident_memory
from specs import Config, each, of_family

LARGE: dict[str, Any] = {"input_size": (512, 512), "heatmap_size": (128, 128)}
"""Maps of 17 keypoints are some megabytes."""


def people(rng: Generator, count: int = 3) -> Any:
    return rng.uniform(0, 500, (count, 17, 2)).astype(np.float32)


@pytest.mark.slow  # encodes 240 large samples
def test_live_arrays_are_not_reused(rng: Generator) -> None:
    codec = SPR(**LARGE)
    points = [people(rng) for _ in range(40)]
    kept = [codec.encode(one) for one in points]
    copies = [{name: array.copy() for name, array in one.items()} for one in kept]
    for number in range(200):  # in memory that earlier arrays have released
        codec.encode(points[number % 40])
        if number % 5 == 0 and kept:
            index = (number * 7) % len(kept)
            del kept[index], copies[index]
        for one, copy in zip(kept[:3], copies[:3], strict=True):
            assert_same(one, copy)
    for one, copy in zip(kept, copies, strict=True):
        assert_same(one, copy)
    every = [array for one in kept for array in arrays(one)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(every) for b in every[:i])


def test_reused_memory_is_cleared(rng: Generator) -> None:
    codec = SPR(**LARGE, background_weight=0)
    empty = codec.encode(np.empty((0, 17, 2)))
    for _ in range(20):
        for array in arrays(codec.encode(people(rng))):
            array.fill(np.nan)
        assert not any(array.any() for array in arrays(codec.encode(np.empty((0, 17, 2)))))
    assert not any(array.any() for array in arrays(empty))


def test_views_outlive_codec_and_dict(rng: Generator) -> None:
    points = people(rng)
    want = SPR(**LARGE).encode(points)["displacements"][5, 60:70].copy()
    codec = SPR(**LARGE)
    answer = codec.encode(points)
    whole = answer["displacements"]
    assert whole.base is not None
    assert not whole.flags.owndata
    assert whole.flags.c_contiguous
    assert whole.flags.writeable
    assert whole.ctypes.data % 64 == 0
    view = whole[5, 60:70]
    del codec, answer, whole
    gc.collect()
    for _ in range(20):
        SPR(**LARGE).encode(people(rng))
    np.testing.assert_array_equal(view, want)
    view[...] = 7
    view.reshape(-1)[::2] += 1
    assert set(np.unique(view)) == {7, 8}


def test_reference_counts_of_dtype_and_base(rng: Generator) -> None:
    """An array holds one reference to each, as arrays of NumPy do."""
    codec, points = SPR(**LARGE), people(rng)
    array, view = codec.encode(points)["displacements"], np.zeros(3)[:1]
    assert sys.getrefcount(array.base) == sys.getrefcount(view.base)
    before = sys.getrefcount(array.dtype)
    for _ in range(1000):
        codec.encode(points)
    assert abs(sys.getrefcount(array.dtype) - before) < 100


@pytest.mark.slow  # encodes large samples, often
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_released_memory_is_reused(rng: Generator) -> None:
    """100 arrays of 220 MB are released at once: the package keeps some, the allocator the rest."""
    codec, points = SPR(**LARGE), people(rng)

    def left_behind() -> int:
        for _ in range(3):
            for array in [codec.encode(points)["displacements"] for _ in range(100)]:
                array.fill(1)
            del array
        gc.collect()
        return resident_memory()

    before = left_behind()
    assert left_behind() - before < 150 * 2**20


def test_pickle(rng: Generator) -> None:
    encoded = SPR(**LARGE).encode(people(rng))
    assert_same(pickle.loads(pickle.dumps(encoded)), encoded)
    with pytest.raises(ValueError, match="own"):  # like a view
        encoded["displacements"].resize((3,), refcheck=False)


@pytest.mark.torch
def test_tensors_keep_memory_alive(rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    encoded = SPR(**LARGE).encode(people(rng))
    tensor = torch.from_numpy(encoded["displacements"])
    copy = tensor.clone()
    del encoded
    SPR(**LARGE).encode(people(rng))
    assert torch.equal(tensor, copy)


@pytest.mark.slow  # encodes large samples, often
def test_reuse_on_several_threads(rng: Generator) -> None:
    codec = SPR(**LARGE)
    points = [people(rng, 1 + number % 4) for number in range(16)]
    want = [codec.encode(one) for one in points]

    def encode(number: int) -> Any:
        return number % 16, codec.encode(points[number % 16])

    with ThreadPoolExecutor(8) as executor:
        for number, got in executor.map(encode, range(320)):
            assert_same(got, want[number])


@pytest.mark.slow  # encodes large samples, often
@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_reuse_in_forks(rng: Generator) -> None:
    codec = SPR(**LARGE)
    points = people(rng)
    want = codec.encode(points)

    def again() -> None:
        for _ in range(10):
            assert_same(codec.encode(points), want)

    with ThreadPoolExecutor(2) as executor:
        running = [executor.submit(again) for _ in range(8)]
        assert [exit_code_of_child(again) for _ in range(5)] == [0] * 5
        for future in running:
            future.result()
    again()


@each(of_family("bottom-up"))
@pytest.mark.parametrize("far", [1e30, -1e30, 1e300, -np.finfo(np.float64).max])
def test_keypoints_far_out(config: Config, far: float) -> None:
    near = [[20.0, 20.0], [50.0, 60.0], [30.0, 40.0]]
    for person in ([[far, 3.0], [3.0, far], [far, far]], [near[0], near[1], [far, far]]):
        encoded = config.encode(config.make(), np.array([near, person]))
        assert all(np.isfinite(array).all() for array in arrays(encoded))
    if config.codec == "DecoupledHeatmap":
        boxes = np.array([[[-far, 0], [0, far], [far, 0], [far, far]]] * 2)
        for some in (boxes, np.full_like(boxes, np.nan), np.full_like(boxes, np.inf)):
            encoded = config.make().encode(np.array([near] * 2), bbox=some)
            assert all(np.isfinite(array).all() for array in arrays(encoded))


@each(of_family("bottom-up"))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maps_of_largest_floats(config: Config, dtype: type, rng: Generator) -> None:
    largest = np.finfo(dtype).max
    maps, other = config.encoded(rng)
    huge = rng.uniform(-1, 1, maps.shape).astype(dtype) * largest
    for answer in arrays(config.decode(config.make(), huge, other.astype(dtype))):
        assert np.isfinite(answer).all()
