"""Wrong input is refused: the argument's name, what came and what was wanted, and never a panic."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from posecodec_rs import (
    IntegralRegressionLabel,
    InvalidInputError,
    MegviiHeatmap,
    MSRAHeatmap,
    RegressionLabel,
    SimCCLabel,
    UDPHeatmap,
    build,
)
from refusals import Bad, assert_refused, ones
from samples import SIZES, Config, each_config

SIX: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "RegressionLabel": (RegressionLabel, {"input_size": (192, 256)}),
    "IntegralRegressionLabel": (IntegralRegressionLabel, SIZES | {"sigma": 2.0}),
    "MSRAHeatmap": (MSRAHeatmap, SIZES | {"sigma": 2.0}),
    "UDPHeatmap": (UDPHeatmap, dict(SIZES)),
    "MegviiHeatmap": (MegviiHeatmap, SIZES | {"kernel_size": 11}),
    "SimCCLabel": (SimCCLabel, {"input_size": (192, 256)}),
}
REGRESSION = RegressionLabel((192, 256))
INTEGRAL = IntegralRegressionLabel(**SIZES, sigma=2.0)
MSRA = MSRAHeatmap(**SIZES, sigma=2.0)
DARK = MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)
UDP = UDPHeatmap(**SIZES)
COMBINED = UDPHeatmap(**SIZES, heatmap_type="combined")
MEGVII = MegviiHeatmap(**SIZES, kernel_size=11)
SIMCC = SimCCLabel((96, 64))


def constructors() -> Iterator[Bad]:
    def bad(codec: str, argument: str, value: Any, *words: str, **others: Any) -> Bad:
        cls, usual = SIX[codec]
        given = others | {argument: value}
        kwargs = usual | given
        shown = ", ".join(f"{name}={item!r}" for name, item in given.items())
        return Bad(f"{codec}({shown})", lambda: cls(**kwargs), (f"`{argument}`", *words))

    whole = "two positive integers"
    for codec, (_, usual) in SIX.items():
        for argument in set(usual) & {"input_size", "heatmap_size"}:
            yield bad(codec, argument, (0, 256), whole, "(0, 256)")
            yield bad(codec, argument, (192, -1), whole, "-1")
            yield bad(codec, argument, (192.0, 256), whole, "192.0")
            yield bad(codec, argument, "192x256", whole, "'192x256'")
            yield bad(codec, argument, (192,), whole, "1 values")
            yield bad(codec, argument, (192, 256, 3), whole, "3 values")
            yield bad(codec, argument, 192, whole, "192")
            yield bad(codec, argument, None, whole, "None")
            yield bad(codec, argument, (True, 256), whole, "True")
            yield bad(codec, argument, (2**70, 2), whole, str(2**70))
            yield bad(codec, argument, (2**40, 2**40), "memory", str(2**40))
            yield bad(codec, argument, ("a", "b"), whole, "'a'")
            yield bad(codec, argument, np.array([192.5, 256]), whole, "192.5")
            yield bad(codec, argument, np.ones((2, 2), int), whole)
    for codec in ("MSRAHeatmap", "IntegralRegressionLabel", "UDPHeatmap", "MegviiHeatmap"):
        argument = "kernel_size" if codec == "MegviiHeatmap" else "blur_kernel_size"
        for value in (0, 10):
            yield bad(codec, argument, value, "positive odd integer", str(value))
        for value in (-3, 11.0, "11", True, 2**70, (11, 11), np.nan):
            yield bad(codec, argument, value, "positive integer", str(value))
        yield bad(codec, argument, 2**40 + 1, "at most", str(2**40 + 1))
    for value in (-1, 2.5, "6"):
        words = ("positive integer", str(value))
        yield bad("UDPHeatmap", "blur_kernel_size", value, *words, heatmap_type="combined")
    yield bad("MegviiHeatmap", "kernel_size", None, "positive integer", "None")

    for codec in ("MSRAHeatmap", "IntegralRegressionLabel", "UDPHeatmap", "SimCCLabel"):
        for value in (0, -1.0, np.nan, np.inf):
            shown = {0: "0", -1.0: "-1"}.get(value, str(value).replace("nan", "NaN"))
            yield bad(codec, "sigma", value, "positive finite number", shown)
        for value in ("2", None, True, 1j):
            yield bad(codec, "sigma", value, "number", repr(value))
    for codec in ("MSRAHeatmap", "IntegralRegressionLabel", "UDPHeatmap"):
        yield bad(codec, "sigma", (2.0, 2.0), "number", "(2.0, 2.0)")
    for codec in ("MSRAHeatmap", "IntegralRegressionLabel"):
        for value in ("yes", 2, 0.5, []):
            yield bad(codec, "unbiased", value, "bool", repr(value))
    yield bad("IntegralRegressionLabel", "normalize", "no", "bool", "'no'")

    for value in ("round", "Gaussian", ""):
        words = ("got invalid", value, '"gaussian", "combined"')
        yield bad("UDPHeatmap", "heatmap_type", value, *words)
    for value in (3, b"gaussian", ("gaussian",)):
        yield bad("UDPHeatmap", "heatmap_type", value, "str", repr(value))
    for value, shown in ((0, "0"), (-1.0, "-1"), (np.nan, "NaN"), (np.inf, "inf")):
        words = ("positive finite number", shown)
        yield bad("UDPHeatmap", "radius_factor", value, *words, heatmap_type="combined")
    yield bad("UDPHeatmap", "radius_factor", "0.1", "number", "'0.1'")

    for values in ((6.0,), (6.0, 6.0, 6.0), ()):
        words = ("one each for x and y", f"{len(values)} values")
        yield bad("SimCCLabel", "sigma", values, *words)
    yield bad("SimCCLabel", "sigma", (6.0, np.nan), "positive finite number", "NaN")
    yield bad("SimCCLabel", "sigma", (0.0, 6.0), "positive finite number", "0")
    yield bad("SimCCLabel", "sigma", (6.0, "6"), "number", "'6'")
    yield bad("SimCCLabel", "sigma", 0.4, "at least", "0.4", use_dark=True)
    yield bad("SimCCLabel", "sigma", 1e9, "at most", use_dark=True)
    for value in ("uniform", ""):
        words = ("got invalid", value, '"gaussian", "standard"')
        yield bad("SimCCLabel", "smoothing_type", value, *words)
    yield bad("SimCCLabel", "smoothing_type", 1, "str", "1")
    yield bad("SimCCLabel", "label_smooth_weight", 0.1, "only used for `standard` mode", "0.1")
    for value, shown in ((1.5, "1.5"), (-0.1, "-0.1"), (np.nan, "NaN")):
        words = ("should be in range [0, 1]", shown)
        yield bad("SimCCLabel", "label_smooth_weight", value, *words, smoothing_type="standard")
    yield bad("SimCCLabel", "label_smooth_weight", -0.1, "should be in range [0, 1]", "-0.1")
    for value, shown in ((0, "0"), (-2, "-2"), (np.nan, "NaN"), (np.inf, "inf")):
        yield bad("SimCCLabel", "simcc_split_ratio", value, "positive finite number", shown)
    for value in (1e-9, 1e30):
        yield bad("SimCCLabel", "simcc_split_ratio", value, "at least one bin", "memory")
    yield bad("SimCCLabel", "simcc_split_ratio", "2", "number", "'2'")
    for value, shown in ((-1.0, "-1"), (np.nan, "NaN"), (np.inf, "inf")):
        yield bad("SimCCLabel", "decode_beta", value, "finite number", shown)
    for argument in ("normalize", "use_dark", "decode_visibility"):
        yield bad("SimCCLabel", argument, "yes", "bool", "'yes'")
        yield bad("SimCCLabel", argument, 2, "bool", "2")


def encoders() -> Iterator[Bad]:
    single = {"IntegralRegressionLabel": INTEGRAL, "MSRAHeatmap": MSRA, "UDPHeatmap": UDP}
    single |= {"MegviiHeatmap": MEGVII, "UDPHeatmap-combined": COMBINED}
    several = {"RegressionLabel": REGRESSION, "SimCCLabel": SIMCC}
    for name, codec in (single | several).items():

        def bad(what: str, *words: str, codec: Any = codec, name: str = name, **given: Any) -> Bad:
            method = codec.batch_encode if "batch" in what else codec.encode
            argument = "keypoints_visible" if "keypoints_visible" in given else "keypoints"
            given = {"keypoints": ones(1, 5, 2)} | given
            return Bad(f"{name} encodes {what}", lambda: method(**given), (f"`{argument}`", *words))

        instances = "1" if codec in single.values() else "N"
        wanted = f"({instances}, K, 2)"
        yield bad("two dimensions", wanted, "(5, 2)", keypoints=ones(5, 2))
        yield bad("four dimensions", wanted, "(1, 1, 5, 2)", keypoints=ones(1, 1, 5, 2))
        yield bad("three coordinates", wanted, "(1, 5, 3)", keypoints=ones(1, 5, 3))
        yield bad("a number", wanted, "()", keypoints=3.0)
        yield bad("nine dimensions", wanted, keypoints=ones(*[1] * 9))
        wanted = f"(B, {instances}, K, 2)"
        yield bad("no batch", wanted, "(1, 5, 2)", keypoints=ones(1, 5, 2))
        yield bad("batch of 3-D points", wanted, "(2, 1, 5, 3)", keypoints=ones(2, 1, 5, 3))
        for dtype in (complex, object, "U3", "S3", "M8[s]", "m8[s]", [("x", float)], "V4"):
            points = np.zeros((1, 5, 2), dtype)
            yield bad(f"points of {dtype}", "real numbers", str(points.dtype), keypoints=points)
            visible = np.zeros((1, 5), dtype)
            words = ("real numbers", str(visible.dtype))
            yield bad(f"visibilities of {dtype}", *words, keypoints_visible=visible)
        yield bad("None", "real numbers", "object", keypoints=None)
        yield bad("words", "real numbers", keypoints="keypoints")
        yield bad("a dict", "real numbers", keypoints={"x": 1})
        yield bad("ragged lists", "array of numbers", keypoints=[[[1, 2], [3]]])
        yield bad("too few visibilities", "(1, 5)", "(1, 4)", keypoints_visible=ones(1, 4))
        yield bad("flat visibilities", "(1, 5)", "(5,)", keypoints_visible=ones(5))
        yield bad("too deep visibilities", "(1, 5)", keypoints_visible=ones(1, 5, 2))
        words = ("(3, 1, 5)", "(1, 5)")
        given = {"keypoints": ones(3, 1, 5, 2), "keypoints_visible": ones(1, 5)}
        yield bad("batch without visibilities for it", *words, **given)
    for name, codec in single.items():
        phrase = "only support single-instance"
        for method, shape in (
            (codec.encode, (2, 5, 2)),
            (codec.encode, (0, 5, 2)),
            (codec.batch_encode, (3, 2, 5, 2)),
        ):
            points = ones(*shape)
            yield Bad(
                f"{name} encodes {shape}",
                lambda method=method, points=points: method(points),
                ("`keypoints`", phrase, name.split("-")[0], str(shape)),
            )


def decoders() -> Iterator[Bad]:
    heatmaps = {"MSRAHeatmap": MSRA, "MSRAHeatmap-dark": DARK, "UDPHeatmap": UDP}
    heatmaps |= {"UDPHeatmap-combined": COMBINED, "MegviiHeatmap": MEGVII}
    regressions = {"RegressionLabel": REGRESSION, "IntegralRegressionLabel": INTEGRAL}
    for name, codec in (heatmaps | regressions).items():

        def bad(what: str, encoded: Any, *words: str, codec: Any = codec, name: str = name) -> Bad:
            batch = "batch" in what
            method = codec.batch_decode if batch else codec.decode
            argument = "`batch_encoded`" if batch else "`encoded`"
            return Bad(f"{name} decodes {what}", lambda: method(encoded), (argument, *words))

        maps = name in heatmaps
        wanted = "K, H, W)" if maps else "N, K, D)"
        yield bad("two dimensions", ones(6, 4), f"({wanted}", "(6, 4)")
        yield bad("four dimensions", ones(1, 6, 4, 4), f"({wanted}", "(1, 6, 4, 4)")
        yield bad("a number", 3.0, f"({wanted}", "()")
        yield bad("no batch", ones(6, 4, 4), f"(B, {wanted}", "(6, 4, 4)")
        yield bad("batch too deep", ones(1, 1, 6, 4, 4), f"(B, {wanted}", "(1, 1, 6, 4, 4)")
        for dtype in (bool, int, "u1", complex, object, "U3", "M8[s]", [("x", float)]):
            encoded = np.zeros((6, 4, 4), dtype)
            words = ("float16, float32 or float64", str(encoded.dtype))
            yield bad(f"{dtype}", encoded, *words)
            yield bad(f"batch of {dtype}", encoded[None], *words)
        yield bad("None", None, "float16, float32 or float64", "object")
        yield bad("words", "heatmaps", "float16, float32 or float64")
        yield bad("whole numbers in lists", [[[1, 2], [3, 4]]], "float16, float32 or float64")
        yield bad("ragged lists", [[[1.0, 2.0], [3.0]]], "array of numbers")
        if maps:
            for shape in ((6, 0, 4), (6, 4, 0), (6, 0, 0)):
                yield bad(f"{shape}", ones(*shape), "at least one pixel", str(shape[1]))
                yield bad(f"batch, {shape}", ones(2, *shape), "at least one pixel", str(shape[1]))
        else:
            for columns in (0, 1, 3, 5):
                words = ("Keypoint dimension should be 2 or 4 (with sigma)", str(columns))
                yield bad(f"{columns} columns", ones(1, 5, columns), *words)
                yield bad(f"batch, {columns} columns", ones(2, 1, 5, columns), *words)
    for count in (1, 4, 5):
        words = ("3 maps per keypoint", f"{count} maps")
        yield Bad(
            f"UDPHeatmap-combined decodes {count} maps",
            lambda count=count: COMBINED.decode(ones(count, 64, 48)),
            ("`encoded`", *words),
        )
        yield Bad(
            f"UDPHeatmap-combined decodes a batch of {count} maps",
            lambda count=count: COMBINED.batch_decode(ones(2, count, 64, 48)),
            ("`batch_encoded`", *words),
        )


def simcc_decoders() -> Iterator[Bad]:
    def bad(x: Any, y: Any, *words: str) -> Bad:
        shapes = " and ".join(str(np.shape(vector)) for vector in (x, y))
        return Bad(f"SimCCLabel decodes {shapes}", lambda: SIMCC.decode(x, y), words)

    def bad_batch(x: Any, y: Any, *words: str) -> Bad:
        row = bad(x, y, *words)
        return row._replace(name=f"{row.name}, batch", call=lambda: SIMCC.batch_decode(x, y))

    wanted = "(K, Wx) or (N, K, Wx)"
    yield bad(ones(9), ones(9), "`simcc_x`", wanted, "(9,)")
    yield bad(3.0, 3.0, "`simcc_x`", wanted, "()")
    yield bad(ones(1, 1, 5, 9), ones(1, 1, 5, 9), "`simcc_x`", wanted, "(1, 1, 5, 9)")
    yield bad(ones(5, 9), ones(4, 9), "`simcc_y`", "(5,)", "(4, 9)")
    yield bad(ones(1, 5, 9), ones(5, 9), "`simcc_y`", "(1, 5)", "(5, 9)")
    yield bad(ones(5, 9), ones(1, 5, 9), "`simcc_y`", "(5,)", "(1, 5, 9)")
    yield bad(ones(5, 9), 3.0, "`simcc_y`", "(5,)", "()")
    yield bad(ones(5, 0), ones(5, 9), "`simcc_x`", "at least one bin")
    yield bad(ones(5, 9), ones(5, 0), "`simcc_y`", "at least one bin")
    wanted = "(B, K, Wx) or (B, N, K, Wx)"
    yield bad_batch(ones(5, 9), ones(5, 9), "`simcc_x`", wanted, "(5, 9)")
    yield bad_batch(ones(9), ones(9), "`simcc_x`", wanted, "(9,)")
    yield bad_batch(*[ones(1, 1, 1, 5, 9)] * 2, "`simcc_x`", wanted)
    yield bad_batch(ones(2, 5, 9), ones(3, 5, 9), "`simcc_y`", "(2, 5)", "(3, 5, 9)")
    yield bad_batch(ones(2, 5, 0), ones(2, 5, 9), "`simcc_x`", "at least one bin")
    for dtype in (bool, int, complex, object, "U3"):
        good, wrong = ones(5, 9), np.zeros((5, 9), dtype)
        words = ("float16, float32 or float64", str(wrong.dtype))
        for argument, vectors in (("`simcc_x`", (wrong, good)), ("`simcc_y`", (good, wrong))):
            row = bad(*vectors, argument, *words)
            yield row._replace(name=f"{row.name}, {argument} of {dtype}")


def outs() -> Iterator[Bad]:
    points, visible = ones(1, 5, 2), ones(1, 5)

    def good() -> dict[str, Any]:
        return {"heatmaps": ones(5, 64, 48), "keypoint_weights": ones(1, 5)}

    def bad(what: str, out: Any, *words: str, visible: Any = visible) -> Bad:
        return Bad(f"out: {what}", lambda: MSRA.encode(points, visible, out=out), words)

    names = "heatmaps", "keypoint_weights"
    for other in ([], (), 3, "out", ones(5), {"a"}):
        yield bad(f"a {type(other).__name__}", other, "`out`", "dict", *names, type(other).__name__)
    yield bad("empty", {}, "`out`", *names)
    for name in names:
        missing = {key: array for key, array in good().items() if key != name}
        yield bad(f"without {name}", missing, "`out`", "none for", name)
    yield bad("too much", good() | {"labels": ones(1)}, "`out`", "one for 'labels'")
    yield bad("too much, not a word", good() | {7: ones(1)}, "`out`", "one for 7")

    wanted = ("C-contiguous", "writable", "float32", "(5, 64, 48)")
    part = ones(5, 64, 96)[..., ::2]
    read_only = ones(5, 64, 48)
    read_only.flags.writeable = False
    unaligned = np.frombuffer(bytearray(4 * 5 * 64 * 48 + 1), np.float32, offset=1)
    for what, array, came in (
        ("float64", ones(5, 64, 48, dtype=np.float64), "float64"),
        ("float16", ones(5, 64, 48, dtype=np.float16), "float16"),
        ("int32", ones(5, 64, 48, dtype=np.int32), "int32"),
        ("other byte order", ones(5, 64, 48, dtype=">f4"), ">f4"),
        ("too few maps", ones(4, 64, 48), "(4, 64, 48)"),
        ("width and height swapped", ones(5, 48, 64), "(5, 48, 64)"),
        ("a dimension too many", ones(1, 5, 64, 48), "(1, 5, 64, 48)"),
        ("flat", ones(5 * 64 * 48), "(15360,)"),
        ("read-only", read_only, "read-only"),
        ("with gaps", part, "gaps"),
        ("backwards", ones(5, 64, 48)[::-1], "out of order"),
        ("fortran", np.asfortranarray(ones(5, 64, 48)), "out of order"),
        ("repeated", np.broadcast_to(ones(64, 48), (5, 64, 48)), ""),
        ("unaligned", unaligned.reshape(5, 64, 48), "not aligned"),
        ("lists", ones(5, 64, 48).tolist(), "list"),
        ("none", None, "None"),
    ):
        yield bad(what, good() | {"heatmaps": array}, "out['heatmaps']", *wanted, came)
    for what, given, array in (
        ("float64 weights", visible, ones(1, 5, dtype=np.float64)),
        ("float32 weights of float64", visible.astype(np.float64), ones(1, 5)),
        ("float32 weights of int64", visible.astype(np.int64), ones(1, 5)),
        ("int64 weights of int32", visible.astype(np.int32), ones(1, 5, dtype=np.int64)),
        ("weights of another shape", visible, ones(5)),
        ("int weights of another shape", visible.astype(np.int64), ones(5, 1, dtype=np.int64)),
        ("list of int weights", visible.astype(np.int64), [[1] * 5]),
        ("int weights with gaps", visible.astype(np.int64), ones(1, 10, dtype=np.int64)[:, ::2]),
    ):
        out = good() | {"keypoint_weights": array}
        words = ("out['keypoint_weights']", "C-contiguous", str(given.dtype))
        yield bad(what, out, *words, visible=given)

    memory = ones(3 + 5 * 64 * 48 + 3)
    maps = memory[3:-3].reshape(5, 64, 48)
    for what, given, weights in (
        ("first", visible, memory[3:8]),
        ("last", visible, memory[-8:-3]),
        ("before the first", visible, memory[:5]),
        ("behind the last", visible, memory[-5:]),
        ("int", visible.astype(np.int32), memory[3:8].view(np.int32)),
    ):
        out = {"heatmaps": maps, "keypoint_weights": weights.reshape(1, 5)}
        yield bad(f"overlap, {what}", out, "`out`", "share no memory", "overlap", visible=given)

    yield Bad(
        "out: of a sample for a batch",
        lambda: MSRA.batch_encode(ones(2, 1, 5, 2), out=good()),
        ("out['heatmaps']", "(2, 5, 64, 48)", "(5, 64, 48)"),
    )
    yield Bad(
        "out: of another codec",
        lambda: SIMCC.encode(points, out=good()),
        ("`out`", "keypoint_x_labels", "keypoint_y_labels"),
    )


def the_rest() -> Iterator[Bad]:
    def bad_build(what: str, cfg: Any, *words: str) -> Bad:
        return Bad(f"build: {what}", lambda: build(cfg), words)

    for cfg in (None, "UDPHeatmap", [("type", "UDPHeatmap")], UDP):
        yield bad_build(f"a {type(cfg).__name__}", cfg, "`cfg`", "dict", repr(cfg))
    for kind in (None, "UDP", "udpheatmap", 3, dict, UDP, ["UDPHeatmap"], type):
        yield bad_build(f"type {kind}", {"type": kind} | SIZES, "type", "UDPHeatmap", repr(kind))
    yield bad_build("no type", dict(SIZES), "type", "None")
    yield bad_build("no arguments", {"type": "UDPHeatmap"}, "`cfg`", "UDPHeatmap", "input_size")
    unknown = {"type": "MSRAHeatmap", "sigma": 2, "sgima": 3, **SIZES}
    yield bad_build("unknown argument", unknown, "`cfg`", "MSRAHeatmap", "sgima")
    yield bad_build("bad value", {"type": "UDPHeatmap", "sigma": -1, **SIZES}, "`sigma`", "-1")

    for threads in (-1, 1025, 2**70, 1.5, 2.0, "2", None, [2]):
        yield Bad(
            f"set_num_threads({threads!r})",
            lambda threads=threads: posecodec_rs.set_num_threads(threads),
            ("`num_threads`", "integer from 0 to 1024", repr(threads)),
        )
    for tier in ("avx9", "", "AVX2", 3, b"avx2", ["baseline"]):
        yield Bad(
            f"force_simd_tier({tier!r})",
            lambda tier=tier: posecodec_rs.force_simd_tier(tier),
            ("`tier`", "None or one of", "baseline", str(tier)),
        )


def out_of_memory() -> Iterator[Bad]:
    sizes = {"input_size": (4, 4), "heatmap_size": (2**20, 2**20)}
    for name, codec in {
        "MSRAHeatmap": MSRAHeatmap(**sizes, sigma=2.0),
        "MSRAHeatmap-dark": MSRAHeatmap(**sizes, sigma=2.0, unbiased=True),
        "UDPHeatmap": UDPHeatmap(**sizes),
        "UDPHeatmap-combined": UDPHeatmap(**sizes, heatmap_type="combined"),
        "MegviiHeatmap": MegviiHeatmap(**sizes, kernel_size=3),
        "IntegralRegressionLabel": IntegralRegressionLabel(**sizes, sigma=2.0),
        "SimCCLabel": SimCCLabel((2**20, 2), simcc_split_ratio=2.0**35),
    }.items():
        yield Bad(
            f"{name} encodes too much",
            lambda codec=codec: codec.encode(ones(1, 1, 2)),
            ("no memory for an array of", "bytes"),
            MemoryError,
        )
    # So many bytes that 64 bits do not count them.
    for name, codec, shape in (
        ("heatmaps", MSRAHeatmap(**sizes, sigma=2.0), (2**22, 2**20, 2**20)),
        ("keypoint_x_labels", SimCCLabel((2**20, 2), simcc_split_ratio=2.0**35), (1, 2**22, 2**55)),
    ):
        call = lambda codec=codec: codec.encode(ones(1, 2**22, 2))  # noqa: E731
        words = (f"`{name}`", "must have a shape that fits in memory", str(shape))
        yield Bad(f"{name} beyond addresses", call, words)
    endless = np.broadcast_to(np.float32(0), (2**20, 2**20, 2**15))
    for name, codec in {"MSRAHeatmap": MSRA, "UDPHeatmap": UDP, "MegviiHeatmap": MEGVII}.items():
        call = lambda codec=codec: codec.decode(endless)  # noqa: E731
        yield Bad(f"{name} decodes too much", call, ("Unable to allocate",), MemoryError)
    many = np.broadcast_to(np.float32(0), (1, 2**54, 2))
    call = lambda: REGRESSION.encode(many)  # noqa: E731
    yield Bad("RegressionLabel encodes too much", call, ("no memory for",), MemoryError)
    wide = {"sigma": 1e30, "simcc_split_ratio": 2.0**35}
    call = lambda: SimCCLabel((2**20, 2), **wide)  # noqa: E731
    yield Bad("SimCCLabel(sigma=1e30)", call, ("out of memory", "Gaussian"), MemoryError)


ROWS = [
    *constructors(),
    *encoders(),
    *decoders(),
    *simcc_decoders(),
    *outs(),
    *the_rest(),
    *out_of_memory(),
]


@pytest.mark.parametrize(
    ("call", "words", "error"), [pytest.param(*r[1:], id=r.name) for r in ROWS]
)
def test_wrong_input_is_refused(
    call: Callable[[], object], words: tuple[str, ...], error: type[Exception]
) -> None:
    assert_refused(call, words, error)


def test_every_codec_and_call_has_rows() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names) > 100
    for codec in SIX:
        assert any(name.startswith(f"{codec}(") for name in names)
        assert sum(name.startswith(codec) for name in names) > 20


@pytest.mark.parametrize(("cls", "kwargs"), SIX.values(), ids=SIX)
def test_unknown_and_missing_arguments(cls: type[Any], kwargs: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="nonsense"):
        cls(**kwargs, nonsense=1)
    with pytest.raises(TypeError, match="input_size"):
        cls()
    codec = cls(**kwargs)
    for method in (codec.encode, codec.batch_encode, codec.decode, codec.batch_decode):
        with pytest.raises(TypeError):
            method()
    with pytest.raises(TypeError):
        codec.encode(ones(1, 1, 2), None, {})  # `out` has a name


class Liar:
    """Says that it is an array, and fails."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("no array today")


