"""Wrong input to the codecs for several people: refused, and never a panic."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from bottom_up_samples import BottomUpConfig, each_bottom_up
from posecodec_rs import SPR, AssociativeEmbedding, DecoupledHeatmap, InvalidInputError
from refusals import Bad, assert_refused, ones
from samples import SIZES

CODECS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "SPR": (SPR, SIZES),
    "DecoupledHeatmap": (DecoupledHeatmap, SIZES),
    "AssociativeEmbedding": (AssociativeEmbedding, SIZES),
}
SMALL: dict[str, Any] = {"input_size": (36, 32), "heatmap_size": (9, 8)}
ROOTS = SPR(**SMALL, decode_max_instances=5)
DECOUPLED = DecoupledHeatmap(**SMALL)
TAGGED = AssociativeEmbedding(**SMALL, decode_keypoint_order=[1, 0, 2], decode_topk=5)


def constructors() -> Iterator[Bad]:
    def bad(codec: str, argument: str, value: Any, *words: str, **others: Any) -> Bad:
        cls, usual = CODECS[codec]
        given = others | {argument: value}
        kwargs = usual | given
        return Bad(f"{codec}({given})", lambda: cls(**kwargs), (f"`{argument}`", *words))

    for codec in CODECS:
        for argument in ("input_size", "heatmap_size"):
            whole = "two positive integers"
            for value in ((0, 4), (4, -4), (4,), (4, 4, 4), 64, None, "4x4", (4, 4.0), (True, 4)):
                yield bad(codec, argument, value, whole)
            yield bad(codec, argument, (4, 2**40), "memory", str(2**40))
    for codec in ("SPR", "DecoupledHeatmap"):
        for value in ("kpt", "KPT_CENTER", ""):
            yield bad(codec, "root_type", value, "'kpt_center' or 'bbox_center'", f"'{value}'")
        for value in (None, 1, b"kpt_center"):
            yield bad(codec, "root_type", value, "str", repr(value))
    for codec in ("SPR", "AssociativeEmbedding"):
        for value in (0, 4):
            yield bad(codec, "decode_nms_kernel", value, "positive odd integer", str(value))
        for value in (-3, 5.0, "5", None, True, (5, 5)):
            yield bad(codec, "decode_nms_kernel", value, "positive integer", str(value))
        yield bad(codec, "decode_nms_kernel", 2**40 + 1, "at most", str(2**40 + 1))
        for value, shown in ((0, "0"), (-1.0, "-1"), (np.nan, "NaN"), (np.inf, "inf")):
            yield bad(codec, "sigma", value, "positive finite number", shown)
        for value in ("2", True, 1j):
            yield bad(codec, "sigma", value, "number")

    missing = "sigma for keypoints must be given if `generate_keypoint_heatmaps` is True"
    for sigma in (4, (4,), [4.0]):
        yield bad("SPR", "sigma", sigma, missing, "4", generate_keypoint_heatmaps=True)
    yield bad("SPR", "sigma", (4, 0), "positive finite number", generate_keypoint_heatmaps=True)
    yield bad("SPR", "sigma", (4, 2, 1), "one for roots and one for keypoints", "3 values")
    yield bad("SPR", "sigma", (4, "2"), "number", "'2'")
    yield bad("SPR", "generate_keypoint_heatmaps", "yes", "bool", "'yes'")
    for argument in ("minimal_diagonal_length", "background_weight", "decode_thr"):
        for value, shown in ((np.nan, "NaN"), (np.inf, "inf")):
            yield bad("SPR", argument, value, "finite number", shown)
        for value in ("5", None, (5, 5)):
            yield bad("SPR", argument, value, "number", repr(value))
    for value in (-1, 2.5, None, "30"):
        yield bad("SPR", "decode_max_instances", value, "positive integer", repr(value))
        yield bad("DecoupledHeatmap", "encode_max_instances", value, "positive integer")
        yield bad("AssociativeEmbedding", "decode_topk", value, "positive integer", repr(value))
    for value in (-1, 2.5, "30"):
        yield bad("AssociativeEmbedding", "decode_max_instances", value, "positive integer")
    for value, shown in ((1.5, "1.5"), (-0.1, "-0.1"), (np.nan, "NaN")):
        words = ("from 0 to 1", shown)
        yield bad("DecoupledHeatmap", "heatmap_min_overlap", value, *words)
    yield bad("DecoupledHeatmap", "heatmap_min_overlap", None, "number", "None")

    codec, argument = "AssociativeEmbedding", "decode_keypoint_order"
    for value in ([0, 0], [1, 2], [0, 1, 3], [2**40]):
        yield bad(codec, argument, value, "each keypoint's index once")
    for value in ([-1, 0], [0.0, 1], "01", [None], 3, None, [True, 0], [[0]], np.array([0.0])):
        yield bad(codec, argument, value, "whole numbers")
    yield bad(codec, argument, itertools.count(), "whole numbers", "more than")
    yield bad(codec, "use_udp", "yes", "bool", "'yes'")
    for value in (0, 4):
        yield bad(codec, "decode_gaussian_kernel", value, "positive odd integer", str(value))
    for argument in ("decode_keypoint_thr", "decode_center_shift"):
        for value, shown in ((np.nan, "NaN"), (np.inf, "inf")):
            yield bad(codec, argument, value, "finite number", shown)
        yield bad(codec, argument, "0.1", "number", "'0.1'")
    yield bad(codec, "decode_tag_thr", np.nan, "number", "NaN")


def encoders() -> Iterator[Bad]:
    for name, codec in (("SPR", ROOTS), ("Decoupled", DECOUPLED), ("Associative", TAGGED)):

        def bad(what: str, *words: str, codec: Any = codec, name: str = name, **given: Any) -> Bad:
            method = codec.batch_encode if "batch" in what else codec.encode
            argument = "keypoints_visible" if "keypoints_visible" in given else "keypoints"
            given = {"keypoints": ones(2, 3, 2)} | given
            return Bad(f"{name} encodes {what}", lambda: method(**given), (f"`{argument}`", *words))

        wanted = "(N, K, 2)"
        yield bad("two dimensions", wanted, "(3, 2)", keypoints=ones(3, 2))
        yield bad("four dimensions", wanted, "(1, 2, 3, 2)", keypoints=ones(1, 2, 3, 2))
        yield bad("three coordinates", wanted, "(2, 3, 3)", keypoints=ones(2, 3, 3))
        yield bad("a number", wanted, "()", keypoints=3.0)
        for dtype in (complex, object, "U3", "M8[s]", [("x", float)]):
            points = np.zeros((2, 3, 2), dtype)
            yield bad(f"points of {dtype}", "real numbers", str(points.dtype), keypoints=points)
            visible = np.zeros((2, 3), dtype)
            words = ("real numbers", str(visible.dtype))
            yield bad(f"visibilities of {dtype}", *words, keypoints_visible=visible)
        yield bad("None", "real numbers", "object", keypoints=None)
        yield bad("words", "real numbers", keypoints="keypoints")
        yield bad("ragged lists", "array of numbers", keypoints=[[[1, 2], [3]]])
        yield bad("too few visibilities", "(2, 3)", "(2, 2)", keypoints_visible=ones(2, 2))
        yield bad("flat visibilities", "(2, 3)", "(3,)", keypoints_visible=ones(3))

        whole = {"keypoints": ones(2, 2, 3, 2)}
        listed = {"keypoints": [ones(2, 3, 2), ones(1, 3, 2)]}
        yield bad("batch that is none", "must be of shape", "3, 2)")
        yield bad("batch of nothing", "at least one image", keypoints=[])
        yield bad("batch of different K", "keypoints", keypoints=[ones(2, 3, 2), ones(2, 4, 2)])
        yield bad("batch of flat pictures", wanted, "(3, 2)", keypoints=[ones(3, 2)])
        yield bad("batch of None", "real numbers", keypoints=[None])
        yield bad("batch, endless", "keypoints", keypoints=itertools.repeat(ones(2, 3, 2)))
        for visible, what in (([ones(2, 3)], "a list too short"), ([], "no list")):
            yield bad(f"batch with {what} of visibilities", **listed, keypoints_visible=visible)
        for visible in (3, "seen", itertools.repeat(ones(2, 3)), {"a": 1, "b": 2}):
            what = f"a {type(visible).__name__}"
            yield bad(f"batch with {what} of visibilities", **listed, keypoints_visible=visible)
        visible = [ones(2, 3), ones(2, 3)]
        yield bad(
            "batch, a visibility too many", "(1, 3)", "(2, 3)", **listed, keypoints_visible=visible
        )
        yield bad("batch, flat visibilities", "3", **whole, keypoints_visible=ones(2, 3))

    points = ones(2, 3, 2)
    for bbox in (ones(2, 4), ones(2, 8, 1), ones(8), ones(3, 8), ones(2, 2, 4), ones(4, 2), 3.0):
        words = ("`bbox`", "(2, 8)", f"{np.shape(bbox)}".replace(",)", ","))
        yield Bad(
            f"boxes {np.shape(bbox)}", lambda b=bbox: DECOUPLED.encode(points, None, b), words
        )
    for bbox in ("box", ones(2, 8, dtype=complex), [[1, 2], [3]]):
        yield Bad(
            f"boxes of {bbox!r}", lambda b=bbox: DECOUPLED.encode(points, bbox=b), ("`bbox`",)
        )
    for boxes in ([ones(2, 8)], [], 3, itertools.repeat(ones(2, 8)), {"a": 1, "b": 2}):
        yield Bad(
            f"batch of boxes {type(boxes).__name__}, {boxes!r}"[:60],
            lambda b=boxes: DECOUPLED.batch_encode([points] * 2, bbox=b),
            ("`bbox`",),
        )


def decoders() -> Iterator[Bad]:
    def bad(codec: Any, one: Any, other: Any, *words: str, batch: bool = False) -> Bad:
        def shown(value: Any) -> str:
            if isinstance(value, np.ndarray):
                return f"{value.dtype}{value.shape}"
            return f"{type(value).__name__} {value!r}"[:40]

        method = codec.batch_decode if batch or codec is TAGGED else codec.decode
        name = f"{type(codec).__name__} decodes {shown(one)} and {shown(other)}, batch {batch}"
        return Bad(name, lambda: method(one, other), words)

    maps, fields = ones(1, 8, 9), ones(6, 8, 9)
    yield bad(ROOTS, ones(8, 9), fields, "`heatmaps`", "(1, H, W) or (K+1, H, W)", "(8, 9)")
    yield bad(ROOTS, ones(1, 1, 8, 9), fields, "`heatmaps`", "(1, 1, 8, 9)")
    yield bad(ROOTS, ones(0, 8, 9), fields, "`heatmaps`", "(1, H, W) or (K+1, H, W)", "(0, 8, 9)")
    yield bad(ROOTS, maps, ones(8, 9), "`displacements`", "(2K, H, W)", "(8, 9)")
    yield bad(ROOTS, maps, ones(5, 8, 9), "`displacements`", "(2K, H, W)", "(5, 8, 9)")
    yield bad(ROOTS, maps, ones(6, 9, 8), "`displacements`", "8, 9", "(6, 9, 8)")
    yield bad(ROOTS, ones(1, 2, 2), ones(6, 2, 2), "`decode_max_instances`", "4 cells", "5")
    yield bad(ROOTS, ones(1, 0, 9), ones(6, 0, 9), "`decode_max_instances`", "0 cells", "5")
    for dtype in (bool, int, complex, object, "U3"):
        wrong, words = np.zeros((1, 8, 9), dtype), "float16, float32 or float64"
        yield bad(ROOTS, wrong, fields, "`heatmaps`", words, str(wrong.dtype))
        yield bad(ROOTS, maps, np.zeros((6, 8, 9), dtype), "`displacements`", words)
    for one, other in ((3, [fields]), ([maps], None), ([maps], 3.0)):
        word = "`batch_heatmaps`" if one == 3 else "`batch_displacements`"
        yield bad(ROOTS, one, other, word, "one picture after another", batch=True)
    words = ("`batch_displacements`", "2 pictures", "1 pictures")
    yield bad(ROOTS, [maps, maps], [fields], *words, batch=True)
    yield bad(ROOTS, itertools.repeat(maps), [fields], "`batch_heatmaps`", "repeat", batch=True)

    maps, scores = ones(2, 3, 8, 9), ones(2, 1)
    wanted = "(N, K, H, W)"
    yield bad(DECOUPLED, ones(3, 8, 9), scores, "`instance_heatmaps`", wanted, "(3, 8, 9)")
    yield bad(DECOUPLED, ones(1, *maps.shape), scores, "`instance_heatmaps`", wanted)
    yield bad(DECOUPLED, ones(2, 3, 0, 9), scores, "`instance_heatmaps`", "at least one pixel")
    for wrong in (ones(3, 1), ones(2), ones(2, 2), ones(2, 1, 1), 3.0):
        yield bad(DECOUPLED, maps, wrong, "`instance_scores`", "(2, 1)", str(np.shape(wrong)))
    for dtype in (bool, int, complex, object, "U3"):
        words = "float16, float32 or float64"
        yield bad(DECOUPLED, maps.astype(dtype), scores, "`instance_heatmaps`", words)
        yield bad(DECOUPLED, maps, scores.astype(dtype), "`instance_scores`", words)
    wanted = "(M, K, H, W) or (B, N, K, H, W)"
    yield bad(DECOUPLED, ones(3, 8, 9), scores, wanted, "(3, 8, 9)", batch=True)
    words = ("`instance_scores`", "2 pictures", "1 pictures")
    yield bad(DECOUPLED, [maps, maps], [scores], *words, batch=True)
    yield bad(DECOUPLED, [maps], 3, "`instance_scores`", "one picture after another", batch=True)
    yield bad(DECOUPLED, maps[None], ones(1, 3, 1), "`instance_scores`", "(1, 2, 1)", batch=True)

    maps, tags = ones(2, 3, 8, 9), ones(2, 6, 8, 9)
    phrase = "Mismatched shapes of heatmap and tagging map"
    for wrong in (ones(1, 6, 8, 9), ones(2, 6, 9, 8), ones(2, 4, 8, 9), ones(2, 0, 8, 9)):
        yield bad(TAGGED, maps, wrong, "`batch_tags`", "(2, L*3, 8, 9)", phrase, str(wrong.shape))
    yield bad(TAGGED, maps[0], tags, "`batch_heatmaps`", "(B, K, H, W)", "(3, 8, 9)")
    yield bad(TAGGED, maps, tags[0], "`batch_tags`", "(B, L*K, H, W)", "(6, 8, 9)")
    order = "each of the 4 keypoints' index once"
    yield bad(TAGGED, ones(1, 4, 8, 9), ones(1, 4, 8, 9), "`decode_keypoint_order`", order)
    yield bad(TAGGED, ones(2, 3, 2, 2), ones(2, 3, 2, 2), "`decode_topk`", "4 pixels", "5")
    yield bad(TAGGED, ones(2, 3, 0, 2), ones(2, 3, 0, 2), "`decode_topk`", "0 pixels", "5")
    unordered = AssociativeEmbedding(**SMALL)
    words = ("`decode_keypoint_order`", "3 keypoints' index once", "()")
    yield Bad("no order", lambda: unordered.batch_decode(ones(1, 3, 8, 9), ones(1, 3, 8, 9)), words)
    for dtype in (bool, int, complex, object, "U3"):
        words = "float16, float32 or float64"
        yield bad(TAGGED, maps.astype(dtype), tags, "`batch_heatmaps`", words)
        yield bad(TAGGED, maps, tags.astype(dtype), "`batch_tags`", words)


def outs() -> Iterator[Bad]:
    points = ones(2, 3, 2)
    for codec, names in (
        (ROOTS, ("heatmaps", "heatmap_weights", "displacements", "displacement_weights")),
        (TAGGED, ("heatmaps", "keypoint_indices", "keypoint_weights")),
    ):

        def bad(what: str, out: Any, *words: str, codec: Any = codec, batch: bool = False) -> Bad:
            name = f"{type(codec).__name__}, out: {what}"
            if batch:
                return Bad(name, lambda: codec.batch_encode([points, points], out=out), words)
            return Bad(name, lambda: codec.encode(points, out=out), words)

        good = codec.encode(points)
        for out in ([], 3, "out", {}):
            yield bad(repr(out), out, "`out`", *names)
        yield bad("too much", good | {"labels": points}, "`out`", "one for 'labels'")
        for name in names:
            rest = {other: array for other, array in good.items() if other != name}
            yield bad(f"without {name}", rest, "`out`", "none for", name)
            wrong = good[name].astype(np.float16)
            words = (f"out['{name}']", str(good[name].dtype), "float16")
            yield bad(f"{name} of float16", good | {name: wrong}, *words)
            wrong = good[name][..., None]
            words = (f"out['{name}']", f"shape {wrong.shape}")
            yield bad(f"{name} too deep", good | {name: wrong}, *words)
        shared = good | {"heatmaps": good["heatmaps"][:1], "heatmap_weights": good["heatmaps"][:1]}
        if codec is ROOTS:
            yield bad("shared", shared, "`out`", "share no memory")
            words = ("out['heatmaps']", "(2, 1, 8, 9)", "(1, 8, 9)")
            yield bad("of a picture for a list", good, *words, batch=True)
            listed = codec.batch_encode([points, points])
            shared = listed | {"heatmap_weights": listed["heatmaps"]}
            yield bad("shared, for a list", shared, "`out`", "share no memory", batch=True)


ROWS = [*constructors(), *encoders(), *decoders(), *outs()]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_wrong_input_is_refused(bad: Bad) -> None:
    assert_refused(bad.call, bad.words, bad.error)


JUNK = (None, "words", b"bytes", {"a": 1}, object(), type, [[], [1.0]], 1j, ..., iter([1.0]))


@each_bottom_up
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
def test_junk_is_refused(config: BottomUpConfig, junk: Any, rng: np.random.Generator) -> None:
    codec = config.make()
    points, encoded = config.keypoints(rng), config.encoded(rng, 1)
    calls: list[Callable[[], object]] = [
        lambda: codec.encode(junk),
        lambda: codec.batch_encode(junk),
        lambda: codec.batch_encode([junk]),
        lambda: codec.batch_decode(junk, junk),
        lambda: codec.batch_decode(junk, encoded[1]),
        lambda: codec.batch_decode(encoded[0], junk),
        lambda: type(codec)(**(dict(config.kwargs) | {"heatmap_size": junk})),
    ]
    if config.codec != "AssociativeEmbedding":
        calls.append(lambda: codec.decode(encoded[0][0], junk))
    if junk is not None:
        calls.append(lambda: codec.encode(points, junk))
        calls.append(lambda: codec.batch_encode([points], junk))
        calls.append(lambda: codec.batch_encode([points], [junk]))
        if config.takes_out:
            calls.append(lambda: codec.encode(points, out=junk))
        else:
            calls.append(lambda: codec.encode(points, None, junk))
            calls.append(lambda: codec.batch_encode([points], None, [junk]))
    for call in calls:
        with pytest.raises(InvalidInputError) as caught:
            call()
        assert "panick" not in str(caught.value)


def test_the_cause_is_kept() -> None:
    class Failing:
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            raise ZeroDivisionError("no picture today")

    for call in (
        lambda: ROOTS.batch_encode([ones(1, 3, 2)] * 2, Failing()),
        lambda: ROOTS.batch_decode(Failing(), Failing()),
        lambda: DECOUPLED.batch_encode(Failing()),
    ):
        with pytest.raises(InvalidInputError, match="no picture today") as caught:
            call()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_chance_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the caller's generators raise is the caller's."""

    def unlucky(*_: Any) -> Any:
        raise ZeroDivisionError("no luck today")

    monkeypatch.setattr(np.random, "randint", unlucky)
    with pytest.raises(ZeroDivisionError, match="no luck today"):
        DECOUPLED.encode(np.array([[[1.0, 2], [20, 30]]]))
