"""Everything that is a right input: dtypes, layouts, lists, tensors, and the odd values in them."""

import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import MegviiHeatmap, MSRAHeatmap, RegressionLabel, SimCCLabel, UDPHeatmap
from samples import (
    CONFIGS,
    SIZES,
    Config,
    arrays,
    assert_same,
    each_config,
    each_heatmap_config,
)

Array = NDArray[Any]
each_simcc_config = pytest.mark.parametrize(
    "config", [config for config in CONFIGS if config.codec == "SimCCLabel"], ids=str
)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Where NumPy would warn, as the reference does, the codecs keep still."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


class Labelled(np.ndarray[Any, np.dtype[Any]]):
    """An array of a class of its own."""


def misaligned(array: Array) -> Array:
    memory = b"\0" + array.tobytes()
    return np.frombuffer(memory, array.dtype, offset=1).reshape(array.shape)


def read_only(array: Array) -> Array:
    array = array.copy()
    array.flags.writeable = False
    return array


def part_of_a_larger_one(array: Array) -> Array:
    larger = np.full([side * 2 + 1 for side in array.shape], 77, array.dtype)
    part = larger[tuple(slice(1, None, 2) for _ in array.shape)]
    part[...] = array
    return part


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "backwards": lambda array: np.flip(np.flip(array).copy()),
    "transposed": lambda array: array.T.copy().T,
    "fortran": np.asfortranarray,
    "part": part_of_a_larger_one,
    "other-byte-order": lambda array: array.astype(array.dtype.newbyteorder()),
    "misaligned": misaligned,
    "misaligned-part": lambda array: misaligned(np.repeat(array, 2, axis=0))[::2],
    "read-only": read_only,
    "subclass": lambda array: array.view(Labelled),
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)


def assert_unchanged(got: Array, want: Array) -> None:
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    assert got.tobytes() == want.tobytes()


@each_config
@each_layout
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layouts_of_keypoints(
    config: Config, layout: Callable[[Array], Array], dtype: type, rng: Generator
) -> None:
    codec = config.make()
    for sizes, encode in (((), codec.encode), ((2,), codec.batch_encode)):
        points = config.keypoints(rng, *sizes).astype(dtype)
        visible = config.visible(rng, *sizes).astype(dtype)
        given_points, given_visible = layout(points), layout(visible)
        before = given_points.copy(), given_visible.copy()
        got, want = encode(given_points, given_visible), encode(points, visible)
        weights, wanted = got["keypoint_weights"], want["keypoint_weights"].dtype
        # MMPose's weights are a copy of the visibilities, byte order and all; or float32.
        copied = "Regression" not in config.codec
        assert weights.dtype == (given_visible.dtype if copied else np.float32)
        assert_same(got | {"keypoint_weights": weights.astype(wanted)}, want)
        assert_unchanged(given_points, before[0])
        assert_unchanged(given_visible, before[1])


@each_config
@each_layout
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_layouts_of_what_is_decoded(
    config: Config, layout: Callable[[Array], Array], dtype: type, rng: Generator
) -> None:
    codec = config.make()
    for sizes, decode in (((), codec.decode), ((2,), codec.batch_decode)):
        encoded = [array.astype(dtype) for array in config.encoded(rng, *sizes)]
        laid_out = [layout(array) for array in encoded]
        before = [array.copy() for array in laid_out]
        assert_same(decode(*laid_out), decode(*encoded))
        for array, want in zip(laid_out, before, strict=True):
            assert_unchanged(array, want)


@each_config
@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_precisions_of_what_is_decoded(config: Config, dtype: type, rng: Generator) -> None:
    codec = config.make()
    encoded = [array.astype(np.float16) for array in config.encoded(rng)]  # fits into each dtype
    points, scores = codec.decode(*(array.astype(dtype) for array in encoded))
    want_points, want_scores = codec.decode(*(array.astype(np.float32) for array in encoded))
    assert_same(points, want_points)
    for score, want in zip(arrays((scores,)), arrays((want_scores,)), strict=True):
        rtol = 1e-3 if score.dtype == np.float16 else 1e-6
        np.testing.assert_allclose(score, want, rtol=rtol)


