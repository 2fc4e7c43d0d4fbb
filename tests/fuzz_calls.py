"""Arbitrary calls of everything public, made of the recorded ones: `golden/`."""

import copy
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import fuzz_values
import golden_cases
import numpy as np
import posecodec_rs
from fuzz_values import HostileError, fenced, guarded, objects, spoilt, unchanging
from posecodec_rs import InvalidInputError, functional
from posecodec_rs._core import _unpickle

ALLOWED = (
    InvalidInputError,
    TypeError,
    MemoryError,
    OverflowError,
    RecursionError,  # of lists deeper than Python's stack
    HostileError,
)
"""What a call may raise. `InvalidInputError` is the only `ValueError`."""

IN_PIPELINE = (*ALLOWED, KeyError, AttributeError, ValueError)
"""`GenerateTarget` looks into dicts that are not its own, and multiplies what it finds there."""


@dataclass
class Call:
    """A call that has not been made yet."""

    name: str
    function: Callable[..., Any]
    args: dict[str, Any]
    allowed: tuple[type[BaseException], ...] = ALLOWED
    out: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        with np.printoptions(threshold=20):
            return f"{self.name}({', '.join(map(describe, self.args.items()))})"

    def make(self) -> str:
        """Makes the call: what came of it. Whatever may not be raises."""
        writable = [array for array in self._out_arrays() if isinstance(array, np.ndarray)]
        kept = {
            name: value
            for name, value in self.args.items()
            if name != "out" and not any(shared(value, array) for array in writable)
        }
        before = unchanging(kept)
        try:
            outcome = touched(self.function(**self.args))
        except self.allowed as error:
            outcome = type(error).__name__
        if unchanging(kept) != before:
            raise AssertionError("the call changed its arguments")
        if any(map(fuzz_values.broken_guard, writable)):
            raise AssertionError("the call wrote outside of `out`")
        return outcome

    def _out_arrays(self) -> list[Any]:
        return list(self.out.values()) if isinstance(self.out, dict) else []


def describe(item: tuple[str, Any]) -> str:
    """An argument, briefly."""
    name, value = item
    if isinstance(value, np.ndarray):
        return f"{name}=<{value.dtype} {value.shape} {value.strides}>"
    try:
        return f"{name}={value!r:.300}"
    except (HostileError, RecursionError, UnicodeError, TypeError):
        return f"{name}=<{type(value).__name__}>"


def shared(value: Any, array: np.ndarray, depth: int = 6) -> bool:
    """Whether an argument lies where an array does."""
    if isinstance(value, dict | list | tuple):
        items = value.values() if isinstance(value, dict) else value
        return depth > 0 and any(shared(item, array, depth - 1) for item in items)
    return isinstance(value, np.ndarray) and np.may_share_memory(value, array)


def touched(answer: Any) -> str:
    """Reads all of an answer: memory that is not there is a crash."""
    if isinstance(answer, np.ndarray):
        answer.tobytes()
    elif isinstance(answer, dict):
        for part in answer.values():
            touched(part)
    elif isinstance(answer, list | tuple):
        for part in answer:
            touched(part)
    return "answer"


@cache
def recorded() -> tuple[golden_cases.GoldenCase, ...]:
    """The calls to start from: those of few values, which are quick."""
    return tuple(golden_cases.load())


def spoil(draw: random.Random, args: dict[str, Any], most: int = 3) -> dict[str, Any]:
    """Some of the arguments others, one left out or one too many."""
    args = {name: fenced(draw, value) for name, value in args.items()}
    for _ in range(draw.randrange(most + 1)):
        if args:
            name = draw.choice(list(args))
            args[name] = fenced(draw, spoilt(draw, args[name]))
    if args and draw.random() < 0.03:
        del args[draw.choice(list(args))]
    if draw.random() < 0.02:
        args[draw.choice(("out", "sigma", "more", ""))] = objects(draw)
    return args


