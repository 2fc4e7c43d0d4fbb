"""What `record.py` asks the reference: one generator of cases for each codec.

Sizes are [w, h], maps are (K, H, W), keypoints are (N, K, 2) in the input image. Random maps are
whole multiples of a step, so that the recording compresses well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mmpose.codecs
import numpy as np
from numpy.random import Generator

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """An input image and its map. `turn` deals a codec's variants out over the sizes."""

    image: tuple[int, int]
    heatmap: tuple[int, int]
    turn: int

    @property
    def kwargs(self) -> Kwargs:
        return {"input_size": self.image, "heatmap_size": self.heatmap}

    @property
    def stride(self) -> np.ndarray:
        """Input pixels a map pixel, for all but UDP."""
        return np.array(self.image) / self.heatmap

    @property
    def udp_stride(self) -> np.ndarray:
        return (np.array(self.image) - 1) / (np.array(self.heatmap) - 1)


@dataclass(frozen=True)
class Case:
    """One question: build the codec with `kwargs`, call `method` with `args`."""

    kwargs: Kwargs
    method: str
    args: Kwargs
    note: str
    seed: int | None = None  # set on numpy.random and random before the call
    tol: str | None = None  # "dark" allows more, see golden_cases.py
    sensitive: bool = False  # blurs or refines: recorded only if the last bits don't matter


SMALL = (Size((96, 128), (24, 32), 0), Size((100, 75), (30, 21), 1), Size((65, 49), (17, 13), 2))
FULL = (*SMALL, Size((192, 256), (48, 64), 3), Size((288, 384), (72, 96), 4))

# Encoders: where the keypoints are, how many, their dtype, their visibility. A variant of a codec
# gets every third row at one size, and so all of them over three sizes.
ENCODE_PLAN = (
    ("inside", 5, "float32", "0/1/2 float32"),
    ("partly outside", 17, "float32", "fractional float32"),
    ("far outside", 5, "float32", "0/1/2 int64"),
    ("half-pixel", 5, "float32", "omitted"),
    ("half-pixel", 5, "float64", "fractional float64"),
    ("corners and edges", 17, "float32", "omitted"),
    ("far outside", 5, "float64", "0/1/2 float64"),
    ("corners and edges", 17, "float64", "0/1/2 int64"),
    ("inside", 1, "float64", "omitted"),
)
VISIBILITIES = {"0/1/2": (0, 1, 2, 1, 2), "fractional": (0.3, 0.5, 0.7, 0.5, 0.0)}
# As shares of the image, and as map pixels: patches partly inside, and (of sigma 2 and 3) just not.
ON_EDGE = ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5), (1, 0.5), (0.5, 1))
OFF_EDGE = ((-0.4, -0.5), (-1, -1), (-7, 2), (2, -10))
STEP = 2**-12  # of the values of maps like a network's


def place(
    rng: Generator, size: Size, where: str, stride: Any, people: int = 1, joints: int = 5
) -> np.ndarray:
    """Keypoints (N, K, 2); `stride` is input pixels a map pixel or bin."""
    image, shape = np.array(size.image), (people, joints, 2)
    if where == "inside":
        return rng.uniform(0.1, 0.9, shape) * (image - 1)
    if where == "partly outside":
        return rng.uniform(-0.3, 1.3, shape) * image
    if where == "far outside":
        points = rng.uniform(-1e4, 1e4, shape)
        points[:, 0] = rng.uniform(0.2, 0.8, (people, 2)) * image
        return points
    if where == "half-pixel":  # of the map: where the rounding of a centre turns
        cells = rng.integers(-2, np.ceil(image / stride) + 2, shape)
        return (cells + 0.5) * stride
    near, off = np.array(ON_EDGE) * (image - 1), np.array(OFF_EDGE) * stride
    points = np.concatenate([near, off, image - stride - off, [image]])
    return np.repeat(points[None], people, axis=0)