@each_config
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_of_what_was_decoded(config: Config, dtype: type, rng: Generator) -> None:
    encoded = [array.astype(dtype) for array in config.encoded(rng)]
    points, scores = config.make().decode(*encoded)
    double = config.codec in ("UDPHeatmap", "RegressionLabel", "IntegralRegressionLabel")
    assert points.dtype == (np.float64 if double else np.float32)
    if isinstance(scores, tuple):
        scores, visibility = scores
        assert visibility.dtype == np.float64
    without_sigmas = config.codec == "IntegralRegressionLabel"
    assert scores.dtype == (np.float32 if without_sigmas else dtype)


def test_simcc_vectors_of_two_precisions_meet_in_the_wider_one(rng: Generator) -> None:
    codec = SimCCLabel((96, 64), use_dark=True)
    x, y = rng.random((5, 192)).astype(np.float32), rng.random((5, 128))
    assert_same(codec.decode(x, y), codec.decode(x.astype(np.float64), y))


@each_config
def test_nested_lists(config: Config, rng: Generator) -> None:
    codec = config.make()
    points, visible = config.keypoints(rng), config.visible(rng)
    want = codec.encode(points.astype(np.float64), visible.astype(np.float64))
    assert_same(codec.encode(points.tolist(), visible.tolist()), want)
    encoded = config.encoded(rng)
    want = codec.decode(*(array.astype(np.float64) for array in encoded))
    assert_same(codec.decode(*(array.tolist() for array in encoded)), want)


@each_config
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint32, np.longdouble])
def test_other_numbers_are_keypoints_in_double_precision(
    config: Config, dtype: type, rng: Generator
) -> None:
    points = np.abs(config.keypoints(rng)).round().astype(dtype)
    codec = config.make()
    assert_same(codec.encode(points), codec.encode(points.astype(np.float64)))


@each_config
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.float16, np.bool_])
def test_small_numbers_are_keypoints_in_single_precision(
    config: Config, dtype: type, rng: Generator
) -> None:
    points = (np.abs(config.keypoints(rng)) / 2).astype(dtype)
    codec = config.make()
    assert_same(codec.encode(points), codec.encode(points.astype(np.float32)))


@pytest.mark.parametrize(
    ("codec", "just_below"),
    [
        (MSRAHeatmap(**SIZES, sigma=2.0), 4 * 10.5 - 1e-8),
        (MegviiHeatmap(**SIZES, kernel_size=11), 4 * 11 - 1e-8),
        (SimCCLabel((192, 256)), 0.5 * 10.5 - 1e-9),
    ],
    ids=["MSRAHeatmap", "MegviiHeatmap", "SimCCLabel"],
)
def test_centres_are_rounded_in_the_keypoints_precision(codec: Any, just_below: float) -> None:
    """A hair's breadth that single precision does not see puts a keypoint into another cell."""
    double = np.full((1, 1, 2), just_below)
    cells = [arrays(codec.encode(points))[0].argmax() for points in (double, np.float32(double))]
    below, above = (np.full((1, 1, 2), just_below + offset) for offset in (-1e-4, 1e-4))
    want = [arrays(codec.encode(points))[0].argmax() for points in (below, above)]
    assert want[0] != want[1]
    # SimCC rounds half to even: 10.5 is 10.
    assert cells == ([want[0]] * 2 if isinstance(codec, SimCCLabel) else want)


DTYPES = (bool, "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g")


@each_config
@pytest.mark.parametrize("dtype", DTYPES)
def test_weights_are_visibilities_and_keep_their_dtype(
    config: Config, dtype: Any, rng: Generator
) -> None:
    codec = config.make()
    points = config.keypoints(rng)
    visible = config.visible(rng).astype(dtype)
    inside = codec.encode(points)["keypoint_weights"] > 0
    assert inside.any()
    weights = codec.encode(points, visible)["keypoint_weights"]
    if "Regression" in config.codec:
        assert weights.dtype == np.float32
        np.testing.assert_array_equal(weights, inside & (visible > 0.5))
    else:
        assert weights.dtype == visible.dtype
        unlabelled = visible < 0.5
        np.testing.assert_array_equal(weights, np.where(inside | unlabelled, visible, 0))


