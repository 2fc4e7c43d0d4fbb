"""What the specs of codecs that lift 2D poses to 3D share."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from .bad import Bad, MakeRow, bools, constructor, method, ones
from .inputs import VISIBILITIES
from .messages import FLOATS, NUMERIC

TARGETS = ("lifting_target", "lifting_target_visible")
LABELS = ("trajectory_weights", "lifting_target_label", "lifting_target_weight")
OPTIONAL = frozenset({"keypoints_visible", *TARGETS})

CAMERA = {
    "w": 1000,
    "h": 1002,
    "f": np.array([[1145.0494], [1143.7811]]),
    "c": np.array([[512.5415], [515.4515]]),
}
"""A camera like those of Human3.6M, in pixels."""

PLAIN_CAMERA = {"w": 1000, "h": 1002, "f": ones(2, 1), "c": ones(2, 1)}


def pose_args(rng: Generator, *frames: int) -> dict[str, Any]:
    """2D poses (*frames, 17, 2), 3D targets, and visibilities of both."""
    return {
        "keypoints": rng.uniform(100, 900, (*frames, 17, 2)).astype(np.float32),
        "keypoints_visible": rng.choice(VISIBILITIES, (*frames, 17)),
        "lifting_target": rng.normal([0, 0, 5], 0.5, (*frames, 17, 3)).astype(np.float32),
        "lifting_target_visible": rng.choice(VISIBILITIES, (*frames, 17)),
    }


def lifted_args(config: Any, rng: Generator, *frames: int) -> dict[str, Any]:
    """3D poses (*frames, K, 3) as a network returns them, and their roots."""
    count = 17 - bool(config.kwargs.get("remove_root"))
    poses = rng.normal(0, 1, (*frames, count, 3)).astype(np.float32)
    return {"encoded": poses, "target_root": rng.normal(0, 1, (*frames, 3)).astype(np.float32)}


def decoded_dtypes(config: Any, dtype: Any) -> list[Any]:
    return [dtype, np.float32]


# Constructors


def bad_constructors(codec: type[Any], *, several_roots: bool = True) -> Iterator[Bad]:
    row = constructor(codec, num_keypoints=17)
    for value in (0, -1, 17.0, "17", None, True, 2**70):
        yield row("num_keypoints", value, "positive integer", str(value))
    for value in (17, 2**40):
        yield row("root_index", value, "keypoints 0 to 16", str(value))
    for value in (-1, 1.5, "0", None, True):
        yield row("root_index", value, str(value))
    yield from bools(row, "remove_root", "save_index", "concat_vis")
    if several_roots:
        for value in ([], [0, 17], [0, -1], [0, "1"], {"a": 1}, itertools.repeat(99)):
            yield row("root_index", value, "keypoint")
        yield from bools(row, "reshape_keypoints")


# `encode`


def bad_encoders(codec: Any, label: str, *, camera: bool) -> Iterator[Bad]:
    """Keypoints, targets and visibilities of wrong shapes and dtypes."""
    good = {"keypoints": ones(1, 17, 2), "keypoints_visible": ones(1, 17)}
    good |= {"lifting_target": ones(1, 17, 3), "lifting_target_visible": ones(1, 17)}
    batched = {name: value[None] for name, value in good.items()}
    extra = {"camera_param": PLAIN_CAMERA} if camera else {}
    row = method(codec, "encode", good | extra, label)
    batch = method(codec, "batch_encode", batched | extra, label)
    for argument, dims in (("keypoints", 2), ("lifting_target", 3)):
        for shape in ((17,), (1, 16, dims), (16, dims), (1, 1, 17, dims), (1, 17, 0)):
            yield row(argument, ones(*shape), "(T, 17, ", str(shape))
        for shape in ((17, dims), (1, 17, dims), (2, 1, 18, dims)):
            yield batch(argument, ones(*shape), "(B, T, 17, ", str(shape))
        for value in (3.0, "poses", {"x": 1}, [[[1, 2], [3]]], 1j, np.zeros(3, "M8[s]")):
            yield row(argument, value)
        visible = f"{argument}_visible"
        for shape in ((), (17,), (1, 16), (2, 17), (1, 17, 1, 1)):
            yield row(visible, ones(*shape), "(1, 17)", str(shape))
        yield row(visible, np.array([["1"] * 17]), NUMERIC)
        yield batch(visible, ones(1, 17), "(1, 1, 17)")
    yield row("keypoints", None)
    yield batch("lifting_target", ones(2, 1, 17, 3), "batch of 1", lifting_target_visible=None)


def bad_depths(codec: Any) -> Iterator[Bad]:
    """Targets that visibilities cannot be divided by."""
    row = method(codec, "encode", {"keypoints": ones(1, 17, 2), "camera_param": PLAIN_CAMERA})
    if "camera_param" not in codec.auxiliary_encode_keys:
        row = method(codec, "encode", {"keypoints": ones(1, 17, 2)})
    for target in (
        np.zeros((1, 17, 3)),
        np.float32([1, 1, 0]) * ones(1, 17, 3),
        ones(17, 3) - (np.arange(17) == 4)[:, None],
        ones(17, 2),
    ):
        yield row("lifting_target", target, "`lifting_target_visible`", "depth")


def bad_cameras(codec: Any, label: str) -> Iterator[Bad]:
    poses = {"keypoints": ones(1, 17, 2), "lifting_target": ones(1, 17, 3)}

    def row(what: str, param: Any, *words: str) -> Bad:
        call = lambda: codec.encode(**poses, camera_param=param)  # noqa: E731
        return Bad(f"{label}.encode(camera: {what})", call, ("camera_param", *words))

    yield row("none", None, "`w`", "`h`", "none")
    yield row("empty", {}, "`w`", "`h`", "none for `w`")
    for side in "wh":
        others = {key: value for key, value in PLAIN_CAMERA.items() if key != side}
        yield row(f"no {side}", others, "`w`", "`h`", f"none for `{side}`")
        for value in (0, -1000, np.nan, np.inf):
            words = (f"camera_param['{side}']", "positive finite")
            yield row(f"{side} {value}", PLAIN_CAMERA | {side: value}, *words)
        for value in ("1000", None, [1000], True, 1j):
            words = (f"camera_param['{side}']", "number", repr(value))
            yield row(f"{side} {value!r}", PLAIN_CAMERA | {side: value}, *words)
    for pair in "fc":
        for value in (3.0, ones(3), ones(1, 2), ones(2, 2), []):
            words = (f"camera_param['{pair}']", "(2,) or (2, 1)", str(np.shape(value)))
            yield row(f"{pair} of shape {np.shape(value)}", PLAIN_CAMERA | {pair: value}, *words)
        for value in ("ab", None, {"x": 1}, 1j):
            words = (f"camera_param['{pair}']", NUMERIC)
            yield row(f"{pair} {value!r}", PLAIN_CAMERA | {pair: value}, *words)
        words = (f"camera_param['{pair}']", "finite", "NaN")
        yield row(f"{pair} not finite", PLAIN_CAMERA | {pair: [1, np.nan]}, *words)
    for value in (3, "camera", [PLAIN_CAMERA], ones(2), (("w", 1000),)):
        yield row(f"a {type(value).__name__}", value, "dict")
    batch = {key: value[None].repeat(3, 0) for key, value in poses.items()}
    cameras: dict[str, Any] = {
        "two": [PLAIN_CAMERA] * 2,
        "one None": [PLAIN_CAMERA, PLAIN_CAMERA, None],
        "one empty": [PLAIN_CAMERA, PLAIN_CAMERA, {}],
        "a string": "abc",
        "a number": 3,
    }
    for what, param in cameras.items():
        call = lambda param=param: codec.batch_encode(**batch, camera_param=param)  # noqa: E731
        yield Bad(f"{label}.batch_encode(cameras: {what})", call, ("camera_param",))


def half_a_camera(codec: Any) -> Iterator[Bad]:
    """Only one of `f` and `c`."""
    row = method(codec, "encode", {"keypoints": ones(1, 17, 2), "lifting_target": ones(1, 17, 3)})
    for pair, other in ("fc", "cf"):
        param = {key: value for key, value in PLAIN_CAMERA.items() if key != other}
        yield row("camera_param", param, "`f` and `c` together", f"`{pair}` alone")


# `decode`


def bad_decoders(codec: Any, label: str) -> Iterator[Bad]:
    row = method(codec, "decode", {}, label)
    for shape in ((17,), (17, 3), (1, 1, 17, 3), (1, 5, 3), (1, 18, 3), (1, 17, 0)):
        yield row("encoded", ones(*shape), str(shape))
    for dtype in (bool, int, complex, object, "U3"):
        yield row("encoded", np.zeros((1, 17, 3), dtype), FLOATS)
    batch = method(codec, "batch_decode", {}, label)
    for shape in ((17, 3), (2, 1, 5, 3), (1, 1, 1, 17, 3)):
        yield batch("batch_encoded", ones(*shape))
    yield from bad_roots(codec, label)


def bad_roots(codec: Any, label: str) -> Iterator[Bad]:
    row = method(codec, "decode", {"encoded": ones(1, 17, 3)}, label)
    for shape in ((), (2,), (2, 3), (1, 2), (1, 1, 1, 3), (17, 3), (3, 1)):
        yield row("target_root", ones(*shape), "(1, 3)", str(shape))
    yield row("target_root", "root")
    for shape in ((3,), (1, 3), (1, 1, 3), (2, 2, 3), (2, 1, 2)):
        root = ones(*shape)
        call = lambda root=root: codec.batch_decode(ones(2, 1, 17, 3), root)  # noqa: E731
        name = f"{label}.batch_decode(roots {shape})"
        yield Bad(name, call, ("`target_root`", "(2, 1, 3)"))


def statistic_rows(row: MakeRow, mean: str, std: str) -> Iterator[Bad]:
    """Means and standard deviations of `ImagePoseLifting`."""
    good = ones(17, 2)
    yield row(mean, good, f"`{std}`", "must be given with", "None")
    yield row(std, good, f"`{mean}`", "must be given with", "None")
    for value in (ones(16, 2), ones(5), 3.0, []):
        yield row(mean, value, "(17, D)", str(np.shape(value)), **{std: good})
        yield row(std, value, "(17, D)", str(np.shape(value)), **{mean: good})
    yield row(mean, ones(17, 0), "(17, D)", **{std: ones(17, 0)})
    yield row(std, ones(17, 3), "(17, 2)", "(17, 3)", **{mean: good})
    for number, shown in ((0.0, "0"), (1e-60, "0"), (np.nan, "NaN"), (np.inf, "inf")):
        yield row(std, [[1, number]] * 17, "other than 0", shown, **{mean: good})
    for number, shown in ((np.nan, "NaN"), (-np.inf, "-inf"), (1e60, "inf")):
        yield row(mean, [[1, number]] * 17, "finite", shown, **{std: good})
    for value in ("means", object(), {"a": 1}, 1j, [[1], [2, 3]]):
        yield row(mean, value, NUMERIC, **{std: good})