def encode_cases(
    rng: Generator,
    size: Size,
    kwargs: Kwargs,
    stride: Any,
    variant: int = 0,
    people: int = 1,
    may_omit: bool = True,
) -> Iterator[Case]:
    """One variant's share of the plan. Not `may_omit`: the codec needs a visibility."""
    for where, joints, dtype, visible in ENCODE_PLAN[(size.turn + variant) % 3 :: 3]:
        points = place(rng, size, where, stride, people, joints).astype(dtype)
        args = {"keypoints": points}
        if visible == "omitted" and not may_omit:
            visible = "0/1/2 float32"
        if visible != "omitted":
            values, visible_dtype = visible.split()
            drawn = rng.permutation(np.resize(VISIBILITIES[values], people * joints))
            args["keypoints_visible"] = drawn.reshape(people, joints).astype(visible_dtype)
        note = f"{where}, {people}x{joints} {dtype}, visibility {visible}"
        yield Case(kwargs, "encode", args, note)


def targets(codec: str, kwargs: Kwargs, points: np.ndarray) -> np.ndarray:
    """The reference's own maps of keypoints that are all visible."""
    visible = np.ones(points.shape[:2], np.float32)
    return getattr(mmpose.codecs, codec)(**kwargs).encode(points, visible)["heatmaps"]


def noise(rng: Generator, shape: tuple[int, ...], largest: float, step: float) -> np.ndarray:
    """Multiples of `step` in [-largest, largest]."""
    bound = round(largest / step)
    return (rng.integers(-bound, bound + 1, shape) * step).astype(np.float32)


def like_a_network(rng: Generator, clean: np.ndarray, dims: int = 2) -> np.ndarray:
    """Clean maps, rounded to steps, with a little noise; each of `dims` dimensions.

    Each has one highest value: of two, a nudge of the input would choose.
    """
    maps = (np.round(clean / STEP) * STEP).astype(np.float32)
    maps += noise(rng, clean.shape, 16 * STEP, STEP)
    flat = maps.reshape(*maps.shape[:-dims], -1)
    peak = flat.argmax(-1, keepdims=True)
    np.put_along_axis(flat, peak, np.take_along_axis(flat, peak, -1) + STEP, -1)
    return maps