class Endless:
    """A size without an end."""

    def __iter__(self) -> Iterator[int]:
        while True:
            yield 1


class Mute:
    """Cannot be shown."""

    def __repr__(self) -> str:
        raise ZeroDivisionError("no words today")


JUNK = (None, "words", b"bytes", {}, set(), object(), type, Liar(), Mute(), [[], [1.0]], 1j, ...)


@each_config
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
def test_junk_is_refused_everywhere(config: Config, junk: Any) -> None:
    codec = config.make()
    arguments = 2 if config.codec == "SimCCLabel" else 1
    points = ones(1, 5, 2)
    calls: list[Callable[[], object]] = [
        lambda: codec.encode(junk),
        lambda: codec.batch_encode(junk),
        lambda: codec.decode(*[junk] * arguments),
        lambda: codec.batch_decode(*[junk] * arguments),
        lambda: type(codec)(**(dict(config.kwargs) | {"input_size": junk})),
    ]
    if junk is not None:
        calls.append(lambda: codec.encode(points, junk))
        calls.append(lambda: codec.encode(points, out=junk))
        calls.append(lambda: codec.encode(points, out=dict.fromkeys(codec.encode(points), junk)))
    for call in calls:
        with pytest.raises(InvalidInputError) as caught:
            call()
        assert "panick" not in str(caught.value)


