"""`dtype` of `encode`: float16 targets are float32 targets that are rounded once."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import InvalidInputError
from specs import CONFIGS, Config, each

HALF = (
    "MSRAHeatmap",
    "UDPHeatmap",
    "MegviiHeatmap",
    "SKPSHeatmap",
    "RegressionLabel",
    "IntegralRegressionLabel",
    "SimCCLabel",
    "SPR",
    "AssociativeEmbedding",
)
each_half = each(config for config in CONFIGS if config.codec in HALF)


def rounded(targets: dict[str, Any]) -> dict[str, Any]:
    """Targets that are float32, in float16."""
    with np.errstate(over="ignore"):
        return {
            name: value.astype(np.float16)
            if value.dtype == np.float32 and name != "keypoint_weights"
            else value
            for name, value in targets.items()
        }


@each_half
@pytest.mark.parametrize("batch", [(), (3,), (0,)], ids=str)
@pytest.mark.parametrize("dtype", [np.float16, "float16", np.dtype("f2")], ids=repr)
def test_targets_are_rounded_once(
    config: Config, batch: tuple[int, ...], dtype: Any, rng: Generator
) -> None:
    codec, args = config.make(), config.encode_args(rng, *batch)
    encode = codec.batch_encode if batch else codec.encode
    want = rounded(encode(**args))
    assert_same(encode(**args, dtype=dtype), want)
    out = {name: np.full_like(value, 7) for name, value in want.items()}
    given = dict(out)
    assert encode(**args, dtype=dtype, out=out) is out
    assert_same(out, want)
    assert all(out[name] is given[name] for name in given)


@each_half
def test_single_precision_is_the_default(config: Config, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng)
    assert_same(codec.encode(**args, dtype=np.float32), codec.encode(**args))
    assert_same(codec.encode(**args, dtype=None), codec.encode(**args))


@each_half
def test_wrong_dtypes(config: Config, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng)
    for wrong in (np.float64, np.int16, "f4,f4", "nonsense", 5, ">f2"):
        with pytest.raises(InvalidInputError, match="`dtype` must be float32 or float16, but got"):
            codec.encode(**args, dtype=wrong)
    out = codec.encode(**args)
    with pytest.raises(InvalidInputError, match=r"`out\['.*'\]` must be .* float16 array"):
        codec.encode(**args, dtype=np.float16, out=out)


@each(config for config in CONFIGS if config.codec in ("SPR", "AssociativeEmbedding"))
def test_lists(config: Config, rng: Generator) -> None:
    codec, images = config.make(), [config.keypoints(rng)[:count] for count in (2, 0, 1)]
    want = codec.batch_encode(images)
    got = codec.batch_encode(images, dtype=np.float16)
    for name, value in want.items():
        same = isinstance(value, list) or value.dtype != np.float32
        assert_same(got[name], value if same else value.astype(np.float16))
