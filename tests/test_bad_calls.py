"""Wrong calls of every codec raise errors that name the argument, and never panic.

Each row has a call, the class of the error and words that its message must have; `Bad.check` has
what else every error must have. The rows of a codec are in its spec; those of `out` are made here
for all codecs.
"""

import contextlib
import inspect
import itertools
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import test_bad_functional
import test_bad_pipeline
from many_cases import check_cases
from numpy.random import Generator
from posecodec_rs import (
    EDPoseLabel,
    Hand3DHeatmap,
    InvalidInputError,
    RegressionLabel,
    SimCC3DLabel,
    UDPHeatmap,
    YOLOXPoseAnnotationProcessor,
    functional,
)
from specs import CONFIGS, SPECS, Config, Spec, each, each_config, each_spec, of_family
from specs.shared.bad import Bad, ones, rows_of_calls
from specs.shared.inputs import SIZES


def read_only(array: Any) -> Any:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def bad_out_rows(spec: Spec) -> Iterator[Bad]:
    """Wrong `out` for a sample and for a batch."""
    if not spec.takes_out:
        return
    config, rng = spec.configs[-1], np.random.default_rng(0)
    for name, batch in (("encode", ()), ("batch_encode", (2,))):
        method, args = getattr(config.make(), name), config.encode_args(rng, *batch)

        def bad(
            what: str,
            out: Any,
            *words: str,
            method: Any = method,
            args: Any = args,
            at: str = f"{spec.name}.{name}",
        ) -> Bad:
            return Bad(f"{at}(out={what})", lambda: method(**args, out=out), words)

        good = method(**args)
        arrays = {key: item for key, item in good.items() if isinstance(item, np.ndarray)}
        for junk in ([], 3, "out", np.ones(3), ()):
            yield bad(f"a {type(junk).__name__}", junk, "`out`", "dict", type(junk).__name__)
        yield bad("{}", {}, "`out`", "none for")
        yield bad("one too many", good | {"labels": 3}, "`out`", "one for 'labels'")
        for key, array in arrays.items():
            rest = {other: item for other, item in good.items() if other != key}
            yield bad(f"without {key}", rest, "`out`", "none for", key)
            item, shape = f"out['{key}']", str(array.shape)
            other = np.zeros(array.shape, np.int16)
            words = (item, "C-contiguous", str(array.dtype), "int16")
            yield bad(f"{key} of int16", good | {key: other}, *words)
            deep = array[..., None]
            yield bad(f"{key}, deeper", good | {key: deep}, item, shape, str(deep.shape))
            yield bad(f"{key}, read-only", good | {key: read_only(array)}, item, "read-only")
            yield bad(f"{key}, a list", good | {key: array.tolist()}, item, "list")
        first, *others = arrays
        for key in others:
            if arrays[key].nbytes and arrays[key].nbytes <= arrays[first].nbytes:
                memory = arrays[first].reshape(-1).view(np.uint8)[: arrays[key].nbytes]
                shared = memory.view(arrays[key].dtype).reshape(arrays[key].shape)
                yield bad(f"{key} in {first}", good | {key: shared}, "`out`", "share no memory")
                break


ROWS_OF_SPECS = {name: [*spec.bad_rows(), *bad_out_rows(spec)] for name, spec in SPECS.items()}
ROWS = [row for rows in ROWS_OF_SPECS.values() for row in rows]


ROWS_OF_CALLS = rows_of_calls(ROWS)


@pytest.mark.parametrize("rows", ROWS_OF_CALLS.values(), ids=ROWS_OF_CALLS)
def test_wrong_calls(rows: list[Bad]) -> None:
    check_cases({row.name: row.check for row in rows})


# What the tables have


ALL_ROWS = [*ROWS, *test_bad_functional.ROWS, *test_bad_pipeline.ROWS]


def test_rows_have_error_and_message() -> None:
    for row in ALL_ROWS:
        assert issubclass(row.error, Exception), row.name
        assert row.words, row.name
        assert any(row.words), row.name
    assert len({row.name for row in ALL_ROWS}) == len(ALL_ROWS)


