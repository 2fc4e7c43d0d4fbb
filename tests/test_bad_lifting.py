"""Wrong input to the codecs that lift 2D poses to 3D is refused, by name."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from posecodec_rs import ImagePoseLifting, MotionBERTLabel, VideoPoseLifting
from refusals import Bad, assert_refused, ones


def constructors() -> Iterator[Bad]:
    def bad(cls: type[Any], *words: str, num_keypoints: Any = 17, **given: Any) -> Bad:
        shapes = {k: v.shape if isinstance(v, np.ndarray) else v for k, v in given.items()}
        shown = ", ".join(f"{name}={value!r}"[:60] for name, value in shapes.items())
        name = f"{cls.__name__}({num_keypoints!r}, {shown})"
        return Bad(name, lambda: cls(num_keypoints, **given), words)

    for cls in (ImagePoseLifting, VideoPoseLifting, MotionBERTLabel):
        for value in (0, -1, 17.0, "17", None, True, 2**70):
            yield bad(cls, "`num_keypoints`", "positive integer", str(value), num_keypoints=value)
        for value in (17, 2**40):
            yield bad(cls, "`root_index`", "keypoints 0 to 16", str(value), root_index=value)
        for value in (-1, 1.5, "0", None, True):
            yield bad(cls, "`root_index`", str(value), root_index=value)
        for argument in ("remove_root", "save_index", "concat_vis"):
            yield bad(cls, f"`{argument}`", "bool", "'yes'", **{argument: "yes"})
    for cls in (ImagePoseLifting, VideoPoseLifting):
        for value in ([], [0, 17], [0, -1], [0, "1"], {"a": 1}, itertools.repeat(99)):
            yield bad(cls, "`root_index`", "keypoint", root_index=value)
        yield bad(cls, "`reshape_keypoints`", "bool", reshape_keypoints=2)
    yield bad(VideoPoseLifting, "`zero_center`", "bool", zero_center="no")
    yield bad(VideoPoseLifting, "`normalize_camera`", "bool", normalize_camera=0.5)
    yield bad(MotionBERTLabel, "`root_index`", "[0]", root_index=[0])
    yield bad(MotionBERTLabel, "`rootrel`", "bool", rootrel="no")
    for value in ("val", "", "training"):
        yield bad(MotionBERTLabel, "got invalid `mode`", value, '"train", "test"', mode=value)
    for value in (1, None, b"test"):
        yield bad(MotionBERTLabel, "`mode`", "str", repr(value), mode=value)

    good = ones(17, 2)
    for mean, std in (("keypoints_mean", "keypoints_std"), ("target_mean", "target_std")):

        def image(*words: str, names: Any = {"mean": mean, "std": std}, **given: Any) -> Bad:  # noqa: B006
            named = {names[name]: value for name, value in given.items()}
            return bad(ImagePoseLifting, *(names.get(word, word) for word in words), **named)

        yield image("std", "must be given with", "mean", "None", mean=good)
        yield image("mean", "must be given with", "std", "None", std=good)
        for value in (ones(16, 2), ones(5), 3.0, []):
            yield image("mean", "(17, D)", str(np.shape(value)), mean=value, std=good)
            yield image("std", "(17, D)", str(np.shape(value)), mean=good, std=value)
        yield image("mean", "(17, D)", mean=ones(17, 0), std=ones(17, 0))
        yield image("std", "(17, 2)", "(17, 3)", mean=good, std=ones(17, 3))
        for value, shown in ((0.0, "0"), (1e-60, "0"), (np.nan, "NaN"), (np.inf, "inf")):
            yield image("std", "other than 0", shown, mean=good, std=[[1, value]] * 17)
        for value, shown in ((np.nan, "NaN"), (-np.inf, "-inf"), (1e60, "inf")):
            yield image("mean", "finite", shown, mean=[[1, value]] * 17, std=good)
        for value in ("means", object(), {"a": 1}, 1j, [[1], [2, 3]]):
            yield image("mean", "number", mean=value, std=good)
    removed = {"remove_root": True, "target_mean": ones(17, 3), "target_std": ones(17, 3)}
    yield bad(ImagePoseLifting, "`target_mean`", "(16, D)", "(17, 3)", **removed)
    for value in ("key", 3, [1, 2], [None]):
        words = ("`additional_encode_keys`", "list of str")
        yield bad(ImagePoseLifting, *words, additional_encode_keys=value)


CAMERA = {"w": 1000, "h": 1002, "f": ones(2, 1), "c": ones(2, 1)}


def encoders() -> Iterator[Bad]:
    means = {"target_mean": ones(17, 3), "target_std": ones(17, 3)}
    means |= {"keypoints_mean": ones(17, 2), "keypoints_std": ones(17, 2)}
    for name, codec in {
        "ImagePoseLifting": ImagePoseLifting(17),
        "ImagePoseLifting-means": ImagePoseLifting(17, **means),
        "VideoPoseLifting": VideoPoseLifting(17),
        "VideoPoseLifting-camera": VideoPoseLifting(17, normalize_camera=True),
        "MotionBERTLabel": MotionBERTLabel(17),
        "MotionBERTLabel-train": MotionBERTLabel(17, mode="train"),
    }.items():
        good = {"keypoints": ones(1, 17, 2), "keypoints_visible": ones(1, 17)}
        good |= {"lifting_target": ones(1, 17, 3), "lifting_target_visible": ones(1, 17)}
        if not name.startswith("Image"):
            good["camera_param"] = CAMERA

        def bad(
            what: str,
            *words: str,
            codec: Any = codec,
            name: str = name,
            good: dict[str, Any] = good,
            **given: Any,
        ) -> Bad:
            batched = {k: v if k == "camera_param" else v[None] for k, v in good.items()}
            kwargs = (batched if "batch" in what else good) | given
            method = codec.batch_encode if "batch" in what else codec.encode
            argument = f"`{next(iter(given))}`"
            return Bad(f"{name} encodes {what}", lambda: method(**kwargs), (argument, *words))

        for argument, dims in (("keypoints", 2), ("lifting_target", 3)):
            wanted = "(T, 17, "
            for shape in ((17,), (1, 16, dims), (16, dims), (1, 1, 17, dims), (1, 17, 0)):
                yield bad(f"{argument} {shape}", wanted, str(shape), **{argument: ones(*shape)})
            for shape in ((17, dims), (1, 17, dims), (2, 1, 18, dims)):
                words = ("(B, T, 17, ", str(shape))
                yield bad(f"batch of {argument} {shape}", *words, **{argument: ones(*shape)})
            for value in (3.0, None, "poses", {"x": 1}, [[[1, 2], [3]]], 1j, np.zeros(3, "M8[s]")):
                if value is None and argument == "lifting_target":
                    continue
                shown = repr(value)[:20]
                yield bad(f"{argument} {shown}", **{argument: value})
            visible = f"{argument}_visible"
            for shape in ((), (17,), (1, 16), (2, 17), (1, 17, 1, 1)):
                words = ("(1, 17)", str(shape))
                yield bad(f"{visible} {shape}", *words, **{visible: ones(*shape)})
            yield bad(f"{visible} of words", "real numbers", **{visible: np.array([["1"] * 17])})
            yield bad(f"batch, {visible}", "(1, 1, 17)", **{visible: ones(1, 17)})
        others = {"lifting_target": ones(2, 1, 17, 3), "lifting_target_visible": None}
        yield bad("batch of other targets", "batch of 1", **others)
    image = ImagePoseLifting(17, **means)
    poses = {"keypoints": ones(1, 17, 2)}
    for what, given, words in (
        ("3 coordinates", {"keypoints": ones(1, 17, 3)}, ("`keypoints`", "2 coordinates", "3")),
        ("2 frames", {"lifting_target": ones(2, 17, 3)}, ("`lifting_target`", "(1, 17, 3)")),
        ("a flat target", {"lifting_target": ones(1, 17, 2)}, ("`lifting_target`", "(1, 17, 2)")),
    ):
        kwargs = poses | given
        yield Bad(f"means, {what}", lambda kwargs=kwargs: image.encode(**kwargs), words)
    for name, codec in (("Image", ImagePoseLifting(17)), ("Video", VideoPoseLifting(17))):
        for what, target in (
            ("no depth", np.zeros((1, 17, 3))),
            ("one without depth", ones(1, 17, 3) * [1, 1, 0]),
            ("one of zero", ones(17, 3) - (np.arange(17) == 4)[:, None]),
            ("two dimensions", ones(17, 2)),
        ):
            kwargs = poses | {"lifting_target": target}
            kwargs |= {"camera_param": CAMERA} if name == "Video" else {}
            words = ("`lifting_target`", "`lifting_target_visible`", "depth")
            call = lambda codec=codec, kwargs=kwargs: codec.encode(**kwargs)  # noqa: E731
            yield Bad(f"{name}PoseLifting divides by a target of {what}", call, words)
    for depth in (0.0, -0.0):
        target = ones(2, 17, 3)
        target[1, 4, 2] = depth
        kwargs = {"keypoints": ones(2, 17, 2), "lifting_target": target, "camera_param": CAMERA}
        yield Bad(
            f"MotionBERTLabel projects a depth of {depth}",
            lambda kwargs=kwargs: MotionBERTLabel(17).encode(**kwargs),
            ("`lifting_target`", "depth of 0 at frame 1, keypoint 4"),
        )


def cameras() -> Iterator[Bad]:
    poses = {"keypoints": ones(1, 17, 2), "lifting_target": ones(1, 17, 3)}
    normalising = VideoPoseLifting(17, normalize_camera=True)
    for name, codec in {
        "VideoPoseLifting": VideoPoseLifting(17),
        "VideoPoseLifting-camera": normalising,
        "MotionBERTLabel": MotionBERTLabel(17),
    }.items():

        def bad(what: str, param: Any, *words: str, codec: Any = codec, name: str = name) -> Bad:
            call = lambda: codec.encode(**poses, camera_param=param)  # noqa: E731
            return Bad(f"{name}, camera: {what}", call, ("camera_param", *words))

        yield bad("none", None, "`w`", "`h`", "none")
        yield bad("empty", {}, "`w`", "`h`", "none for `w`")
        for side in "wh":
            less = {key: value for key, value in CAMERA.items() if key != side}
            yield bad(f"no {side}", less, "`w`", "`h`", f"none for `{side}`")
            for value in (0, -1000, np.nan, np.inf):
                words = (f"camera_param['{side}']", "positive finite")
                yield bad(f"{side} {value}", CAMERA | {side: value}, *words)
            for value in ("1000", None, [1000], True, 1j):
                words = (f"camera_param['{side}']", "number", repr(value))
                yield bad(f"{side} {value!r}", CAMERA | {side: value}, *words)
        for pair in "fc":
            for value in (3.0, ones(3), ones(1, 2), ones(2, 2), []):
                words = (f"camera_param['{pair}']", "(2,) or (2, 1)", str(np.shape(value)))
                shown = f"{pair} of shape {np.shape(value)}"
                yield bad(shown, CAMERA | {pair: value}, *words)
            for value in ("ab", None, {"x": 1}, 1j):
                words = (f"camera_param['{pair}']", "numbers")
                yield bad(f"{pair} {value!r}", CAMERA | {pair: value}, *words)
            words = (f"camera_param['{pair}']", "finite", "NaN")
            yield bad(f"{pair} not finite", CAMERA | {pair: [1, np.nan]}, *words)
        for value in (3, "camera", [CAMERA], ones(2), (("w", 1000),)):
            yield bad(f"a {type(value).__name__}", value, "dict")
        batch = {key: value[None].repeat(3, 0) for key, value in poses.items()}
        for param in ([CAMERA] * 2, [CAMERA, CAMERA, None], [CAMERA, CAMERA, {}], "abc", 3):
            call = lambda codec=codec, param=param, batch=batch: codec.batch_encode(  # noqa: E731
                **batch, camera_param=param
            )
            yield Bad(
                f"{name}, cameras: {str(param)[:9]} {len(str(param))}", call, ("camera_param",)
            )
    for what, codec in (("normalises", normalising), ("projects with", MotionBERTLabel(17))):
        for pair, other in ("fc", "cf"):
            param = {key: value for key, value in CAMERA.items() if key != other}
            call = lambda codec=codec, param=param: codec.encode(  # noqa: E731
                **poses, camera_param=param
            )
            words = ("`camera_param`", "`f` and `c` together", f"`{pair}` alone")
            yield Bad(f"{type(codec).__name__} {what} `{pair}` alone", call, words)
    size = {"w": 1000, "h": 1002}
    yield Bad(
        "VideoPoseLifting normalises a camera without intrinsics",
        lambda: normalising.encode(**poses, camera_param=size),
        ("`camera_param`", "`f` and `c`", "neither"),
    )
    for what, points, target in (
        ("keypoints of 3", ones(1, 17, 3), None),
        ("keypoints of 1", ones(1, 17, 1), None),
    ):
        yield Bad(
            f"VideoPoseLifting encodes {what} coordinates",
            lambda points=points, target=target: VideoPoseLifting(17).encode(
                points, None, target, None, CAMERA
            ),
            ("`keypoints`", "2 coordinates"),
        )
    yield Bad(
        "MotionBERTLabel encodes keypoints of 1 coordinate",
        lambda: MotionBERTLabel(17).encode(ones(1, 17, 1), camera_param=CAMERA),
        ("`keypoints`", "2 coordinates or more", "1"),
    )
    for dims in (2, 4):
        yield Bad(
            f"MotionBERTLabel encodes a target of {dims} coordinates",
            lambda dims=dims: MotionBERTLabel(17).encode(
                ones(1, 17, 2), None, ones(1, 17, dims), None, CAMERA
            ),
            ("`lifting_target`", "(T, 17, 3)", f"(1, 17, {dims})"),
        )


def factors() -> Iterator[Bad]:
    poses = {"keypoints": ones(4, 17, 2), "lifting_target": ones(4, 17, 3), "camera_param": CAMERA}
    codec = MotionBERTLabel(17)
    for shape in ((), (3,), (5,), (0,), (4, 2), (1, 4), (4, 1, 1)):
        yield Bad(
            f"MotionBERTLabel, factor {shape}",
            lambda shape=shape: codec.encode(**poses, factor=ones(*shape)),
            ("`factor`", "(4,)", "one factor per frame", str(shape)),
        )
    batch = {key: value if key == "camera_param" else value[None] for key, value in poses.items()}
    for shape in ((4,), (2, 4), (1, 3), (1, 4, 2)):
        yield Bad(
            f"MotionBERTLabel, factors {shape}",
            lambda shape=shape: codec.batch_encode(**batch, factor=ones(*shape)),
            ("`factor`", "(1, 4)", "one factor per frame", str(shape)),
        )
    for value in ("factor", {}, 1j, np.zeros(4, object)):
        yield Bad(
            f"MotionBERTLabel, factor {str(value)[:12]}",
            lambda value=value: codec.encode(**poses, factor=value),
            ("`factor`", "numbers"),
        )
    yield Bad(
        "MotionBERTLabel, more keypoints than targets",
        lambda: codec.encode(ones(4, 17, 2), None, ones(2, 17, 3), None, {"w": 9, "h": 9}),
        ("`factor`", "2 frames of the target", "4"),
    )


def decoders() -> Iterator[Bad]:
    means = {"target_mean": ones(17, 3), "target_std": ones(17, 3)}
    for name, codec in {
        "ImagePoseLifting": ImagePoseLifting(17),
        "ImagePoseLifting-means": ImagePoseLifting(17, **means),
        "VideoPoseLifting": VideoPoseLifting(17, remove_root=True, root_index=9),
    }.items():

        def bad(what: str, *args: Any, words: Any, codec: Any = codec, name: str = name) -> Bad:
            method = codec.batch_decode if "batch" in what else codec.decode
            return Bad(f"{name} decodes {what}", lambda: method(*args), tuple(words))

        for shape in ((17,), (17, 3), (1, 1, 17, 3), (1, 5, 3), (1, 18, 3), (1, 17, 0)):
            yield bad(f"{shape}", ones(*shape), words=["`encoded`", str(shape)])
        for shape in ((17, 3), (2, 1, 5, 3), (1, 1, 1, 17, 3)):
            yield bad(f"a batch {shape}", ones(*shape), words=["`batch_encoded`"])
        for dtype in (bool, int, complex, object, "U3"):
            words = ["`encoded`", "float16, float32 or float64"]
            yield bad(f"{dtype}", np.zeros((1, 17, 3), dtype), words=words)
        for shape in ((), (2,), (2, 3), (1, 2), (1, 1, 1, 3), (17, 3), (3, 1)):
            words = ["`target_root`", "(1, 3)", str(shape)]
            yield bad(f"roots {shape}", ones(1, 17, 3), ones(*shape), words=words)
        words = ["`target_root`", "(2, 1, 3)"]
        for shape in ((3,), (1, 3), (1, 1, 3), (2, 2, 3), (2, 1, 2)):
            yield bad(f"roots of a batch {shape}", ones(2, 1, 17, 3), ones(*shape), words=words)
        yield bad("roots of words", ones(1, 17, 3), "root", words=["`target_root`"])
    yield Bad(
        "ImagePoseLifting-means decodes two poses",
        lambda: ImagePoseLifting(17, **means).decode(ones(2, 17, 3)),
        ("`encoded`", "(1, 17, 3)", "(2, 17, 3)"),
    )
    yield Bad(
        "VideoPoseLifting puts a root beyond a trajectory",
        lambda: VideoPoseLifting(17, remove_root=True, root_index=9).decode(ones(1, 1, 3), ones(3)),
        ("`encoded`", "inserted at 9", "(1, 1, 3)"),
    )

    codec = MotionBERTLabel(17)
    for shape in ((17, 3), (1, 16, 3), (1, 17, 2), (1, 1, 1, 17, 3)):
        yield Bad(
            f"MotionBERTLabel decodes {shape}",
            lambda shape=shape: codec.decode(ones(*shape)),
            ("`encoded`", "(N, 17, 3)", str(shape)),
        )
    for shape in ((17, 3), (2, 17, 3), (1, 2, 16, 3), (1, 2, 17, 2), (1, 1, 2, 17, 3)):
        yield Bad(
            f"MotionBERTLabel decodes a batch {shape}",
            lambda shape=shape: codec.batch_decode(ones(*shape)),
            ("`batch_encoded`", "(B, T, 17, 3)", str(shape)),
        )
    two = ones(2, 17, 3)
    for what, scales, words in (
        ("w alone", {"w": ones(2)}, ("`h`", "given with `w`")),
        ("h alone", {"h": ones(2)}, ("`w`", "given with `h`")),
        ("unlike sizes", {"w": ones(2), "h": ones(2, 1)}, ("`h`", "as `w` is", "(2, 1)")),
        ("too many sizes", {"w": ones(3), "h": ones(3)}, ("`w`", "(2,)", "(3,)")),
        ("sizes for all", {"w": ones(1), "h": ones(1)}, ("`w`", "(2,)", "(1,)")),
        ("sizes in two columns", {"w": ones(2, 2), "h": ones(2, 2)}, ("`w`", "(2, 2)")),
        ("no width", {"w": ones(2) * 0, "h": ones(2)}, ("`w`", "positive", "0")),
        ("no height", {"w": ones(2), "h": -ones(2)}, ("`h`", "positive", "-1")),
        ("NaN", {"w": ones(2) * np.nan, "h": ones(2)}, ("`w`", "positive", "NaN")),
        ("too many factors", {"factor": ones(3, 1)}, ("`factor`", "(2,)", "(3, 1)")),
        ("one factor", {"factor": ones(1, 1)}, ("`factor`", "(2,)", "(1, 1)")),
        ("factors of words", {"factor": "four"}, ("`factor`", "numbers")),
    ):
        call = lambda scales=scales: codec.decode(two, **scales)  # noqa: E731
        yield Bad(f"MotionBERTLabel decodes with {what}", call, words)


ROWS = [*constructors(), *encoders(), *cameras(), *factors(), *decoders()]


@pytest.mark.parametrize(
    ("call", "words", "error"), [pytest.param(*r[1:], id=r.name) for r in ROWS]
)
def test_wrong_input_is_refused(
    call: Callable[[], object], words: tuple[str, ...], error: type[Exception]
) -> None:
    assert_refused(call, words, error)
