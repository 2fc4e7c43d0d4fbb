"""Properties of the top-down codecs: rounding, weights, NumPy's argmax, empty and flat maps."""

import tracemalloc
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from comparison import arrays, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from many_cases import in_one_test
from numpy.random import Generator
from posecodec_rs import MegviiHeatmap, MSRAHeatmap, RegressionLabel, SimCCLabel, UDPHeatmap
from specs import TOP_DOWN, Config, each, of_family
from specs.shared.inputs import NONFINITE, SIZES, any_coordinate

pytestmark = pytest.mark.filterwarnings("error")
each_config = each(of_family(*TOP_DOWN))
each_heatmap_config = each(of_family("heatmap"))
each_simcc_config = each(of_family("simcc"))
DTYPES = (bool, "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g")


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


def test_simcc_vectors_of_two_precisions_use_the_wider_one(rng: Generator) -> None:
    codec = SimCCLabel((96, 64), use_dark=True)
    x, y = rng.random((5, 192)).astype(np.float32), rng.random((5, 128))
    assert_same(codec.decode(x, y), codec.decode(x.astype(np.float64), y))


@pytest.mark.parametrize(
    ("codec", "just_below"),
    [
        (MSRAHeatmap(**SIZES, sigma=2.0), 4 * 10.5 - 1e-8),
        (MegviiHeatmap(**SIZES, kernel_size=11), 4 * 11 - 1e-8),
        (SimCCLabel((192, 256)), 0.5 * 10.5 - 1e-9),
    ],
    ids=["MSRAHeatmap", "MegviiHeatmap", "SimCCLabel"],
)
def test_centers_are_rounded_in_the_keypoints_precision(codec: Any, just_below: float) -> None:
    """A difference below single precision moves a keypoint to another pixel."""
    double = np.full((1, 1, 2), just_below)
    pixels = [arrays(codec.encode(points))[0].argmax() for points in (double, np.float32(double))]
    below, above = (np.full((1, 1, 2), just_below + offset) for offset in (-1e-4, 1e-4))
    want = [arrays(codec.encode(points))[0].argmax() for points in (below, above)]
    assert want[0] != want[1]
    # SimCC rounds half to even: 10.5 is 10.
    assert pixels == ([want[0]] * 2 if isinstance(codec, SimCCLabel) else want)


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
    if config.spec.weights == "flags":
        assert weights.dtype == np.float32
        np.testing.assert_array_equal(weights, inside & (visible > 0.5))
    else:
        assert weights.dtype == visible.dtype
        unlabeled = visible < 0.5
        np.testing.assert_array_equal(weights, np.where(inside | unlabeled, visible, 0))


@each_config
def test_unlabeled_keypoints_are_not_encoded(config: Config, rng: Generator) -> None:
    codec = config.make()
    points = config.keypoints(rng)
    visible = (np.arange(points[..., 0].size) % 2).reshape(points.shape[:2]).astype(np.float32)
    encoded, full = codec.encode(points, visible), codec.encode(points)
    for name in set(encoded) - {"keypoint_weights", "keypoint_labels"}:
        shown, want = (each[name].reshape(*visible.shape, -1) for each in (encoded, full))
        assert not shown[visible == 0].any()
        np.testing.assert_array_equal(shown[visible == 1], want[visible == 1])


FAR = (1e30, -1e30)


