"""MMPose and this package are asked the same: the codecs of `further_questions.ASKED`."""

import copy
from collections.abc import Callable
from types import ModuleType
from typing import Any

import mmpose.codecs
import numpy as np
import posecodec_rs
import pytest
import torch
from bottom_up_samples import seeded
from further_questions import ASKED, Arguments, Asked
from golden_cases import DECODED, ENCODED
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from questions import EXAMPLES, Question


def as_arrays(answer: Any) -> Any:
    """A nested answer with arrays for its tensors."""
    if isinstance(answer, torch.Tensor):
        return answer.numpy(force=True)
    if isinstance(answer, dict):
        return {key: as_arrays(item) for key, item in answer.items()}
    if isinstance(answer, list | tuple):
        return type(answer)(as_arrays(item) for item in answer)
    return answer


TENSORS = ("SPR", "AssociativeEmbedding")
"""MMPose's decode tensors alone."""


def question(name: str, kwargs: Arguments, method: str, args: Arguments) -> Question:
    """A codec's method, asked of both with the same luck."""
    decodes = method != "encode"

    def of(package: ModuleType) -> Callable[..., Any]:
        codec = getattr(package, name)(**copy.deepcopy(kwargs))

        def ask(*values: Any) -> Any:
            if decodes and name in TENSORS and package is mmpose.codecs:
                values = tuple(torch.from_numpy(value) for value in values)
            with seeded():
                return as_arrays(getattr(codec, method)(**dict(zip(args, values, strict=True))))

        return ask

    return Question(
        f"{name}({kwargs}).{method}",
        of(mmpose.codecs),
        of(posecodec_rs),
        list(args.values()),
        DECODED if decodes else ENCODED,
        hangs=decodes,
    )


def drawn(name: str, data: st.DataObject) -> tuple[Asked, Arguments, Generator]:
    """A codec's arguments, and the source of its inputs."""
    asked = ASKED[name]
    return asked, data.draw(asked.made), np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))


@pytest.mark.parametrize("name", ASKED)
@EXAMPLES
@given(data=st.data())
def test_encode(name: str, data: st.DataObject) -> None:
    asked, kwargs, rng = drawn(name, data)
    question(name, kwargs, "encode", asked.encoded(data.draw, rng, kwargs)).check(rng)


@pytest.mark.parametrize("name", [name for name, asked in ASKED.items() if asked.decoding])
@EXAMPLES
@given(data=st.data())
def test_decode(name: str, data: st.DataObject) -> None:
    asked, kwargs, rng = drawn(name, data)
    args = asked.decoded(data.draw, rng, kwargs)
    question(name, kwargs, asked.decoding or "", args).check(rng)
