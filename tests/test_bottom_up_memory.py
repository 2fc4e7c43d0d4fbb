"""Large arrays of the codecs for several people: memory that is used again, and the end of it."""

import gc
import pickle
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from bottom_up_samples import BottomUpConfig, each_bottom_up
from numpy.random import Generator
from posecodec_rs import SPR
from samples import arrays, assert_same
from test_leaks import resident
from test_threads import GROWTH, exit_code_of_child, needs_fork, run

LARGE: dict[str, Any] = {"input_size": (512, 512), "heatmap_size": (128, 128)}
"""Maps of 17 keypoints are some megabytes."""


def people(rng: Generator, count: int = 3) -> Any:
    return rng.uniform(0, 500, (count, 17, 2)).astype(np.float32)


def test_arrays_that_live_are_never_given_out_again(rng: Generator) -> None:
    codec = SPR(**LARGE)
    points = [people(rng) for _ in range(40)]
    kept = [codec.encode(one) for one in points]
    copies = [{name: array.copy() for name, array in one.items()} for one in kept]
    for number in range(200):  # in memory that others leave behind
        codec.encode(points[number % 40])
        if number % 5 == 0 and kept:
            gone = (number * 7) % len(kept)
            del kept[gone], copies[gone]
        for one, copy in zip(kept[:3], copies[:3], strict=True):
            assert_same(one, copy)
    for one, copy in zip(kept, copies, strict=True):
        assert_same(one, copy)
    every = [array for one in kept for array in arrays(one)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(every) for b in every[:i])


def test_memory_that_was_used_before_is_clean(rng: Generator) -> None:
    codec = SPR(**LARGE, background_weight=0)
    nobody = codec.encode(np.empty((0, 17, 2)))
    for _ in range(20):
        for array in arrays(codec.encode(people(rng))):
            array.fill(np.nan)
        assert not any(array.any() for array in arrays(codec.encode(np.empty((0, 17, 2)))))
    assert not any(array.any() for array in arrays(nobody))


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


def test_dtype_and_owner_are_referred_to_once(rng: Generator) -> None:
    """By an array, as NumPy's own refer to theirs."""
    codec, points = SPR(**LARGE), people(rng)
    array, view = codec.encode(points)["displacements"], np.zeros(3)[:1]
    assert sys.getrefcount(array.base) == sys.getrefcount(view.base)
    before = sys.getrefcount(array.dtype)
    for _ in range(1000):
        codec.encode(points)
    assert abs(sys.getrefcount(array.dtype) - before) < 100


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")
def test_memory_that_is_not_kept_is_used_again(rng: Generator) -> None:
    """By the system's allocator: of the 220 MB that arrays leave behind at once, some are kept."""
    codec, points = SPR(**LARGE), people(rng)

    def left_behind() -> int:
        for _ in range(3):
            for array in [codec.encode(points)["displacements"] for _ in range(100)]:
                array.fill(1)
            del array
        gc.collect()
        return resident()

    before = left_behind()
    assert left_behind() - before < 150 * 2**20


def test_such_arrays_travel(rng: Generator) -> None:
    encoded = SPR(**LARGE).encode(people(rng))
    assert_same(pickle.loads(pickle.dumps(encoded)), encoded)
    with pytest.raises(ValueError, match="own"):  # as a view's
        encoded["displacements"].resize((3,), refcheck=False)
    torch = pytest.importorskip("torch")
    tensor = torch.from_numpy(encoded["displacements"])
    copy = tensor.clone()
    del encoded
    SPR(**LARGE).encode(people(rng))
    assert torch.equal(tensor, copy)


def test_threads_take_and_leave(rng: Generator) -> None:
    codec = SPR(**LARGE)
    points = [people(rng, 1 + number % 4) for number in range(16)]
    want = [codec.encode(one) for one in points]

    def encode(number: int) -> Any:
        return number % 16, codec.encode(points[number % 16])

    with ThreadPoolExecutor(8) as executor:
        for number, got in executor.map(encode, range(320)):
            assert_same(got, want[number])


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forks_take_and_leave(rng: Generator) -> None:
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


MORE = """
    crowd = np.random.default_rng(0).uniform(0, 500, (3, 17, 2))
    large = dict(input_size=(512, 512), heatmap_size=(128, 128))
    roots, decoupled = SPR(**large), DecoupledHeatmap(**large)
    tags = AssociativeEmbedding(**large, decode_keypoint_order=range(17))
    maps = tags.encode(crowd)["heatmaps"][None]
    noise = np.random.default_rng(0).random(maps.shape, "f4")
    fields = roots.encode(crowd)
    persons = decoupled.encode(crowd)["instance_heatmaps"].reshape(-1, 17, 128, 128)
    scores = np.ones((len(persons), 1))
    lists = [crowd, crowd[:1], crowd[:0]]
    sides = [SPR((512, 512), (100 + side, 128)) for side in range(40)]
"""


