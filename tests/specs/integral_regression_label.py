"""`IntegralRegressionLabel`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import IntegralRegressionLabel, MSRAHeatmap, RegressionLabel

from .regression_label import regression_decode_cases
from .shared import bad, strategies, top_down
from .shared.golden import Case, Size, encode_cases
from .shared.inputs import ODD_SIZES, SIZES, target_heatmap_shapes
from .spec import Args, Config, Spec

NAME = "IntegralRegressionLabel"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Coordinates alone."""
    shape = (*batch, config.instances, config.count, 2)
    return {"encoded": rng.normal(0.5, 0.4, shape).astype(np.float32)}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    return target_heatmap_shapes(config) | {"keypoint_labels": (1, config.count, 2)}


def bad_rows() -> Iterator[bad.Bad]:
    constructor = bad.constructor(IntegralRegressionLabel, **SIZES, sigma=2.0)
    yield from bad.sizes(constructor, "input_size", "heatmap_size")
    yield from bad.odd_kernels(constructor, "blur_kernel_size")
    yield from bad.positive_numbers(constructor, "sigma")
    yield constructor("sigma", None, "number", "None")
    yield constructor("sigma", (2.0, 2.0), "number", "(2.0, 2.0)")
    yield from bad.bools(constructor, "unbiased", "normalize")
    codec = IntegralRegressionLabel(**SIZES, sigma=2.0)
    yield from bad.keypoints(codec, "1")
    yield from bad.keypoint_batches(codec, "1")
    yield from bad.regressed(codec)
    yield from bad.too_large(IntegralRegressionLabel(**bad.HUGE_SIZES, sigma=2.0), NAME)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    variants = (
        {"sigma": 2.0},
        {"sigma": 1.3, "normalize": False},
        {"sigma": 1.5, "unbiased": True},
    )
    for i, variant in enumerate(variants):
        yield from encode_cases(rng, size, size.kwargs | variant, size.stride, i)
    yield from regression_decode_cases(rng, size, size.kwargs | variants[0])


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float64, np.float32]  # without sigmas the scores are ones


SPEC = Spec(
    codec=IntegralRegressionLabel,
    family="regression",
    configs=(
        Config(NAME, SIZES | {"sigma": 2.0}),
        Config(NAME, ODD_SIZES | {"sigma": 2, "unbiased": True}, note="unbiased"),
        Config(NAME, ODD_SIZES | {"sigma": 1.3, "normalize": False}, note="raw"),
    ),
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            SIZES | {"sigma": 2},
            {
                "normalize": True,
                "heatmap_codec": MSRAHeatmap(**SIZES, sigma=2),
                "keypoint_codec": RegressionLabel(SIZES["input_size"]),
            },
        ),
        "odd": (
            ODD_SIZES | {"sigma": 1.5, "unbiased": True, "normalize": False},
            {
                "heatmap_codec": MSRAHeatmap(**ODD_SIZES, sigma=1.5, unbiased=True),
                "keypoint_codec": RegressionLabel(ODD_SIZES["input_size"]),
            },
        ),
    },
    hidden_arguments=frozenset({"input_size", "heatmap_size", "sigma", "unbiased"}),
    labels=["keypoint_labels", "keypoint_weights"],
    fields=["heatmaps"],
    weights="flags",
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(
        NAME,
        strategies.with_sizes(
            {"sigma": strategies.sigmas}, unbiased=st.booleans(), normalize=st.booleans()
        ),
    ),
    decoded_dtypes=decoded_dtypes,
)
