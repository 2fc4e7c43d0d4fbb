"""Wrong input to the codecs whose calls are not like the others': refused, and never a panic."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from further_samples import FURTHER, VOLUMES, FurtherConfig, each_further
from posecodec_rs import (
    EDPoseLabel,
    Hand3DHeatmap,
    InvalidInputError,
    SimCC3DLabel,
    YOLOXPoseAnnotationProcessor,
)
from refusals import Bad, assert_refused, ones

CODECS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "SimCC3DLabel": (SimCC3DLabel, {"input_size": (96, 128, 64)}),
    "Hand3DHeatmap": (Hand3DHeatmap, {}),
    "EDPoseLabel": (EDPoseLabel, {}),
    "YOLOXPoseAnnotationProcessor": (YOLOXPoseAnnotationProcessor, {}),
}


def constructors() -> Iterator[Bad]:
    def bad(codec: str, argument: str, value: Any, *words: str, **others: Any) -> Bad:
        cls, usual = CODECS[codec]
        given = others | {argument: value}
        kwargs = usual | given
        return Bad(f"{codec}({given})", lambda: cls(**kwargs), (f"`{argument}`", *words))

    for codec, argument in (("SimCC3DLabel", "input_size"), ("Hand3DHeatmap", "heatmap_size")):
        whole = "three positive integers"
        for value in ((0, 4, 4), (4, -4, 4), (4, 4), (4, 4, 4, 4), 64, None, "4x4x4", (4, 4, 4.0)):
            yield bad(codec, argument, value, whole)
        yield bad(codec, argument, (4, 2**40, 4), "memory")
    for value in ((0, 4), (4, 4, 4), None, 256):
        yield bad("Hand3DHeatmap", "image_size", value, "two positive integers")
        if value is not None:
            codec = "YOLOXPoseAnnotationProcessor"
            yield bad(codec, "input_size", value, "two positive integers")
    for argument in ("root_heatmap_size", "heatmap_size_root", "depth_size"):
        for value in (0, -1, 2.5, None, "64"):
            yield bad("Hand3DHeatmap", argument, value, "positive integer")
    for argument in ("heatmap3d_depth_bound", "root_depth_bound", "max_bound", "sigma"):
        for value in (0, -1.0, np.nan, np.inf):
            yield bad("Hand3DHeatmap", argument, value, "positive finite number")
        for value in (None, "1", (1, 1), True):
            yield bad("Hand3DHeatmap", argument, value, "number")
    yield bad("Hand3DHeatmap", "sigma", 1e9, "at most")
    for value in (3, "012", (0, 1.5), (True,), (None,), [[0]], 2**70):
        yield bad("Hand3DHeatmap", "joint_indices", value, "indices of keypoints")
    yield bad("Hand3DHeatmap", "use_different_joint_weights", "yes", "bool")

    for argument in ("sigma", "simcc_split_ratio", "z_range"):
        for value in (0, -1.0, np.nan, np.inf):
            yield bad("SimCC3DLabel", argument, value, "positive finite number")
        yield bad("SimCC3DLabel", argument, "1", "number")
    for value in ((6, 6), (6,), ()):
        yield bad("SimCC3DLabel", "sigma", value, "one each for x, y and z", f"{len(value)} values")
    yield bad("SimCC3DLabel", "sigma", (6, 6, 0), "positive finite number")
    yield bad("SimCC3DLabel", "sigma", (6, 6, 0.4), "at least", use_dark=True)
    yield bad("SimCC3DLabel", "simcc_split_ratio", 1e-9, "at least one bin")
    for value in (1.5, None, True):
        yield bad("SimCC3DLabel", "root_index", value, "index of a keypoint")
    yield bad("SimCC3DLabel", "root_index", (0, "1"), "indices of keypoints")
    yield bad("SimCC3DLabel", "root_index", (), "must name a keypoint")
    for argument in ("normalize", "use_dark"):
        yield bad("SimCC3DLabel", argument, "no", "bool")
    for argument in ("num_select", "num_keypoints"):
        for value in (0, -1, 1.5, None):
            yield bad("EDPoseLabel", argument, value, "positive integer")
    yield bad("YOLOXPoseAnnotationProcessor", "expand_bbox", "yes", "bool")


def calls() -> Iterator[Bad]:
    rng = np.random.default_rng(0)

    def bad(config: FurtherConfig, method: str, argument: str, value: Any, *words: str) -> Bad:
        batch = (2,) if "batch" in method else ()
        make = config.encode_args if "encode" in method else config.decode_args
        args = make(rng, *batch) | {argument: value}
        call = getattr(config.make(), method)
        shown = f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else repr(value)
        name = f"{config}.{method}({argument}={shown})"
        return Bad(name, lambda: call(**args), (f"`{argument}`", *words))

    simcc = FURTHER[1]
    for value in (ones(6, 2), ones(2, 6, 3), ones(1, 2, 6, 2), ones(2, 6, 2, dtype=complex), None):
        yield bad(simcc, "encode", "keypoints", value)
    yield bad(simcc, "batch_encode", "keypoints", ones(2, 6, 2), "(B, N, K, 2)", "(2, 6, 2)")
    yield bad(simcc, "encode", "keypoints_3d", ones(2, 6, 2), "(2, 6, 3)", "(2, 6, 2)")
    yield bad(simcc, "encode", "keypoints_3d", ones(1, 6, 3), "(2, 6, 3)", "(1, 6, 3)")
    yield bad(simcc, "encode", "keypoints_3d", "depths", "real numbers")
    yield bad(simcc, "encode", "keypoints_visible", ones(2, 5), "(2, 6)", "(2, 5)")
    far = SimCC3DLabel((96, 128, 64), root_index=(0, 6))
    args = {"keypoints": ones(1, 6, 2), "keypoints_3d": ones(1, 6, 3)}
    yield Bad("a root beyond K", lambda: far.encode(**args), ("`root_index`", "6 keypoints", "6"))
    for name in "xyz":
        yield bad(simcc, "decode", name, ones(5))
        yield bad(simcc, "decode", name, ones(2, 5, 9) if name != "x" else ones(1, 1, 1, 1))
        yield bad(simcc, "decode", name, ones(2, 6, 0), "at least one bin")
        yield bad(simcc, "decode", name, ones(2, 6, 9, dtype=int), "float16, float32 or float64")
        yield bad(simcc, "batch_decode", name, ones(6, 9))

    hand, joints = FURTHER[3], FURTHER[4]
    for value in (ones(10, 3), ones(1, 10, 2), ones(1, 1, 10, 3), 3.0, "joints"):
        yield bad(hand, "encode", "keypoints", value)
    yield bad(hand, "encode", "keypoints_visible", ones(1, 9), "(1, 10)", "(1, 9)")
    for value in (None, ones(10), ones(1, 3), "weights"):
        yield bad(joints, "encode", "dataset_keypoint_weights", value)
    for argument in ("rel_root_depth", "rel_root_valid"):
        for value in (None, ones(2), ones(1, 1), "deep", 1j):
            yield bad(hand, "encode", argument, value)
        for value in (1.0, ones(3), ones(2, 2)):
            yield bad(hand, "batch_encode", argument, value)
    for value in (None, 1, ones(3), ones(1, 3), ones(2, 2), ones(1, 1, 2), "left"):
        yield bad(hand, "encode", "hand_type", value)
    yield bad(hand, "batch_encode", "hand_type", ones(3, 2), "(3, 2)")
    for value in (None, ones(3), ones(2, 2), "yes"):
        yield bad(hand, "encode", "hand_type_valid", value)
    few = Hand3DHeatmap(**VOLUMES, joint_indices=[0, 10])
    args_hand = hand.encode_args(rng)
    words = ("`joint_indices`", "10 keypoints", "10")
    yield Bad("a joint beyond K", lambda: few.encode(**args_hand), words)
    for value in (
        ones(4, 4, 4),
        ones(1, 2, 4, 4, 4),
        ones(2, 0, 4, 4),
        ones(2, 4, 4, 4, dtype=int),
    ):
        yield bad(hand, "decode", "heatmaps", value)
    yield bad(hand, "batch_decode", "heatmaps", ones(2, 4, 4, 4), "(B, K, D, H, W)")
    yield bad(hand, "batch_decode", "root_depth", ones(3), "(B,)", "(3,)")
    yield bad(hand, "batch_decode", "hand_type", ones(2, 3), "(B, 2)", "(2, 3)")
    for value in (ones(2), ones(1, 2), "deep", np.array([1])):
        yield bad(hand, "decode", "root_depth", value)
    for value in (1.0, ones(3), ones(2, 2), "left"):
        yield bad(hand, "decode", "hand_type", value)

    edpose = FURTHER[5]
    for value in (640, (640,), (640, 480, 3), (0, 480), (640, -1), (np.nan, 480), "640x480", None):
        yield bad(edpose, "encode", "img_shape", value)
    yield bad(edpose, "batch_encode", "img_shape", ones(3, 2), "(B, 2)", "(3, 2)")
    for value in (ones(6, 2), ones(2, 6, 3), None, "people"):
        yield bad(edpose, "encode", "keypoints", value)
    for value in (ones(2, 5), ones(6), ones(2, 6, 1, 1), "seen"):
        yield bad(edpose, "encode", "keypoints_visible", value)
    for value in (ones(3), ones(2, 1), 3.0, "large"):
        yield bad(edpose, "encode", "area", value)
    for value in (ones(3, 4), ones(2, 3), ones(4), "box"):
        yield bad(edpose, "encode", "bboxes", value)
    for value in (ones(1), ones(3), 480, "640x480"):
        yield bad(edpose, "decode", "input_shapes", value)
    yield bad(edpose, "decode", "pred_logits", ones(30), "(Q, C)", "(30,)")
    yield bad(
        edpose, "decode", "pred_logits", ones(30, 2, dtype=int), "float16, float32 or float64"
    )
    for argument, shape in (
        ("pred_logits", "(B, Q, C)"),
        ("pred_boxes", "(B, Q, columns)"),
        ("pred_keypoints", "(B, Q, columns)"),
        ("input_shapes", "(B, 2)"),
    ):
        yield bad(edpose, "batch_decode", argument, ones(30, 4), shape, "(30, 4)")
    for argument in ("pred_boxes", "pred_keypoints"):
        for value in (ones(30), ones(30, 5), ones(29, 4), ones(29, 18), ones(1, 30, 4)):
            yield bad(edpose, "decode", argument, value)

    yolox = FURTHER[7]
    for value in (None, ones(6, 2), ones(2, 6, 3), "people"):
        yield bad(yolox, "encode", "keypoints", value)
    for value in (ones(2, 5), ones(2, 6, 0), ones(2, 6, 1, 1), "seen"):
        yield bad(yolox, "encode", "keypoints_visible", value)
    for value in (ones(4), ones(3, 4), ones(2, 3), "box"):
        yield bad(yolox, "encode", "bbox", value)
    for value in ("person", ["person"], [None], [[1], [2, 3]], 1j):
        yield bad(yolox, "encode", "category_id", value)


ROWS = [*constructors(), *calls()]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_wrong_input_is_refused(bad: Bad) -> None:
    assert_refused(bad.call, bad.words, bad.error)


OPTIONAL = ("keypoints_visible", "keypoints_3d", "area", "bboxes")
JUNK = (None, "words", b"bytes", {}, object(), type, [[], [1.0]], 1j, ...)


@each_further
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
def test_junk_is_no_panic(config: FurtherConfig, junk: Any, rng: np.random.Generator) -> None:
    codec = config.make()
    for method, args in (
        (codec.encode, config.encode_args(rng)),
        (codec.batch_encode, config.encode_args(rng, 2)),
        (codec.decode, config.decode_args(rng)),
        (codec.batch_decode, config.decode_args(rng, 2)),
    ):
        for name in args:
            may_be_left_out = junk is None and name in OPTIONAL
            not_read = "YOLOX" in config.codec or name == "dataset_keypoint_weights"
            if may_be_left_out or not_read:
                with contextlib.suppress(InvalidInputError):
                    method(**args | {name: junk})
            else:
                with pytest.raises(InvalidInputError, match=r", but got (?!.*panick)"):
                    method(**args | {name: junk})


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
def test_huge_shapes_are_no_abort(call: Callable[[], object]) -> None:
    with contextlib.suppress(InvalidInputError, MemoryError, ValueError):
        call()
