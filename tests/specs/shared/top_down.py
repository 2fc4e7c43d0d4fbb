"""What the specs of top-down codecs share: the comparison with MMPose."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from numpy.random import Generator

from ..spec import Args, Config, Draw, Parity


def config_of(codec: str, draw: Draw, kwargs: Args) -> Config:
    return Config(codec, kwargs, draw(st.integers(1, 6)))


def encode_args(codec: str) -> Callable[[Draw, Generator, Args], Args]:
    """Keypoints in any precision, rounded or not, with visibilities or without."""

    def make(draw: Draw, rng: Generator, kwargs: Args) -> Args:
        config = config_of(codec, draw, kwargs)
        args = config.encode_args(rng)
        args["keypoints"] = args["keypoints"].astype(
            draw(st.sampled_from([np.float32, np.float64]))
        )
        if draw(st.booleans()):
            args["keypoints"] = np.rint(args["keypoints"])
        kinds = [np.float32, np.float64, np.int32, np.int64]
        # MMPose's `MegviiHeatmap` fails without visibilities.
        kind = draw(st.sampled_from([*kinds, *([None] if codec != "MegviiHeatmap" else [])]))
        if kind is None:
            del args["keypoints_visible"]
        else:
            args["keypoints_visible"] = args["keypoints_visible"].astype(kind)
        return args

    return make


def from_targets(config: Config, rng: Generator) -> tuple[Any, ...]:
    """Output of a perfect network, with a little noise."""
    targets = config.make().encode(config.keypoints(rng))
    names = [key for key in targets if key != "keypoint_weights"]
    if config.codec == "IntegralRegressionLabel":
        names = ["keypoint_labels"]
    return tuple(
        targets[key] + rng.normal(0, 0.003, targets[key].shape).astype(np.float32) for key in names
    )


def noise(config: Config, rng: Generator) -> tuple[Any, ...]:
    """Output of an untrained network."""
    return tuple(rng.normal(0, 1, array.shape).astype("f4") for array in config.encoded(rng))


SOURCES: tuple[Callable[[Config, Generator], tuple[Any, ...]], ...] = (
    Config.encoded,
    from_targets,
    noise,
)


def refines(codec: str, kwargs: Args) -> bool:
    """Whether MMPose refines the location -1 of maps without a peak, with values elsewhere."""
    return codec == "UDPHeatmap" or any(kwargs.get(name) for name in ("unbiased", "use_dark"))


def decode_args(codec: str) -> Callable[[Draw, Generator, Args], Args]:
    """Network outputs of several kinds, scales and precisions."""

    def make(draw: Draw, rng: Generator, kwargs: Args) -> Args:
        config = config_of(codec, draw, kwargs)
        if refines(codec, kwargs) and config.spec.family == "heatmap":
            # After a blur that is wider than the map, only rounding errors are left.
            assume(min(kwargs["heatmap_size"]) >= kwargs.get("blur_kernel_size", 11))
        dtype = draw(st.sampled_from([np.float32, np.float64]))
        factor = draw(st.sampled_from([1, 1, 1, 0.01, 255]))
        encoded = draw(st.sampled_from(SOURCES))(config, rng)
        names = config.decode_args(rng)
        return {
            name: (array * factor).astype(dtype) for name, array in zip(names, encoded, strict=True)
        }

    return make


def parity(codec: str, kwargs: st.SearchStrategy[Args], **options: Any) -> Parity:
    """The comparison of a top-down codec."""
    return Parity(
        kwargs=kwargs,
        encode_args=encode_args(codec),
        decode_args=decode_args(codec),
        reference_is_valid=lambda kwargs, answer: (
            not refines(codec, kwargs) or answer[1].min(initial=1) > 0
        ),
        **options,
    )
