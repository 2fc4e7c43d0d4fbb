"""`RegressionLabel`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from posecodec_rs import RegressionLabel

from .shared import bad, strategies, top_down
from .shared.golden import Case, Kwargs, Size, encode_cases
from .spec import Args, Config, Spec

NAME = "RegressionLabel"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Coordinates and sigmas."""
    shape = (*batch, config.instances, config.count, 4)
    return {"encoded": rng.normal(0.5, 0.4, shape).astype(np.float32)}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    people = (config.instances, config.count)
    return {"keypoint_labels": (*people, 2), "keypoint_weights": people}


def bad_rows() -> Iterator[bad.Bad]:
    yield from bad.sizes(bad.constructor(RegressionLabel, input_size=(192, 256)), "input_size")
    codec = RegressionLabel((192, 256))
    yield from bad.keypoints(codec, "N")
    yield from bad.keypoint_batches(codec, "N")
    yield from bad.regressed(codec)
    many = np.broadcast_to(np.float32(0), (1, 2**54, 2))
    words = ("Unable to allocate",)
    yield bad.Bad(f"{NAME}.encode(too much)", lambda: codec.encode(many), words, MemoryError)


def regression_decode_cases(rng: Generator, size: Size, kwargs: Kwargs) -> Iterator[Case]:
    """Two columns of coordinates, or four with the sigmas that make the scores."""
    for people, columns, dtype in ((1, 2, "float32"), (3, 4, "float32"), (2, 4, "float64")):
        joints = (5, 1, 17)[(people + size.turn) % 3]
        encoded = rng.normal(0.5, 0.4, (people, joints, columns)).astype(dtype)
        yield Case(kwargs, "decode", {"encoded": encoded}, f"{encoded.shape} {dtype}")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    kwargs = {"input_size": size.image}
    yield from encode_cases(rng, size, kwargs, 1.0)
    yield from encode_cases(rng, size, kwargs, 1.0, variant=1, people=3)
    yield from regression_decode_cases(rng, size, kwargs)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float64, dtype]


SPEC = Spec(
    codec=RegressionLabel,
    family="regression",
    instances=3,
    configs=(
        # With this many keypoints, a batch of five is split between threads.
        Config(NAME, {"input_size": (192, 256)}, 3000),
        Config(NAME, {"input_size": (97, 61)}, note="odd"),
    ),
    decode_args=decode_args,
    shapes=shapes,
    attributes={"": ({"input_size": (192, 256)}, {})},
    labels=["keypoint_labels", "keypoint_weights"],
    weights="flags",
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(NAME, strategies.chosen({"input_size": strategies.sizes})),
    decoded_dtypes=decoded_dtypes,
)
