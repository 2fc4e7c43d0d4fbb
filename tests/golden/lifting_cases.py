"""What `record.py` asks the reference about the codecs that lift 2D poses to 3D."""

from collections.abc import Callable, Iterator

import numpy as np
from codec_cases import VISIBILITIES, Case, Kwargs, Size
from numpy.random import Generator

CAMERA = {"f": [[1145.0494], [1143.7811]], "c": [[512.5415], [515.4515]]}


def camera(size: Size, dtype: str = "float64", intrinsics: bool = True) -> Kwargs:
    """A camera whose pictures are ten times as large as the input image."""
    param: Kwargs = {"w": 10 * size.image[0], "h": 10 * size.image[1]}
    known = {key: np.array(values).astype(dtype) for key, values in CAMERA.items()}
    return param | known if intrinsics else param


def poses(rng: Generator, frames: int, joints: int, dtype: str) -> np.ndarray:
    """3D poses some five metres before the camera; the values compress well."""
    metres = rng.normal(0, 0.5, (frames, joints, 3)) + np.array([0, 0, 5])
    return np.asarray((np.round(metres * 512) / 512).astype(dtype))


def lifting_args(
    rng: Generator, size: Size, frames: tuple[int, int], joints: int, dtype: str, visible: str
) -> Kwargs:
    """2D poses and a 3D target, of so many frames each, with visibilities or without."""
    places = np.round(rng.uniform(0, 1, (frames[0], joints, 2)) * size.image * 40) / 4
    args: Kwargs = {"keypoints": places.astype(dtype)}
    args["lifting_target"] = poses(rng, frames[1], joints, dtype)
    if visible != "omitted":
        values, visible_dtype = visible.split()
        for name, count in (("keypoints", frames[0]), ("lifting_target", frames[1])):
            drawn = rng.permutation(np.resize(VISIBILITIES[values], count * joints))
            args[f"{name}_visible"] = drawn.reshape(count, joints).astype(visible_dtype)
    return args


LIFTING_PLAN = (
    ("float32", "0/1/2 float32"),
    ("float64", "fractional float64"),
    ("float32", "omitted"),
    ("float64", "0/1/2 int64"),
)


def lifting_decode_cases(rng: Generator, kwargs: Kwargs, count: int) -> Iterator[Case]:
    for people, dtype, root in ((1, "float32", "float32"), (3, "float64", "float32")):
        encoded = np.round(rng.normal(0, 256, (people, count, 3))) / 256
        args: Kwargs = {"encoded": encoded.astype(dtype)}
        yield Case(kwargs, "decode", args, f"{people} {dtype}, no root")
        args = args | {"target_root": (np.round(rng.normal(0, 256, (1, 3))) / 256).astype(root)}
        yield Case(kwargs, "decode", args, f"{people} {dtype}, {root} root")


def image_pose_lifting(rng: Generator, size: Size) -> Iterator[Case]:
    def statistics(joints: int, kept: int) -> Kwargs:
        return {
            "keypoints_mean": np.round(rng.uniform(400, 600, (joints, 2))).tolist(),
            "keypoints_std": np.round(rng.uniform(50, 100, (joints, 2))),
            "target_mean": np.round(rng.normal(0, 64, (kept, 3))) / 256,
            "target_std": np.round(rng.uniform(64, 256, (kept, 3))) / 256,
        }

    removed = {"remove_root": True, "save_index": True}
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17},
            {"num_keypoints": 17, **statistics(17, 17), "concat_vis": True},
            {"num_keypoints": 16, **removed, **statistics(16, 15)},
            {"num_keypoints": 5, "root_index": [3, 1], "reshape_keypoints": False},
            {"num_keypoints": 5, **removed, "reshape_keypoints": False, "concat_vis": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, (1 + i, 1), joints, dtype, visible)
            yield Case(kwargs, "encode", args, f"{1 + i}x{joints} {dtype}, visibility {visible}")
        if i == size.turn + 2 and "target_mean" not in kwargs:
            yield from lifting_decode_cases(rng, kwargs, joints - ("remove_root" in kwargs))
        elif "target_mean" in kwargs:
            one, two, *_ = lifting_decode_cases(rng, kwargs, len(kwargs["target_mean"]))
            yield from (one, two)


def video_pose_lifting(rng: Generator, size: Size) -> Iterator[Case]:
    removed = {"remove_root": True, "save_index": True}
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17},
            {"num_keypoints": 17, "zero_center": False, **removed, "concat_vis": True},
            {"num_keypoints": 16, "root_index": [0, 4], "normalize_camera": True},
            {"num_keypoints": 5, **removed, "reshape_keypoints": False, "normalize_camera": True},
            {"num_keypoints": 5, "reshape_keypoints": False, "concat_vis": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        frames = (9, 1) if i % 2 else (3, 3)
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, frames, joints, dtype, visible)
            args["camera_param"] = camera(size, dtype, "normalize_camera" in kwargs)
            note = f"{frames[0]} and {frames[1]} of {joints} {dtype}, visibility {visible}"
            yield Case(kwargs, "encode", args, note)
        if i == size.turn:
            yield from lifting_decode_cases(rng, kwargs, joints - ("remove_root" in kwargs))


def motionbert_label(rng: Generator, size: Size) -> Iterator[Case]:
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17, "mode": "train", "concat_vis": True},
            {"num_keypoints": 17, "concat_vis": True, "rootrel": True},
            {"num_keypoints": 16, "root_index": 6, "mode": "train"},
            {"num_keypoints": 5, "root_index": 2, "mode": "TEST", "remove_root": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, (4, 4), joints, dtype, visible)
            turn = (size.turn + i + len(visible)) % 3
            args["camera_param"] = camera(size, dtype, intrinsics=turn != 1)
            if turn == 2:  # millimetres, in whose distance single precision has little left
                args["lifting_target"] = args["lifting_target"] * args["keypoints"].dtype.type(1000)
            if turn:
                args["factor"] = np.round(rng.uniform(3, 5, (4, 1)[:turn]) * 64).astype(dtype) / 64
                args["factor"][0] *= turn != 2
            note = f"{joints} {dtype}, visibility {visible}, factor {('none', 'given', '0')[turn]}"
            yield Case(kwargs, "encode", args, note)
        for dtype in ("float32", "float64"):
            encoded = (np.round(rng.normal(0, 256, (3, joints, 3))) / 256).astype(dtype)
            args = {"encoded": encoded}
            yield Case(kwargs, "decode", args, f"{joints} {dtype}, not scaled")
            args = args | {
                name: np.full(3, 10 * side) for name, side in zip("wh", size.image, strict=True)
            }
            args["factor"] = np.round(rng.uniform(3, 5, (3, 1)) * 64).astype(dtype) / 64
            yield Case(kwargs, "decode", args, f"{joints} {dtype}, scaled")


LIFTING: dict[str, Callable[[Generator, Size], Iterator[Case]]] = {
    "ImagePoseLifting": image_pose_lifting,
    "VideoPoseLifting": video_pose_lifting,
    "MotionBERTLabel": motionbert_label,
}
