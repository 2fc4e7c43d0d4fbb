"""Arbitrary calls of everything public, made from the recorded ones in `golden/`."""

import copy
import itertools
import pickle
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
from fuzz_values import HostileError, broken_guard, chance, fenced, guarded, objects, spoilt
from hypothesis import strategies as st
from posecodec_rs import InvalidInputError, functional
from posecodec_rs._build import CODECS
from posecodec_rs._core import _unpickle

ALLOWED = (
    InvalidInputError,
    TypeError,
    MemoryError,
    OverflowError,
    RecursionError,  # for lists deeper than Python's stack
    HostileError,
)
"""What a call may raise. `InvalidInputError` is the only `ValueError`."""

NOT_OURS = (*ALLOWED, KeyError, AttributeError, RuntimeError, ValueError)
"""`GenerateTarget` reads dicts that are not its own; a pickle that is not ours may be any value."""


@dataclass
class Call:
    """A call that has not been made yet."""

    name: str
    function: Callable[..., Any]
    args: dict[str, Any]
    allowed: tuple[type[BaseException], ...] = ALLOWED
    out: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(describe, self.args.items()))})"

    __repr__ = __str__

    def make(self) -> None:
        """Makes the call and checks what it changed; an exception that is not allowed is raised."""
        items = self.out.values() if isinstance(self.out, dict) else ()
        writable = [array for array in items if isinstance(array, np.ndarray)]
        kept = {
            name: value
            for name, value in self.args.items()
            if name != "out" and not any(shares_memory(value, array) for array in writable)
        }
        before = contents(kept)
        with suppress(*self.allowed):
            read_all(self.function(**self.args))
        assert contents(kept) == before, "the call changed its arguments"
        assert not any(map(broken_guard, writable)), "the call wrote outside of `out`"


def describe(item: tuple[str, Any]) -> str:
    """An argument, briefly."""
    name, value = item
    if isinstance(value, np.ndarray):
        return f"{name}=<{value.dtype} {value.shape} {value.strides}>"
    try:
        return f"{name}={value!r:.300}"
    except (HostileError, RecursionError, UnicodeError, TypeError):
        return f"{name}=<{type(value).__name__}>"


def shares_memory(value: Any, array: np.ndarray, depth: int = 6) -> bool:
    """Whether an argument may be in the memory of an array."""
    if isinstance(value, dict | list | tuple):
        items = value.values() if isinstance(value, dict) else value
        return depth > 0 and any(shares_memory(item, array, depth - 1) for item in items)
    return isinstance(value, np.ndarray) and np.may_share_memory(value, array)