def bumps(
    rng: Generator, size: Size, joints: int = 5, border: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Maps as a network gives them, of one noisy bump each, 0.05 to 1 high, and their centres."""
    last = np.array(size.heatmap) - 1
    centres = rng.uniform(2.6, last - 2.6, (joints, 2))
    if border:  # the first near a corner, the others near an edge
        near = rng.choice([-0.3, 0.0, 0.4, 0.9, 1.3, 1.8], (joints, 2))
        near = np.where(rng.random((joints, 2)) < 0.5, near, last - near)
        at_edge = np.eye(2, dtype=bool)[np.arange(joints) % 2]
        at_edge[0] = True
        centres = np.where(at_edge, near, centres)
    x, y = np.meshgrid(np.arange(size.heatmap[0]), np.arange(size.heatmap[1]))
    away = np.hypot(*(grid - c[:, None, None] for grid, c in zip((x, y), centres.T, strict=True)))
    heights = np.geomspace(1, 0.05, joints)[:, None, None]
    maps = heights * np.exp(-((away / rng.uniform(1.9, 3.4, (joints, 1, 1))) ** 2))
    return like_a_network(rng, maps), centres


def map_decode_cases(kwargs: Kwargs, maps: dict[str, np.ndarray]) -> Iterator[Case]:
    for note, encoded in maps.items():
        yield Case(kwargs, "decode", {"encoded": encoded}, note, sensitive=True)


def regression_decode_cases(rng: Generator, size: Size, kwargs: Kwargs) -> Iterator[Case]:
    """Two columns of coordinates, or four with the sigmas that make the scores."""
    for people, columns, dtype in ((1, 2, "float32"), (3, 4, "float32"), (2, 4, "float64")):
        joints = (5, 1, 17)[(people + size.turn) % 3]
        encoded = rng.normal(0.5, 0.4, (people, joints, columns)).astype(dtype)
        yield Case(kwargs, "decode", {"encoded": encoded}, f"{encoded.shape} {dtype}")


def regression_label(rng: Generator, size: Size) -> Iterator[Case]:
    kwargs = {"input_size": size.image}
    yield from encode_cases(rng, size, kwargs, 1.0)
    yield from encode_cases(rng, size, kwargs, 1.0, variant=1, people=3)
    yield from regression_decode_cases(rng, size, kwargs)


def integral_regression_label(rng: Generator, size: Size) -> Iterator[Case]:
    variants = (
        {"sigma": 2.0},
        {"sigma": 1.3, "normalize": False},
        {"sigma": 1.5, "unbiased": True},
    )
    for i, variant in enumerate(variants):
        yield from encode_cases(rng, size, size.kwargs | variant, size.stride, i)
    yield from regression_decode_cases(rng, size, size.kwargs | variants[0])


def msra_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    biased = [size.kwargs | {"sigma": sigma} for sigma in (2.0, 1.5, 0.9, 3)]
    dark = [size.kwargs | {"sigma": 2.0, "unbiased": True}]
    dark.append(size.kwargs | {"sigma": 3, "unbiased": True, "blur_kernel_size": 17})
    for i, kwargs in enumerate((*biased, *dark)):
        yield from encode_cases(rng, size, kwargs, size.stride, i)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    noisy = noise(rng, network.shape, 1.0, 2**-9)
    inside = place(rng, size, "inside", size.stride)
    for note, encoded in {
        "network-like": network,
        "at the border": border,
        "one joint": network[2:3],
        "17 joints": bumps(rng, size, joints=17)[0],
        "own targets": targets("MSRAHeatmap", biased[1], inside),
        "noise with negatives": noisy,
        "an all-zero and an all-negative map": np.stack([0 * noisy[0], noisy[0] - 2, noisy[1]]),
        "network-like, float16": network.astype(np.float16),
        "noise with negatives, float64": noisy[:3] + rng.normal(0, 1e-9, noisy[:3].shape),
    }.items():
        yield Case(biased[0], "decode", {"encoded": encoded}, note)
    for kwargs in dark:
        own = targets("MSRAHeatmap", kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(dark[0], {"one joint": network[2:3]})
    # A peak of few pixels under a small blur: the logarithm meets zeros.
    narrow = dark[0] | {"blur_kernel_size": 3}
    cut = np.where(network > 0.8 * network.max((1, 2), keepdims=True), network, 0)
    yield from map_decode_cases(narrow, {"cut off": cut})


def udp_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    gaussian = [size.kwargs]
    gaussian.append(size.kwargs | {"sigma": 1.3, "blur_kernel_size": 7})
    gaussian.append(size.kwargs | {"sigma": 3, "blur_kernel_size": 17})
    combined = [size.kwargs | {"heatmap_type": "combined"}]
    combined.append(combined[0] | {"radius_factor": 0.1, "blur_kernel_size": 7})
    for i, kwargs in enumerate((*gaussian, *combined)):
        yield from encode_cases(rng, size, kwargs, size.udp_stride, i)

    network, centres = bumps(rng, size)
    border, border_centres = bumps(rng, size, border=True)
    inside = place(rng, size, "inside", size.udp_stride)
    for kwargs in gaussian:
        own = targets("UDPHeatmap", kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    # The values are clipped to [1e-3, 50] before the logarithm.
    extremes = {"faint": network * np.float32(5 / 2048), "strong": network * 256}
    yield from map_decode_cases(gaussian[0], {"one joint": network[2:3], **extremes})

    def with_offsets(kwargs: Kwargs, classes: np.ndarray, centres: np.ndarray) -> np.ndarray:
        """Three maps a joint: its class map, then the offsets from each pixel to its centre."""
        own = targets("UDPHeatmap", kwargs, (centres * size.udp_stride)[None])
        maps = like_a_network(rng, own)
        maps[::3] = classes
        return maps

    for kwargs in combined:
        maps = {"own targets": targets("UDPHeatmap", kwargs, inside)}
        maps["network-like"] = with_offsets(kwargs, network, centres)
        maps["at the border"] = with_offsets(kwargs, border[:3], border_centres[:3])
        yield from map_decode_cases(kwargs, maps)


def megvii_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [size.kwargs | {"kernel_size": kernel} for kernel in (11, 9, 5, 3)]
    for i, kwargs in enumerate(variants[:3]):
        yield from encode_cases(rng, size, kwargs, size.stride, i, may_omit=False)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    for kwargs in variants[0], variants[2]:
        # The slope at the peak of a bare target is nothing but rounding: add some noise.
        own = targets("MegviiHeatmap", kwargs, place(rng, size, "inside", size.stride))
        own = like_a_network(rng, own / 256) * 256
        maps = {"network-like": network * 255, "at the border": border * 255, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(variants[3], {"one joint": network[2:3]})


def simcc_label(rng: Generator, size: Size) -> Iterator[Case]:
    base: Kwargs = {"input_size": size.image}
    per_axis = base | {"sigma": (4.9, 5.66), "normalize": False}
    whole = base | {"sigma": 2, "simcc_split_ratio": 1.5}
    one_hot = base | {"smoothing_type": "standard", "simcc_split_ratio": 3}
    smooth = base | {"smoothing_type": "standard", "label_smooth_weight": 0.1}

    for i, kwargs in enumerate((base, per_axis, whole, one_hot, smooth)):
        stride = 1 / kwargs.get("simcc_split_ratio", 2.0)
        people = (i + size.turn) % 3 + 1
        yield from encode_cases(rng, size, kwargs, stride, i, people)

    def vectors(kwargs: Kwargs, *shape: int, margin: float = 0.0) -> Kwargs:
        """A noisy, lopsided bump a vector, some 0.05 to 1 high; many are `margin` from an end."""
        args = {}
        for name, image in zip(("simcc_x", "simcc_y"), size.image, strict=True):
            bins = round(image * kwargs.get("simcc_split_ratio", 2.0))
            centres = rng.uniform(-0.2 * bins, 1.2 * bins, (*shape, 1))
            centres = centres.clip(margin, bins - 1 - margin)
            away = (np.arange(bins) - centres) / rng.uniform(5, 9)
            heights = rng.permutation(np.geomspace(1, 0.05, shape[-1]))[:, None]
            clean = heights * (np.exp(-(away**2)) + 0.3 * np.exp(-((away - 1) ** 2)))
            args[name] = like_a_network(rng, clean, dims=1)
        return args

    def case(kwargs: Kwargs, note: str, *shape: int) -> Case:
        args = vectors(kwargs, *shape)
        return Case(kwargs, "decode", args, f"{note}, {'x'.join(map(str, shape))}")

    for kwargs, *shape in ((base, 5), (base, 1, 5), (base, 3, 5), (whole, 2, 1), (one_hot, 5)):
        yield case(kwargs, "network-like", *shape)
    noisy = {name: noise(rng, x.shape, 1.0, 2**-9) for name, x in vectors(base, 2, 5).items()}
    yield Case(base, "decode", noisy, "noise with negatives")
    silent = vectors(base, 1, 5)
    silent["simcc_x"][0, 1] = 0
    silent["simcc_y"][0, 3] -= 2
    yield Case(base, "decode", silent, "joints of no positive response")

    softer = base | {"decode_beta": 10.0}
    for kwargs, *shape in ((softer, 1, 17), (per_axis, 5), (whole, 3, 1)):
        yield case(kwargs | {"decode_visibility": True}, "visibility", *shape)

    shapes = ((base, 1, 5), (per_axis, 2, 5), (whole, 3, 1))
    questions = [
        (kwargs, "network-like", vectors(kwargs, *shape, margin=10)) for kwargs, *shape in shapes
    ]
    questions.append((base, "up to the ends", vectors(base, 1, 3)))
    own = mmpose.codecs.SimCCLabel(**base).encode(place(rng, size, "inside", 1.0, people=2))
    own_args = {"simcc_x": own["keypoint_x_labels"], "simcc_y": own["keypoint_y_labels"]}
    questions.append((base, "own targets", own_args))
    # The values are clipped to [1e-3, 50] before the logarithm.
    for note, factor in ("faint", 5 / 2048), ("strong", 256):
        args = {name: x * np.float32(factor) for name, x in vectors(base, 1, 5, margin=10).items()}
        questions.append((base, note, args))
    for kwargs, note, args in questions:
        dark = kwargs | {"use_dark": True}
        yield Case(dark, "decode", args, f"DARK, {note}", tol="dark", sensitive=True)


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


CODECS: dict[str, Callable[[Generator, Size], Iterator[Case]]] = {
    "RegressionLabel": regression_label,
    "IntegralRegressionLabel": integral_regression_label,
    "MSRAHeatmap": msra_heatmap,
    "UDPHeatmap": udp_heatmap,
    "MegviiHeatmap": megvii_heatmap,
    "SimCCLabel": simcc_label,
    "ImagePoseLifting": image_pose_lifting,
    "VideoPoseLifting": video_pose_lifting,
    "MotionBERTLabel": motionbert_label,
}
