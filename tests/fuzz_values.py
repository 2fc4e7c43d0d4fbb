"""Arbitrary arguments: nearly valid ones, and objects of any kind."""

import ctypes
import datetime
import decimal
import itertools
import mmap
import random
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

PROT_NONE = 0
"""Of `sys/mman.h`."""


class HostileError(Exception):
    """What hostile arguments raise by themselves."""


class Raising:
    """Whatever is asked of it fails."""

    def _fail(self, *_: Any) -> Any:
        raise HostileError

    __array__ = __index__ = __float__ = __bool__ = __len__ = __getitem__ = __iter__ = _fail
    __eq__ = __hash__ = __repr__ = _fail  # type: ignore[assignment]


class Changing:
    """An array of another shape each time that it is asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self.calls += 1
        return np.ones((1, self.calls, 2), dtype)


class Endless:
    """A sequence that says it is longer than memory."""

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: Any) -> float:
        return 0.5


class Number:
    """An integer and a float by its own account."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        return self.value

    def __float__(self) -> Any:
        return self.value

    def __repr__(self) -> str:
        return f"Number({self.value!r})"


class Labelled(np.ndarray):  # type: ignore[type-arg]
    """An array of a class of its own."""


INTEGERS = (0, 1, 2, 3, 5, 17, 48, 64, 255, -1, -2, 2**16, 2**20, 2**20 + 1, 2**31, 2**32 + 1)
HUGE = (2**63 - 1, 2**63, -(2**63), 2**64, 10**30, -(10**30))
FLOATS = (0.0, -0.0, 0.5, 1.0, 2.5, -1.0, 1e-30, 1e30, 1e308, -1e308, 5e-324, 65504.0, 3.4e38)
NOT_FINITE = (float("nan"), float("inf"), float("-inf"))
TEXTS = ("", "gaussian", "combined", "standard", "train", "bbox_center", "\ud800", "\0", "é" * 99)
DTYPES = ("e", "f", "d", "b", "B", "h", "i", "q", "Q", "?", "g", "F", "D", "O", "S3", "U2", "M8[s]")
LIMITS = (*FLOATS, *NOT_FINITE, np.finfo(np.float32).max, np.finfo(np.float64).max)


def number(draw: random.Random) -> Any:
    """A number of any kind and size."""
    value = draw.choice((*INTEGERS, *FLOATS, *NOT_FINITE, *HUGE))
    wrap = draw.choice((*[lambda value: value] * 5, np.float64, np.float16, np.array, Number, str))
    try:
        return wrap(value)
    except (OverflowError, ValueError):
        return value


def objects(draw: random.Random) -> Any:
    """Anything."""
    circular: list[Any] = []
    circular.append(circular)
    deep: list[Any] = []
    for _ in range(draw.choice((3, 70, 2000))):
        deep = [deep]
    makers: tuple[Callable[[], Any], ...] = (
        lambda: None,
        lambda: draw.choice((True, False, Ellipsis, NotImplemented, int, len, sys, slice(3))),
        lambda: draw.choice(TEXTS),
        lambda: draw.choice((b"", b"bytes", bytearray(9), memoryview(b"12345678"))),
        lambda: draw.choice((1j, decimal.Decimal("1.5"), datetime.date.min, range(4), {1, 2})),
        lambda: draw.choice(
            ({}, {"heatmaps": None}, {"w": 1}, {1: 2}, SimpleNamespace(shape=(2,)))
        ),
        lambda: (value for value in (1.0, 2.0)),
        lambda: draw.choice((circular, deep, [[1, 2], [3]], [[]], [], (), [None], ["a", 1])),
        lambda: [number(draw) for _ in range(draw.randrange(5))],
        lambda: tuple(number(draw) for _ in range(draw.randrange(4))),
        lambda: draw.choice((Raising(), Changing(), Endless(), Number("x"), Number(1e999))),
        lambda: np.zeros(2, [("x", "f4"), ("y", "f8")]),
        lambda: np.broadcast_to(np.float32(1), draw.choice(((1, 2**12, 2), (2**20, 2**20, 2)))),
        lambda: np.ma.masked_array(np.ones((1, 3, 2)), mask=True),
        lambda: np.void(b"abc"),
    )
    return draw.choice(makers)()


class Fence(mmap.mmap):
    """Memory for an array: `before` bytes before it, and an inaccessible page after it."""

    before = 0


