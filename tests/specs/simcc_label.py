"""`SimCCLabel`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import SimCCLabel

from .shared import bad, strategies, top_down
from .shared.golden import (
    Case,
    Kwargs,
    Size,
    encode_cases,
    like_a_network,
    mmpose_codec,
    noise,
    place,
)
from .shared.golden_flip import flipped_vectors
from .shared.inputs import vectors
from .shared.messages import FLOATS
from .spec import Args, Config, Spec

NAME = "SimCCLabel"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return vectors(config, rng, ("simcc_x", "simcc_y"), *batch)


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    people = (config.instances, config.count)
    ratio = config.kwargs.get("simcc_split_ratio", 2.0)
    x, y = (round(side * ratio) for side in config.kwargs["input_size"])
    return {
        "keypoint_x_labels": (*people, x),
        "keypoint_y_labels": (*people, y),
        "keypoint_weights": people,
    }


def bad_rows() -> Iterator[bad.Bad]:
    yield from bad_constructors()
    codec = SimCCLabel((96, 64))
    yield from bad.keypoints(codec, "N")
    yield from bad.keypoint_batches(codec, "N")
    yield from bad_decoders(codec)
    out = {"heatmaps": bad.ones(5, 64, 48), "keypoint_weights": bad.ones(1, 5)}
    yield bad.Bad(
        f"{NAME}, out: of another codec",
        lambda: codec.encode(bad.ones(1, 5, 2), out=out),
        ("`out`", "keypoint_x_labels", "keypoint_y_labels"),
    )
    large = SimCCLabel((2**20, 2), simcc_split_ratio=2.0**35)
    yield from bad.too_large(large, NAME)
    words = ("`keypoint_x_labels`", "must have a shape that fits in memory", str((1, 2**22, 2**55)))
    call = lambda: large.encode(bad.ones(1, 2**22, 2))  # noqa: E731
    yield bad.Bad(f"{NAME}.encode(more bytes than 64 bits count)", call, words)
    wide = {"sigma": 1e30, "simcc_split_ratio": 2.0**35}
    call = lambda: SimCCLabel((2**20, 2), **wide)  # noqa: E731
    yield bad.Bad(f"{NAME}(sigma=1e30)", call, ("out of memory", "Gaussian"), MemoryError)


def bad_constructors() -> Iterator[bad.Bad]:
    row = bad.constructor(SimCCLabel, input_size=(192, 256))
    yield from bad.sizes(row, "input_size")
    yield from bad.positive_numbers(row, "sigma")
    yield row("sigma", None, "number", "None")
    for values in ((6.0,), (6.0, 6.0, 6.0), ()):
        yield row("sigma", values, "one each for x and y", f"{len(values)} values")
    yield row("sigma", (6.0, np.nan), "positive finite number", "NaN")
    yield row("sigma", (0.0, 6.0), "positive finite number", "0")
    yield row("sigma", (6.0, "6"), "number", "'6'")
    yield row("sigma", 0.4, "at least", "0.4", use_dark=True)
    yield row("sigma", 1e9, "at most", use_dark=True)
    yield from bad.options(row, "smoothing_type", "got invalid", '"gaussian", "standard"')
    yield row("label_smooth_weight", 0.1, "only used for `standard` mode", "0.1")
    for value, shown in ((1.5, "1.5"), (-0.1, "-0.1"), (np.nan, "NaN")):
        words = ("should be in range [0, 1]", shown)
        yield row("label_smooth_weight", value, *words, smoothing_type="standard")
    yield row("label_smooth_weight", -0.1, "should be in range [0, 1]", "-0.1")
    yield from bad.positive_numbers(row, "simcc_split_ratio")
    for value in (1e-9, 1e30):
        yield row("simcc_split_ratio", value, "at least one bin", "memory")
    for value, shown in ((-1.0, "-1"), *bad.NOT_FINITE):
        yield row("decode_beta", value, "finite number", shown)
    yield from bad.bools(row, "normalize", "use_dark", "decode_visibility")


def bad_decoders(codec: SimCCLabel) -> Iterator[bad.Bad]:
    ones = bad.ones

    def row(method: str, x: Any, y: Any, argument: str, *words: str, what: str = "") -> bad.Bad:
        shapes = " and ".join(bad.describe(vector) for vector in (x, y))
        name = f"{NAME}.{method}({shapes}{what})"
        return bad.Bad(name, lambda: getattr(codec, method)(x, y), (f"`{argument}`", *words))

    wanted, bins = "(K, Wx) or (N, K, Wx)", "at least one bin"
    for x, y, argument, *words in (
        (ones(9), ones(9), "simcc_x", wanted, "(9,)"),
        (3.0, 3.0, "simcc_x", wanted, "()"),
        (ones(1, 1, 5, 9), ones(1, 1, 5, 9), "simcc_x", wanted, "(1, 1, 5, 9)"),
        (ones(5, 9), ones(4, 9), "simcc_y", "(5,)", "(4, 9)"),
        (ones(1, 5, 9), ones(5, 9), "simcc_y", "(1, 5)", "(5, 9)"),
        (ones(5, 9), ones(1, 5, 9), "simcc_y", "(5,)", "(1, 5, 9)"),
        (ones(5, 9), 3.0, "simcc_y", "(5,)", "()"),
        (ones(5, 0), ones(5, 9), "simcc_x", bins),
        (ones(5, 9), ones(5, 0), "simcc_y", bins),
    ):
        yield row("decode", x, y, argument, *words)
    wanted = "(B, K, Wx) or (B, N, K, Wx)"
    for x, y, argument, *words in (
        (ones(5, 9), ones(5, 9), "simcc_x", wanted, "(5, 9)"),
        (ones(9), ones(9), "simcc_x", wanted, "(9,)"),
        (*[ones(1, 1, 1, 5, 9)] * 2, "simcc_x", wanted),
        (ones(2, 5, 9), ones(3, 5, 9), "simcc_y", "(2, 5)", "(3, 5, 9)"),
        (ones(2, 5, 0), ones(2, 5, 9), "simcc_x", bins),
    ):
        yield row("batch_decode", x, y, argument, *words)
    for dtype in (bool, int, complex, object, "U3"):
        good, wrong = ones(5, 9), np.zeros((5, 9), dtype)
        words = (FLOATS, str(wrong.dtype))
        yield row("decode", wrong, good, "simcc_x", *words)
        yield row("decode", good, wrong, "simcc_y", *words)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    base: Kwargs = {"input_size": size.image}
    per_axis = base | {"sigma": (4.9, 5.66), "normalize": False}
    integer = base | {"sigma": 2, "simcc_split_ratio": 1.5}
    one_hot = base | {"smoothing_type": "standard", "simcc_split_ratio": 3}
    smooth = base | {"smoothing_type": "standard", "label_smooth_weight": 0.1}

    for i, kwargs in enumerate((base, per_axis, integer, one_hot, smooth)):
        stride = 1 / kwargs.get("simcc_split_ratio", 2.0)
        people = (i + size.turn) % 3 + 1
        yield from encode_cases(rng, size, kwargs, stride, i, people)

    def vectors(kwargs: Kwargs, *shape: int, margin: float = 0.0) -> Kwargs:
        """Noisy, asymmetric bumps, about 0.05 to 1 high; many are `margin` from an end."""
        args = {}
        for name, image in zip(("simcc_x", "simcc_y"), size.image, strict=True):
            bins = round(image * kwargs.get("simcc_split_ratio", 2.0))
            centers = rng.uniform(-0.2 * bins, 1.2 * bins, (*shape, 1))
            centers = centers.clip(margin, bins - 1 - margin)
            away = (np.arange(bins) - centers) / rng.uniform(5, 9)
            heights = rng.permutation(np.geomspace(1, 0.05, shape[-1]))[:, None]
            clean = heights * (np.exp(-(away**2)) + 0.3 * np.exp(-((away - 1) ** 2)))
            args[name] = like_a_network(rng, clean, dims=1)
        return args

    def case(kwargs: Kwargs, note: str, *shape: int) -> Case:
        args = vectors(kwargs, *shape)
        return Case(kwargs, "decode", args, f"{note}, {'x'.join(map(str, shape))}")

    for kwargs, *shape in ((base, 5), (base, 1, 5), (base, 3, 5), (integer, 2, 1), (one_hot, 5)):
        yield case(kwargs, "network-like", *shape)
    noisy = {name: noise(rng, x.shape, 1.0, 2**-9) for name, x in vectors(base, 2, 5).items()}
    yield Case(base, "decode", noisy, "noise with negatives")
    silent = vectors(base, 1, 5)
    silent["simcc_x"][0, 1] = 0
    silent["simcc_y"][0, 3] -= 2
    yield Case(base, "decode", silent, "joints of no positive response")

    softer = base | {"decode_beta": 10.0}
    for kwargs, *shape in ((softer, 1, 17), (per_axis, 5), (integer, 3, 1)):
        yield case(kwargs | {"decode_visibility": True}, "visibility", *shape)

    shapes = ((base, 1, 5), (per_axis, 2, 5), (integer, 3, 1))
    refined = [
        (kwargs, "network-like", vectors(kwargs, *shape, margin=10)) for kwargs, *shape in shapes
    ]
    refined.append((base, "up to the ends", vectors(base, 1, 3)))
    own = mmpose_codec(NAME, base).encode(place(rng, size, "inside", 1.0, people=2))
    own_args = {"simcc_x": own["keypoint_x_labels"], "simcc_y": own["keypoint_y_labels"]}
    refined.append((base, "own targets", own_args))
    # The values are clipped to [1e-3, 50] before the logarithm.
    for note, factor in ("faint", 5 / 2048), ("strong", 256):
        args = {name: x * np.float32(factor) for name, x in vectors(base, 1, 5, margin=10).items()}
        refined.append((base, note, args))
    for kwargs, note, args in refined:
        dark = kwargs | {"use_dark": True}
        yield Case(dark, "decode", args, f"DARK, {note}", tol="dark", sensitive=True)
    yield from flipped_vectors({})(rng, size)
    yield from flipped_vectors({"use_dark": True})(rng, size)


@st.composite
def kwargs(draw: st.DrawFn) -> Args:
    kwargs: Args = {"input_size": draw(st.tuples(*[st.integers(8, 100)] * 2))}
    kwargs["simcc_split_ratio"] = draw(st.sampled_from([1.0, 1.5, 2, 2.0, 3.0]))
    kind = draw(st.sampled_from(["gaussian", "standard", "dark"]))
    if kind == "standard":
        kwargs |= {"smoothing_type": kind, "label_smooth_weight": draw(st.floats(0, 0.9))}
    else:
        blurred = strategies.sigmas.filter(lambda sigma: sigma > 0.8 or kind != "dark")
        kwargs["sigma"] = draw(blurred | st.tuples(blurred, blurred))
        kwargs["normalize"] = draw(st.booleans())
    if kind == "dark":
        kwargs["use_dark"] = True
    elif draw(st.booleans()):
        # With DARK, visibilities differ from MMPose's on purpose.
        kwargs |= {"decode_visibility": True, "decode_beta": draw(st.floats(1, 200))}
    return kwargs


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    visibility = [np.float64] * bool(config.kwargs.get("decode_visibility"))
    return [np.float32, dtype, *visibility]


SPEC = Spec(
    codec=SimCCLabel,
    family="simcc",
    instances=3,
    configs=(
        Config(NAME, {"input_size": (192, 256)}),
        Config(
            NAME,
            {
                "input_size": (100, 75),
                "sigma": (4.9, 5.66),
                "simcc_split_ratio": 1.5,
                "normalize": False,
            },
            note="odd",
        ),
        Config(
            NAME,
            {"input_size": (96, 64), "smoothing_type": "standard", "simcc_split_ratio": 3},
            note="one-hot",
        ),
        Config(
            NAME,
            {"input_size": (97, 61), "smoothing_type": "standard", "label_smooth_weight": 0.1},
            note="smooth",
        ),
        Config(NAME, {"input_size": (192, 256), "use_dark": True}, note="dark"),
        Config(
            NAME,
            {"input_size": (100, 75), "sigma": 2, "use_dark": True, "decode_visibility": True},
            note="dark-visibility",
        ),
        Config(
            NAME,
            {"input_size": (192, 256), "decode_visibility": True, "decode_beta": 10.0},
            note="visibility",
        ),
    ),
    decode_args=decode_args,
    shapes=shapes,
    flips=True,
    attributes={
        "": (
            {"input_size": (192, 256)},
            {
                "smoothing_type": "gaussian",
                "sigma": np.array([6.0, 6.0]),
                "simcc_split_ratio": 2.0,
                "label_smooth_weight": 0.0,
                "normalize": True,
                "use_dark": False,
                "decode_visibility": False,
                "decode_beta": 150.0,
            },
        ),
        "per-axis": (
            {
                "input_size": (192, 256),
                "sigma": (4.9, 5.66),
                "simcc_split_ratio": 3,
                "use_dark": True,
            },
            {"sigma": np.array([4.9, 5.66])},
        ),
        "integer-sigma": ({"input_size": (192, 256), "sigma": 2}, {"sigma": np.array([2, 2])}),
        "standard": (
            {"input_size": (97, 61), "smoothing_type": "standard", "label_smooth_weight": 0.1},
            {},
        ),
    },
    labels=["keypoint_x_labels", "keypoint_y_labels", "keypoint_weights"],
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(NAME, kwargs(), skipped_notes=frozenset({"dark-visibility"})),
    decoded_dtypes=decoded_dtypes,
)
