"""`encode_profiles`: what a device computes of profiles is bit-identical to `batch_encode`."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import InvalidInputError
from products import SEVERAL, random_keypoints, separable_codecs, targets_of_profiles

each_separable = pytest.mark.parametrize(
    "codec", separable_codecs(np.random.default_rng(1)), ids=repr
)


@pytest.mark.parametrize("seed", range(20))
def test_targets_of_profiles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for codec in [codec for _ in range(15) for codec in separable_codecs(rng)]:
        points, visible = random_keypoints(codec, rng)
        want = codec.batch_encode(points, visible)
        assert_same(targets_of_profiles(codec, codec.encode_profiles(points, visible)), want)


@each_separable
def test_out(codec: Any, rng: Generator) -> None:
    points = rng.uniform(0, 1, (3, 2 if isinstance(codec, SEVERAL) else 1, 5, 2))
    want = codec.encode_profiles(points * codec.input_size)
    out = {
        name: np.full_like(array, np.nan if array.dtype.kind == "f" else 7)
        for name, array in want.items()
    }
    assert codec.encode_profiles(points * codec.input_size, out=out) is out
    assert_same(out, want)


@each_separable
def test_wrong_keypoints(codec: Any) -> None:
    with pytest.raises(InvalidInputError, match="`keypoints`"):
        codec.encode_profiles(np.zeros((1, 17, 2)))
