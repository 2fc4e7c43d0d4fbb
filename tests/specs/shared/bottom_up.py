"""What the specs of bottom-up codecs share: wrong keypoints and wrong pairs of outputs."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from .bad import NOT_REAL, Bad, MakeRow, describe, method, ones
from .messages import AT_LEAST_ONE_IMAGE, FLOATS, NUMERIC

SMALL: dict[str, Any] = {"input_size": (36, 32), "heatmap_size": (9, 8)}
ROOT_TYPES = "'kpt_center' or 'bbox_center'"


def root_types(row: MakeRow) -> Iterator[Bad]:
    for value in ("kpt", "KPT_CENTER", ""):
        yield row("root_type", value, ROOT_TYPES, f"'{value}'")
    for value in (None, 1, b"kpt_center"):
        yield row("root_type", value, "str", repr(value))


def keypoints(codec: Any) -> Iterator[Bad]:
    """Keypoints and visibilities of one image."""
    row = method(codec, "encode", {"keypoints": ones(2, 3, 2)})
    wanted = "(N, K, 2)"
    for points, shown in (
        (ones(3, 2), "(3, 2)"),
        (ones(1, 2, 3, 2), "(1, 2, 3, 2)"),
        (ones(2, 3, 3), "(2, 3, 3)"),
        (3.0, "()"),
    ):
        yield row("keypoints", points, wanted, shown)
    for dtype in NOT_REAL:
        points, visible = np.zeros((2, 3, 2), dtype), np.zeros((2, 3), dtype)
        yield row("keypoints", points, NUMERIC, str(points.dtype))
        yield row("keypoints_visible", visible, NUMERIC, str(visible.dtype))
    yield row("keypoints", None, NUMERIC, "object")
    yield row("keypoints", "keypoints", NUMERIC)
    yield row("keypoints", [[[1, 2], [3]]], NUMERIC)
    yield row("keypoints_visible", ones(2, 2), "(2, 3)", "(2, 2)")
    yield row("keypoints_visible", ones(3), "(2, 3)", "(3,)")


def lists(codec: Any) -> Iterator[Bad]:
    """Keypoints and visibilities of lists of images, and of batches."""
    several, one = ones(2, 3, 2), ones(1, 3, 2)
    row = method(codec, "batch_encode", {})
    yield row("keypoints", ones(2, 3, 2), "must be of shape", "3, 2)")
    yield row("keypoints", [], AT_LEAST_ONE_IMAGE)
    yield row("keypoints", [several, ones(2, 4, 2)], "keypoints")
    yield row("keypoints", [ones(3, 2)], "(N, K, 2)", "(3, 2)")
    yield row("keypoints", [None], NUMERIC)
    yield row("keypoints", itertools.repeat(several), "keypoints")
    row = method(codec, "batch_encode", {"keypoints": [several, one]})
    for visible in ([ones(2, 3)], [], 3, "seen", itertools.repeat(ones(2, 3)), {"a": 1, "b": 2}):
        yield row("keypoints_visible", visible)
    yield row("keypoints_visible", [ones(2, 3), ones(2, 3)], "(1, 3)", "(2, 3)")
    row = method(codec, "batch_encode", {"keypoints": ones(2, 2, 3, 2)})
    yield row("keypoints_visible", ones(2, 3), "3")


def pair_row(codec: Any, decode: str) -> MakeRow:
    """Makes rows of a decoder of two arrays: `row(first, second, *words)`."""

    def row(first: Any, second: Any, *words: str) -> Bad:
        name = f"{type(codec).__name__}.{decode}({describe(first)}, {describe(second)})"
        return Bad(name, lambda: getattr(codec, decode)(first, second), words)

    return row


def not_floating(row: MakeRow, first: Any, second: Any, names: tuple[str, str]) -> Iterator[Bad]:
    """Each array of a pair in other dtypes than those of floating point."""
    for dtype in (bool, int, complex, object, "U3"):
        wrong = first.astype(dtype)
        yield row(wrong, second, f"`{names[0]}`", FLOATS, str(wrong.dtype))
        yield row(first, second.astype(dtype), f"`{names[1]}`", FLOATS)


def out_rows(codec: Any, names: tuple[str, ...]) -> Iterator[Bad]:
    """Wrong `out` for one image."""
    points = ones(2, 3, 2)
    good = codec.encode(points)

    def row(what: str, out: Any, *words: str) -> Bad:
        name = f"{type(codec).__name__}, out: {what}"
        return Bad(name, lambda: codec.encode(points, out=out), words)

    for out in ([], 3, "out", {}):
        yield row(repr(out), out, "`out`", *names)
    yield row("too much", good | {"labels": points}, "`out`", "one for 'labels'")
    for name in names:
        rest = {other: array for other, array in good.items() if other != name}
        yield row(f"without {name}", rest, "`out`", "none for", name)
        wrong = good[name].astype(np.float16)
        words = (f"out['{name}']", str(good[name].dtype), "float16")
        yield row(f"{name} of float16", good | {name: wrong}, *words)
        wrong = good[name][..., None]
        yield row(
            f"{name} too deep", good | {name: wrong}, f"out['{name}']", f"shape {wrong.shape}"
        )
