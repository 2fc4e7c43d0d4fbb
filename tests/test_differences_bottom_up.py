"""Where bottom-up codecs differ from MMPose 1.3.2 on purpose.

The first line of each test describes what MMPose does with the same input.
"""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import SPR, AssociativeEmbedding, DecoupledHeatmap
from specs import seeded

SIZES: dict[str, Any] = {"input_size": (96, 64), "heatmap_size": (24, 16)}


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_an_instance_of_size_0() -> None:
    """MMPose: sigma is 0, and 0 / 0 makes the keypoint's pixel NaN."""
    points = np.array([[[20.0, 30.0], [70.0, 50.0]]])
    with seeded():
        encoded = DecoupledHeatmap(**SIZES).encode(points, np.array([[1.0, 0.0]]))
    want = np.zeros((3, 16, 24), np.float32)
    want[[0, 2], 8, 5] = 1  # 7.5 and 5.0 and a half, truncated
    assert_same(encoded["heatmaps"], want)
    assert_same(encoded["instance_heatmaps"], want[:2])
    np.testing.assert_array_equal(encoded["keypoint_weights"], [[1, 0]])


def test_keypoints_of_a_default_sigma_of_0() -> None:
    """MMPose: on maps below 64 x 64 it is 0, and the keypoints' pixels become NaN."""
    codec = SPR(**SIZES, generate_keypoint_heatmaps=True)
    assert codec.sigma[1] == 0
    encoded = codec.encode(np.array([[[20.0, 30.0], [70.0, 50.0]]]))
    want = np.zeros((2, 16, 24), np.float32)
    want[0, 8, 5] = want[1, 13, 18] = 1
    assert_same(encoded["heatmaps"][:2], want)
    weights = np.where(want > 0, np.float32(1), np.float32(0.1))
    assert_same(encoded["heatmap_weights"][:2], weights)


def tagged(**options: Any) -> AssociativeEmbedding:
    return AssociativeEmbedding(**SIZES, decode_keypoint_order=[0, 1], **options)


def two_people() -> tuple[Any, Any]:
    """Maps of two keypoints of two people; the tags of the left and the right one differ."""
    points = np.array([[[20.0, 20.0], [24.0, 44.0]], [[72.0, 24.0], [76.0, 48.0]]])
    maps = tagged(sigma=1.5).encode(points)["heatmaps"]
    tags = np.broadcast_to(np.where(np.arange(24) < 12, 0.0, 5.0), maps.shape)
    return maps.astype(np.float64)[None], tags.copy()[None]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_candidates_whose_tag_is_not_finite(value: float) -> None:
    """MMPose: never returns: munkres searches for a zero in costs that are NaN."""
    maps, tags = two_people()
    want = tagged().batch_decode(maps, tags)
    assert len(want[0][0]) == 2
    tags[..., 12:] = value
    for part, wanted in zip(tagged().batch_decode(maps, tags), want, strict=True):
        assert_same(part[0], wanted[0][:1])


@pytest.mark.parametrize("kernel", [3, 11])
def test_a_map_of_zeros_among_others(kernel: int) -> None:
    """MMPose: 0 / 0 in the rescaling makes the score of the missing keypoint NaN."""
    codec = tagged(use_udp=True, decode_gaussian_kernel=kernel)
    maps, tags = two_people()
    maps[:, 1] = 0
    points, scores, instance_scores = (part[0] for part in codec.batch_decode(maps, tags))
    assert points.shape == (2, 2, 2)
    assert all(np.isfinite(part).all() for part in (points, scores, instance_scores))
    assert (scores[:, 0] > 0.9).all()


def test_zero_instances_to_decode() -> None:
    """MMPose: `ValueError: need at least one array to concatenate`."""
    codec = DecoupledHeatmap(**SIZES)
    points, scores = codec.decode(np.zeros((0, 5, 16, 24), np.float32), np.zeros((0, 1)))
    assert (points.shape, points.dtype) == ((0, 5, 2), np.float32)
    assert (scores.shape, scores.dtype) == ((0, 5), np.float32)


def test_pixels_masked_with_infinity(rng: Generator) -> None:
    """MMPose: 0 times infinity is NaN, which `topk` puts first: no instance is left."""
    maps, tags = two_people()
    want = tagged().batch_decode(maps, tags)
    maps[:, :, :2] = maps[:, :, :, :2] = -np.inf
    got = tagged().batch_decode(maps, tags)
    assert_same(got[2], want[2])
    codec = SPR(**SIZES, decode_max_instances=5)
    encoded = codec.encode(rng.uniform(20, 50, (1, 5, 2)))
    want = codec.decode(encoded["heatmaps"], encoded["displacements"])
    encoded["heatmaps"][0, :2] = -np.inf
    assert_same(codec.decode(encoded["heatmaps"], encoded["displacements"]), want)


def test_nonfinite_keypoints() -> None:
    """MMPose: `ValueError: cannot convert float NaN to integer`."""
    points = np.array([[[20.0, 20.0], [np.nan, 44.0], [60.0, 40.0]]])
    codec = SPR(**SIZES)
    encoded = codec.encode(points)
    assert all(np.isfinite(array).all() for array in arrays(encoded))
    assert_same(encoded["heatmaps"], codec.encode(points[:, ::2])["heatmaps"])
    assert not encoded["displacements"][2:4].any()


def test_equally_large_people_keep_their_order() -> None:
    """MMPose: NumPy's `argsort` orders them one way on one processor and another on the next."""
    person = np.array([[0.0, 0.0], [12.0, 16.0]])
    corners = np.array([[8.0, 8.0], [64.0, 8.0], [40.0, 40.0], [8.0, 40.0], [70.0, 40.0]])
    with seeded():
        coords = DecoupledHeatmap(**SIZES).encode(person + corners[:, None])["instance_coords"]
    roots = (corners + person.mean(0)) / 4
    assert (np.abs(coords - roots) <= 2).all()
