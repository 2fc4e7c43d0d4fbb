"""Properties of the bottom-up codecs: round trips, random numbers, images without instances."""

import random
from collections.abc import Callable
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from comparison import arrays, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import DecoupledHeatmap
from specs import Config, each, of_codec, of_family, seeded
from specs.shared.inputs import NONFINITE, any_coordinate, people
from test_inputs import TENSORS, Array

pytestmark = pytest.mark.filterwarnings("error")
each_bottom_up = each(of_family("bottom-up"))


@each_bottom_up
def test_what_was_encoded_comes_back(config: Config) -> None:
    """People apart from each other, with keypoints in the middle of pixels."""
    codec = config.make()
    size, heatmap = (np.array(config.kwargs[name]) for name in ("input_size", "heatmap_size"))
    scale = (size - 1) / (heatmap - 1) if config.note == "udp" else size / heatmap
    offsets = np.stack(np.unravel_index(np.arange(config.count), (3, 6)), -1)
    people = np.stack([offsets + corner for corner in ([6, 5], [18, 13])]) * scale
    encoded = config.encode(codec, people)
    if config.codec == "SPR":
        points, _ = codec.decode(encoded["heatmaps"], encoded["displacements"])
    elif config.spec.random:
        maps = encoded["instance_heatmaps"].reshape(2, config.count, *heatmap[::-1])
        points, _ = codec.decode(maps, np.ones((2, 1)))
    else:
        maps = encoded["heatmaps"].astype(np.float64)
        tags = np.broadcast_to(np.where(np.arange(heatmap[0]) < 13, 0.0, 9.0), maps.shape)
        points = codec.batch_decode(maps[None], tags[None])[0][0]
    assert points.shape == people.shape
    order = np.argsort(points[:, 0, 0])
    assert np.abs(points[order] - people).max() <= 0.76 * scale.max()


@of_codec("DecoupledHeatmap")
def test_random_numbers_come_from_the_global_generators(config: Config, rng: Generator) -> None:
    codec = config.make()
    points = people(config, rng, instances=6)
    points -= points.mean(1, keepdims=True) - np.array(config.kwargs["input_size"]) / 2
    points += 6 * np.arange(6)[:, None, None]  # apart, and all of them inside
    results = []
    for seed in range(6):
        with seeded(seed):
            results.append(codec.encode(points))
        with seeded(seed):
            assert_same(codec.encode(points), results[-1])
            before = random.getstate(), np.random.random()  # noqa: NPY002
        with seeded(seed):
            # MMPose draws two steps per root, then a sample if there are too many.
            np.random.randint(-1, 2, (6, 2))  # noqa: NPY002
            if config.note == "few":
                random.sample(range(len(codec_roots(codec, points, seed))), 2)
            assert before == (random.getstate(), np.random.random())  # noqa: NPY002
        assert_same(results[-1]["heatmaps"], results[0]["heatmaps"])
    coords = {result["instance_coords"].tobytes() for result in results}
    assert len(coords) > 1


def codec_roots(codec: Any, points: Any, seed: int) -> Any:
    """The roots that are sampled from."""
    many = DecoupledHeatmap(codec.input_size, codec.heatmap_size, codec.root_type)
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    with seeded(seed):
        roots = many.encode(points)["instance_coords"]
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002
    return roots


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.longdouble])
def test_precisions_of_what_is_decoded(config: Config, dtype: type, rng: Generator) -> None:
    codec = config.make()
    encoded = [array.astype(np.float16) for array in config.encoded(rng)]  # fits into each dtype
    got = arrays(config.decode(codec, *(array.astype(dtype) for array in encoded)))
    want = arrays(config.decode(codec, *(array.astype(np.float32) for array in encoded)))
    for one, other in zip(got, want, strict=True):
        rtol = 1e-3 if one.dtype == np.float16 else 1e-5
        np.testing.assert_allclose(one, other, rtol=rtol, atol=1e-4)


@of_codec("SPR")
def test_dtypes_of_displaced_keypoints(config: Config, rng: Generator) -> None:
    maps, displacements = config.encoded(rng)
    for one in (np.float16, np.float32, np.float64):
        for other in (np.float16, np.float32, np.float64):
            points, scores = config.make().decode(maps.astype(one), displacements.astype(other))
            assert points.dtype == other
            assert [array.dtype for array in arrays(scores)] == [one] * len(arrays(scores))


