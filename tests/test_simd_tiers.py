"""Results do not depend on the vector instructions, nor on Python threads that share a codec."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from specs import Config, each_config
from test_inputs import cast


@each_config
def test_simd_tiers_are_bit_identical(config: Config, rng: Generator) -> None:
    tiers, usual = posecodec_rs.simd_tiers()
    assert usual == tiers[-1]
    codec, args, encoded = config.make(), config.encode_args(rng), config.decode_args(rng)
    wide = args | {"keypoints": args["keypoints"].astype(np.float64) + 0.001}
    noise = {
        name: rng.normal(0, 1, value.shape).astype(value.dtype)
        if value.dtype == np.float32 and name not in ("w", "h")  # which must be positive
        else value
        for name, value in encoded.items()
    }
    results = []
    for tier in tiers:
        posecodec_rs.force_simd_tier(tier)
        assert posecodec_rs.simd_tiers() == (tiers, tier)
        result = {
            "float32 points": config.encode(codec, **args),
            "float64 points": config.encode(codec, **wide),
            # Fresh tables, computed with this tier.
            "from a new codec": config.encode(config.make(), **args),
        }
        for dtype in ("float16", "float32", "float64") if encoded else ():
            for kind, maps in (("like a network's", encoded), ("noise", noise)):
                decoded = config.decode(codec, *cast(maps, dtype).values())
                result[f"{dtype} {kind}"] = decoded
        results.append(result)
    for result in results[1:]:
        assert_same(result, results[0])
    posecodec_rs.force_simd_tier(None)
    assert posecodec_rs.simd_tiers() == (tiers, usual)


@pytest.mark.slow  # waits for several threads, often
@each_config
def test_python_threads_share_a_codec(config: Config, rng: Generator) -> None:
    codec, spec = config.make(), config.spec
    samples = [(config.encode_args(rng, 3), config.encoded(rng, 3)) for _ in range(8)]

    def results(sample: Any) -> list[Any]:
        args, encoded = sample
        found = []
        if not spec.random:  # whose results depend on the order of the calls
            found += [codec.batch_encode(**args), codec.encode(**config.sample(args, 0))]
        if spec.decodes:
            found += [
                codec.batch_decode(*encoded),
                config.decode(codec, *(array[0] for array in encoded)),
            ]
        return found

    want = [results(sample) for sample in samples]
    with ThreadPoolExecutor(8) as executor:
        for got in (executor.map(results, samples) for _ in range(3)):
            for one, other in zip(got, want, strict=True):
                assert_same(one, other)