@each_config
def test_unlabelled_keypoints_leave_no_trace(config: Config, rng: Generator) -> None:
    codec = config.make()
    points = config.keypoints(rng)
    visible = (np.arange(points[..., 0].size) % 2).reshape(points.shape[:2]).astype(np.float32)
    encoded, full = codec.encode(points, visible), codec.encode(points)
    for name in set(encoded) - {"keypoint_weights", "keypoint_labels"}:
        shown, want = (answer[name].reshape(*visible.shape, -1) for answer in (encoded, full))
        assert not shown[visible == 0].any()
        np.testing.assert_array_equal(shown[visible == 1], want[visible == 1])


NOWHERE = (np.nan, np.inf, -np.inf)
FAR = (1e30, -1e30)


@each_config
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [*NOWHERE, *FAR])
@pytest.mark.parametrize("axes", [[0], [1], [0, 1]], ids=["x", "y", "both"])
def test_keypoints_out_of_this_world(
    config: Config, dtype: type, value: float, axes: list[int], rng: Generator
) -> None:
    codec = config.make()
    points = config.keypoints(rng).astype(dtype)
    odd = points.copy()
    odd[:, ::2, axes] = value
    for visible in (None, np.ones(points.shape[:2], np.float32)):
        encoded, want = codec.encode(odd, visible), codec.encode(points, visible)
        assert all(np.isfinite(array).all() for array in arrays(encoded))
        weights = encoded["keypoint_weights"]
        # UDP's offset maps reach everywhere, and so do their weights in the reference.
        everywhere = config.combined and value in FAR
        np.testing.assert_array_equal(weights[:, ::2], float(everywhere))
        np.testing.assert_array_equal(weights[:, 1::2], want["keypoint_weights"][:, 1::2])
        for name in set(encoded) - {"keypoint_weights"}:
            by_keypoint = (*points.shape[:2], -1)
            got, wanted = (answer[name].reshape(by_keypoint) for answer in (encoded, want))
            np.testing.assert_array_equal(got[:, 1::2], wanted[:, 1::2])
            if value not in FAR:
                assert not got[:, ::2].any()


LARGEST = float(np.float32(1e30))
finite = st.floats(-LARGEST, LARGEST, width=32)
near = st.floats(-400, 400, width=32)
anywhere = st.one_of(near, finite, st.sampled_from(NOWHERE))


@each_config
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_encoding_is_finite_and_weighs_0_or_the_visibility(
    config: Config, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, 4))
    shape = (config.instances, count)
    points = data.draw(hnp.arrays(np.float32, (*shape, 2), elements=anywhere))
    visible = data.draw(hnp.arrays(np.float32, shape, elements=st.floats(0, 2, width=32)))
    encoded = config.make().encode(points, visible)
    assert all(np.isfinite(array).all() for array in arrays(encoded))
    weights = encoded["keypoint_weights"]
    assert weights.shape == shape
    whole = 1 if "Regression" in config.codec else visible
    assert ((weights == 0) | (weights == whole)).all()