@pytest.mark.torch
@of_codec("SPR")
@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS)
def test_tensors_are_decoded_to_tensors(
    config: Config, tensor: Callable[[Any, Array], Any], rng: Generator
) -> None:
    torch = pytest.importorskip("torch")
    codec = config.make()

    def as_array(given: Any) -> Array:
        given = given.detach()
        given = given.float() if given.dtype == torch.bfloat16 else given
        return np.asarray(given.contiguous().numpy().copy())

    encoded = [tensor(torch, array) for array in config.encoded(rng, 2)]
    before = [given.detach().clone() for given in encoded]
    got = codec.batch_decode(*encoded)
    want = codec.batch_decode(*(as_array(given) for given in encoded))
    assert all(torch.equal(given, wanted) for given, wanted in zip(encoded, before, strict=True))
    listed = codec.batch_decode(list(encoded[0]), list(encoded[1]))
    for one, other, wanted in zip(*(tensors(torch, a) for a in (got, listed, want)), strict=True):
        assert torch.equal(one, other)
        rtol = {torch.float16: 1e-3, torch.bfloat16: 8e-3}.get(one.dtype, 0.0)
        np.testing.assert_allclose(one.double(), wanted.double(), rtol=rtol)
    points, scores = codec.decode(encoded[0][0], encoded[1][0])
    for decoded in tensors(torch, (points, scores)):
        assert (decoded.dtype, decoded.device) == (encoded[0].dtype, encoded[0].device)
        assert not decoded.requires_grad
    assert type(points) is type(scores[0]) is torch.Tensor
    # An array and a tensor: each result is of the kind of its input.
    points, scores = codec.decode(encoded[0][0], as_array(encoded[1][0]))
    assert type(points) is np.ndarray
    assert type(scores[0]) is torch.Tensor


def tensors(torch: Any, result: Any) -> list[Any]:
    """The tensors of a nested result, in order; arrays become tensors."""
    if isinstance(result, list | tuple):
        return [tensor for part in result for tensor in tensors(torch, part)]
    return [] if result is None else [torch.as_tensor(result)]


@each_bottom_up
@pytest.mark.parametrize("shape", [(0, 5), (0, 0), (3, 0)], ids=str)
def test_zero_instances_or_keypoints(config: Config, shape: tuple[int, int]) -> None:
    codec, points = config.make(), np.empty((*shape, 2), np.float32)
    width, height = config.kwargs["heatmap_size"]
    for answer in (config.encode(codec, points), config.encode(codec, points, points[..., 0])):
        check_no_instances(config, answer, shape[1], (height, width))
        if config.spec.random:
            assert answer["keypoint_weights"].shape == (0,)
            assert answer["keypoint_weights"].dtype == np.float64
        elif config.codec == "AssociativeEmbedding":
            assert answer["keypoint_weights"].shape == shape
            assert answer["keypoint_indices"].shape == (*shape, 2)


def check_no_instances(config: Config, answer: Any, count: int, sides: tuple[int, int]) -> None:
    """Maps of the right shape without any instance."""
    if config.codec == "SPR":
        maps = count + 1 if config.kwargs.get("generate_keypoint_heatmaps") else 1
        assert answer["heatmaps"].shape == (maps, *sides)
        background = np.float32(config.kwargs.get("background_weight", 0.1))
        assert (answer["heatmap_weights"] == background).all()
        for name in ("displacements", "displacement_weights"):
            assert answer[name].shape == (2 * count, *sides)
            assert not answer[name].any()
    elif config.spec.random:
        assert answer["heatmaps"].shape == (count + 1, *sides)
        assert answer["instance_heatmaps"].shape == (0, *sides)
        assert answer["instance_heatmaps"].dtype == np.float64  # as in MMPose
        assert answer["instance_coords"].shape == (0, 2)
        assert answer["instance_coords"].dtype == np.int32
    else:
        assert answer["heatmaps"].shape == (count, *sides)
        assert not answer["keypoint_indices"][..., 1].any()
    assert answer["heatmaps"].dtype == np.float32
    assert not answer["heatmaps"].any()


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_invisible_instances(config: Config, dtype: type, rng: Generator) -> None:
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
        check_no_instances(config, answer, config.count, (height, width))