def called(row: Bad) -> set[tuple[str, str]]:
    """The functions, and methods of codecs, that a row calls."""
    names = set()

    def note(_: Any, event: str, function: Any) -> None:
        if event == "c_call":
            owner = getattr(function, "__self__", None)
            names.add((type(owner).__name__, function.__name__))

    sys.setprofile(note)
    try:
        with pytest.raises(row.error):
            row.call()
    finally:
        sys.setprofile(None)
    return names


@each_spec
def test_every_method_has_rows(spec: Spec) -> None:
    rows = ROWS_OF_SPECS[spec.name]
    assert sum(row.name.startswith(f"{spec.name}(") for row in rows) >= 3
    calls = [name for row in rows for name in called(row)]
    for method in spec.methods:
        assert calls.count((spec.name, method)) >= 3, method
    for method in ("encode", "batch_encode") if spec.takes_out else ():
        starts = f"{spec.name}.{method}(out="
        assert sum(row.name.startswith(starts) for row in rows) >= 7, starts


def test_every_function_has_rows() -> None:
    calls = [
        name
        for row in (*test_bad_functional.ROWS, *test_bad_pipeline.ROWS)
        for _, name in called(row)
    ]
    for helper in (*functional.__all__, "set_num_threads", "force_simd_tier"):
        assert calls.count(helper) >= 3, helper
    rows = test_bad_pipeline.ROWS
    for start, count in {"build": 10, "GenerateTarget": 20, "mmpose.install": 2}.items():
        assert sum(row.name.startswith(start) for row in rows) >= count, start


# Objects that are no arguments at all


