"""Wrong calls of `build`, `GenerateTarget`, the plug-in for MMPose and the settings."""

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import posecodec_rs.mmpose
import pytest
from posecodec_rs import GenerateTarget, UDPHeatmap, build
from specs.shared.bad import Bad, ones
from specs.shared.inputs import SIZES
from specs.shared.messages import NUMERIC

MSRA = {"type": "MSRAHeatmap", "sigma": 2.0, **SIZES}
REGRESSION = {"type": "RegressionLabel", "input_size": (192, 256)}
BOXES = {"type": "DecoupledHeatmap", **SIZES}
GOOD = {"keypoints": ones(1, 17, 2), "keypoints_visible": ones(1, 17)}


def functions() -> Iterator[Bad]:
    """`build` and the settings of the process."""
    codec = UDPHeatmap(**SIZES)

    def bad_build(what: str, cfg: Any, *words: str) -> Bad:
        return Bad(f"build: {what}", lambda: build(cfg), words)

    for cfg in (None, "UDPHeatmap", [("type", "UDPHeatmap")], codec):
        yield bad_build(f"a {type(cfg).__name__}", cfg, "`cfg`", "dict", repr(cfg))
    for kind in (None, "UDP", "udpheatmap", 3, dict, codec, ["UDPHeatmap"], type):
        yield bad_build(f"type {kind}", {"type": kind} | SIZES, "type", "UDPHeatmap", repr(kind))
    yield bad_build("no type", dict(SIZES), "type", "None")
    yield bad_build("no arguments", {"type": "UDPHeatmap"}, "`cfg`", "UDPHeatmap", "input_size")
    unknown = {"type": "MSRAHeatmap", "sigma": 2, "sgima": 3, **SIZES}
    yield bad_build("unknown argument", unknown, "`cfg`", "MSRAHeatmap", "sgima")
    yield bad_build("bad value", {"type": "UDPHeatmap", "sigma": -1, **SIZES}, "`sigma`", "-1")

    for threads in (-1, 1025, 2**70, 1.5, 2.0, "2", None, [2]):
        yield Bad(
            f"set_num_threads({threads!r})",
            lambda threads=threads: posecodec_rs.set_num_threads(threads),
            ("`num_threads`", "integer from 0 to 1024", repr(threads)),
        )
    for tier in ("avx9", "", "AVX2", 3, b"avx2", ["baseline"]):
        yield Bad(
            f"force_simd_tier({tier!r})",
            lambda tier=tier: posecodec_rs.force_simd_tier(tier),
            ("`tier`", "None or one of", "baseline", str(tier)),
        )


def steps() -> Iterator[Bad]:
    """Steps that cannot be made."""

    def bad(what: str, encoder: Any, *words: str, **options: Any) -> Bad:
        return Bad(f"GenerateTarget: {what}", lambda: GenerateTarget(encoder, **options), words)

    several = ("`encoder`", "must be a list of configs", "Need multiple encoder")
    yield bad("one level", MSRA, *several, "MSRAHeatmap", multilevel=True)
    yield bad("no level", [], *several, "[]", multilevel=True)
    yield bad("levels of none", None, *several, "None", multilevel=True)
    yield bad("a tuple", (MSRA, MSRA), "`cfg`", "must be a dict")
    yield bad("nothing", None, "`cfg`", "must be a dict", "None")
    yield bad("a name", "MSRAHeatmap", "`cfg`", "must be a dict", "'MSRAHeatmap'")
    yield bad("a list of names", ["MSRAHeatmap"], "`cfg`", "must be a dict", "'MSRAHeatmap'")
    yield bad("an unknown type", {"type": "Nothing"}, "`cfg['type']`", "'Nothing'")
    yield bad("a misspelled type", {"type": "UDPHeatmaps"}, "Did you mean 'UDPHeatmap'?")
    yield bad("no type", {"input_size": (192, 256)}, "`cfg['type']`", "None")
    yield bad("no size", {"type": "RegressionLabel"}, "`cfg`", "RegressionLabel", "input_size")
    yield bad("a bad size", REGRESSION | {"input_size": (0, 4)}, "`input_size`", "(0, 4)")
    yield bad("a bad level", [MSRA, MSRA | {"sigma": -1}], "`sigma`", "-1", multilevel=True)


