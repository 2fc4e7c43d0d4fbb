"""Right input to the codecs for several people: dtypes, layouts, tensors, and nobody there."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from bottom_up_samples import BottomUpConfig, each_bottom_up, of_codec
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import AssociativeEmbedding, DecoupledHeatmap
from samples import arrays, assert_same
from test_inputs import NOWHERE, TENSORS, Array, anywhere, assert_unchanged, each_layout


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """Where NumPy would warn, as the reference does, the codecs keep still."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@each_bottom_up
@each_layout
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layouts_of_keypoints(
    config: BottomUpConfig, layout: Callable[[Array], Array], dtype: type, rng: Generator
) -> None:
    codec = config.make()
    points, visible = config.keypoints(rng).astype(dtype), config.visible(rng).astype(dtype)
    given_points, given_visible = layout(points), layout(visible)
    before = given_points.copy(), given_visible.copy()
    got = config.encode(codec, given_points, given_visible)
    want = config.encode(codec, points, visible)
    if "keypoint_weights" in want:
        # A copy of the visibilities, byte order and all.
        weights = got["keypoint_weights"]
        assert weights.dtype == given_visible.dtype
        got["keypoint_weights"] = weights.astype(dtype)
    assert_same(got, want)
    assert_unchanged(given_points, before[0])
    assert_unchanged(given_visible, before[1])


@each_bottom_up
@each_layout
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_layouts_of_what_is_decoded(
    config: BottomUpConfig, layout: Callable[[Array], Array], dtype: type, rng: Generator
) -> None:
    codec = config.make()
    encoded = [array.astype(dtype) for array in config.encoded(rng, 2)]
    laid_out = [layout(array) for array in encoded]
    before = [array.copy() for array in laid_out]
    assert_same(codec.batch_decode(*laid_out), codec.batch_decode(*encoded))
    for array, want in zip(laid_out, before, strict=True):
        assert_unchanged(array, want)


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.longdouble])
def test_precisions_of_what_is_decoded(config: BottomUpConfig, dtype: type, rng: Generator) -> None:
    codec = config.make()
    encoded = [array.astype(np.float16) for array in config.encoded(rng)]  # fits into each dtype
    got = arrays(config.decode(codec, *(array.astype(dtype) for array in encoded)))
    want = arrays(config.decode(codec, *(array.astype(np.float32) for array in encoded)))
    for one, other in zip(got, want, strict=True):
        rtol = 1e-3 if one.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-4)


@of_codec("SPR")
def test_dtypes_of_displaced_keypoints(config: BottomUpConfig, rng: Generator) -> None:
    maps, displacements = config.encoded(rng)
    for one in (np.float16, np.float32, np.float64):
        for other in (np.float16, np.float32, np.float64):
            points, scores = config.make().decode(maps.astype(one), displacements.astype(other))
            assert points.dtype == other
            assert [array.dtype for array in arrays(scores)] == [one] * len(arrays(scores))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_of_what_was_decoded(dtype: type, rng: Generator) -> None:
    maps = rng.random((2, 3, 9, 9)).astype(dtype)
    points, scores = DecoupledHeatmap((36, 36), (9, 9)).decode(maps, np.ones((2, 1)))
    assert (points.dtype, scores.dtype) == (np.float32, dtype)
    codec = AssociativeEmbedding((36, 36), (9, 9), decode_keypoint_order=range(3))
    assert {array.dtype for array in arrays(codec.batch_decode(maps, maps))} == {np.dtype("f4")}


@each_bottom_up
def test_nested_lists(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    points, visible = config.keypoints(rng), config.visible(rng)
    want = config.encode(codec, points.astype(np.float64), visible.astype(np.float64))
    assert_same(config.encode(codec, points.tolist(), visible.tolist()), want)
    encoded = [array.astype(np.float64) for array in config.encoded(rng, 2)]
    if config.codec == "AssociativeEmbedding":
        assert_same(
            codec.batch_decode(*(array.tolist() for array in encoded)), codec.batch_decode(*encoded)
        )
    else:
        encoded = [array[0] for array in encoded]
        assert_same(codec.decode(*(array.tolist() for array in encoded)), codec.decode(*encoded))


@each_bottom_up
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [("i4", "f8"), ("i8", "f8"), ("g", "f8"), ("i1", "f4"), ("u2", "f4"), ("f2", "f4")],
)
def test_other_numbers_are_keypoints(
    config: BottomUpConfig, dtype: str, computed: str, rng: Generator
) -> None:
    codec = config.make()
    points = (np.abs(config.keypoints(rng)) / 4).round().astype(dtype)
    want = config.encode(codec, points.astype(computed))
    assert_same(config.encode(codec, points), want)


