"""Wrong calls: rows of them, and the rows that several codecs share.

A row has a call, words that the message must have, and the class of the error. Functions that make
rows take `bad`, which makes one row of an argument, a wrong value and the words.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
from posecodec_rs import InvalidInputError

from .messages import EMPTY_MAPS, FLOATS, NUMERIC

Rows = Iterator["Bad"]
MakeRow = Callable[..., "Bad"]


class Bad(NamedTuple):
    """A wrong call, words that its message must have, and what is raised."""

    name: str
    call: Callable[[], object]
    words: tuple[str, ...]
    error: type[Exception] = InvalidInputError

    def check(self) -> None:
        """The call raises this error, whose message has these words."""
        with pytest.raises(self.error) as caught:
            self.call()
        assert caught.type is self.error or self.error is MemoryError
        message = str(caught.value)
        assert "panick" not in message
        for word in self.words:
            assert word in message
        if self.error is InvalidInputError:
            assert isinstance(caught.value, ValueError)
            assert isinstance(caught.value, AssertionError)
            patterns = (", but got ", "got invalid", "` was given without `")
            assert any(pattern in message for pattern in patterns)


def rows_of_calls(rows: Iterable[Bad]) -> dict[str, list[Bad]]:
    """Rows by the constructor or method that they call and its first wrong argument."""
    calls: dict[str, list[Bad]] = {}
    for row in rows:
        call, equals, _ = row.name.partition("=")
        calls.setdefault(f"{call})" if equals else call, []).append(row)
    return calls


def ones(*shape: int, dtype: Any = np.float32) -> Any:
    return np.ones(shape, dtype)


def describe(value: Any) -> str:
    """A value for the name of a row."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}"
    shown = f"{value!r:.60}"
    # Addresses differ between the processes of a test run.
    return type(value).__name__ if " at 0x" in shown else shown


# Constructors


def constructor(codec: type[Any], **usual: Any) -> MakeRow:
    """Makes rows of a constructor: `bad(argument, value, *words, **other_arguments)`."""

    def bad(argument: str, value: Any, *words: str, **others: Any) -> Bad:
        given = others | {argument: value}
        kwargs = usual | given
        shown = ", ".join(f"{name}={describe(item)}" for name, item in given.items())
        return Bad(f"{codec.__name__}({shown})", lambda: codec(**kwargs), (f"`{argument}`", *words))

    return bad


NOT_POSITIVE = ((0, "0"), (-1.0, "-1"), (np.nan, "NaN"), (np.inf, "inf"))
NOT_FINITE = ((np.nan, "NaN"), (np.inf, "inf"))


def sizes(bad: MakeRow, *arguments: str) -> Rows:
    """Widths and heights."""
    wanted = "two positive integers"
    for argument in arguments:
        for value, shown in (
            ((0, 256), "(0, 256)"),
            ((192, -1), "-1"),
            ((192.0, 256), "192.0"),
            ("192x256", "'192x256'"),
            ((192,), "1 values"),
            ((192, 256, 3), "3 values"),
            (192, "192"),
            (None, "None"),
            ((True, 256), "True"),
            ((2**70, 2), str(2**70)),
            (("a", "b"), "'a'"),
            (np.array([192.5, 256]), "192.5"),
            (np.ones((2, 2), int), ""),
        ):
            yield bad(argument, value, wanted, shown)
        for value in ((2**40, 2**40), (4, 2**40)):
            yield bad(argument, value, "memory", str(2**40))


def sizes_3d(bad: MakeRow, argument: str) -> Rows:
    for value in ((0, 4, 4), (4, -4, 4), (4, 4), (4, 4, 4, 4), 64, None, "4x4x4", (4, 4, 4.0)):
        yield bad(argument, value, "three positive integers")
    yield bad(argument, (4, 2**40, 4), "memory")


def odd_kernels(bad: MakeRow, argument: str) -> Rows:
    for value in (0, 4, 10):
        yield bad(argument, value, "positive odd integer", str(value))
    for value in (-3, 11.0, "11", True, None, 2**70, (11, 11), np.nan):
        yield bad(argument, value, "positive integer", str(value))
    yield bad(argument, 2**40 + 1, "at most", str(2**40 + 1))