def samples() -> Iterator[Bad]:
    """Samples that cannot be encoded."""

    def bad(what: str, encoder: Any, *words: str, error: Any = None, **sample: Any) -> Bad:
        options = sample.pop("options", {})
        results = {key: value for key, value in (GOOD | sample).items() if value is not Ellipsis}
        call = lambda: GenerateTarget(encoder, **options)(dict(results))  # noqa: E731
        return Bad(f"GenerateTarget encodes {what}", call, words, *([error] if error else []))

    needed = ("'transformed_keypoints' or 'keypoints'", "['keypoints_visible']")
    yield bad("no keypoints", MSRA, *needed, keypoints=...)
    yield bad("keypoints that are None", MSRA, needed[0], keypoints=None)
    for missing in (..., None):
        words = ("requires 'keypoints_visible'", "['keypoints'")
        yield bad(f"visibilities {missing}", MSRA, *words, keypoints_visible=missing)
    yield bad("flat keypoints", MSRA, "`keypoints`", "(17, 2)", keypoints=ones(17, 2))
    yield bad("two people", MSRA, "`keypoints`", "single-instance", "(2, 17, 2)",
              keypoints=ones(2, 17, 2), keypoints_visible=ones(2, 17))  # fmt: skip
    yield bad("strings", MSRA, "`keypoints`", NUMERIC, keypoints=np.array([[["a", "b"]]]))
    few = ones(1, 16)
    yield bad("too few visibilities", MSRA, "`keypoints_visible`", "(1, 16)", keypoints_visible=few)
    deep = ones(1, 17, 3)
    yield bad("deep visibilities", MSRA, "`keypoints_visible`", "3", keypoints_visible=deep)
    yield bad("boxes of 4 numbers", BOXES, "`bbox`", "(1, 8)", "(1, 4)", bbox=ones(1, 4))
    yield bad("no boxes for levels", [BOXES, BOXES], "bbox", error=KeyError,
              options={"multilevel": True})  # fmt: skip
    weighted = {"use_dataset_keypoint_weights": True}
    yield bad("no weights of the dataset", MSRA, "requires 'dataset_keypoint_weights'",
              options=weighted)  # fmt: skip
    words = ("`dataset_keypoint_weights`", "must have shape (17,)")
    for weights in (ones(16), ones(17, 1), ones(2, 17), ones(1), 1.0, [1.0] * 4):
        got = f"shape {np.shape(weights)}"
        yield bad(f"weights {np.shape(weights)}", MSRA, *words, got, options=weighted,
                  dataset_keypoint_weights=weights)  # fmt: skip
    yield bad("a string of visibilities", MSRA, "`keypoints_visible`", keypoints_visible="seen")
    yield bad("unlike levels", [MSRA, REGRESSION], "must have the same keys", "keypoint_labels",
              options={"multilevel": True})  # fmt: skip
    overlap = ('Overlapping item "heatmaps"', "multilevel==False", "two")
    yield bad("what overlaps", [MSRA, MSRA], *overlap)


def without(module: str) -> None:
    """Installs where a module cannot be imported."""
    here = {name: there for name, there in sys.modules.items() if name.split(".")[0] == "mmpose"}
    for name in here:
        del sys.modules[name]
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        posecodec_rs.mmpose.install()
    finally:
        del sys.modules[module]
        sys.modules.update(here)


def plug_in() -> Iterator[Bad]:
    words = ("needs MMPose", "cannot be imported", "pip install --no-deps mmpose==1.3.2")
    yield Bad("mmpose.install() without MMPose", lambda: without("mmpose"), words, ImportError)
    unknown = ("utilities", "unexpected keyword argument")
    yield Bad(
        "mmpose.install(utilities=True)",
        lambda: posecodec_rs.mmpose.install(utilities=True),  # type: ignore[call-arg]
        unknown,
        TypeError,
    )


ROWS = [*functions(), *steps(), *samples(), *plug_in()]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_wrong_calls(bad: Bad) -> None:
    bad.check()