@each_bottom_up
@pytest.mark.parametrize("dtype", [bool, "i1", "u2", "i4", "u8", "f2", "f4", "f8", "g"])
def test_weights_keep_the_visibilities_dtype(
    config: BottomUpConfig, dtype: Any, rng: Generator
) -> None:
    codec = config.make()
    points, visible = config.keypoints(rng), config.visible(rng).astype(dtype)
    got = config.encode(codec, points, visible)
    want = config.encode(codec, points, visible.astype(np.float64))
    if "keypoint_weights" in got:
        assert got["keypoint_weights"].dtype == visible.dtype
        np.testing.assert_array_equal(got.pop("keypoint_weights"), want.pop("keypoint_weights"))
    assert_same(got, want)


@pytest.mark.torch
@each_bottom_up
@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS)
def test_tensors(
    config: BottomUpConfig, tensor: Callable[[Any, Array], Any], rng: Generator
) -> None:
    torch = pytest.importorskip("torch")
    codec = config.make()

    def as_array(given: Any) -> Array:
        given = given.detach()
        given = given.float() if given.dtype == torch.bfloat16 else given
        return np.asarray(given.contiguous().numpy().copy())

    points = tensor(torch, config.keypoints(rng))
    assert_same(config.encode(codec, points), config.encode(codec, as_array(points)))
    encoded = [tensor(torch, array) for array in config.encoded(rng, 2)]
    before = [given.detach().clone() for given in encoded]
    got = codec.batch_decode(*encoded)
    want = codec.batch_decode(*(as_array(given) for given in encoded))
    assert all(torch.equal(given, wanted) for given, wanted in zip(encoded, before, strict=True))
    if config.codec != "SPR":
        assert_same(got, want)
        return
    listed = codec.batch_decode(list(encoded[0]), list(encoded[1]))
    for one, other, wanted in zip(*(tensors(torch, a) for a in (got, listed, want)), strict=True):
        assert torch.equal(one, other)
        rtol = {torch.float16: 1e-3, torch.bfloat16: 8e-3}.get(one.dtype, 0.0)
        np.testing.assert_allclose(one.double(), wanted.double(), rtol=rtol)
    points, scores = codec.decode(encoded[0][0], encoded[1][0])
    for answer in tensors(torch, (points, scores)):
        assert (answer.dtype, answer.device) == (encoded[0].dtype, encoded[0].device)
        assert not answer.requires_grad
    assert type(points) is type(scores[0]) is torch.Tensor
    # In two kinds: each answer is of the kind of what it comes from.
    points, scores = codec.decode(encoded[0][0], as_array(encoded[1][0]))
    assert type(points) is np.ndarray
    assert type(scores[0]) is torch.Tensor


def tensors(torch: Any, answer: Any) -> list[Any]:
    """The tensors of a nested answer, in order; of an array that became one."""
    if isinstance(answer, list | tuple):
        return [tensor for part in answer for tensor in tensors(torch, part)]
    return [] if answer is None else [torch.as_tensor(answer)]


@each_bottom_up
@pytest.mark.parametrize("shape", [(0, 5), (0, 0), (3, 0)], ids=str)
def test_nobody_or_nothing(config: BottomUpConfig, shape: tuple[int, int]) -> None:
    codec, points = config.make(), np.empty((*shape, 2), np.float32)
    width, height = config.kwargs["heatmap_size"]
    for answer in (config.encode(codec, points), config.encode(codec, points, points[..., 0])):
        check_nobody(config, answer, shape[1], (height, width))
        if config.draws:
            assert answer["keypoint_weights"].shape == (0,)
            assert answer["keypoint_weights"].dtype == np.float64
        elif config.codec == "AssociativeEmbedding":
            assert answer["keypoint_weights"].shape == shape
            assert answer["keypoint_indices"].shape == (*shape, 2)


def check_nobody(config: BottomUpConfig, answer: Any, count: int, sides: tuple[int, int]) -> None:
    """Maps of the right shape without anybody in them."""
    if config.codec == "SPR":
        maps = count + 1 if config.kwargs.get("generate_keypoint_heatmaps") else 1
        assert answer["heatmaps"].shape == (maps, *sides)
        background = np.float32(config.kwargs.get("background_weight", 0.1))
        assert (answer["heatmap_weights"] == background).all()
        for name in ("displacements", "displacement_weights"):
            assert answer[name].shape == (2 * count, *sides)
            assert not answer[name].any()
    elif config.draws:
        assert answer["heatmaps"].shape == (count + 1, *sides)
        assert answer["instance_heatmaps"].shape == (0, *sides)
        assert answer["instance_heatmaps"].dtype == np.float64  # as in the reference
        assert answer["instance_coords"].shape == (0, 2)
        assert answer["instance_coords"].dtype == np.int32
    else:
        assert answer["heatmaps"].shape == (count, *sides)
        assert not answer["keypoint_indices"][..., 1].any()
    assert answer["heatmaps"].dtype == np.float32
    assert not answer["heatmaps"].any()


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_people_who_cannot_be_seen(config: BottomUpConfig, dtype: type, rng: Generator) -> None:
    codec = config.make()
    points = config.keypoints(rng).astype(dtype)
    width, height = config.kwargs["heatmap_size"]
    invisible = np.zeros(points.shape[:2], dtype)
    for answer in (
        config.encode(codec, points, invisible),
        config.encode(codec, points + 3000),
        config.encode(codec, points - 3000),
        config.encode(codec, np.full_like(points, np.nan)),
    ):
        check_nobody(config, answer, config.count, (height, width))


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", NOWHERE)
@pytest.mark.parametrize("axes", [[0], [1], [0, 1]], ids=["x", "y", "both"])
def test_keypoints_that_are_nowhere_are_not_visible(
    config: BottomUpConfig, value: float, dtype: type, axes: list[int], rng: Generator
) -> None:
    codec = config.make()
    points = config.keypoints(rng).astype(dtype)
    odd, visible = points.copy(), np.ones(points.shape[:2], dtype)
    odd[1, ::2, axes] = value
    visible[1, ::2] = 0
    want = config.encode(codec, points, visible)
    for seen in (None, np.ones_like(visible)):
        got = config.encode(codec, odd, seen)
        if config.codec == "AssociativeEmbedding":
            assert not got["keypoint_indices"][1, ::2].any()
            np.testing.assert_array_equal(
                got.pop("keypoint_indices")[visible > 0], want["keypoint_indices"][visible > 0]
            )
        for name, array in got.items():
            np.testing.assert_array_equal(array, want[name])


