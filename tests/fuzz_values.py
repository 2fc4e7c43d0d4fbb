"""Arbitrary arguments: nearly valid ones, and objects of any kind."""

import ctypes
import datetime
import decimal
import mmap
import sys
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

PROT_NONE = 0
"""Of `sys/mman.h`."""

MAX_VALUES = 1 << 18
"""Larger arrays are left as they are: most of them are broadcast, and a copy would not fit."""


class HostileError(Exception):
    """What hostile arguments raise by themselves."""


class Raising:
    """An object of which every operation fails."""

    def _fail(self, *_: Any) -> Any:
        raise HostileError

    __array__ = __index__ = __float__ = __bool__ = __len__ = __getitem__ = __iter__ = _fail
    __eq__ = __hash__ = __repr__ = _fail  # type: ignore[assignment]


class Changing:
    """An array of another shape at every conversion."""

    def __init__(self) -> None:
        self.calls = 0

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self.calls += 1
        return np.ones((1, self.calls, 2), dtype)


class Endless:
    """A sequence whose length is more than memory can hold."""

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: Any) -> float:
        return 0.5


class Number:
    """An object that converts to an integer and to a float."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        return self.value

    def __float__(self) -> Any:
        return self.value

    def __repr__(self) -> str:
        return f"Number({self.value!r})"


class Labelled(np.ndarray):  # type: ignore[type-arg]
    """A subclass of arrays."""


def nested(depth: int) -> list[Any]:
    """Lists in lists; with a depth of 0 one that contains itself."""
    deep: list[Any] = []
    if depth == 0:
        deep.append(deep)
    for _ in range(depth):
        deep = [deep]
    return deep


INTEGERS = (
    0,
    1,
    2,
    3,
    5,
    17,
    48,
    64,
    255,
    -1,
    2**16,
    2**20 + 1,
    2**31,
    2**32 + 1,
    2**63,
    -(10**30),
)
TEXTS = ("", "gaussian", "combined", "standard", "train", "bbox_center", "\ud800", "\0", "é" * 99)
FLOAT_LIMITS = (0.0, 1.0, 65504.0, 3.4028235e38, 1e308, 5e-324, float("nan"), float("inf"))
DTYPES = (
    "e",
    "f",
    "d",
    "b",
    "B",
    "h",
    "i",
    "q",
    "Q",
    "?",
    "g",
    "F",
    "O",
    "S3",
    "U2",
    "M8[s]",
    ">f",
)

floats = st.sampled_from(FLOAT_LIMITS) | st.floats()
plain_numbers = st.sampled_from(INTEGERS) | st.integers() | floats
numbers = plain_numbers | st.one_of(
    floats.map(np.float64), floats.map(np.array), plain_numbers.map(Number), plain_numbers.map(str)
)
hostile = st.sampled_from(
    (Raising, Changing, Endless, lambda: Number("x"), lambda: iter((1.0, 2)))
).map(lambda make: make())
scalars = st.one_of(
    st.sampled_from((None, True, Ellipsis, NotImplemented, int, len, sys, slice(3), 1j, range(4))),
    st.sampled_from((b"bytes", bytearray(9), memoryview(b"12345678"), {1, 2}, datetime.date.min)),
    st.sampled_from((decimal.Decimal("1.5"), np.void(b"abc"), np.zeros(2, [("x", "f4")]))),
    st.sampled_from(TEXTS),
    st.text(max_size=9),
    numbers,
    hostile,
    st.sampled_from((0, 3, 70, 2000)).map(nested),
    arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(min_dims=0, min_side=0)),
    st.sampled_from(((1, 2**12, 2), (2**20, 2**20, 2))).map(
        lambda shape: np.broadcast_to(np.float32(1), shape)
    ),
    st.builds(lambda: np.ma.masked_array(np.ones((1, 3, 2)), mask=True)),
)
objects = st.recursive(
    scalars,
    lambda items: st.one_of(
        st.lists(items, max_size=4),
        st.lists(items, max_size=4).map(tuple),
        st.dictionaries(st.sampled_from(("heatmaps", "w", "", 1)), items, max_size=2),
    ),
    max_leaves=6,
)
"""Any object."""


def chance(probability: float) -> st.SearchStrategy[bool]:
    """True with about this probability."""
    return st.integers(0, 99).map(lambda number: number >= 100 * (1 - probability))


class Fence(mmap.mmap):
    """Memory for an array: `before` bytes before it, and an inaccessible page after it."""

    before = 0


def guarded(array: np.ndarray) -> np.ndarray:
    """The same values right before an inaccessible page: access past them is a crash."""
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
    """Whether something was written before a `guarded` array, or before what it is part of."""
    while isinstance(array, np.ndarray):
        array = array.base
    memory = array.obj if isinstance(array, memoryview) else array
    return isinstance(memory, Fence) and memory[: memory.before].strip(b"\xa5") != b""


def as_type(array: np.ndarray, dtype: str) -> np.ndarray:
    """The array as another type. NumPy itself ends the process for a text that is no date."""
    return array if array.dtype.kind in "SU" and dtype.startswith("M8") else array.astype(dtype)


def with_value(array: np.ndarray, index: int, value: Any) -> np.ndarray:
    """The array with another value at one index."""
    array = array.copy()
    array.flat[index % array.size] = value
    return array


def unaligned(array: np.ndarray) -> np.ndarray:
    """The array in memory that is not aligned."""
    return np.frombuffer(b"\0" + array.tobytes(), array.dtype, array.size, 1).reshape(array.shape)


few = st.integers(0, 3)
changes: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(DTYPES).map(lambda dtype: lambda array: as_type(array, dtype)),
    st.builds(lambda i, value: lambda array: with_value(array, i, value), st.integers(0), floats),
    floats.map(lambda factor: lambda array: array * factor),
    floats.map(lambda value: lambda array: np.full_like(array, value)),
    few.map(lambda n: lambda array: array[:n]),
    few.map(lambda n: lambda array: array[..., :n]),
    few.map(lambda n: lambda array: np.concatenate([array] * (n + 1), n % array.ndim)),
    few.map(lambda n: lambda array: np.broadcast_to(array, (n, *array.shape))),
    st.sampled_from(
        (
            np.flip,
            unaligned,
            lambda array: array.T.copy().T,
            lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
            lambda array: array[..., None],
            lambda array: array[None],
            lambda array: array[0],
            lambda array: np.moveaxis(array, 0, -1),
            lambda array: np.broadcast_to(array.flat[0], array.shape),
            lambda array: array.reshape(-1),
            lambda array: array.view(Labelled),
            lambda array: array.tolist(),
            list,
            lambda array: memoryview(np.ascontiguousarray(array)),
        )
    ),
)
"""Functions that change an array: its dtype, layout, shape, values or class."""


@st.composite
def changed_arrays(draw: st.DrawFn, array: np.ndarray) -> Any:
    """Arrays that are nearly this one."""
    changed: Any = array
    with np.errstate(all="ignore"):
        for change in draw(st.lists(changes, min_size=1, max_size=3)):
            if not isinstance(changed, np.ndarray) or not changed.ndim or changed.size > MAX_VALUES:
                break
            try:
                changed = change(changed)
            except (TypeError, ValueError, IndexError, ArithmeticError, RuntimeError):
                continue
    return changed


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """Other values for an argument: sometimes like it, often not."""
    if draw(chance(0.25)):
        return draw(objects)
    match value:
        case np.ndarray() if value.ndim:
            return draw(changed_arrays(value))
        case list() | tuple() if value:
            items = list(value)
            items[draw(st.integers(0, len(items) - 1))] = draw(spoilt(draw(st.sampled_from(items))))
            return type(value)(items * draw(st.sampled_from((1, 1, 1, 2))))
        case dict() if value:
            key = draw(st.sampled_from(list(value)))
            return value | {key: draw(spoilt(value[key]))}
        case int() | float() | np.generic():
            return draw(numbers)
    return draw(objects)


@st.composite
def fenced(draw: st.DrawFn, value: Any) -> Any:
    """A third of the plain arrays before a guard page."""
    plain = isinstance(value, np.ndarray) and value.flags.c_contiguous and value.dtype.kind == "f"
    if plain and type(value) is np.ndarray and value.nbytes < 1 << 22 and draw(chance(0.3)):
        return guarded(value)
    return value