@each_heatmap_config
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_decoding_is_finite_where_the_maps_are(config: Config, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 2)) * (3 if config.combined else 1)
    shape = (count, data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    values = st.floats(-1000, 1000, width=16) | st.sampled_from([0.0, -1.0, 1.0, 60000.0])
    maps = data.draw(hnp.arrays(dtype, shape, elements=values))
    points, scores = config.make().decode(maps)
    assert np.isfinite(points).all()
    assert np.isfinite(scores).all()
    if config.codec == "MSRAHeatmap":
        np.testing.assert_array_equal(scores[0], maps.max((1, 2)))


@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_simcc_decoding_is_numpys_argmax(data: st.DataObject) -> None:
    shapes = [(2, 3, data.draw(st.integers(1, 70))) for _ in "xy"]
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    few = st.sampled_from([-1.0, 0.0, 0.25, 0.5])  # many are equal: the first counts
    x, y = (data.draw(hnp.arrays(dtype, shape, elements=few)) for shape in shapes)
    points, scores = SimCCLabel((64, 64), simcc_split_ratio=1.0).decode(x, y)
    want = np.minimum(x.max(-1), y.max(-1))
    np.testing.assert_array_equal(scores, want)
    bins = np.stack([x.argmax(-1), y.argmax(-1)], -1)
    np.testing.assert_array_equal(points, np.where(want[..., None] > 0, bins, -1))


@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_msra_decoding_is_numpys_argmax(data: st.DataObject) -> None:
    shape = (2, data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40)))
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    maps = data.draw(hnp.arrays(dtype, shape, elements=st.floats(-1, 1, width=16)))
    points, scores = MSRAHeatmap((40, 40), (40, 40), 2.0).decode(maps)
    best = maps.reshape(2, -1).argmax(-1)
    cells = np.stack([best % shape[2], best // shape[2]], -1)
    np.testing.assert_array_equal(scores[0], maps.max((1, 2)))
    responds = scores[0, :, None] > 0
    off = points[0] - np.where(responds, cells, -1)
    assert np.isin(off, [-0.25, 0, 0.25]).all()
    assert not off[~responds[:, 0]].any()


@pytest.mark.parametrize("size", [(2, 215), (6, 4), (12, 8), (64, 48)])
@pytest.mark.parametrize("sigma", [1.0, 5.0, 18.4])
@pytest.mark.parametrize("normalize", [True, False])
def test_simcc_labels_reach_in_from_outside(
    size: tuple[int, int], sigma: float, normalize: bool, rng: Generator
) -> None:
    """The Gaussian's centre may lie up to 3 sigma beyond the bins, which may be few."""
    codec = SimCCLabel(size, sigma=sigma, simcc_split_ratio=1.5, normalize=normalize)
    points = rng.uniform(-2 * sigma, np.array(size) + 2 * sigma, (4, 50, 2))
    encoded = codec.encode(points)
    centres = np.around(points * 1.5)
    bins = np.around(np.array(size) * 1.5)
    seen = ((centres - 3 * sigma < bins) & (centres + 3 * sigma + 1 >= 0)).all(-1)
    np.testing.assert_array_equal(encoded["keypoint_weights"], seen)
    for axis, name in enumerate(("keypoint_x_labels", "keypoint_y_labels")):
        distance = np.arange(bins[axis]) - centres[..., axis, None]
        want = np.exp(-(distance**2) / (2 * sigma**2)) * seen[..., None]
        if normalize:
            want /= sigma * np.sqrt(2 * np.pi)
        np.testing.assert_allclose(encoded[name], want, rtol=1e-5, atol=1e-7)


@each_config
def test_no_keypoints(config: Config, rng: Generator) -> None:
    codec = config.make()
    empty = np.empty((config.instances, 0, 2), np.float32)
    for points, encode in ((empty, codec.encode), (empty[None].repeat(4, 0), codec.batch_encode)):
        for answer in (encode(points), encode(points, points[..., 0])):
            full = encode(np.zeros((*points.shape[:-2], 1, 2)))
            for got, like in zip(arrays(answer), arrays(full), strict=True):
                assert got.size == 0
                assert got.ndim == like.ndim
    axis = -2 if config.codec in ("RegressionLabel", "IntegralRegressionLabel", "SimCCLabel") else 0
    encoded = [np.delete(array, slice(None), axis) for array in config.encoded(rng)]
    points, scores = codec.decode(*encoded)
    assert points.shape == (config.instances, 0, 2)
    assert all(array.shape == (config.instances, 0) for array in arrays((scores,)))
    points, scores = codec.batch_decode(*(array[None].repeat(4, 0) for array in encoded))
    assert points.shape == (4, config.instances, 0, 2)
    assert all(array.shape == (4, config.instances, 0) for array in arrays((scores,)))


@pytest.mark.parametrize("codec", [RegressionLabel((192, 256)), SimCCLabel((192, 256))])
def test_no_instances(codec: Any) -> None:
    encoded = codec.encode(np.empty((0, 17, 2), np.float32))
    assert all(array.shape[:2] == (0, 17) for array in arrays(encoded))
    encoded = codec.batch_encode(np.empty((3, 0, 17, 2), np.float32))
    assert all(array.shape[:3] == (3, 0, 17) for array in arrays(encoded))


@each_heatmap_config
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 0.3, 60000.0, 1e-7, -1.0, -1e-7])
def test_flat_maps(config: Config, dtype: type, value: float) -> None:
    codec = config.make()
    width, height = config.kwargs["heatmap_size"]
    maps = np.full((6, height, width), value, dtype)
    points, scores = codec.decode(maps)
    assert np.isfinite(points).all()
    assert np.isfinite(scores).all()
    if value <= 0 and not config.combined:
        cell = np.array(config.kwargs["input_size"]) / np.array([width, height])
        assert (points < 0).all()
        assert (points > -1.1 * cell).all()