def integers(bad: MakeRow, argument: str, *, may_be_none: bool = False) -> Rows:
    """Integers that are not negative."""
    for value in (-1, 2.5, "30", *([] if may_be_none else [None])):
        yield bad(argument, value, "positive integer", repr(value))


def positive_integers(bad: MakeRow, argument: str) -> Rows:
    yield bad(argument, 0, "positive integer", "0")
    yield from integers(bad, argument)


def positive_numbers(bad: MakeRow, argument: str, **others: Any) -> Rows:
    for value, shown in NOT_POSITIVE:
        yield bad(argument, value, "positive finite number", shown, **others)
    for value in ("2", True, 1j):
        yield bad(argument, value, "number", repr(value), **others)


def finite_numbers(bad: MakeRow, argument: str) -> Rows:
    for value, shown in NOT_FINITE:
        yield bad(argument, value, "finite number", shown)
    for value in ("5", None, (5, 5)):
        yield bad(argument, value, "number", repr(value))


def bools(bad: MakeRow, *arguments: str) -> Rows:
    for argument in arguments:
        for value in ("yes", 2, 0.5, []):
            yield bad(argument, value, "bool", repr(value))


def options(bad: MakeRow, argument: str, *words: str) -> Rows:
    """Strings that must be one of several; `words` are the options in the message."""
    for value in ("round", "KPT_CENTER", ""):
        yield bad(argument, value, value, *words)
    for value in (3, None, b"gaussian", ("gaussian",)):
        yield bad(argument, value, "str", repr(value))


# Methods


def method(codec: Any, name: str, usual: dict[str, Any], label: str = "") -> MakeRow:
    """Makes rows of a method: `bad(argument, value, *words, **other_arguments)`."""

    def bad(argument: str, value: Any, *words: str, **others: Any) -> Bad:
        given = {argument: value} | others
        args, call = usual | given, getattr(codec, name)
        shown = ", ".join(f"{key}={describe(item)}" for key, item in given.items())
        of = label or type(codec).__name__
        return Bad(f"{of}.{name}({shown})", lambda: call(**args), (f"`{argument}`", *words))

    return bad


NOT_REAL = (complex, object, "U3", "S3", "M8[s]", "m8[s]", [("x", float)], "V4")
NOT_FLOATING = (bool, int, "u1", complex, object, "U3", "M8[s]", [("x", float)])


def keypoints(codec: Any, count: str, label: str = "") -> Rows:
    """Keypoints and visibilities of the encoders of 2D keypoints.

    Args:
        codec: The codec.
        count: The number of instances in messages: "1" or "N".
        label: The codec's name in the names of the rows.
    """
    usual = {"keypoints": ones(1, 5, 2)}
    bad, bad_batch = (method(codec, name, usual, label) for name in ("encode", "batch_encode"))
    wanted = f"({count}, K, 2)"
    for points, shown in (
        (ones(5, 2), "(5, 2)"),
        (ones(1, 1, 5, 2), "(1, 1, 5, 2)"),
        (ones(1, 5, 3), "(1, 5, 3)"),
        (3.0, "()"),
        (ones(*[1] * 9), ""),
    ):
        yield bad("keypoints", points, wanted, shown)
    for dtype in NOT_REAL:
        points, visible = np.zeros((1, 5, 2), dtype), np.zeros((1, 5), dtype)
        yield bad("keypoints", points, NUMERIC, str(points.dtype))
        yield bad("keypoints_visible", visible, NUMERIC, str(visible.dtype))
    for points in (None, "keypoints", {"x": 1}):
        yield bad("keypoints", points, NUMERIC)
    yield bad("keypoints", [[[1, 2], [3]]], NUMERIC)
    for visible, shown in (
        (ones(1, 4), "(1, 4)"),
        (ones(5), "(5,)"),
        (ones(1, 5, 2), "(1, 5, 2)"),
    ):
        yield bad("keypoints_visible", visible, "(1, 5)", shown)
    if count == "1":
        phrase = ("only support single-instance", type(codec).__name__)
        for points in (ones(2, 5, 2), ones(0, 5, 2)):
            yield bad("keypoints", points, *phrase, str(points.shape))
        yield bad_batch("keypoints", ones(3, 2, 5, 2), *phrase, "(3, 2, 5, 2)")


