"""MMPose and this package get the same random calls: they return the same.

What a codec is called with is in its spec: `Spec.parity`.
"""

import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

import mmpose.codecs
import numpy as np
import posecodec_rs
import pytest
import torch
from golden_cases import ENCODED
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from parity import EXAMPLES, ParityCase
from specs import SPECS, seeded
from specs.spec import Args, Parity

PARITY: dict[str, Parity] = {name: spec.parity for name, spec in SPECS.items() if spec.parity}


def as_arrays(result: Any) -> Any:
    """A nested result with arrays for its tensors."""
    if isinstance(result, torch.Tensor):
        return result.numpy(force=True)
    if isinstance(result, dict):
        return {key: as_arrays(item) for key, item in result.items()}
    if isinstance(result, list | tuple):
        return type(result)(as_arrays(item) for item in result)
    return result


def parity_case(name: str, kwargs: Args, method: str, args: Args) -> ParityCase:
    """A codec's method, called in both packages with the same random numbers."""
    decodes, parity = method != "encode", PARITY[name]

    def of(package: ModuleType) -> Callable[..., Any]:
        codec = getattr(package, name)(**copy.deepcopy(kwargs))

        def call(*values: Any) -> Any:
            if decodes and parity.takes_tensors and package is mmpose.codecs:
                values = tuple(torch.from_numpy(value) for value in values)
            with seeded():
                result = getattr(codec, method)(**dict(zip(args, values, strict=True)))
            return as_arrays(result)

        return call

    return ParityCase(
        f"{name}({kwargs}).{method}",
        of(mmpose.codecs),
        of(posecodec_rs),
        list(args.values()),
        parity.tolerance(kwargs) if decodes else ENCODED,
        ill_conditioned=decodes,
        reference_is_valid=lambda result: not decodes or parity.reference_is_valid(kwargs, result),
    )


def decoding(name: str) -> str:
    return "batch_decode" if SPECS[name].decodes_batches_only else "decode"


def drawn(name: str, data: st.DataObject) -> tuple[Args, Generator]:
    """A codec's arguments, and the source of its inputs."""
    return data.draw(PARITY[name].kwargs), np.random.default_rng(
        data.draw(st.integers(0, 2**32 - 1))
    )


def test_every_codec_of_mmpose_is_compared() -> None:
    for name, spec in SPECS.items():
        assert hasattr(mmpose.codecs, name) is (spec.parity is not None), name
        assert bool(spec.repository) is (spec.parity is None), name


@pytest.mark.parametrize("name", PARITY)
@EXAMPLES
@given(data=st.data())
def test_encode(name: str, data: st.DataObject) -> None:
    kwargs, rng = drawn(name, data)
    args = PARITY[name].encode_args(data.draw, rng, kwargs)
    parity_case(name, kwargs, "encode", args).check(rng)


@pytest.mark.parametrize("name", [name for name, parity in PARITY.items() if parity.decode_args])
@EXAMPLES
@given(data=st.data())
def test_decode(name: str, data: st.DataObject) -> None:
    kwargs, rng = drawn(name, data)
    decode_args = PARITY[name].decode_args
    assert decode_args is not None
    args = decode_args(data.draw, rng, kwargs)
    parity_case(name, kwargs, decoding(name), args).check(rng)