@each_heatmap_config
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("everywhere", [True, False])
def test_maps_that_are_not_finite(
    config: Config, value: float, everywhere: bool, rng: Generator
) -> None:
    """They are answered, and do not touch the keypoints beside them."""
    codec = config.make()
    (maps,) = config.encoded(rng)
    want_points, want_scores = codec.decode(maps)
    each = 3 if config.combined else 1
    maps[each : 2 * each, slice(None) if everywhere else 5] = value
    points, scores = codec.decode(maps)
    assert_same(np.delete(points, 1, 1), np.delete(want_points, 1, 1))
    assert_same(np.delete(scores, 1, 1), np.delete(want_scores, 1, 1))
    if config.codec == "MSRAHeatmap":
        np.testing.assert_array_equal(scores[0, 1], maps[1].max())


@each_simcc_config
@pytest.mark.parametrize("bins", [(1, 1), (1, 40), (3, 2), (100, 131)])
@pytest.mark.parametrize("value", [0.0, 0.7, 60000.0, -1.0, np.nan])
def test_flat_vectors(config: Config, bins: tuple[int, int], value: float) -> None:
    codec = config.make()
    x, y = (np.full((2, 3, length), value, np.float32) for length in bins)
    points, scores = codec.decode(x, y)
    if np.isnan(value):
        assert np.isnan(arrays((scores,))[0]).all()
    else:
        assert np.isfinite(points).all()
        assert all(np.isfinite(array).all() for array in arrays((scores,)))
        np.testing.assert_array_equal(arrays((scores,))[0], np.float32(value))
    if value <= 0:
        np.testing.assert_array_equal(points, np.float32(-1) / np.float32(codec.simcc_split_ratio))


@each_simcc_config
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_simcc_decoding_is_finite_where_the_vectors_are(
    config: Config, data: st.DataObject
) -> None:
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    values = st.floats(-1000, 1000, width=16) | st.sampled_from([0.0, -1.0, 1.0, 60000.0])
    x, y = (
        data.draw(hnp.arrays(dtype, (2, data.draw(st.integers(1, 30))), elements=values))
        for _ in "xy"
    )
    answer = config.make().decode(x, y)
    assert all(np.isfinite(array).all() for array in arrays(answer))


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (4, 5)])
@pytest.mark.parametrize("value", [0.7, 0.0, -1.0])
def test_tiny_maps(size: tuple[int, int], unbiased: bool, value: float) -> None:
    """Of every heatmap codec, encoded and decoded; `unbiased` is MSRA's own choice."""
    sizes = {"input_size": (4 * size[0], 4 * size[1]), "heatmap_size": size}
    codecs: list[Any] = [
        MSRAHeatmap(**sizes, sigma=2.0, unbiased=unbiased),
        UDPHeatmap(**sizes, heatmap_type="combined" if unbiased else "gaussian"),
        MegviiHeatmap(**sizes, kernel_size=11),
    ]
    for codec in codecs:
        encoded = codec.encode(np.zeros((1, 2, 2), np.float32))
        assert np.isfinite(encoded["heatmaps"]).all()
        np.testing.assert_array_equal(encoded["keypoint_weights"], 1)
        maps = np.full((3, size[1], size[0]), value, np.float32)
        for answer in (codec.decode(encoded["heatmaps"]), codec.decode(maps)):
            assert all(np.isfinite(array).all() for array in arrays(answer))