@each_config
@in_one_test(
    dtype=[np.float32, np.float64],
    value=[*NONFINITE, *FAR],
    axes={"x": [0], "y": [1], "both": [0, 1]},
)
def test_keypoints_that_are_far_or_not_finite(
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
            got, wanted = (each[name].reshape(by_keypoint) for each in (encoded, want))
            np.testing.assert_array_equal(got[:, 1::2], wanted[:, 1::2])
            if value not in FAR:
                assert not got[:, ::2].any()


@pytest.mark.slow  # 50 random inputs
@each_config
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_encoding_is_finite_and_weights_are_0_or_the_visibility(
    config: Config, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, 4))
    shape = (config.instances, count)
    points = data.draw(hnp.arrays(np.float32, (*shape, 2), elements=any_coordinate))
    visible = data.draw(hnp.arrays(np.float32, shape, elements=st.floats(0, 2, width=32)))
    encoded = config.make().encode(points, visible)
    assert all(np.isfinite(array).all() for array in arrays(encoded))
    weights = encoded["keypoint_weights"]
    assert weights.shape == shape
    full_weight = 1 if config.spec.weights == "flags" else visible
    assert ((weights == 0) | (weights == full_weight)).all()


@pytest.mark.slow  # 50 random inputs
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
def test_simcc_decoding_matches_numpys_argmax(data: st.DataObject) -> None:
    size = data.draw(st.tuples(st.integers(1, 70), st.integers(1, 70)))
    shapes = [(2, 3, side) for side in size]
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    few = st.sampled_from([-1.0, 0.0, 0.25, 0.5])  # many are equal: the first counts
    x, y = (data.draw(hnp.arrays(dtype, shape, elements=few)) for shape in shapes)
    points, scores = SimCCLabel(size, simcc_split_ratio=1.0).decode(x, y)
    want = np.minimum(x.max(-1), y.max(-1))
    np.testing.assert_array_equal(scores, want)
    bins = np.stack([x.argmax(-1), y.argmax(-1)], -1)
    np.testing.assert_array_equal(points, np.where(want[..., None] > 0, bins, -1))


@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_msra_decoding_matches_numpys_argmax(data: st.DataObject) -> None:
    shape = (2, data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40)))
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    maps = data.draw(hnp.arrays(dtype, shape, elements=st.floats(-1, 1, width=16)))
    points, scores = MSRAHeatmap((40, 40), (40, 40), 2.0).decode(maps)
    best = maps.reshape(2, -1).argmax(-1)
    pixels = np.stack([best % shape[2], best // shape[2]], -1)
    np.testing.assert_array_equal(scores[0], maps.max((1, 2)))
    responds = scores[0, :, None] > 0
    off = points[0] - np.where(responds, pixels, -1)
    assert np.isin(off, [-0.25, 0, 0.25]).all()
    assert not off[~responds[:, 0]].any()


@pytest.mark.parametrize("size", [(2, 215), (6, 4), (12, 8), (64, 48)])
@pytest.mark.parametrize("sigma", [1.0, 5.0, 18.4])
@pytest.mark.parametrize("normalize", [True, False])
def test_simcc_labels_of_centers_outside_the_bins(
    size: tuple[int, int], sigma: float, normalize: bool, rng: Generator
) -> None:
    """The center may be up to 3 sigma outside, and there may be few bins."""
    codec = SimCCLabel(size, sigma=sigma, simcc_split_ratio=1.5, normalize=normalize)
    points = rng.uniform(-2 * sigma, np.array(size) + 2 * sigma, (4, 50, 2))
    encoded = codec.encode(points)
    centers = np.around(points * 1.5)
    bins = np.around(np.array(size) * 1.5)
    seen = ((centers - 3 * sigma < bins) & (centers + 3 * sigma + 1 >= 0)).all(-1)
    np.testing.assert_array_equal(encoded["keypoint_weights"], seen)
    for axis, name in enumerate(("keypoint_x_labels", "keypoint_y_labels")):
        distance = np.arange(bins[axis]) - centers[..., axis, None]
        want = np.exp(-(distance**2) / (2 * sigma**2)) * seen[..., None]
        if normalize:
            want /= sigma * np.sqrt(2 * np.pi)
        np.testing.assert_allclose(encoded[name], want, rtol=1e-5, atol=1e-7)


@each_config
def test_no_keypoints(config: Config, rng: Generator) -> None:
    codec = config.make()
    empty = np.empty((config.instances, 0, 2), np.float32)
    for points, encode in ((empty, codec.encode), (empty[None].repeat(4, 0), codec.batch_encode)):
        for encoded in (encode(points), encode(points, points[..., 0])):
            full = encode(np.zeros((*points.shape[:-2], 1, 2)))
            for got, like in zip(arrays(encoded), arrays(full), strict=True):
                assert got.size == 0
                assert got.ndim == like.ndim
    axis = 0 if config.spec.family == "heatmap" else -2
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
        pixel = np.array(config.kwargs["input_size"]) / np.array([width, height])
        assert (points < 0).all()
        assert (points > -1.1 * pixel).all()


@each_heatmap_config
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("everywhere", [True, False])
def test_maps_that_are_not_finite(
    config: Config, value: float, everywhere: bool, rng: Generator
) -> None:
    """They are decoded, and other keypoints are not affected."""
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


def with_size(config: Config, size: tuple[int, int]) -> tuple[SimCCLabel, list[int]]:
    """The codec for another size of the input, and the lengths of its vectors."""
    codec = SimCCLabel(**{**config.kwargs, "input_size": size})
    encoded = codec.encode(np.zeros((1, 1, 2)))
    return codec, [encoded[f"keypoint_{axis}_labels"].shape[-1] for axis in "xy"]


@each_simcc_config
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (3, 2), (100, 131)])
@pytest.mark.parametrize("value", [0.0, 0.7, 60000.0, -1.0, np.nan])
def test_flat_vectors(config: Config, size: tuple[int, int], value: float) -> None:
    codec, bins = with_size(config, size)
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