def contents(value: Any, depth: int = 6) -> Any:
    """What must be the same after a call: the contents of arrays, also in lists and dicts."""
    if not depth:
        return id(value)
    if isinstance(value, np.ndarray):
        plain = value.nbytes < 1 << 24 and not value.dtype.hasobject
        data = np.asarray(value).tobytes() if plain else None
        return (value.dtype, value.shape, value.strides, value.flags.writeable, data)
    if isinstance(value, dict):
        return [(key, contents(item, depth - 1)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [contents(item, depth - 1) for item in itertools.islice(value, 50)]
    return repr(value) if isinstance(value, int | float | str | np.generic) else id(value)


def read_all(result: Any) -> None:
    """Reads all of a result: memory that is not there is a crash."""
    if isinstance(result, np.ndarray):
        result.tobytes()
    elif isinstance(result, dict | list | tuple):
        for item in result.values() if isinstance(result, dict) else result:
            read_all(item)


@cache
def recorded() -> tuple[golden_cases.GoldenCase, ...]:
    """The calls to start from."""
    return tuple(golden_cases.load())


of_codecs = st.deferred(
    lambda: st.sampled_from([case for case in recorded() if not case.of_helper])
)


@st.composite
def spoilt_args(draw: st.DrawFn, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments, of which up to three are changed, one left out or one added."""
    args = {name: draw(fenced(value)) for name, value in args.items()}
    for _ in range(draw(st.integers(0, 3)) if args else 0):
        name = draw(st.sampled_from(list(args)))
        args[name] = draw(fenced(draw(spoilt(args[name]))))
    if args and draw(chance(0.03)):
        del args[draw(st.sampled_from(list(args)))]
    if draw(chance(0.02)):
        args[draw(st.sampled_from(("out", "sigma", "more", "")))] = draw(objects)
    return args


@st.composite
def batches(draw: st.DrawFn, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a batch, from those of a sample."""
    batch, as_list, share = draw(st.tuples(st.integers(0, 3), chance(0.2), st.booleans()))

    def several(value: Any) -> Any:
        if isinstance(value, np.ndarray) and not as_list:
            return np.repeat(value[None], batch, 0)
        return value if share and not isinstance(value, np.ndarray) else [value] * batch

    return {name: several(value) for name, value in args.items()}


@st.composite
def outs(draw: st.DrawFn, method: Callable[..., Any], args: dict[str, Any]) -> Any:
    """Values for `out`: right ones or nearly, guarded, shared with an argument or each other."""
    try:
        result = method(**args)
    except ALLOWED:
        return draw(objects)
    arrays = {
        name: guarded(value) if isinstance(value, np.ndarray) else value
        for name, value in result.items()
    }
    if arrays and draw(chance(0.45)):
        name = draw(st.sampled_from(list(arrays)))
        others = [value for value in (*args.values(), *arrays.values()) if hasattr(value, "shape")]
        other = st.sampled_from(others) if others else objects
        arrays[name] = draw(other | spoilt(arrays[name]))
    if arrays and draw(chance(0.05)):
        arrays.pop(draw(st.sampled_from(list(arrays))))
    return draw(objects) if draw(chance(0.05)) else arrays


@st.composite
def methods(draw: st.DrawFn) -> Call:
    """A helper, or a codec's method, of a sample or a batch."""
    case = draw(st.sampled_from(recorded()))
    name, args, out = case.method, case.args, None
    if case.of_helper:
        return Call(f"functional.{name}", getattr(functional, name), draw(spoilt_args(args)))
    codec = getattr(posecodec_rs, case.codec)(**case.kwargs)
    if not name.startswith("batch") and draw(chance(0.4)):
        name, args = f"batch_{name}", draw(batches(args))
    function, args = getattr(codec, name), draw(spoilt_args(args))
    if name.endswith("encode") and draw(chance(0.25)):
        out = args["out"] = draw(outs(function, args))
    return Call(f"{codec!r}.{name}", function, args, out=out)


@st.composite
def constructors(draw: st.DrawFn) -> Call:
    """A constructor, or `build`, and calls of the codec."""
    case = draw(of_codecs)
    kwargs = draw(spoilt_args(case.kwargs))
    if draw(chance(0.2)):
        config = {"type": case.codec, **kwargs}
        return Call("build", posecodec_rs.build, {"cfg": draw(st.just(config) | spoilt(config))})

    def make_and_call(**kwargs: Any) -> Any:
        codec = getattr(posecodec_rs, case.codec)(**kwargs)
        (repr(codec), hash(codec), codec == copy.deepcopy(codec))
        copied = pickle.loads(pickle.dumps(codec))
        assert copied == codec, f"{copied!r} is not {codec!r}"
        return getattr(codec, case.method)(**case.args)

    return Call(f"{case.codec} and {case.method}", make_and_call, kwargs)


@st.composite
def pipelines(draw: st.DrawFn) -> Call:
    """`GenerateTarget` on a dict."""
    case = draw(of_codecs.filter(lambda case: case.method == "encode"))
    encoder: Any = {"type": case.codec, **case.kwargs}
    encoders = st.just(encoder) | spoilt(encoder) | st.lists(st.just(encoder), max_size=3)
    results = case.args
    people = np.shape(results.get("keypoints", np.ones((1, 17, 2))))[:-1]
    results.setdefault("keypoints_visible", np.ones(people, np.float32))
    results["dataset_keypoint_weights"] = np.ones(people[-1], np.float32)
    options = {"multilevel": draw(st.booleans()), "use_dataset_keypoint_weights": True}

    def transform(encoder: Any, results: Any, **options: Any) -> Any:
        step = posecodec_rs.GenerateTarget(encoder, **options)
        repr(step)
        return step(dict(results))

    args = {"encoder": draw(encoders), "results": draw(spoilt_args(results))}
    options = draw(st.just(options) | spoilt_args(options))
    return Call("GenerateTarget", transform, args | options, NOT_OURS)


@st.composite
def protocols(draw: st.DrawFn) -> Call:
    """Python's own operations: pickling, copies, comparison; also of objects without `__init__`."""
    case, kind = draw(of_codecs), draw(st.sampled_from(list(CODECS.values())))
    codec = getattr(posecodec_rs, case.codec)(**case.kwargs)

    class Derived(kind):  # type: ignore[misc,valid-type]
        def __init__(self) -> None:
            """Without the codec's own."""

    bare = draw(st.sampled_from((kind.__new__(kind), Derived())))
    calls: dict[str, Callable[[Any], Any]] = {
        "_unpickle": lambda value: _unpickle(*value),
        "_unpickle of a codec": lambda value: _unpickle(kind, value),
        "__setstate__": lambda value: getattr(codec, "__setstate__", repr)(value),
        "__reduce__": lambda value: (codec.__reduce__(), bare.__reduce__()),
        "pickle": lambda value: pickle.loads(pickle.dumps(bare)),
        "deepcopy": lambda value: (copy.deepcopy(codec), copy.deepcopy(bare)),
        "==": lambda value: (codec == value, bare == codec, codec != bare, value == bare),
        "hash": lambda value: (hash(bare), repr(bare)),
        "bare attribute": lambda value: [getattr(bare, name) for name in dir(bare)],
        "bare method": lambda value: getattr(bare, case.method)(value),
        "__init__ again": lambda value: codec.__init__(**case.kwargs),
        "set_num_threads": posecodec_rs.set_num_threads,
        "force_simd_tier": posecodec_rs.force_simd_tier,
    }
    for name in dir(codec):
        calls[f"set {name}"] = lambda value, name=name: setattr(codec, name, value)
    name = draw(st.sampled_from(list(calls)))
    states = objects | st.fixed_dictionaries({"kwargs": objects}) | st.just((kind, {}))
    return Call(
        f"{name} of {codec!r}", lambda value: calls[name](value), {"value": draw(states)}, NOT_OURS
    )


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Any call, with any number of threads and any SIMD tier."""
    np.random.seed(draw(st.integers(0, 2**32 - 1)))  # noqa: NPY002 - `DecoupledHeatmap` draws from it
    posecodec_rs.set_num_threads(draw(st.integers(0, 3)))
    posecodec_rs.force_simd_tier(draw(st.sampled_from((None, *posecodec_rs.simd_tiers()[0]))))
    kinds = (*[methods] * 14, *[constructors] * 4, pipelines, protocols)
    return draw(draw(st.sampled_from(kinds))())