def guarded(array: np.ndarray) -> np.ndarray:
    """The same values right before memory that may not be touched: to reach beyond is a crash."""
    if not sys.platform.startswith("linux") or not array.nbytes or array.dtype.hasobject:
        return array
    used = -(-array.nbytes // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = Fence(-1, used + mmap.PAGESIZE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    page = ctypes.c_void_p(start + used)
    if ctypes.CDLL(None).mprotect(page, ctypes.c_size_t(mmap.PAGESIZE), PROT_NONE):
        raise OSError("no guard page")
    memory.before = used - array.nbytes
    memory[: memory.before] = b"\xa5" * memory.before
    guarded = np.frombuffer(memory, array.dtype, array.size, memory.before).reshape(array.shape)
    guarded[...] = array
    return guarded


def broken_guard(array: Any) -> bool:
    """Whether something was written before a `guarded` array, or before what is part of one."""
    while isinstance(array, np.ndarray):
        array = array.base
    memory = array.obj if isinstance(array, memoryview) else array
    return isinstance(memory, Fence) and memory[: memory.before].strip(b"\xa5") != b""


def of_type(array: np.ndarray, dtype: str) -> np.ndarray:
    """The array as another type. NumPy itself ends the process over a text that is no date."""
    return array if array.dtype.kind in "SU" and dtype.startswith("M8") else array.astype(dtype)


def changed_array(draw: random.Random, array: np.ndarray) -> Any:
    """An array near this one."""
    if array.size > 1 << 18:  # a huge one, which changed would have to be there
        return array
    changes: tuple[Callable[[np.ndarray], Any], ...] = (
        lambda array: of_type(array, draw.choice(DTYPES)),
        lambda array: array.astype(draw.choice("efd")),
        lambda array: array.astype(array.dtype.newbyteorder()),
        lambda array: np.flip(array),
        lambda array: array.T.copy().T,
        lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
        lambda array: np.frombuffer(b"\0" + array.tobytes(), array.dtype, array.size, 1).reshape(
            array.shape
        ),
        lambda array: array[: draw.randrange(3)],
        lambda array: array[..., : draw.randrange(4)],
        lambda array: array[..., None],
        lambda array: array[None],
        lambda array: array[0],
        lambda array: np.concatenate([array] * draw.randrange(1, 4), draw.randrange(array.ndim)),
        lambda array: np.moveaxis(array, 0, -1),
        lambda array: np.broadcast_to(array, (draw.randrange(4), *array.shape)),
        lambda array: np.broadcast_to(array.flat[0], array.shape),
        lambda array: array * draw.choice(LIMITS),
        lambda array: np.full_like(array, draw.choice(LIMITS)),
        lambda array: with_limits(draw, array),
        lambda array: with_limits(draw, array),
        lambda array: array.tolist(),
        lambda array: list(array),
        lambda array: array.view(Labelled),
        lambda array: memoryview(np.ascontiguousarray(array)),
        lambda array: array.reshape(-1),
        lambda array: np.empty(draw.choice(((0,), (0, 17, 2), (1, 0, 2), (2, 3, 0), ())), "f"),
    )
    with np.errstate(all="ignore"):
        for _ in range(draw.choice((1, 1, 2, 3))):
            try:
                array = draw.choice(changes)(array)
            except (
                TypeError,
                ValueError,
                IndexError,
                ArithmeticError,
                AttributeError,
                RuntimeError,
            ):
                continue
            if not isinstance(array, np.ndarray) or not array.ndim or array.size > 1 << 18:
                break
    return array


def with_limits(draw: random.Random, array: np.ndarray) -> np.ndarray:
    """Some values at the limits of the floats."""
    array = array.copy()
    for _ in range(draw.randrange(1, 9)):
        array.flat[draw.randrange(array.size)] = draw.choice(LIMITS)
    return array


def spoilt(draw: random.Random, value: Any) -> Any:
    """Something instead of an argument: seldom like it, often not."""
    if isinstance(value, np.ndarray) and draw.random() < 0.75:
        return changed_array(draw, value)
    if isinstance(value, list | tuple) and value and draw.random() < 0.6:
        items = list(value)
        items[draw.randrange(len(items))] = spoilt(draw, draw.choice(items))
        return type(value)(items) if draw.random() < 0.9 else items * 2
    if isinstance(value, dict) and value and draw.random() < 0.8:
        key = draw.choice(list(value))
        return value | {key: spoilt(draw, value[key])}
    if isinstance(value, int | float | np.generic) and draw.random() < 0.7:
        return number(draw)
    return objects(draw)


def fenced(draw: random.Random, value: Any) -> Any:
    """A third of the plain arrays before a guard page."""
    plain = isinstance(value, np.ndarray) and value.flags.c_contiguous and value.dtype.kind == "f"
    if plain and type(value) is np.ndarray and value.nbytes < 1 << 22 and draw.random() < 0.3:
        return guarded(value)
    return value


def unchanging(value: Any, depth: int = 6) -> Any:
    """What must be the same after a call: the contents of arrays, in lists and dicts as well."""
    if not depth:
        return id(value)
    if isinstance(value, np.ndarray):
        plain = value.nbytes < 1 << 24 and not value.dtype.hasobject
        contents = np.asarray(value).tobytes() if plain else None
        return (value.dtype, value.shape, value.strides, value.flags.writeable, contents)
    if isinstance(value, dict):
        return [(key, unchanging(item, depth - 1)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [unchanging(item, depth - 1) for item in itertools.islice(value, 50)]
    return repr(value) if isinstance(value, int | float | str | np.generic) else id(value)