@pytest.mark.slow  # 50 random inputs
@each_simcc_config
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_simcc_decoding_is_finite_where_the_vectors_are(
    config: Config, data: st.DataObject
) -> None:
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    values = st.floats(-1000, 1000, width=16) | st.sampled_from([0.0, -1.0, 1.0, 60000.0])
    codec, bins = with_size(config, data.draw(st.tuples(st.integers(1, 15), st.integers(1, 15))))
    x, y = (data.draw(hnp.arrays(dtype, (2, length), elements=values)) for length in bins)
    decoded = codec.decode(x, y)
    assert all(np.isfinite(array).all() for array in arrays(decoded))


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (4, 5)])
@pytest.mark.parametrize("value", [0.7, 0.0, -1.0])
def test_tiny_maps(size: tuple[int, int], unbiased: bool, value: float) -> None:
    """Encoded and decoded by every heatmap codec; `unbiased` also selects UDP's "combined"."""
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
        for decoded in (codec.decode(encoded["heatmaps"]), codec.decode(maps)):
            assert all(np.isfinite(array).all() for array in arrays(decoded))


@pytest.mark.parametrize("kind", ["gaussian", "combined"])
@pytest.mark.parametrize("input_size", [(1, 36), (36, 1), (1, 1)])
def test_udp_of_an_input_one_pixel_wide(kind: str, input_size: tuple[int, int]) -> None:
    """The scale along that axis is 0: keypoints have no location on the map."""
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


@each(of_family("heatmap", "simcc"))
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("tensor", [False, pytest.param(True, marks=pytest.mark.torch)])
def test_contiguous_memory_is_read_without_a_copy(
    config: Config, dtype: type, tensor: bool, rng: Generator
) -> None:
    encoded: list[Any] = [array.astype(dtype) for array in config.encoded(rng, 8)]
    if tensor:
        torch = pytest.importorskip("torch")
        encoded = [torch.from_numpy(array).requires_grad_() for array in encoded]
    codec = config.make()
    decoded = codec.batch_decode(*encoded)
    size = sum(array.nbytes for array in arrays(decoded))
    tracemalloc.start()
    codec.batch_decode(*encoded)
    _, peak = tracemalloc.get_traced_memory()  # NumPy's is among it
    tracemalloc.stop()
    assert peak - size < min(array.nbytes for array in encoded) / 2