@each_bottom_up
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", NONFINITE)
@pytest.mark.parametrize("axes", [[0], [1], [0, 1]], ids=["x", "y", "both"])
def test_nonfinite_keypoints_are_not_visible(
    config: Config, value: float, dtype: type, axes: list[int], rng: Generator
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


def has_no_instances(config: Config, answer: Any) -> bool:
    """Whether a result has the shapes of one without instances."""
    points, *scores = answer
    if config.spec.random:
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
def test_maps_without_a_peak(config: Config, value: float, dtype: type, rng: Generator) -> None:
    codec = config.make()
    maps, other = (array.astype(dtype) for array in config.encoded(rng))
    answer = config.decode(codec, np.full_like(maps, value), other)
    if not config.spec.random:
        assert has_no_instances(config, answer)
        return
    points, scores = answer
    pixel = 0 if np.isnan(value) else -1  # NumPy's argmax finds the first NaN
    np.testing.assert_array_equal(points, np.broadcast_to(pixel * codec.scale_factor, points.shape))
    assert scores.shape == maps.shape[:2]
    assert np.isnan(scores).all() if np.isnan(value) else (scores <= 0).all()


@of_codec("AssociativeEmbedding")
@pytest.mark.parametrize("value", NONFINITE)
def test_tags_that_are_not_finite(config: Config, value: float, rng: Generator) -> None:
    codec = config.make()
    maps, tags = config.encoded(rng)
    assert has_no_instances(config, config.decode(codec, maps, np.full_like(tags, value)))
    # Where some are finite, those are grouped, and missing keypoints are searched among them.
    width = tags.shape[-1]
    tags[..., : width // 2] = value
    points, scores, instance_scores = config.decode(codec, maps, tags)
    assert len(points) > 0
    assert all(np.isfinite(part).all() for part in (points, scores, instance_scores))
    assert (points[..., 0] >= (width // 2 - 1.5) * codec.scale_factor[0]).all()


@pytest.mark.slow  # 40 random inputs
@each_bottom_up
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_encoding_is_finite(config: Config, data: st.DataObject) -> None:
    shape = (data.draw(st.integers(0, 3)), data.draw(st.integers(0, 4)))
    points = data.draw(hnp.arrays(np.float32, (*shape, 2), elements=any_coordinate))
    visible = data.draw(hnp.arrays(np.float32, shape, elements=st.floats(0, 2, width=32)))
    encoded = config.encode(config.make(), points, visible)
    assert all(np.isfinite(array).all() for array in arrays(encoded))
    if config.codec == "SPR":
        assert encoded["heatmaps"].max(initial=0) <= 1
        covered = encoded["displacement_weights"].any((1, 2))
        assert not encoded["displacements"][~covered].any()


@pytest.mark.slow  # 40 random inputs
@each_bottom_up
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_decoding_is_finite_where_the_maps_are(config: Config, data: st.DataObject) -> None:
    dtype = data.draw(st.sampled_from([np.float16, np.float32, np.float64]))
    sides = data.draw(st.integers(6, 9)), data.draw(st.integers(5, 9))
    count = len(config.kwargs.get("decode_keypoint_order", (0,) * 3))
    values = st.floats(-1000, 1000, width=16) | st.sampled_from([0.0, -1.0, 1.0, 6e4])
    leading = {"SPR": ((1,), (2 * count,)), "DecoupledHeatmap": ((2, count), (2, 1))}
    first, second = leading.get(config.codec, ((count,), (2 * count,)))
    second = second if config.spec.random else (*second, *sides)
    maps = data.draw(hnp.arrays(dtype, (*first, *sides), elements=values))
    other = data.draw(hnp.arrays(dtype, second, elements=st.floats(-1, 1, width=16)))
    for array in arrays(config.decode(config.make(), maps, other)):
        assert np.isfinite(array.astype(np.float64)).all()
