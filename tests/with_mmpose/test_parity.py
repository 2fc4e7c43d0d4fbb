"""MMPose and this package are asked the same, at random: they answer the same.

A codec that is exported needs its entry in `ARGUMENTS`, and what it is asked comes from
`samples.Config`; or in `further_questions.ASKED`, where its calls are unlike the others'.
"""

import copy
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import mmpose.codecs
import numpy as np
import posecodec_rs
import pytest
from further_questions import ASKED, NO_REFERENCE
from golden_cases import DARK, DECODED, ENCODED
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.random import Generator
from questions import EXAMPLES, Question
from samples import Config

Arguments = dict[str, Any]

sides = st.integers(2, 40)
sizes = st.tuples(sides, sides)
sigmas = st.floats(0.5, 4) | st.integers(1, 3)
odd = st.integers(1, 10).map(lambda half: 2 * half + 1)
even_or_odd = st.integers(1, 12)


@st.composite
def inputs(draw: st.DrawFn) -> Arguments:
    """An input and a heatmap of it, of about its proportions or of quite other ones."""
    width, height = draw(sizes)
    scale = draw(st.sampled_from([1, 2, 4, 4, 3.3]))
    x, y = draw(st.just((width, height)) | sizes)
    return {"input_size": (int(x * scale), int(y * scale)), "heatmap_size": (width, height)}


def with_maps(
    needed: Mapping[str, st.SearchStrategy[Any]], **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[Arguments]:
    """The two sizes, what is needed beside them, and options, some of them left out."""
    others = st.fixed_dictionaries(dict(needed), optional=options)
    return st.builds(lambda a, b: a | b, inputs(), others)


@st.composite
def simcc(draw: st.DrawFn) -> Arguments:
    kwargs: Arguments = {"input_size": draw(st.tuples(*[st.integers(8, 100)] * 2))}
    kwargs["simcc_split_ratio"] = draw(st.sampled_from([1.0, 1.5, 2, 2.0, 3.0]))
    kind = draw(st.sampled_from(["gaussian", "standard", "dark"]))
    if kind == "standard":
        kwargs |= {"smoothing_type": kind, "label_smooth_weight": draw(st.floats(0, 0.9))}
    else:
        blurred = sigmas.filter(lambda sigma: sigma > 0.8 or kind != "dark")
        kwargs["sigma"] = draw(blurred | st.tuples(blurred, blurred))
        kwargs["normalize"] = draw(st.booleans())
    if kind == "dark":
        kwargs["use_dark"] = True
    elif draw(st.booleans()):
        # With DARK it is on purpose that visibilities are others.
        kwargs |= {"decode_visibility": True, "decode_beta": draw(st.floats(1, 200))}
    return kwargs


ARGUMENTS: dict[str, st.SearchStrategy[Arguments]] = {
    "RegressionLabel": st.fixed_dictionaries({"input_size": sizes}),
    "IntegralRegressionLabel": with_maps(
        {"sigma": sigmas}, unbiased=st.booleans(), normalize=st.booleans()
    ),
    "MSRAHeatmap": with_maps({"sigma": sigmas}, unbiased=st.booleans(), blur_kernel_size=odd),
    "UDPHeatmap": with_maps({}, sigma=sigmas, blur_kernel_size=odd)
    | with_maps(
        {"heatmap_type": st.just("combined")},
        radius_factor=st.floats(0.01, 0.3),
        blur_kernel_size=even_or_odd,
    ),
    "MegviiHeatmap": with_maps({"kernel_size": odd}),
    "SimCCLabel": simcc(),
}
each_codec = pytest.mark.parametrize("name", ARGUMENTS)


def refines(config: Config) -> bool:
    """Whether MMPose refines even the place -1 of what has no summit, by values elsewhere."""
    options = ("unbiased", "use_dark")
    return config.codec == "UDPHeatmap" or any(config.kwargs.get(name) for name in options)


def question(config: Config, method: str, arguments: list[Any]) -> Question:
    """A codec's method, asked of both."""
    dark = config.kwargs.get("use_dark")
    decodes = method == "decode"

    def of(package: ModuleType) -> Callable[..., Any]:
        codec = getattr(package, config.codec)(**copy.deepcopy(config.kwargs))
        return getattr(codec, method)  # type: ignore[no-any-return]

    return Question(
        f"{config.codec}({config.kwargs}).{method}",
        of(mmpose.codecs),
        of(posecodec_rs),
        arguments,
        ENCODED if not decodes else DARK if dark else DECODED,
        hangs=decodes,
        trusted=lambda answer: not (decodes and refines(config)) or answer[1].min(initial=1) > 0,
    )


def drawn(name: str, data: st.DataObject) -> tuple[Config, Generator]:
    """A configuration of a codec, and the source of its inputs."""
    config = Config(name, data.draw(ARGUMENTS[name]), data.draw(st.integers(1, 6)))
    return config, np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))


def test_every_codec_is_asked() -> None:
    exported = {codec.__name__ for codec in posecodec_rs.CODECS.values()}
    assert set(ARGUMENTS) | set(ASKED) | NO_REFERENCE == exported
    assert not any(hasattr(mmpose.codecs, name) for name in NO_REFERENCE)


@each_codec
@EXAMPLES
@given(data=st.data())
def test_encode(name: str, data: st.DataObject) -> None:
    config, rng = drawn(name, data)
    points = config.keypoints(rng).astype(data.draw(st.sampled_from([np.float32, np.float64])))
    if data.draw(st.booleans()):
        points = np.rint(points)
    arguments = [points]
    kinds = [np.float32, np.float64, np.int32, np.int64]
    # MMPose's `MegviiHeatmap` fails without visibilities.
    kind = data.draw(st.sampled_from([*kinds, *([None] if name != "MegviiHeatmap" else [])]))
    if kind is not None:
        arguments.append(config.visible(rng).astype(kind))
    question(config, "encode", arguments).check(rng)


def from_targets(config: Config, rng: Generator) -> tuple[Any, ...]:
    """What a perfect network would say, with a little noise."""
    targets = config.make().encode(config.keypoints(rng))
    names = [key for key in targets if key != "keypoint_weights"]
    if config.codec == "IntegralRegressionLabel":
        names = ["keypoint_labels"]
    return tuple(
        targets[key] + rng.normal(0, 0.003, targets[key].shape).astype(np.float32) for key in names
    )


def noise(config: Config, rng: Generator) -> tuple[Any, ...]:
    """What an untrained network might say."""
    return tuple(rng.normal(0, 1, array.shape).astype("f4") for array in config.encoded(rng))


SOURCES: tuple[Callable[[Config, Generator], tuple[Any, ...]], ...] = (
    Config.encoded,
    from_targets,
    noise,
)


@each_codec
@EXAMPLES
@given(data=st.data())
def test_decode(name: str, data: st.DataObject) -> None:
    config, rng = drawn(name, data)
    if refines(config) and config.has_heatmaps:
        # A blur that is wider than the map leaves nothing but the last bits to go by.
        assume(min(config.kwargs["heatmap_size"]) >= config.kwargs.get("blur_kernel_size", 11))
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    factor = data.draw(st.sampled_from([1, 1, 1, 0.01, 255]))
    encoded = data.draw(st.sampled_from(SOURCES))(config, rng)
    arguments = [(array * factor).astype(dtype) for array in encoded]
    question(config, "decode", arguments).check(rng)