def of_batch(draw: random.Random, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a batch, from those for a sample."""
    batch = draw.randrange(4)
    as_list = draw.random() < 0.2

    def several(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return [value] * batch if as_list else np.repeat(value[None], batch, 0)
        return [value] * batch if draw.random() < 0.5 else value

    return {name: several(value) for name, value in args.items()}


def with_out(draw: random.Random, method: Callable[..., Any], args: dict[str, Any]) -> Any:
    """Arrays to fill, right ones or nearly: guarded, shared with an argument or each other."""
    try:
        answer = method(**args).items()
        out: Any = {
            name: guarded(value) if isinstance(value, np.ndarray) else value
            for name, value in answer
        }
    except ALLOWED:
        return objects(draw)
    arrays = [name for name, value in out.items() if isinstance(value, np.ndarray)]
    choice = draw.random()
    if choice < 0.3 and out:
        name = draw.choice(list(out))
        others = [value for value in (*args.values(), *out.values()) if hasattr(value, "shape")]
        out[name] = draw.choice([*others, spoilt(draw, out[name])])
    elif choice < 0.4 and arrays:
        name = draw.choice(arrays)
        out[name] = out[name].reshape(-1)[: draw.randrange(9)]
    elif choice < 0.45 and out:
        out.pop(draw.choice(list(out)))
    return out if draw.random() < 0.95 else objects(draw)


def method(draw: random.Random) -> Call:
    """A codec's method, of a sample or a batch."""
    case = draw.choice(recorded())
    if case.of_helper:
        args = spoil(draw, case.args)
        return Call(f"functional.{case.method}", getattr(functional, case.method), args)
    codec = getattr(posecodec_rs, case.codec)(**case.kwargs)
    name, args = case.method, case.args
    if draw.random() < 0.4 and not name.startswith("batch"):
        name, args = f"batch_{name}", of_batch(draw, args)
    function = getattr(codec, name)
    args, out = spoil(draw, args), None
    if name.endswith("encode") and draw.random() < 0.25:
        out = args["out"] = with_out(draw, function, args)
    return Call(f"{codec!r}.{name}", function, args, out=out)


def constructor(draw: random.Random) -> Call:
    """A constructor, or `build`, and something asked of what it made."""
    case = draw.choice(recorded())
    while case.of_helper:
        case = draw.choice(recorded())
    kwargs = spoil(draw, case.kwargs)
    if draw.random() < 0.2:
        config = {"type": case.codec, **kwargs}
        if draw.random() < 0.3:
            config = spoil(draw, config)
        return Call("build", lambda cfg: posecodec_rs.build(cfg), {"cfg": config})

    def made_and_asked(**kwargs: Any) -> Any:
        codec = getattr(posecodec_rs, case.codec)(**kwargs)
        ask = getattr(codec, case.method)
        (repr(codec), hash(codec), codec == copy.deepcopy(codec))
        copied = pickle.loads(pickle.dumps(codec))
        if copied != codec:
            raise AssertionError(f"{copied!r} is not {codec!r}")
        return ask(**case.args)

    return Call(f"{case.codec} and {case.method}", made_and_asked, kwargs)


def pipeline(draw: random.Random) -> Call:
    """`GenerateTarget` on a dict."""
    case = draw.choice([case for case in recorded() if case.method == "encode"])
    encoder: Any = {"type": case.codec, **case.kwargs}
    if draw.random() < 0.3:
        encoder = [encoder] * draw.randrange(4)
    results = case.args
    people = np.shape(results.get("keypoints", np.ones((1, 17, 2))))[:-1]
    results.setdefault("keypoints_visible", np.ones(people, np.float32))
    results["dataset_keypoint_weights"] = np.ones(people[-1], np.float32)
    options = {"multilevel": draw.random() < 0.3, "use_dataset_keypoint_weights": True}
    if draw.random() < 0.3:
        encoder = spoilt(draw, encoder)
    if draw.random() < 0.3:
        options = spoil(draw, options)

    def transformed(encoder: Any, results: Any, **options: Any) -> Any:
        step = posecodec_rs.GenerateTarget(encoder, **options)
        repr(step)
        return step(dict(results))

    args = {"encoder": encoder, "results": spoil(draw, results), **options}
    return Call("GenerateTarget", transformed, args, IN_PIPELINE)


def protocol(draw: random.Random) -> Call:
    """What Python itself asks: pickling, copies, comparison; objects that were never initialised.

    What is not a pickle of ours may be any wrong value.
    """
    name = draw.choice(sorted(posecodec_rs._build.CODECS))
    kind = posecodec_rs._build.CODECS[name]
    case = draw.choice([case for case in recorded() if not case.of_helper])
    codec = getattr(posecodec_rs, case.codec)(**case.kwargs)
    bare = kind.__new__(kind)

    class Derived(kind):  # type: ignore[misc,valid-type]
        def __init__(self) -> None:
            """Without the codec's own."""

    anything = objects(draw)
    state = draw.choice((anything, {"kwargs": anything}, (type(codec), anything), (kind, {})))
    calls: dict[str, Callable[..., Any]] = {
        "_unpickle": lambda value: _unpickle(*value),
        "__setstate__": lambda value: getattr(codec, "__setstate__", repr)(value),
        "__reduce__": lambda value: (codec.__reduce__(), bare.__reduce__(), Derived().__reduce__()),
        "pickle": lambda value: pickle.loads(pickle.dumps(draw.choice((codec, bare)))),
        "deepcopy": lambda value: copy.deepcopy(draw.choice((codec, bare, Derived()))),
        "==": lambda value: (codec == value, bare == codec, codec != Derived(), value == bare),
        "hash": lambda value: (hash(bare), hash(Derived()), repr(bare), repr(Derived())),
        "bare attribute": lambda value: [
            getattr(draw.choice((bare, Derived())), each) for each in dir(bare)
        ],
        "bare method": lambda value: getattr(draw.choice((bare, Derived())), case.method)(value),
        "__init__ again": lambda value: codec.__init__(**case.kwargs),
        "set attribute": lambda value: setattr(codec, draw.choice(dir(codec)), value),
        "set_num_threads": posecodec_rs.set_num_threads,
        "force_simd_tier": posecodec_rs.force_simd_tier,
    }
    name = draw.choice(list(calls))
    value = (kind, state) if name == "_unpickle" and draw.random() < 0.8 else state
    allowed = (*ALLOWED, AttributeError, RuntimeError, ValueError)
    return Call(f"{name} of {codec!r}", lambda value: calls[name](value), {"value": value}, allowed)


KINDS = (*[method] * 14, *[constructor] * 4, pipeline, protocol)


def arbitrary(seed: int, index: int) -> Call:
    """The call of this number: always the same one."""
    draw = random.Random(f"{seed}:{index}")
    np.random.seed(draw.randrange(2**32))  # noqa: NPY002 - `DecoupledHeatmap` draws from it
    posecodec_rs.set_num_threads(draw.choice((0, 1, 2, 3)))
    posecodec_rs.force_simd_tier(draw.choice((None, *posecodec_rs.simd_tiers()[0])))
    return draw.choice(KINDS)(draw)
