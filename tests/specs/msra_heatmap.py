"""`MSRAHeatmap`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import MSRAHeatmap

from .shared import bad, strategies, top_down
from .shared.golden import (
    Case,
    Size,
    bumps,
    encode_cases,
    map_decode_cases,
    noise,
    place,
    targets,
)
from .shared.golden_flip import flipped_maps
from .shared.inputs import ODD_SIZES, SIZES, heatmap_args, target_heatmap_shapes
from .spec import Config, Spec

NAME = "MSRAHeatmap"


def bad_rows() -> Iterator[bad.Bad]:
    constructor = bad.constructor(MSRAHeatmap, **SIZES, sigma=2.0)
    yield from bad.sizes(constructor, "input_size", "heatmap_size")
    yield from bad.odd_kernels(constructor, "blur_kernel_size")
    yield from bad.positive_numbers(constructor, "sigma")
    yield constructor("sigma", None, "number", "None")
    yield constructor("sigma", (2.0, 2.0), "number", "(2.0, 2.0)")
    yield from bad.bools(constructor, "unbiased")
    codec, dark = (MSRAHeatmap(**SIZES, sigma=2.0, unbiased=dark) for dark in (False, True))
    yield from bad.keypoints(codec, "1")
    yield from bad.keypoint_batches(codec, "1")
    for label, decoder in ((NAME, codec), (f"{NAME}-dark", dark)):
        yield from bad.maps(decoder, "K, H, W", label)
        yield from bad.empty_maps(decoder, label)
    yield from bad_out_rows(codec)
    for unbiased in (False, True):
        huge = MSRAHeatmap(**bad.HUGE_SIZES, sigma=2.0, unbiased=unbiased)
        yield from bad.too_large(huge, f"{NAME}-{unbiased}")
    huge, shape = MSRAHeatmap(**bad.HUGE_SIZES, sigma=2.0), (2**22, 2**20, 2**20)
    words = ("`heatmaps`", "must have a shape that fits in memory", str(shape))
    call = lambda: huge.encode(bad.ones(1, 2**22, 2))  # noqa: E731
    yield bad.Bad(f"{NAME}.encode(more bytes than 64 bits count)", call, words)
    yield from bad.endless_maps(codec)


def bad_out_rows(codec: MSRAHeatmap) -> Iterator[bad.Bad]:
    """Wrong `out`: more kinds than `test_bad_out.py` tries with all codecs."""
    ones = bad.ones
    points, visible = ones(1, 5, 2), ones(1, 5)

    def good() -> dict[str, Any]:
        return {"heatmaps": ones(5, 64, 48), "keypoint_weights": ones(1, 5)}

    def row(what: str, out: Any, *words: str, visible: Any = visible) -> bad.Bad:
        call = lambda: codec.encode(points, visible, out=out)  # noqa: E731
        return bad.Bad(f"{NAME}, out: {what}", call, words)

    names = "heatmaps", "keypoint_weights"
    for other in ([], (), 3, "out", ones(5), {"a"}):
        yield row(f"a {type(other).__name__}", other, "`out`", "dict", *names, type(other).__name__)
    yield row("empty", {}, "`out`", *names)
    for name in names:
        missing = {key: array for key, array in good().items() if key != name}
        yield row(f"without {name}", missing, "`out`", "none for", name)
    yield row("too much", good() | {"labels": ones(1)}, "`out`", "one for 'labels'")
    yield row("too much, not a string", good() | {7: ones(1)}, "`out`", "one for 7")

    wanted = ("C-contiguous", "writable", "float32", "(5, 64, 48)")
    part = ones(5, 64, 96)[..., ::2]
    read_only = ones(5, 64, 48)
    read_only.flags.writeable = False
    unaligned = np.frombuffer(bytearray(4 * 5 * 64 * 48 + 1), np.float32, offset=1)
    for what, array, shown in (
        ("float64", ones(5, 64, 48, dtype=np.float64), "float64"),
        ("float16", ones(5, 64, 48, dtype=np.float16), "float16"),
        ("int32", ones(5, 64, 48, dtype=np.int32), "int32"),
        ("other byte order", ones(5, 64, 48, dtype=">f4"), ">f4"),
        ("too few maps", ones(4, 64, 48), "(4, 64, 48)"),
        ("width and height swapped", ones(5, 48, 64), "(5, 48, 64)"),
        ("a dimension too many", ones(1, 5, 64, 48), "(1, 5, 64, 48)"),
        ("flat", ones(5 * 64 * 48), "(15360,)"),
        ("read-only", read_only, "read-only"),
        ("with gaps", part, "not contiguous"),
        ("backwards", ones(5, 64, 48)[::-1], "not contiguous"),
        ("fortran", np.asfortranarray(ones(5, 64, 48)), "not contiguous"),
        ("repeated", np.broadcast_to(ones(64, 48), (5, 64, 48)), ""),
        ("unaligned", unaligned.reshape(5, 64, 48), "not aligned"),
        ("lists", ones(5, 64, 48).tolist(), "list"),
        ("none", None, "None"),
    ):
        yield row(what, good() | {"heatmaps": array}, "out['heatmaps']", *wanted, shown)
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
        yield row(what, out, *words, visible=given)

    memory = ones(3 + 5 * 64 * 48 + 3)
    maps = memory[3:-3].reshape(5, 64, 48)
    for what, given, weights in (
        ("first", visible, memory[3:8]),
        ("last", visible, memory[-8:-3]),
        ("before the first", visible, memory[:5]),
        ("after the last", visible, memory[-5:]),
        ("int", visible.astype(np.int32), memory[3:8].view(np.int32)),
    ):
        out = {"heatmaps": maps, "keypoint_weights": weights.reshape(1, 5)}
        yield row(f"overlap, {what}", out, "`out`", "share no memory", "overlap", visible=given)
    yield bad.Bad(
        f"{NAME}, out: of a sample for a batch",
        lambda: codec.batch_encode(ones(2, 1, 5, 2), out=good()),
        ("out['heatmaps']", "(2, 5, 64, 48)", "(5, 64, 48)"),
    )


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    biased = [size.kwargs | {"sigma": sigma} for sigma in (2.0, 1.5, 0.9, 3)]
    dark = [size.kwargs | {"sigma": 2.0, "unbiased": True}]
    dark.append(size.kwargs | {"sigma": 3, "unbiased": True, "blur_kernel_size": 17})
    for i, kwargs in enumerate((*biased, *dark)):
        yield from encode_cases(rng, size, kwargs, size.stride, i)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    noisy = noise(rng, network.shape, 1.0, 2**-9)
    inside = place(rng, size, "inside", size.stride)
    for note, encoded in {
        "network-like": network,
        "at the border": border,
        "one joint": network[2:3],
        "17 joints": bumps(rng, size, joints=17)[0],
        "own targets": targets(NAME, biased[1], inside),
        "noise with negatives": noisy,
        "an all-zero and an all-negative map": np.stack([0 * noisy[0], noisy[0] - 2, noisy[1]]),
        "network-like, float16": network.astype(np.float16),
        "noise with negatives, float64": noisy[:3] + rng.normal(0, 1e-9, noisy[:3].shape),
    }.items():
        yield Case(biased[0], "decode", {"encoded": encoded}, note)
    for kwargs in dark:
        own = targets(NAME, kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(dark[0], {"one joint": network[2:3]})
    # A peak of few pixels under a small blur: the logarithm of zeros.
    narrow = dark[0] | {"blur_kernel_size": 3}
    cut = np.where(network > 0.8 * network.max((1, 2), keepdims=True), network, 0)
    yield from map_decode_cases(narrow, {"cut off": cut})
    yield from flipped_maps({"sigma": 2.0})(rng, size)
    yield from flipped_maps({"sigma": 2.0, "unbiased": True, "blur_kernel_size": 7})(rng, size)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, dtype]


SPEC = Spec(
    codec=MSRAHeatmap,
    family="heatmap",
    configs=(
        Config(NAME, SIZES | {"sigma": 2.0}),
        Config(NAME, ODD_SIZES | {"sigma": 1.5}, 5, note="odd"),
        Config(NAME, SIZES | {"sigma": 2.0, "unbiased": True}, note="dark"),
        Config(
            NAME,
            ODD_SIZES | {"sigma": 3, "unbiased": True, "blur_kernel_size": 17},
            note="dark-odd",
        ),
        Config(
            NAME,
            SIZES | {"sigma": 2.0, "unbiased": True, "blur_kernel_size": 61},
            note="dark-wide",
        ),
    ),
    decode_args=heatmap_args,
    shapes=target_heatmap_shapes,
    flips=True,
    attributes={
        "": (
            SIZES | {"sigma": 2},
            {
                "unbiased": False,
                "blur_kernel_size": 11,
                "scale_factor": np.array([4, 4], np.float32),
            },
        ),
        "odd": (
            ODD_SIZES | {"sigma": 1.5, "unbiased": True, "blur_kernel_size": 17},
            {"scale_factor": np.array([3.3333333, 3.5714285], np.float32)},
        ),
    },
    labels=["keypoint_weights"],
    fields=["heatmaps"],
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(
        NAME,
        strategies.with_sizes(
            {"sigma": strategies.sigmas},
            unbiased=st.booleans(),
            blur_kernel_size=strategies.odd,
        ),
    ),
    decoded_dtypes=decoded_dtypes,
)