@pytest.mark.parametrize("kind", ["gaussian", "combined"])
@pytest.mark.parametrize("input_size", [(1, 36), (36, 1), (1, 1)])
def test_udp_of_an_input_one_pixel_wide(kind: str, input_size: tuple[int, int]) -> None:
    """Its scale along that axis is 0: no keypoint there has a place on the map."""
    codec = UDPHeatmap(input_size, (9, 9), kind)
    for point in ((0.0, 0.0), (0.5, 0.5), (-3.0, 20.0)):
        encoded = codec.encode(np.array([[point]], np.float32))
        assert all(np.isfinite(array).all() for array in arrays(encoded))


def test_1x1_maps_in_a_batch() -> None:
    codec = MSRAHeatmap((4, 4), (1, 1), 2.0)
    maps = np.array([0.5, -0.5, 0.0], np.float32).reshape(3, 1, 1, 1)
    points, scores = codec.batch_decode(maps)
    np.testing.assert_array_equal(points[:, 0, 0, 0], [0, -4, -4])
    np.testing.assert_array_equal(scores.ravel(), maps.ravel())


TENSORS: dict[str, Callable[[Any, Array], Any]] = {
    "float32": lambda torch, array: torch.from_numpy(array),
    "double": lambda torch, array: torch.from_numpy(array).double(),
    "half": lambda torch, array: torch.from_numpy(array).half(),
    "bfloat16": lambda torch, array: torch.from_numpy(array).bfloat16(),
    "requires-grad": lambda torch, array: torch.from_numpy(array).requires_grad_(),
    "part-of-a-graph": lambda torch, array: torch.from_numpy(array).requires_grad_() * 1,
    "not-contiguous": lambda torch, array: torch.from_numpy(array.T.copy()).permute(
        *reversed(range(array.ndim))
    ),
    "expanded": lambda torch, array: torch.from_numpy(array[:1].copy()).expand(array.shape),
    "parameter": lambda torch, array: torch.nn.Parameter(torch.from_numpy(array)),
}


@pytest.mark.torch
@each_config
@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS)
def test_tensors(config: Config, tensor: Callable[[Any, Array], Any], rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    codec = config.make()

    def as_array(given: Any) -> Array:
        given = given.detach()
        given = given.float() if given.dtype == torch.bfloat16 else given
        return given.contiguous().numpy().copy()

    for sizes, decode, encode in (
        ((), codec.decode, codec.encode),
        ((2,), codec.batch_decode, codec.batch_encode),
    ):
        encoded = [tensor(torch, array) for array in config.encoded(rng, *sizes)]
        before = [given.detach().clone() for given in encoded]
        assert_same(decode(*encoded), decode(*(as_array(given) for given in encoded)))
        assert all(torch.equal(given, want) for given, want in zip(encoded, before, strict=True))
        points = tensor(torch, config.keypoints(rng, *sizes))
        assert_same(encode(points), encode(as_array(points)))


@pytest.mark.parametrize(
    "config", [config for config in CONFIGS if "Regression" not in config.codec], ids=str
)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("tensor", [False, pytest.param(True, marks=pytest.mark.torch)])
def test_contiguous_memory_is_read_where_it_is(
    config: Config, dtype: type, tensor: bool, rng: Generator
) -> None:
    encoded: list[Any] = [array.astype(dtype) for array in config.encoded(rng, 40)]
    if tensor:
        torch = pytest.importorskip("torch")
        encoded = [torch.from_numpy(array).requires_grad_() for array in encoded]
    codec = config.make()
    answers = codec.batch_decode(*encoded)
    answered = sum(array.nbytes for array in arrays(answers))
    tracemalloc.start()
    codec.batch_decode(*encoded)
    _, peak = tracemalloc.get_traced_memory()  # NumPy's is among it
    tracemalloc.stop()
    assert peak - answered < min(array.nbytes for array in encoded) / 2