def nobody(config: BottomUpConfig, answer: Any) -> bool:
    """Whether an answer has the shapes of one without anybody."""
    points, *scores = answer
    if config.draws:
        return False
    parts = arrays(scores)
    shapes = [part.shape for part in parts]
    assert points.shape == (0, config.count, 2)
    if config.codec == "SPR":
        assert shapes[0] == (0,)
        assert shapes[1:] in ([], [(0, config.count)])
    else:
        assert shapes == [(0, config.count), (0,)]
    return True


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, -0.0, -1.0, np.nan, -np.inf])
def test_maps_without_a_peak(
    config: BottomUpConfig, value: float, dtype: type, rng: Generator
) -> None:
    codec = config.make()
    maps, other = (array.astype(dtype) for array in config.encoded(rng))
    answer = config.decode(codec, np.full_like(maps, value), other)
    if not config.draws:
        assert nobody(config, answer)
        return
    points, scores = answer
    cell = 0 if np.isnan(value) else -1  # NumPy's argmax finds the first NaN
    np.testing.assert_array_equal(points, np.broadcast_to(cell * codec.scale_factor, points.shape))
    assert scores.shape == maps.shape[:2]
    assert np.isnan(scores).all() if np.isnan(value) else (scores <= 0).all()


@of_codec("AssociativeEmbedding")
@pytest.mark.parametrize("value", NOWHERE)
def test_tags_that_are_not_finite(config: BottomUpConfig, value: float, rng: Generator) -> None:
    codec = config.make()
    maps, tags = config.encoded(rng)
    assert nobody(config, config.decode(codec, maps, np.full_like(tags, value)))
    # Where some are, the others are grouped, and what is missing is looked for among them.
    width = tags.shape[-1]
    tags[..., : width // 2] = value
    points, scores, instance_scores = config.decode(codec, maps, tags)
    assert len(points) > 0
    assert all(np.isfinite(part).all() for part in (points, scores, instance_scores))
    assert (points[..., 0] >= (width // 2 - 1.5) * codec.scale_factor[0]).all()


@each_bottom_up
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_encoding_is_finite(config: BottomUpConfig, data: st.DataObject) -> None:
    shape = (data.draw(st.integers(0, 3)), data.draw(st.integers(0, 4)))
    points = data.draw(hnp.arrays(np.float32, (*shape, 2), elements=anywhere))
    visible = data.draw(hnp.arrays(np.float32, shape, elements=st.floats(0, 2, width=32)))
    encoded = config.encode(config.make(), points, visible)
    assert all(np.isfinite(array).all() for array in arrays(encoded))
    if config.codec == "SPR":
        assert encoded["heatmaps"].max(initial=0) <= 1
        covered = encoded["displacement_weights"].any((1, 2))
        assert not encoded["displacements"][~covered].any()


@each_bottom_up
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_decoding_is_finite_where_the_maps_are(config: BottomUpConfig, data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    sides = data.draw(st.integers(6, 9)), data.draw(st.integers(5, 9))
    count = len(config.kwargs.get("decode_keypoint_order", (0,) * 3))
    values = st.floats(-1000, 1000, width=16) | st.sampled_from([0.0, -1.0, 1.0, 6e4])
    leading = {"SPR": ((1,), (2 * count,)), "DecoupledHeatmap": ((2, count), (2, 1))}
    first, second = leading.get(config.codec, ((count,), (2 * count,)))
    second = second if config.draws else (*second, *sides)
    maps = data.draw(hnp.arrays(dtype, (*first, *sides), elements=values))
    other = data.draw(hnp.arrays(dtype, second, elements=st.floats(-1, 1, width=16)))
    for array in arrays(config.decode(config.make(), maps, other)):
        assert np.isfinite(array.astype(np.float64)).all()