class LyingSequence:
    """Has `__array__`, which fails."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("no array today")


class EndlessSize:
    """A size without an end."""

    def __iter__(self) -> Iterator[int]:
        while True:
            yield 1


class RaisingRepr:
    """Has no representation."""

    def __repr__(self) -> str:
        raise ZeroDivisionError("no string today")


JUNK = (
    None,
    "words",
    b"bytes",
    {"a": 1},
    {},
    set(),
    object(),
    type,
    LyingSequence(),
    RaisingRepr(),
    [[], [1.0]],
    1j,
    ...,
    iter([1.0]),
)
NAMED_JUNK = {f"{type(junk).__name__} {number}": junk for number, junk in enumerate(JUNK)}
each_junk = pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)


def assert_junk_raises(call: Callable[[], object]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        call()
    assert "panick" not in str(caught.value)


@each_config
def test_junk_arguments(config: Config, rng: Generator) -> None:
    codec, cases = config.make(), {}
    for method in config.spec.methods:
        batch = (2,) if method.startswith("batch") else ()
        args = (config.encode_args if "encode" in method else config.decode_args)(rng, *batch)
        for argument, (name, junk) in itertools.product(args, NAMED_JUNK.items()):
            check = partial(check_junk, config.spec, getattr(codec, method), args, argument, junk)
            cases[f"{method}({argument}={name})"] = check
    check_cases(cases)


def check_junk(spec: Spec, method: Any, args: dict[str, Any], argument: str, junk: Any) -> None:
    encodes = "encode" in method.__name__
    may_be_none = not encodes or argument in spec.optional_args
    wrong = args | {argument: junk}

    def call() -> None:
        if encodes:
            method(**wrong)
        else:
            method(*wrong.values())

    if (junk is None and may_be_none) or argument in {*spec.unread_args, "camera_param"}:
        with contextlib.suppress(InvalidInputError):
            call()
    else:
        assert_junk_raises(call)


@each(config for config in CONFIGS if config.spec.takes_out)
def test_junk_in_out(config: Config, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng)
    items = codec.encode(**args)

    def check(junk: Any) -> None:
        assert_junk_raises(lambda: codec.encode(**args, out=junk))
        assert_junk_raises(lambda: codec.encode(**args, out=dict.fromkeys(items, junk)))

    # None is the default.
    check_cases({name: partial(check, it) for name, it in NAMED_JUNK.items() if it is not None})


@each_spec
@each_junk
def test_junk_in_constructors(spec: Spec, junk: Any) -> None:
    kwargs, parameters = spec.configs[-1].kwargs, inspect.signature(spec.codec).parameters
    for name in kwargs:
        if name.endswith(("_size", "num_keypoints")) and junk is not parameters[name].default:
            assert_junk_raises(lambda: spec.codec(**kwargs | {name: junk}))  # noqa: B023


@each(of_family("bottom-up"))
@each_junk
def test_junk_in_lists(config: Config, junk: Any, rng: Generator) -> None:
    codec, points = config.make(), config.keypoints(rng)
    assert_junk_raises(lambda: codec.batch_encode([junk]))
    if junk is not None:
        assert_junk_raises(lambda: codec.batch_encode([points], junk))
        assert_junk_raises(lambda: codec.batch_encode([points], [junk]))
        if config.spec.random:
            assert_junk_raises(lambda: codec.encode(points, None, junk))
            assert_junk_raises(lambda: codec.batch_encode([points], None, [junk]))


def test_the_cause_is_kept() -> None:
    with pytest.raises(InvalidInputError, match="no array today") as caught:
        UDPHeatmap(**SIZES).decode(LyingSequence())
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_endless_size() -> None:
    with pytest.raises(InvalidInputError, match="input_size"):
        RegressionLabel(EndlessSize())


def test_interrupts_are_not_swallowed() -> None:
    class Interrupted:
        def __array__(self, *_: Any, **__: Any) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        UDPHeatmap(**SIZES).decode(Interrupted())


# Sizes beyond memory


HUGE = 2**60


@pytest.mark.parametrize(
    "call",
    [
        lambda: SimCC3DLabel((4, 4, 4)).encode(ones(0, HUGE, 2)),
        lambda: SimCC3DLabel((4, 4, 4)).batch_encode(ones(HUGE, 0, 1, 2)),
        lambda: Hand3DHeatmap().encode(ones(0, HUGE, 3), None, None, 1.0, 1.0, ones(2), 1),
        lambda: Hand3DHeatmap((4, 4), 4, (2**20,) * 3).encode(
            ones(1, 1, 3), None, None, 1.0, 1.0, ones(2), 1
        ),
        lambda: EDPoseLabel().batch_encode((4, 4), ones(HUGE, 0, 1, 2)),
        lambda: EDPoseLabel().batch_decode(
            ones(HUGE, 0, dtype=int)[:, :2], ones(HUGE, 0, 2), ones(HUGE, 0, 4), ones(HUGE, 0, 51)
        ),
        lambda: EDPoseLabel(2**20, 2**20).decode(
            ones(2),
            ones(2**20, 1),
            ones(2**20, 4),
            np.broadcast_to(np.float32(0), (2**20, 3 * 2**20)),
        ),
        lambda: YOLOXPoseAnnotationProcessor(True).batch_encode(
            ones(HUGE, 0, 1, 2), bbox=ones(HUGE, 0, 4)
        ),
    ],
)
def test_huge_shapes_do_not_abort(call: Callable[[], object]) -> None:
    with contextlib.suppress(InvalidInputError, MemoryError, ValueError):
        call()


LARGE_KERNELS = {
    "MSRAHeatmap": "MSRAHeatmap((192, 256), (48, 64), 2.0, True, 65535).decode(maps)",
    "UDPHeatmap": "UDPHeatmap((192, 256), (48, 64), blur_kernel_size=65535).decode(maps)",
    "UDPHeatmap-combined": (
        "UDPHeatmap((192, 256), (48, 64), 'combined', blur_kernel_size=65536).decode(maps)"
    ),
    "MegviiHeatmap": "MegviiHeatmap((192, 256), (48, 64), 65535).decode(maps)",
    "SimCCLabel": "SimCCLabel((192, 256), sigma=9800, use_dark=True).decode(maps[0], maps[0])",
}


@pytest.mark.slow  # blurs with kernels of 65,535 taps
@pytest.mark.parametrize("call", LARGE_KERNELS.values(), ids=LARGE_KERNELS)
def test_large_kernels_do_not_abort(call: str) -> None:
    """A result within 8 GB of memory, a `MemoryError`, or an error of the constructor."""
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