@pytest.mark.parametrize(
    ("call", "times"),
    [
        ("roots.encode(crowd)", 2000),
        ("roots.batch_encode(lists)", 600),
        ("sides[_ % 40].encode(crowd)", 2000),
        ("decoupled.encode(crowd)", 1000),
        ("decoupled.batch_encode(lists)", 500),
        ("tags.encode(crowd)", 2000),
        ("tags.batch_encode(lists)", 1000),
        ("roots.decode(fields['heatmaps'], fields['displacements'])", 4000),
        ("decoupled.decode(persons, scores)", 1000),
        ("tags.batch_decode(maps, noise)", 1000),
        ("with suppress(ValueError): tags.batch_decode(maps, maps[:, :3])", 10_000),
    ],
)
def test_memory_does_not_grow(call: str, times: int) -> None:
    pytest.importorskip("resource")
    program = textwrap.dedent(GROWTH)
    program = program.replace("call({times} // 4)", textwrap.dedent(MORE) + "call({times} // 4)")
    assert int(run(program.format(call=call, times=times))) < 16 * 2**20


TOO_LARGE = {
    "SPR's maps": "SPR((4, 4), (2**15, 2**15)).encode(one)",
    "DecoupledHeatmap's maps": "DecoupledHeatmap((4, 4), (2**15, 2**15)).encode(one)",
    "AssociativeEmbedding's maps": "AssociativeEmbedding((4, 4), (2**16, 2**15)).encode(one)",
    "pictures": "SPR((4, 4), (2**14, 2**14)).batch_encode([one] * 9)",
    "so many keypoints": "SPR((4, 4), (64, 64)).encode(numpy.ones((1, 2**20, 2)))",
    "so many pictures": "SPR(*small).batch_decode(numpy.broadcast_to(1.0, (2**58, 1)), [])",
    "SPR decodes": "SPR(*small).decode(wide, numpy.broadcast_to(wide, (2, *wide.shape[1:])))",
    "DecoupledHeatmap decodes": "DecoupledHeatmap(*small).decode(wide[None], one[:, 0, :1])",
    "AssociativeEmbedding decodes": "tags.batch_decode(wide[None], wide[None])",
}


@pytest.mark.parametrize("call", TOO_LARGE.values(), ids=TOO_LARGE)
def test_no_memory_is_no_abort(call: str) -> None:
    """Within 3 GB of address space."""
    pytest.importorskip("resource")
    program = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30,) * 2)
        import numpy
        from posecodec_rs import *
        one, wide = numpy.ones((1, 1, 2)), numpy.broadcast_to(numpy.float32(1), (1, 1, 2**29))
        small = (4, 4), (4, 4)
        tags = AssociativeEmbedding(*small, decode_keypoint_order=[0], use_udp=True)
        try:
            {call}
        except MemoryError:
            print("MemoryError")
        SPR((512, 512), (128, 128)).encode(numpy.ones((1, 17, 2)))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout in ("MemoryError\n", "")


@each_bottom_up
@pytest.mark.parametrize("far", [1e30, -1e30, 1e300, -np.finfo(np.float64).max])
def test_keypoints_far_out(config: BottomUpConfig, far: float) -> None:
    near = [[20.0, 20.0], [50.0, 60.0], [30.0, 40.0]]
    for person in ([[far, 3.0], [3.0, far], [far, far]], [near[0], near[1], [far, far]]):
        encoded = config.encode(config.make(), np.array([near, person]))
        assert all(np.isfinite(array).all() for array in arrays(encoded))
    if config.codec == "DecoupledHeatmap":
        boxes = np.array([[[-far, 0], [0, far], [far, 0], [far, far]]] * 2)
        for some in (boxes, np.full_like(boxes, np.nan), np.full_like(boxes, np.inf)):
            encoded = config.make().encode(np.array([near] * 2), bbox=some)
            assert all(np.isfinite(array).all() for array in arrays(encoded))


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_maps_of_the_largest_floats(config: BottomUpConfig, dtype: type, rng: Generator) -> None:
    largest = np.finfo(dtype).max
    maps, other = config.encoded(rng)
    huge = rng.uniform(-1, 1, maps.shape).astype(dtype) * largest
    for answer in arrays(config.decode(config.make(), huge, other.astype(dtype))):
        assert np.isfinite(answer).all()
