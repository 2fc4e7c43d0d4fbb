"""Wrong `out=`, of every codec that fills arrays, for a sample and for a batch: refused."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from bottom_up_samples import BOTTOM_UP
from further_samples import FURTHER
from refusals import Bad, assert_refused
from samples import CONFIGS, LIFTING

ONE_OF_EACH = {
    config.codec: config
    for config in (*CONFIGS, *LIFTING, *BOTTOM_UP, *FURTHER)
    if config.codec != "DecoupledHeatmap"  # whose answer depends on chance: it takes no `out`
}
"""The last configuration of each codec: those are the ones with options."""


def calls(config: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The codec's two methods that take `out`, with their other arguments."""
    rng, codec = np.random.default_rng(0), config.make()
    for name, batch in (("encode", ()), ("batch_encode", (2,))):
        if config in LIFTING:
            given = config.inputs(rng, *batch)
        elif config in FURTHER:
            given = config.encode_args(rng, *batch)
        else:
            given = {"keypoints": config.keypoints(rng, *batch)}
        method = getattr(codec, name)
        yield name, lambda out=None, m=method, g=given: m(**g, out=out)


def read_only(array: Any) -> Any:
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def rows() -> Iterator[Bad]:
    for codec, config in ONE_OF_EACH.items():
        for method, call in calls(config):

            def bad(
                what: str, out: Any, *words: str, call: Any = call, at: str = f"{codec}.{method}"
            ) -> Bad:
                return Bad(f"{at}(out={what})", lambda: call(out), words)

            good = call()
            arrays = {key: item for key, item in good.items() if isinstance(item, np.ndarray)}
            for junk in ([], 3, "out", np.ones(3), ()):
                yield bad(f"a {type(junk).__name__}", junk, "`out`", "dict", type(junk).__name__)
            yield bad("{}", {}, "`out`", "none for")
            yield bad("one too many", good | {"labels": 3}, "`out`", "one for 'labels'")
            for key, array in arrays.items():
                rest = {other: item for other, item in good.items() if other != key}
                yield bad(f"without {key}", rest, "`out`", "none for", key)
                name, shape = f"out['{key}']", str(array.shape)
                other = np.zeros(array.shape, np.int16)
                words = (name, "C-contiguous", str(array.dtype), "int16")
                yield bad(f"{key} of int16", good | {key: other}, *words)
                deep = array[..., None]
                yield bad(f"{key}, deeper", good | {key: deep}, name, shape, str(deep.shape))
                yield bad(f"{key}, read-only", good | {key: read_only(array)}, name, "read-only")
                yield bad(f"{key}, a list", good | {key: array.tolist()}, name, "list")
            first, *others = arrays
            for key in others:
                if arrays[key].nbytes and arrays[key].nbytes <= arrays[first].nbytes:
                    memory = arrays[first].reshape(-1).view(np.uint8)[: arrays[key].nbytes]
                    shared = memory.view(arrays[key].dtype).reshape(arrays[key].shape)
                    yield bad(f"{key} in {first}", good | {key: shared}, "`out`", "share no memory")
                    break


ROWS = list(rows())


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_wrong_out_is_refused(bad: Bad) -> None:
    assert_refused(bad.call, bad.words, bad.error)
