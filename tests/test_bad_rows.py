"""The tables of wrong calls as a whole: how many there are, and that nothing is left out.

Each row has a call, the class of the error and words that its message must have; `refusals.py` says
what else every refusal must be. They stand in `test_bad_*.py` and `test_*_bad_input.py`, by what is
called.
"""

import sys
from collections import Counter
from typing import Any

import posecodec_rs
import pytest
import test_bad_input
import test_bad_lifting
import test_bad_out
import test_bad_pipeline
import test_bottom_up_bad_input
import test_functional_bad_input
import test_further_bad_input
from posecodec_rs import functional
from refusals import Bad

TABLES = {
    module.__name__: module.ROWS
    for module in (
        test_bad_input,
        test_bad_lifting,
        test_bad_out,
        test_bad_pipeline,
        test_bottom_up_bad_input,
        test_functional_bad_input,
        test_further_bad_input,
    )
}
ROWS: list[Bad] = [row for rows in TABLES.values() for row in rows]

CODECS = {codec.__name__: codec for codec in posecodec_rs.CODECS.values()}


def test_there_are_thousands() -> None:
    assert len(ROWS) >= 3000
    for rows in TABLES.values():
        assert len({row.name for row in rows}) == len(rows)


def test_each_has_a_class_and_words() -> None:
    for row in ROWS:
        assert issubclass(row.error, Exception), row.name
        assert row.words, row.name
        assert any(row.words), row.name


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


def test_everything_has_rows() -> None:
    calls = Counter(name for row in ROWS for name in called(row))
    for name, codec in CODECS.items():
        assert sum(row.name.startswith(f"{name}(") for row in ROWS) >= 3, name
        for method in ("encode", "batch_encode", "decode", "batch_decode"):
            decodes = "decode" in method
            if decodes and name == "YOLOXPoseAnnotationProcessor":  # decodes nothing
                continue
            if (name, method) == ("AssociativeEmbedding", "decode"):  # has batches alone
                continue
            assert calls[name, method] >= 3, (name, method)
            assert hasattr(codec, method)
        if name != "DecoupledHeatmap":  # which takes no `out`
            for method in ("encode", "batch_encode"):
                starts = f"{name}.{method}(out="
                assert sum(row.name.startswith(starts) for row in ROWS) >= 7, starts
    for helper in (*functional.__all__, "set_num_threads", "force_simd_tier"):
        assert any(function == helper and calls[owner, function] >= 3 for owner, function in calls)
    for start, least in {"build": 10, "GenerateTarget": 20, "mmpose.install": 2}.items():
        assert sum(row.name.startswith(start) for row in ROWS) >= least, start