def test_the_cause_is_kept() -> None:
    with pytest.raises(InvalidInputError, match="no array today") as caught:
        UDP.decode(Liar())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_endless_size() -> None:
    with pytest.raises(InvalidInputError, match="input_size"):
        RegressionLabel(Endless())


def test_interrupts_are_not_swallowed() -> None:
    class Interrupted:
        def __array__(self, *_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        UDP.decode(Interrupted())


def test_out_is_left_alone_where_the_input_is_wrong() -> None:
    out = {"heatmaps": ones(5, 64, 48), "keypoint_weights": ones(1, 5)}
    with pytest.raises(InvalidInputError):
        MSRA.encode(ones(1, 5, 2), ones(1, 4), out=out)
    with pytest.raises(InvalidInputError):
        MSRA.encode(ones(1, 5, 2), ones(1, 5, dtype=np.int64), out=out)
    assert all((array == 1).all() for array in out.values())


LIMITED = {
    "MSRAHeatmap": "MSRAHeatmap((192, 256), (48, 64), 2.0, True, 65535).decode(maps)",
    "UDPHeatmap": "UDPHeatmap((192, 256), (48, 64), blur_kernel_size=65535).decode(maps)",
    "UDPHeatmap-combined": (
        "UDPHeatmap((192, 256), (48, 64), 'combined', blur_kernel_size=65536).decode(maps)"
    ),
    "MegviiHeatmap": "MegviiHeatmap((192, 256), (48, 64), 65535).decode(maps)",
    "SimCCLabel": "SimCCLabel((192, 256), sigma=9800, use_dark=True).decode(maps[0], maps[0])",
}


@pytest.mark.parametrize("call", LIMITED.values(), ids=LIMITED)
def test_a_kernel_beyond_memory_is_no_abort(call: str) -> None:
    """Answered within 8 GB of memory, or `MemoryError`, or refused when the codec is made."""
    pytest.importorskip("resource")
    program = f"""
        import resource
        import numpy
        from posecodec_rs import *
        resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
        maps = numpy.random.default_rng(0).random((3, 64, 48), numpy.float32)
        try:
            {call}
        except (MemoryError, InvalidInputError):
            pass
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