def keypoint_batches(codec: Any, count: str, label: str = "") -> Rows:
    """Batches of keypoints, of the encoders that take no lists of images."""
    bad = method(codec, "batch_encode", {"keypoints": ones(1, 1, 5, 2)}, label)
    wanted = f"(B, {count}, K, 2)"
    yield bad("keypoints", ones(1, 5, 2), wanted, "(1, 5, 2)")
    yield bad("keypoints", ones(2, 1, 5, 3), wanted, "(2, 1, 5, 3)")
    words = ("(3, 1, 5)", "(1, 5)")
    yield bad("keypoints_visible", ones(1, 5), *words, keypoints=ones(3, 1, 5, 2))


def maps(codec: Any, dims: str, label: str = "") -> Rows:
    """Encoded arrays of three dimensions; `dims` names these in messages."""
    for name, argument, batch in (
        ("decode", "encoded", False),
        ("batch_decode", "batch_encoded", True),
    ):
        bad = method(codec, name, {}, label)
        wanted = f"(B, {dims})" if batch else f"({dims})"
        for shape in ((6, 4, 4), (1, 1, 6, 4, 4)) if batch else ((6, 4), (1, 6, 4, 4)):
            yield bad(argument, ones(*shape), wanted, str(shape))
        for dtype in NOT_FLOATING:
            encoded = np.zeros((6, 4, 4), dtype)
            yield bad(argument, encoded[None] if batch else encoded, FLOATS, str(encoded.dtype))
        if not batch:
            yield bad(argument, 3.0, wanted, "()")
            yield bad(argument, None, FLOATS, "object")
            yield bad(argument, "heatmaps", FLOATS)
            yield bad(argument, [[[1, 2], [3, 4]]], FLOATS)
            yield bad(argument, [[[1.0, 2.0], [3.0]]], NUMERIC)


def empty_maps(codec: Any, label: str = "") -> Rows:
    for name, argument, batch in (
        ("decode", "encoded", ()),
        ("batch_decode", "batch_encoded", (2,)),
    ):
        bad = method(codec, name, {}, label)
        for shape in ((6, 0, 4), (6, 4, 0), (6, 0, 0)):
            yield bad(argument, ones(*batch, *shape), EMPTY_MAPS, str(shape[1]))


def regressed(codec: Any) -> Rows:
    """Regressed coordinates (N, K, D)."""
    yield from maps(codec, "N, K, D")
    for name, argument, batch in (
        ("decode", "encoded", ()),
        ("batch_decode", "batch_encoded", (2,)),
    ):
        bad = method(codec, name, {})
        for columns in (0, 1, 3, 5):
            words = ("Keypoint dimension should be 2 or 4 (with sigma)", str(columns))
            yield bad(argument, ones(*batch, 1, 5, columns), *words)


def too_large(codec: Any, label: str) -> Rows:
    """Targets that do not fit in memory; the codec's heatmaps have 2^40 pixels."""
    yield Bad(
        f"{label}.encode(too much)",
        lambda: codec.encode(ones(1, 1, 2)),
        ("Unable to allocate", "array"),
        MemoryError,
    )


def endless_maps(codec: Any) -> Rows:
    """Heatmaps that no copy can be made of."""
    endless = np.broadcast_to(np.float32(0), (2**20, 2**20, 2**15))
    yield Bad(
        f"{type(codec).__name__}.decode(too much)",
        lambda: codec.decode(endless),
        ("out of memory", "bytes"),
        MemoryError,
    )


HUGE_SIZES: dict[str, Any] = {"input_size": (4, 4), "heatmap_size": (2**20, 2**20)}
